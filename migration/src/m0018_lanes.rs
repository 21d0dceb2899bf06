//! A lane of their own for messages to many, so that no call for help waits behind them; when somebody was really told that
//! nobody comes; when Telegram last took a broadcast with a sound for each of its people, and who else agreed to it.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const LANES: [&str; 5] = ["emergency", "broadcast", "answer", "task", "digest"];

const ADDED: [(&str, &str); 2] = [
    ("emergencies", "told_at"),
    ("broadcast_recipients", "rung_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        lanes(m, &LANES).await?;
        for (table, column) in ADDED {
            add(m, table, null(at(column))).await?;
        }
        add(m, "broadcasts", null(big("approved_by"))).await?;
        m.create_index(index("broadcasts", &["created_by", "id"]))
            .await?;
        run(m, TOLD).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX ix_broadcasts_created_by_id").await?;
        remove(m, "broadcasts", "approved_by").await?;
        for (table, column) in ADDED {
            remove(m, table, column).await?;
        }
        run(
            m,
            "UPDATE outbox SET lane = 'emergency' WHERE lane = 'broadcast'",
        )
        .await?;
        let before: Vec<_> = LANES
            .into_iter()
            .filter(|one| *one != "broadcast")
            .collect();
        lanes(m, &before).await
    }
}

/// What was known until now only from messages that are forgotten after a month.
const TOLD: &str = "UPDATE emergencies SET told_at = (
    SELECT min(sent_at) FROM outbox WHERE outbox.task_id = emergencies.task_id AND outbox.status = 'sent'
        AND CAST(outbox.notice AS text) LIKE '%emergency_escalated%')
    WHERE escalated_at IS NOT NULL";

async fn lanes(m: &SchemaManager<'_>, lanes: &[&'static str]) -> Result<(), DbErr> {
    if m.get_database_backend() == DbBackend::Postgres {
        let words = lanes.join("', '");
        let change = format!(
            "ALTER TABLE outbox DROP CONSTRAINT IF EXISTS outbox_lane_check,
                 ADD CONSTRAINT outbox_lane_check CHECK (lane IN ('{words}'))"
        );
        return run(m, &change).await;
    }
    m.create_table(outbox(lanes)).await?;
    // At one go: another connection of the pool may still believe that the old table is there.
    let exchange = format!(
        "INSERT INTO outbox_anew ({COLUMNS}) SELECT {COLUMNS} FROM outbox;
         DROP TABLE outbox;
         ALTER TABLE outbox_anew RENAME TO outbox;
         CREATE INDEX ix_outbox_status_lane_id ON outbox (status, lane, id);
         CREATE INDEX ix_outbox_chat_id_status_id ON outbox (chat_id, status, id);
         CREATE INDEX ix_outbox_task_id_id ON outbox (task_id, id);
         CREATE INDEX ix_outbox_created_at ON outbox (created_at);"
    );
    run(m, &exchange).await
}

const COLUMNS: &str = "id, lane, chat_id, user_id, notice, task_id, collapse, status, tries, not_before, message_id, error, \
    created_at, sent_at";

/// SQLite cannot change what a column may hold, so that the table is written anew.
fn outbox(lanes: &[&'static str]) -> TableCreateStatement {
    let states = [
        "queued",
        "sending",
        "sent",
        "failed",
        "unreachable",
        "dropped",
    ];
    table("outbox_anew")
        .col(id())
        .col(word("lane", lanes))
        .col(big("chat_id"))
        .col(null(big("user_id")))
        .col(json("notice"))
        .col(null(big("task_id")))
        .col(null(text("collapse")).unique_key())
        .col(word("status", &states))
        .col(int("tries"))
        .col(null(at("not_before")))
        .col(null(big("message_id")))
        .col(null(text("error")))
        .col(at("created_at"))
        .col(null(at("sent_at")))
        .foreign_key(&mut reference("outbox", "user_id", "users"))
        .foreign_key(&mut reference("outbox", "task_id", "tasks"))
        .to_owned()
}

async fn run(m: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    m.get_connection().execute_unprepared(sql).await.map(drop)
}

async fn add(m: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    m.alter_table(Table::alter().table(table).add_column(column).to_owned())
        .await
}

async fn remove(m: &SchemaManager<'_>, table: &'static str, column: &str) -> Result<(), DbErr> {
    let column = Alias::new(column);
    m.alter_table(Table::alter().table(table).drop_column(column).to_owned())
        .await
}
