//! Shifts, leave and positions.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        shifts(m).await?;
        leaves(m).await?;
        positions(m).await?;
        last_positions(m).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["last_positions", "positions", "leaves", "shifts"]).await
    }
}

async fn shifts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("shifts")
            .col(id())
            .col(big("agent_id"))
            .col(word("status", &["planned", "active", "ended"]))
            .col(local("starts_local"))
            .col(at("starts_at"))
            .col(local("ends_local"))
            .col(at("ends_at"))
            .col(text("zone"))
            .col(null(at("present_at")))
            .col(at("created_at"))
            .foreign_key(&mut reference("shifts", "agent_id", "agents"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("shifts", &["agent_id", "starts_at"]))
        .await?;
    Ok(())
}

async fn leaves(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("leaves")
            .col(id())
            .col(big("agent_id"))
            .col(word(
                "status",
                &["requested", "approved", "rejected", "cancelled"],
            ))
            .col(null(text("reason")))
            .col(at("starts_at"))
            .col(at("ends_at"))
            .col(null(big("decided_by")))
            .col(null(at("decided_at")))
            .col(at("created_at"))
            .foreign_key(&mut reference("leaves", "agent_id", "agents"))
            .foreign_key(&mut reference("leaves", "decided_by", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("leaves", &["agent_id", "status", "starts_at"]))
        .await?;
    Ok(())
}

async fn positions(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("positions")
            .col(id())
            .col(big("agent_id"))
            .col(null(big("task_id")))
            .col(double("lat"))
            .col(double("lon"))
            .col(null(double("accuracy_m")))
            .col(word("source", &["live", "pin", "sos"]))
            .col(at("recorded_at"))
            .foreign_key(&mut reference("positions", "agent_id", "agents"))
            .foreign_key(&mut reference("positions", "task_id", "tasks"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("positions", &["agent_id", "recorded_at"]))
        .await?;
    Ok(())
}

async fn last_positions(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("last_positions")
            .col(big("agent_id"))
            .col(double("lat"))
            .col(double("lon"))
            .col(null(double("accuracy_m")))
            .col(word("source", &["live", "pin", "sos"]))
            .col(at("recorded_at"))
            .primary_key(&mut key(&["agent_id"]))
            .foreign_key(&mut reference("last_positions", "agent_id", "agents"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("last_positions", &["lat", "lon"]))
        .await?;
    Ok(())
}
