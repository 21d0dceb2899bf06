//! What figures are made of: the kept sums of days that are over, files of figures that are asked for in a chat, and
//! the indexes of the statements that count, report and search.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        figure_days(m).await?;
        day_figures(m).await?;
        exports(m).await?;
        for sql in INDEXES {
            m.get_connection().execute_unprepared(sql).await?;
        }
        index_words(m.get_connection()).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "ix_tasks_words",
            "ix_tasks_unit_id_ended_at",
            "ix_tasks_when",
            "ix_assignments_offered_at_id",
            "ix_reports_user_id_recorded_at",
        ] {
            let drop = format!("DROP INDEX IF EXISTS {name}");
            m.get_connection().execute_unprepared(&drop).await?;
        }
        drop_tables(m, &["exports", "day_figures", "figure_days"]).await
    }
}

/// The words of the expression are those of the query, or it is not used.
const INDEXES: [&str; 4] = [
    "CREATE INDEX ix_tasks_unit_id_ended_at ON tasks (unit_id, ended_at) WHERE ended_at IS NOT NULL",
    "CREATE INDEX ix_tasks_when ON tasks (COALESCE(planned_start_at, created_at), id)",
    "CREATE INDEX ix_assignments_offered_at_id ON assignments (offered_at, id)",
    "CREATE INDEX ix_reports_user_id_recorded_at ON reports (user_id, recorded_at)",
];

async fn figure_days(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("figure_days")
            .col(date("day"))
            .col(flag("whole"))
            .col(text("zone"))
            .primary_key(&mut key(&["day"]))
            .to_owned(),
    )
    .await
}

async fn day_figures(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("day_figures")
            .col(date("day"))
            .col(big("unit_id"))
            .col(big("all_completed"))
            .col(big("all_cancelled"))
            .col(big("completed"))
            .col(big("cancelled"))
            .col(big("timed"))
            .col(big("on_time"))
            .col(big("reports"))
            .col(big("acknowledged"))
            .col(double("acknowledged_s"))
            .col(big("on_site"))
            .col(double("on_site_s"))
            .col(big("worked"))
            .col(double("worked_s"))
            .primary_key(&mut key(&["day", "unit_id"]))
            .to_owned(),
    )
    .await
}

async fn exports(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("exports")
            .col(id())
            .col(big("user_id"))
            .col(big("chat_id"))
            .col(word("report", &["tasks", "response", "shifts"]))
            .col(word("format", &["csv", "xlsx", "pdf"]))
            .col(null(big("unit_id")))
            .col(date("from_day"))
            .col(date("until_day"))
            .col(word("state", &["waiting", "ready", "failed", "gone"]))
            .col(big("written"))
            .col(null(text("path")))
            .col(null(text("name")))
            .col(null(big("bytes")))
            .col(at("created_at"))
            .col(null(at("ended_at")))
            .foreign_key(&mut reference("exports", "user_id", "users"))
            .foreign_key(&mut reference("exports", "unit_id", "units"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("exports", &["state", "created_at"]))
        .await
}

/// Indexes the words of tasks by their trigrams, unless that is done or `pg_trgm` can be neither found nor installed:
/// the search reads along the list then. Can be repeated when the extension came later.
pub async fn index_words(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(INDEX_WORDS).await?;
    }
    Ok(())
}

/// The inner block is a savepoint: to be refused the extension must not fail the migration.
const INDEX_WORDS: &str = "
DO $$
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'pg_trgm cannot be had: %', SQLERRM;
    END;
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX IF NOT EXISTS ix_tasks_words ON tasks USING gin (search gin_trgm_ops);
    END IF;
END
$$";
