//! Whose personal data was erased, and the files of theirs that still have to go.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const ACTS: &str = "ix_status_history_user_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let erased = null(at("erased_at"));
        m.alter_table(Table::alter().table("users").add_column(erased).to_owned())
            .await?;
        m.create_index(index("status_history", &["user_id"]))
            .await?;
        m.create_table(
            table("file_removals")
                .col(text("path"))
                .col(at("wanted_at"))
                .primary_key(&mut key(&["path"]))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["file_removals"]).await?;
        let acts = Index::drop().name(ACTS).table("status_history").to_owned();
        m.drop_index(acts).await?;
        let erased = Alias::new("erased_at");
        m.alter_table(Table::alter().table("users").drop_column(erased).to_owned())
            .await
    }
}
