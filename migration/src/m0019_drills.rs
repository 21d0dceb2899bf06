//! Drills: planned ones, and those that were sent by hand before; their scores are read from the answers by person.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table("drills")
                .col(id())
                .col(word("status", &["planned", "held", "missed", "cancelled"]))
                .col(null(text("protocol")))
                .col(null(text("text")))
                .col(text("words"))
                .col(json("audience"))
                .col(null(text("zone")))
                .col(at("starts_at"))
                .col(at("ends_at"))
                .col(null(big("broadcast_id")))
                .col(null(word("why", &["late", "no_sender", "nobody", "words"])))
                .col(null(big("created_by")))
                .col(at("created_at"))
                .foreign_key(&mut reference("drills", "broadcast_id", "broadcasts"))
                .foreign_key(&mut reference("drills", "created_by", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(unique("drills", &["broadcast_id"])).await?;
        m.create_index(index("drills", &["starts_at", "id"]))
            .await?;
        m.create_index(index("drills", &["status", "starts_at", "id"]))
            .await?;
        m.create_index(index(
            "broadcast_answers",
            &["broadcast_id", "user_id", "at"],
        ))
        .await?;
        m.get_connection().execute_unprepared(SENT).await.map(drop)
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(
            Index::drop()
                .name("ix_broadcast_answers_broadcast_id_user_id_at")
                .table("broadcast_answers")
                .to_owned(),
        )
        .await?;
        drop_tables(m, &["drills"]).await
    }
}

/// Drills that have left; a draft that never did has no people.
const SENT: &str = "
    INSERT INTO drills (status, protocol, words, audience, starts_at, ends_at, broadcast_id, created_by, created_at)
    SELECT 'held', b.protocol, b.text, b.audience, b.created_at, b.expires_at, b.id, b.created_by, b.created_at
    FROM broadcasts b
    WHERE b.drill AND EXISTS (SELECT 1 FROM broadcast_recipients r WHERE r.broadcast_id = b.id)
    ORDER BY b.id";
