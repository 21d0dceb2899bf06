//! When agents said that they could not, each time. What holds now is the first that is known.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const HOLDS_NOW: &str = "
INSERT INTO unavailabilities (agent_id, starts_at, ends_at, reason)
SELECT id, unavailable_since, unavailable_until, unavailable_reason FROM agents WHERE unavailable_since IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table("unavailabilities")
                .col(id())
                .col(big("agent_id"))
                .col(at("starts_at"))
                .col(null(at("ends_at")))
                .col(null(text("reason")))
                .col(null(big("said_by")))
                .col(null(big("ended_by")))
                .foreign_key(&mut reference("unavailabilities", "agent_id", "agents"))
                .foreign_key(&mut reference("unavailabilities", "said_by", "users"))
                .foreign_key(&mut reference("unavailabilities", "ended_by", "users"))
                .to_owned(),
        )
        .await?;
        for columns in [&["agent_id", "id"][..], &["starts_at"], &["ends_at"]] {
            m.create_index(index("unavailabilities", columns)).await?;
        }
        m.get_connection()
            .execute_unprepared(HOLDS_NOW)
            .await
            .map(drop)
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["unavailabilities"]).await
    }
}
