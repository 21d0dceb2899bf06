//! Messages to many, and who has answered.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATES: [&str; 7] = [
    "queued",
    "sent",
    "acknowledged",
    "on_the_way",
    "needs_help",
    "declined",
    "unreachable",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table("broadcasts")
                .col(id())
                .col(null(text("protocol")))
                .col(text("text"))
                .col(json("audience"))
                .col(word(
                    "status",
                    &[
                        "draft",
                        "active",
                        "acknowledged",
                        "expired",
                        "cancelled",
                        "closed",
                    ],
                ))
                .col(null(int("quorum")))
                .col(flag("drill"))
                .col(int("round"))
                .col(json("chain"))
                .col(null(double("lat")))
                .col(null(double("lon")))
                .col(null(json("media")))
                .col(null(text("closing")))
                .col(null(text("source")))
                .col(null(big("created_by")))
                .col(at("created_at"))
                .col(at("expires_at"))
                .col(null(at("ended_at")))
                .foreign_key(&mut reference("broadcasts", "created_by", "users"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            table("broadcast_recipients")
                .col(id())
                .col(big("broadcast_id"))
                .col(big("user_id"))
                .col(word("state", &STATES))
                .col(at("state_at"))
                .col(null(at("sent_at")))
                .col(null(at("answered_at")))
                .col(null(at("escalated_at")))
                .col(int("rings"))
                .foreign_key(&mut reference(
                    "broadcast_recipients",
                    "broadcast_id",
                    "broadcasts",
                ))
                .foreign_key(&mut reference("broadcast_recipients", "user_id", "users"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            table("broadcast_answers")
                .col(id())
                .col(big("broadcast_id"))
                .col(big("user_id"))
                .col(word("state", &STATES))
                .col(null(text("note")))
                .col(at("at"))
                .foreign_key(&mut reference(
                    "broadcast_answers",
                    "broadcast_id",
                    "broadcasts",
                ))
                .foreign_key(&mut reference("broadcast_answers", "user_id", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(unique("broadcast_recipients", &["broadcast_id", "user_id"]))
            .await?;
        m.create_index(unique("broadcasts", &["source"])).await?;
        m.create_index(index("broadcasts", &["status", "id"]))
            .await?;
        for columns in [
            &["user_id", "id"][..],
            &["broadcast_id", "id"],
            &["broadcast_id", "state", "id"],
        ] {
            m.create_index(index("broadcast_recipients", columns))
                .await?;
        }
        m.create_index(index("broadcast_answers", &["broadcast_id", "id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            m,
            &["broadcast_answers", "broadcast_recipients", "broadcasts"],
        )
        .await
    }
}
