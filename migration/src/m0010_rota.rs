//! What shifts and leave gained: units, presence, hand-over, certificates, swaps, secret links, and a guard
//! of the database's own against shifts that overlap.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in shift_columns() {
            add(m, "shifts", column).await?;
        }
        m.create_index(index("shifts", &["unit_id", "starts_at"]))
            .await?;
        m.create_index(index("shifts", &["status", "starts_at"]))
            .await?;
        m.create_index(index("shifts", &["starts_at", "id"]))
            .await?;
        guard(m).await?;
        add(m, "leaves", null(text("decided_reason"))).await?;
        m.create_index(index("leaves", &["status", "starts_at"]))
            .await?;
        attachments_of_anything(m).await?;
        swaps(m).await?;
        calendars(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["calendars", "shift_swaps"]).await?;
        attachments_of_tasks(m).await?;
        remove_index(m, "ix_leaves_status_starts_at", "leaves").await?;
        remove(m, "leaves", "decided_reason").await?;
        if is_postgres(m) {
            let unguard = "ALTER TABLE shifts DROP CONSTRAINT IF EXISTS ex_shifts_agent_time";
            run(m, unguard).await?;
        }
        remove_index(m, "ix_shifts_starts_at_id", "shifts").await?;
        remove_index(m, "ix_shifts_status_starts_at", "shifts").await?;
        remove_index(m, "ix_shifts_unit_id_starts_at", "shifts").await?;
        for column in shift_columns() {
            remove(m, "shifts", column.get_column_name().as_str()).await?;
        }
        Ok(())
    }
}

fn shift_columns() -> [ColumnDef; 5] {
    [
        null(big("unit_id")),
        null(big("present_by")),
        null(at("ended_at")),
        null(text("note")),
        null(at("note_at")),
    ]
}

