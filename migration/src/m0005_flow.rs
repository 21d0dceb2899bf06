//! What comes in, what goes out, what falls due and what happened.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        inbox(m).await?;
        outbox(m).await?;
        cards(m).await?;
        dialogues(m).await?;
        events(m).await?;
        timers(m).await?;
        audit(m).await?;
        leases(m).await?;
        settings(m).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            m,
            &[
                "settings",
                "leases",
                "audit",
                "timers",
                "events",
                "dialogues",
                "cards",
                "outbox",
                "inbox",
            ],
        )
        .await
    }
}

async fn inbox(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("inbox")
            .col(id())
            .col(big("bot"))
            .col(big("update_id"))
            .col(big("actor"))
            .col(text("kind"))
            .col(text("payload"))
            .col(word("status", &["pending", "done", "dead"]))
            .col(int("tries"))
            .col(null(at("claimed_until")))
            .col(null(at("retry_at")))
            .col(null(text("error")))
            .col(at("received_at"))
            .col(null(at("done_at")))
            .to_owned(),
    )
    .await?;
    m.create_index(unique("inbox", &["bot", "update_id"]))
        .await?;
    m.create_index(index("inbox", &["status", "actor", "id"]))
        .await?;
    m.create_index(index("inbox", &["received_at"])).await?;
    Ok(())
}

async fn outbox(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("outbox")
            .col(id())
            .col(word("lane", &["emergency", "answer", "task", "digest"]))
            .col(big("chat_id"))
            .col(null(big("user_id")))
            .col(json("notice"))
            .col(null(big("task_id")))
            .col(null(text("collapse")).unique_key())
            .col(word(
                "status",
                &[
                    "queued",
                    "sending",
                    "sent",
                    "failed",
                    "unreachable",
                    "dropped",
                ],
            ))
            .col(int("tries"))
            .col(null(at("not_before")))
            .col(null(big("message_id")))
            .col(null(text("error")))
            .col(at("created_at"))
            .col(null(at("sent_at")))
            .foreign_key(&mut reference("outbox", "user_id", "users"))
            .foreign_key(&mut reference("outbox", "task_id", "tasks"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("outbox", &["status", "lane", "id"]))
        .await?;
    m.create_index(index("outbox", &["chat_id", "status", "id"]))
        .await?;
    m.create_index(index("outbox", &["task_id", "id"])).await?;
    m.create_index(index("outbox", &["created_at"])).await?;
    Ok(())
}

async fn cards(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("cards")
            .col(big("chat_id"))
            .col(text("subject"))
            .col(big("message_id"))
            .col(text("hash"))
            .col(at("updated_at"))
            .primary_key(&mut key(&["chat_id", "subject"]))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn dialogues(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("dialogues")
            .col(big("chat_id"))
            .col(text("name"))
            .col(int("version"))
            .col(json("state"))
            .col(int("nonce"))
            .col(at("updated_at"))
            .primary_key(&mut key(&["chat_id"]))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn events(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("events")
            .col(big("seq"))
            .col(text("topic"))
            .col(text("kind"))
            .col(null(big("task_id")))
            .col(null(big("agent_id")))
            .col(json("unit_ids"))
            .col(json("user_ids"))
            .col(json("data"))
            .col(at("created_at"))
            .primary_key(&mut key(&["seq"]))
            .to_owned(),
    )
    .await?;
    m.create_index(index("events", &["created_at"])).await?;
    Ok(())
}

async fn timers(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("timers")
            .col(id())
            .col(text("kind"))
            .col(text("subject"))
            .col(json("data"))
            .col(at("due_at"))
            .col(word("status", &["waiting", "fired", "cancelled", "failed"]))
            .col(int("tries"))
            .col(null(at("claimed_until")))
            .col(null(text("error")))
            .col(at("created_at"))
            .col(null(at("fired_at")))
            .to_owned(),
    )
    .await?;
    m.create_index(index("timers", &["status", "due_at"]))
        .await?;
    m.create_index(index("timers", &["kind", "subject", "status"]))
        .await?;
    Ok(())
}

async fn audit(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("audit")
            .col(id())
            .col(at("at"))
            .col(null(big("user_id")))
            .col(text("action"))
            .col(text("subject_kind"))
            .col(null(big("subject_id")))
            .col(word("channel", &["bot", "api", "cli", "timer"]))
            .col(json("data"))
            .col(null(text("prev_hash")))
            .col(null(text("hash")))
            .to_owned(),
    )
    .await?;
    m.create_index(index("audit", &["subject_kind", "subject_id", "id"]))
        .await?;
    m.create_index(index("audit", &["user_id", "id"])).await?;
    Ok(())
}

async fn leases(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("leases")
            .col(text("name"))
            .col(text("holder"))
            .col(big("fence"))
            .col(at("expires_at"))
            .primary_key(&mut key(&["name"]))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn settings(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("settings")
            .col(text("key"))
            .col(text("value"))
            .primary_key(&mut key(&["key"]))
            .to_owned(),
    )
    .await?;
    Ok(())
}
