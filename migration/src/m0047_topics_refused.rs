//! Where Telegram did not let the bot open topics; the topics of emergencies are found by their group too.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("unit_groups")
                .add_column(null(at("topics_refused_at")))
                .to_owned(),
        )
        .await?;
        m.create_index(index("emergency_topics", &["chat_id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.get_connection()
            .execute_unprepared("DROP INDEX ix_emergency_topics_chat_id")
            .await?;
        m.alter_table(
            Table::alter()
                .table("unit_groups")
                .drop_column(Alias::new("topics_refused_at"))
                .to_owned(),
        )
        .await
    }
}
