//! The last files that whoever called has sent, as Telegram has them: whoever comes later gets them.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("emergencies")
                .add_column(null(text("files")))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("emergencies")
                .drop_column(Alias::new("files"))
                .to_owned(),
        )
        .await
    }
}
