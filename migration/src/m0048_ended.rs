//! What is over is listed by when it ended: that of a unit, and what somebody created or led. The place of an emergency says how
//! exact it is.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const NEW: [&[&str]; 3] = [
    &["unit_id", "status", "ended_at", "id"],
    &["created_by", "ended_at", "id"],
    &["lead_agent_id", "ended_at", "id"],
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for columns in NEW {
            m.create_index(index("tasks", columns)).await?;
        }
        m.alter_table(
            Table::alter()
                .table("emergencies")
                .add_column(null(double("place_accuracy_m")))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("emergencies")
                .drop_column(Alias::new("place_accuracy_m"))
                .to_owned(),
        )
        .await?;
        for columns in NEW {
            remove(m, columns).await?;
        }
        Ok(())
    }
}

async fn remove(m: &SchemaManager<'_>, columns: &[&'static str]) -> Result<(), DbErr> {
    let name = format!("ix_tasks_{}", columns.join("_"));
    m.drop_index(Index::drop().name(name).table("tasks").to_owned())
        .await
}
