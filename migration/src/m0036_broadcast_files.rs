//! A file may belong to a broadcast, and it is kept why Telegram never took it.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in [null(big("broadcast_id")), null(text("error"))] {
            m.alter_table(
                Table::alter()
                    .table("attachments")
                    .add_column(column)
                    .to_owned(),
            )
            .await?;
        }
        m.get_connection()
            .execute_unprepared(OF_BROADCASTS)
            .await
            .map(drop)
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.get_connection()
            .execute_unprepared("DELETE FROM attachments WHERE broadcast_id IS NOT NULL")
            .await?;
        m.drop_index(
            Index::drop()
                .name("ix_attachments_broadcast_id")
                .table("attachments")
                .to_owned(),
        )
        .await?;
        for name in ["error", "broadcast_id"] {
            m.alter_table(
                Table::alter()
                    .table("attachments")
                    .drop_column(Alias::new(name))
                    .to_owned(),
            )
            .await?;
        }
        Ok(())
    }
}

/// Of those few that belong to one.
const OF_BROADCASTS: &str = "
    CREATE INDEX ix_attachments_broadcast_id ON attachments (broadcast_id) WHERE broadcast_id IS NOT NULL";
