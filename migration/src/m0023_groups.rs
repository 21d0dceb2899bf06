//! The groups and forum topics of units, what was posted there of a broadcast, and the topics of emergencies.

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
                .col(flag("forum"))
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
        m.create_index(index("broadcast_posts", &["chat_id"]))
            .await?;
        m.create_table(
            table("emergency_topics")
                .col(id())
                .col(big("emergency_id"))
                .col(big("unit_id"))
                .col(big("chat_id"))
                .col(null(big("thread_id")))
                .col(word("state", &["waiting", "open", "closed", "failed"]))
                .col(at("state_at"))
                .col(null(text("error")))
                .foreign_key(&mut reference(
                    "emergency_topics",
                    "emergency_id",
                    "emergencies",
                ))
                .foreign_key(&mut reference("emergency_topics", "unit_id", "units"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("emergency_topics", &["emergency_id", "id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["emergency_topics", "broadcast_posts", "unit_groups"]).await
    }
}
