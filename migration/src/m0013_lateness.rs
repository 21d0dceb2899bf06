//! What reminders and estimates need: how long work really took, what follows from it and was suggested, and how often
//! somebody was alerted on a day; and what positions need to be forgotten in time.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in [null(text("band")), null(big("duration_seconds"))] {
            m.alter_table(Table::alter().table("tasks").add_column(column).to_owned())
                .await?;
        }
        let backfill = match m.get_database_backend() {
            DbBackend::Postgres => BACKFILL,
            _ => BACKFILL_WITHOUT_ZONES,
        };
        m.get_connection().execute_unprepared(backfill).await?;
        let refused = null(at("refused_at"));
        m.alter_table(
            Table::alter()
                .table("last_positions")
                .add_column(refused)
                .to_owned(),
        )
        .await?;
        m.create_index(index("positions", &["recorded_at", "id"]))
            .await?;
        m.create_index(index("positions", &["task_id", "agent_id", "recorded_at"]))
            .await?;
        m.get_connection().execute_unprepared(DURATIONS).await?;
        m.get_connection().execute_unprepared(BY_BAND).await?;
        m.create_table(
            table("estimates")
                .col(big("kind_id"))
                .col(text("band"))
                .col(big("count"))
                .col(big("p50_seconds"))
                .col(big("p75_seconds"))
                .col(at("updated_at"))
                .primary_key(&mut key(&["kind_id", "band"]))
                .foreign_key(&mut reference("estimates", "kind_id", "task_kinds"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            table("nudge_days")
                .col(big("user_id"))
                .col(ColumnDef::new("day").date().not_null().to_owned())
                .col(int("used"))
                .primary_key(&mut key(&["user_id", "day"]))
                .foreign_key(&mut reference("nudge_days", "user_id", "users"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            table("suggestions")
                .col(id())
                .col(big("task_id").unique_key().to_owned())
                .col(word("status", &["offered", "accepted", "rejected"]))
                .col(int("people"))
                .col(big("count"))
                .col(big("p75_seconds"))
                .col(null(big("answered_by")))
                .col(null(at("answered_at")))
                .col(at("created_at"))
                .foreign_key(&mut reference("suggestions", "task_id", "tasks"))
                .foreign_key(&mut reference("suggestions", "answered_by", "users"))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["suggestions", "nudge_days", "estimates"]).await?;
        for name in ["ix_tasks_durations_band", "ix_tasks_durations"] {
            m.drop_index(Index::drop().name(name).table("tasks").to_owned())
                .await?;
        }
        for name in [
            "ix_positions_task_id_agent_id_recorded_at",
            "ix_positions_recorded_at_id",
        ] {
            m.drop_index(Index::drop().name(name).table("positions").to_owned())
                .await?;
        }
        let refused = Alias::new("refused_at");
        m.alter_table(
            Table::alter()
                .table("last_positions")
                .drop_column(refused)
                .to_owned(),
        )
        .await?;
        for column in ["duration_seconds", "band"] {
            let column = Alias::new(column);
            m.alter_table(Table::alter().table("tasks").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}

/// What was finished before counts too; in a zone that the server does not know, for the kind, but for no band.
const BACKFILL: &str = "UPDATE tasks SET
    band = CASE WHEN zone IN (SELECT name FROM pg_timezone_names) THEN
        CASE WHEN extract(hour FROM started_at AT TIME ZONE zone) BETWEEN 6 AND 17 THEN 'day' ELSE 'night' END END,
    duration_seconds = greatest(0, floor(extract(epoch FROM ended_at - started_at))::bigint - paused_seconds)
    WHERE status = 'completed' AND counts_in_estimates AND NOT drill AND started_at IS NOT NULL AND ended_at IS NOT NULL";

/// SQLite knows no zones: what was finished before counts for the kind, but for no band.
const BACKFILL_WITHOUT_ZONES: &str = "UPDATE tasks SET
    duration_seconds = max(0, CAST(strftime('%s', ended_at) AS INTEGER) - CAST(strftime('%s', started_at) AS INTEGER) - paused_seconds)
    WHERE status = 'completed' AND counts_in_estimates AND NOT drill AND started_at IS NOT NULL AND ended_at IS NOT NULL";

/// Percentiles are places in an order: an index of what counts keeps that order.
const DURATIONS: &str = "CREATE INDEX ix_tasks_durations ON tasks (kind_id, duration_seconds) WHERE duration_seconds IS NOT NULL";
const BY_BAND: &str = "CREATE INDEX ix_tasks_durations_band ON tasks (kind_id, band, duration_seconds) WHERE duration_seconds IS NOT NULL";
