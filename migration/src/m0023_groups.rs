//! The groups and forum topics of units, and what was posted there of a broadcast.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table("unit_groups")
                .col(id())
                .col(big("unit_id"))
                .col(big("chat_id"))
                .col(big("thread_id"))
                .col(text("title"))
                .col(null(big("registered_by")))
                .col(at("registered_at"))
                .foreign_key(&mut reference("unit_groups", "unit_id", "units"))
                .foreign_key(&mut reference("unit_groups", "registered_by", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(unique("unit_groups", &["chat_id", "thread_id"]))
            .await?;
        m.create_index(index("unit_groups", &["unit_id"])).await?;
        m.create_table(
            table("broadcast_posts")
                .col(id())
                .col(big("broadcast_id"))
                .col(big("unit_id"))
                .col(big("chat_id"))
                .col(big("thread_id"))
                .col(text("title"))
                .col(word("state", &["queued", "sent", "failed", "dropped"]))
                .col(at("state_at"))
                .col(null(text("error")))
                .foreign_key(&mut reference(
                    "broadcast_posts",
                    "broadcast_id",
                    "broadcasts",
                ))
                .foreign_key(&mut reference("broadcast_posts", "unit_id", "units"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("broadcast_posts", &["broadcast_id", "id"]))
            .await?;
        m.create_index(index("broadcast_posts", &["chat_id"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["broadcast_posts", "unit_groups"]).await
    }
}
