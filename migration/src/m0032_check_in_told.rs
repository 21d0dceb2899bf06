//! Who was told that somebody does not say that he is well, until he does.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "check_in_told";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table(TABLE)
                .col(id())
                .col(big("check_in_id"))
                .col(big("agent_id"))
                .col(big("user_id"))
                .col(at("told_at"))
                .foreign_key(&mut reference(TABLE, "check_in_id", "check_ins"))
                .foreign_key(&mut reference(TABLE, "agent_id", "agents"))
                .foreign_key(&mut reference(TABLE, "user_id", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(unique(TABLE, &["check_in_id", "agent_id", "user_id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &[TABLE]).await
    }
}
