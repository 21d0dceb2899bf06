//! Accounts, agents and units.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        users(m).await?;
        units(m).await?;
        unit_members(m).await?;
        agents(m).await?;
        agent_units(m).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            m,
            &["agent_units", "agents", "unit_members", "units", "users"],
        )
        .await
    }
}

async fn users(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("users")
            .col(id())
            .col(text("username").unique_key())
            .col(text("name"))
            .col(small("level"))
            .col(text("permissions"))
            .col(null(text("email")))
            .col(null(text("phone")))
            .col(null(text("password_hash")))
            .col(null(text("lang")))
            .col(null(big("telegram_id")).unique_key())
            .col(null(text("telegram_username")))
            .col(null(at("unreachable_at")))
            .col(flag("active"))
            .col(int("version"))
            .col(at("created_at"))
            .col(at("updated_at"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("users", &["level", "id"])).await?;
    Ok(())
}

async fn units(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("units")
            .col(id())
            .col(text("name").unique_key())
            .col(at("created_at"))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn unit_members(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("unit_members")
            .col(big("unit_id"))
            .col(big("user_id"))
            .primary_key(&mut key(&["unit_id", "user_id"]))
            .foreign_key(&mut reference("unit_members", "unit_id", "units"))
            .foreign_key(&mut reference("unit_members", "user_id", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("unit_members", &["user_id"])).await?;
    Ok(())
}

async fn agents(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("agents")
            .col(id())
            .col(null(big("user_id")).unique_key())
            .col(text("name"))
            .col(null(text("badge")).unique_key())
            .col(null(text("rank")))
            .col(null(text("specialty")))
            .col(null(at("unavailable_since")))
            .col(null(text("unavailable_reason")))
            .col(null(at("unavailable_until")))
            .col(flag("active"))
            .col(int("version"))
            .col(at("created_at"))
            .col(at("updated_at"))
            .foreign_key(&mut reference("agents", "user_id", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("agents", &["name", "id"])).await?;
    Ok(())
}

async fn agent_units(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("agent_units")
            .col(big("agent_id"))
            .col(big("unit_id"))
            .primary_key(&mut key(&["agent_id", "unit_id"]))
            .foreign_key(&mut reference("agent_units", "agent_id", "agents"))
            .foreign_key(&mut reference("agent_units", "unit_id", "units"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("agent_units", &["unit_id"])).await?;
    Ok(())
}
