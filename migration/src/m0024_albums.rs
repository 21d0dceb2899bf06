//! Which album of the messenger a report came in, so that the rest of it finds the same task.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let album = null(text("album"));
        m.alter_table(Table::alter().table("reports").add_column(album).to_owned())
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let album = Alias::new("album");
        m.alter_table(
            Table::alter()
                .table("reports")
                .drop_column(album)
                .to_owned(),
        )
        .await
    }
}
