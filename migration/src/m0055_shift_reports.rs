//! A report may be about a shift instead of a task; and when a shift of somebody was last taken out of the plan, so that
//! whoever had one does not count as never planned.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Keys that are looked at only at the end hold as long as a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        match is_postgres(m) {
            true => run(m, LOOSEN).await?,
            false => rebuild(m, true).await?,
        }
        run(m, OF_SHIFTS).await?;
        let column = null(at("unplanned_at"));
        m.alter_table(Table::alter().table("agents").add_column(column).to_owned())
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let column = Alias::new("unplanned_at");
        m.alter_table(
            Table::alter()
                .table("agents")
                .drop_column(column)
                .to_owned(),
        )
        .await?;
        run(m, FORGET_FILES).await?;
        run(m, "DELETE FROM reports WHERE task_id IS NULL").await?;
        match is_postgres(m) {
            true => run(m, TIGHTEN).await,
            false => rebuild(m, false).await,
        }
    }
}

/// A report is about exactly one of them.
const ABOUT: &str = "(task_id IS NULL) <> (shift_id IS NULL)";

const LOOSEN: &str = "
    ALTER TABLE reports
        ALTER COLUMN task_id DROP NOT NULL,
        ADD COLUMN shift_id BIGINT,
        ADD CONSTRAINT fk_reports_shift_id FOREIGN KEY (shift_id) REFERENCES shifts (id),
        ADD CONSTRAINT ck_reports_about CHECK ((task_id IS NULL) <> (shift_id IS NULL))";

const TIGHTEN: &str = "
    ALTER TABLE reports
        DROP CONSTRAINT ck_reports_about,
        DROP COLUMN shift_id,
        ALTER COLUMN task_id SET NOT NULL";

const FORGET_FILES: &str =
    "DELETE FROM attachments WHERE report_id IN (SELECT id FROM reports WHERE task_id IS NULL)";

/// Of those few that are about one.
const OF_SHIFTS: &str =
    "CREATE INDEX ix_reports_shift_id_id ON reports (shift_id, id) WHERE shift_id IS NOT NULL";

const COLUMNS: &str =
    "id, task_id, user_id, kind, text, lat, lon, channel, happened_at, recorded_at, album";

/// SQLite cannot change a column, so that the table is written anew: twice, because files point at its rows, and only rows
/// that come back into a table of that name, not a table that gets it, make good for those that went.
async fn rebuild(m: &SchemaManager<'_>, of_shifts: bool) -> Result<(), DbErr> {
    run(m, "PRAGMA defer_foreign_keys = ON").await?;
    m.create_table(reports("reports_anew", of_shifts)).await?;
    let away = format!(
        "INSERT INTO reports_anew ({COLUMNS}) SELECT {COLUMNS} FROM reports;
         DROP TABLE reports"
    );
    run(m, &away).await?;
    m.create_table(reports("reports", of_shifts)).await?;
    let back = format!(
        "INSERT INTO reports ({COLUMNS}) SELECT {COLUMNS} FROM reports_anew;
         DROP TABLE reports_anew;
         CREATE INDEX ix_reports_task_id_id ON reports (task_id, id);
         CREATE INDEX ix_reports_task_id_happened_at_id ON reports (task_id, happened_at, id);
         CREATE INDEX ix_reports_user_id_recorded_at ON reports (user_id, recorded_at)"
    );
    run(m, &back).await
}

fn reports(name: &'static str, of_shifts: bool) -> TableCreateStatement {
    let task = match of_shifts {
        true => null(big("task_id")),
        false => big("task_id"),
    };
    let mut reports = table(name)
        .col(id())
        .col(task)
        .col(null(big("user_id")))
        .col(word(
            "kind",
            &["text", "photo", "video", "voice", "document", "place"],
        ))
        .col(null(text("text")))
        .col(null(double("lat")))
        .col(null(double("lon")))
        .col(word("channel", &["bot", "api", "cli", "timer"]))
        .col(at("happened_at"))
        .col(at("recorded_at"))
        .col(null(text("album")))
        .foreign_key(&mut reference("reports", "task_id", "tasks"))
        .foreign_key(&mut reference("reports", "user_id", "users"))
        .to_owned();
    if of_shifts {
        reports
            .col(null(big("shift_id")))
            .foreign_key(&mut reference("reports", "shift_id", "shifts"))
            .check(Expr::cust(ABOUT));
    }
    reports
}

fn is_postgres(m: &SchemaManager<'_>) -> bool {
    m.get_database_backend() == DbBackend::Postgres
}

async fn run(m: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    m.get_connection().execute_unprepared(sql).await.map(drop)
}
