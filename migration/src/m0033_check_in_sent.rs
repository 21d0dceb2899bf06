//! When Telegram took the question whether somebody is well; and those who work alone now are listed.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("check_in_people")
                .add_column(null(at("sent_at")))
                .to_owned(),
        )
        .await?;
        // Whoever waits was asked by a release that did not look whether it arrived.
        m.get_connection()
            .execute_unprepared("UPDATE check_in_people SET sent_at = asked_at")
            .await?;
        m.create_index(index("check_ins", &["status", "agent_id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(
            Index::drop()
                .name("ix_check_ins_status_agent_id")
                .table("check_ins")
                .to_owned(),
        )
        .await?;
        m.alter_table(
            Table::alter()
                .table("check_in_people")
                .drop_column("sent_at")
                .to_owned(),
        )
        .await
    }
}