/// Two shifts of one agent never share a moment. `btree_gist` may be missing and out of reach: then the lock
/// on the agent's row, which every planner takes, has to do.
async fn guard(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if !is_postgres(m) {
        return Ok(());
    }
    run(
        m,
        "DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS btree_gist;
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'btree_gist cannot be had: %', SQLERRM;
        END $$",
    )
    .await?;
    run(
        m,
        "DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
                ALTER TABLE shifts ADD CONSTRAINT ex_shifts_agent_time
                    EXCLUDE USING gist (agent_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
                    DEFERRABLE INITIALLY IMMEDIATE;
            END IF;
        END $$",
    )
    .await
}

/// A file may belong to a report on a task, to a shift's hand-over or to a request for leave.
async fn attachments_of_anything(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if !is_postgres(m) {
        return rebuild(m, attachments(true), TASK_FILES, "TRUE").await;
    }
    for column in ["report_id", "task_id"] {
        let loosen = format!("ALTER TABLE attachments ALTER COLUMN {column} DROP NOT NULL");
        run(m, &loosen).await?;
    }
    for column in other_owners() {
        add(m, "attachments", column).await?;
    }
    run(m, OWNER_INDEXES).await
}

async fn attachments_of_tasks(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    if !is_postgres(m) {
        return rebuild(m, attachments(false), TASK_FILES, "task_id IS NOT NULL").await;
    }
    run(m, "DELETE FROM attachments WHERE task_id IS NULL").await?;
    for column in other_owners() {
        remove(m, "attachments", column.get_column_name().as_str()).await?;
    }
    for column in ["report_id", "task_id"] {
        let tighten = format!("ALTER TABLE attachments ALTER COLUMN {column} SET NOT NULL");
        run(m, &tighten).await?;
    }
    Ok(())
}

const TASK_FILES: &str = "id, report_id, task_id, telegram_file_id, name, mime, bytes, path, state, created_at, stored_at";

fn other_owners() -> [ColumnDef; 2] {
    [null(big("shift_id")), null(big("leave_id"))]
}

/// SQLite cannot change a column, so that the table is written anew.
fn attachments(of_anything: bool) -> TableCreateStatement {
    let owner = |name| match of_anything {
        true => null(big(name)),
        false => big(name),
    };
    let mut files = table("attachments_anew")
        .col(id())
        .col(owner("report_id"))
        .col(owner("task_id"))
        .col(null(text("telegram_file_id")))
        .col(null(text("name")))
        .col(text("mime"))
        .col(null(big("bytes")))
        .col(null(text("path")))
        .col(word("state", &["pending", "stored", "failed"]))
        .col(at("created_at"))
        .col(null(at("stored_at")))
        .foreign_key(&mut reference("attachments", "report_id", "reports"))
        .foreign_key(&mut reference("attachments", "task_id", "tasks"))
        .to_owned();
    if of_anything {
        for column in other_owners() {
            files.col(column);
        }
    }
    files
}

async fn rebuild(
    m: &SchemaManager<'_>,
    anew: TableCreateStatement,
    columns: &str,
    kept: &str,
) -> Result<(), DbErr> {
    let of_anything = anew.get_columns().len() > 11;
    m.create_table(anew).await?;
    // At one go: another connection of the pool may still believe that the old table is there.
    let exchange = format!(
        "INSERT INTO attachments_anew ({columns}) SELECT {columns} FROM attachments WHERE {kept};
         DROP TABLE attachments;
         ALTER TABLE attachments_anew RENAME TO attachments;
         CREATE INDEX ix_attachments_report_id ON attachments (report_id);
         CREATE INDEX ix_attachments_task_id_id ON attachments (task_id, id);
         {}",
        if of_anything { OWNER_INDEXES } else { "" }
    );
    run(m, &exchange).await
}

/// Of those few that have such an owner: an index full of nothing is one that SQLite does not use.
const OWNER_INDEXES: &str = "
    CREATE INDEX ix_attachments_shift_id ON attachments (shift_id) WHERE shift_id IS NOT NULL;
    CREATE INDEX ix_attachments_leave_id ON attachments (leave_id) WHERE leave_id IS NOT NULL";

async fn swaps(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("shift_swaps")
            .col(id())
            .col(word(
                "status",
                &[
                    "proposed",
                    "accepted",
                    "approved",
                    "declined",
                    "rejected",
                    "cancelled",
                ],
            ))
            .col(big("shift_id"))
            .col(null(big("other_shift_id")))
            .col(big("from_agent_id"))
            .col(big("to_agent_id"))
            .col(null(text("reason")))
            .col(null(at("answered_at")))
            .col(null(big("decided_by")))
            .col(null(at("decided_at")))
            .col(null(text("decided_reason")))
            .col(at("created_at"))
            .foreign_key(&mut reference("shift_swaps", "from_agent_id", "agents"))
            .foreign_key(&mut reference("shift_swaps", "to_agent_id", "agents"))
            .foreign_key(&mut reference("shift_swaps", "decided_by", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("shift_swaps", &["status", "shift_id"]))
        .await
}

async fn calendars(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("calendars")
            .col(id())
            .col(text("token_hash").unique_key())
            .col(null(big("agent_id")))
            .col(null(big("unit_id")))
            .col(null(big("created_by")))
            .col(at("created_at"))
            .col(null(at("revoked_at")))
            .foreign_key(&mut reference("calendars", "agent_id", "agents"))
            .foreign_key(&mut reference("calendars", "unit_id", "units"))
            .foreign_key(&mut reference("calendars", "created_by", "users"))
            .to_owned(),
    )
    .await
}

fn is_postgres(m: &SchemaManager<'_>) -> bool {
    m.get_database_backend() == DbBackend::Postgres
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

async fn remove_index(m: &SchemaManager<'_>, name: &str, table: &'static str) -> Result<(), DbErr> {
    m.drop_index(Index::drop().name(name).table(table).to_owned())
        .await
}
