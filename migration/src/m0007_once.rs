//! The first answers to changes that a client may repeat.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table("kept_answers")
                .col(big("user_id"))
                .col(text("key"))
                .col(text("fingerprint"))
                .col(small("status"))
                .col(json("headers"))
                .col(text("body"))
                .col(at("created_at"))
                .primary_key(&mut key(&["user_id", "key"]))
                .foreign_key(&mut reference("kept_answers", "user_id", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("kept_answers", &["created_at"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["kept_answers"]).await
    }
}
