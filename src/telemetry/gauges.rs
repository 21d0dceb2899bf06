//! Figures about the database as a whole, read when somebody asks and at most every few seconds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{http::header::CONTENT_TYPE, response::IntoResponse};
use chrono::TimeDelta;
use domain::{
    Actor, Result, Store, actor::Channel, event, inbox, outbox, stats, task::Status, timer,
};
use metrics::{describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::PrometheusHandle;
use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::Mutex;

use super::process;

/// How old the figures may be.
const FRESH: Duration = Duration::from_secs(3);

/// A timer that waits longer than this past its time is overdue, in seconds.
const LATE: i64 = 5;

pub(super) fn describe() {
    describe_counter!(
        "gad_positions_removed_total",
        "Positions that were too old to be exact and were removed."
    );
    describe_gauge!(
        "gad_positions_trimmed_timestamp_seconds",
        "When old positions were last looked for, in Unix time."
    );
    describe_gauge!("gad_inbox_pending", "Updates that wait to be handled.");
    describe_gauge!("gad_inbox_dead", "Updates given up after five tries.");
    describe_gauge!(
        "gad_outbox_pending",
        "Messages that wait to be sent, by lane."
    );
    describe_gauge!(
        "gad_outbox_oldest_seconds",
        "Age of the oldest waiting message, by lane."
    );
    describe_gauge!(
        "gad_telegram_away_seconds",
        "For how long Telegram has answered no message; 0 while it does."
    );
    describe_gauge!(
        "gad_timers_overdue",
        "Timers more than five seconds past their time, or given up; without those of files."
    );
    describe_gauge!("gad_events_seq", "Number of the newest event.");
    describe_gauge!(
        "gad_db_pool_in_use",
        "Database connections in use by this process."
    );
    describe_gauge!(
        "gad_backup_last_success_timestamp_seconds",
        "When the last backup was made and tried out; 0 when none ever was."
    );
    describe_gauge!("gad_redis_up", "1 while Redis answers.");
    describe_gauge!(
        "gad_instances",
        "Instances that hear each other over Redis."
    );
    describe_gauge!(
        "gad_supervisors_online",
        "Supervisors and admins with a board open, at all instances that tell each other over Redis."
    );
    describe_gauge!("gad_tasks", "Tasks by status.");
    describe_gauge!("gad_agents", "Active agents by availability.");
}

/// What `/metrics` shows; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    store: Store,
    read_at: Arc<Mutex<Option<Instant>>>,
}

impl Metrics {
    pub fn new(handle: PrometheusHandle, store: Store) -> Self {
        Self {
            handle,
            store,
            read_at: Arc::default(),
        }
    }

    /// The figures as Prometheus reads them.
    pub async fn answer(self) -> impl IntoResponse {
        (
            [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
            self.render().await,
        )
    }

    async fn render(&self) -> String {
        let mut read_at = self.read_at.lock().await;
        if read_at.is_none_or(|at| at.elapsed() > FRESH) {
            if let Err(error) = refresh(&self.store).await {
                tracing::warn!(%error, "the figures about the database are old");
            }
            process::refresh();
            *read_at = Some(Instant::now());
        }
        drop(read_at);
        self.handle.run_upkeep();
        self.handle.render()
    }
}

async fn refresh(store: &Store) -> Result<()> {
    let (pending, dead) = inbox::depth(store).await?;
    gauge!("gad_inbox_pending").set(pending as f64);
    gauge!("gad_inbox_dead").set(dead as f64);
    lanes(store).await?;
    gauge!("gad_timers_overdue").set(timer::overdue(store, TimeDelta::seconds(LATE)).await? as f64);
    gauge!("gad_events_seq").set(event::last_seq(store).await? as f64);
    gauge!("gad_db_pool_in_use").set(f64::from(in_use(store.writer())));
    let backup = crate::backup::last(store).await.ok().flatten();
    gauge!("gad_backup_last_success_timestamp_seconds")
        .set(backup.map_or(0.0, |at| at.timestamp() as f64));
    work(store).await
}

async fn work(store: &Store) -> Result<()> {
    let overview = stats::overview(store, &Actor::system(Channel::Timer)).await?;
    for (status, tasks) in overview.tasks {
        gauge!("gad_tasks", "status" => status_name(status)).set(tasks as f64);
    }
    for (availability, agents) in overview.agents {
        gauge!("gad_agents", "availability" => availability).set(agents as f64);
    }
    Ok(())
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Scheduled => "scheduled",
        Status::InProgress => "in_progress",
        Status::Paused => "paused",
        Status::Completed => "completed",
        Status::Cancelled => "cancelled",
    }
}

/// Connections that somebody holds; of a file database only the one that writes.
fn in_use(database: &DatabaseConnection) -> u32 {
    let (all, idle) = match database.get_database_backend() {
        DbBackend::Postgres => {
            let pool = database.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        }
        _ => {
            let pool = database.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        }
    };
    all.saturating_sub(u32::try_from(idle).unwrap_or(all))
}

/// Lanes with nothing waiting are shown too, as zero.
async fn lanes(store: &Store) -> Result<()> {
    let depths = outbox::depth(store).await?;
    for lane in outbox::LANES {
        let name = lane_name(lane);
        let depth = depths.iter().find(|depth| depth.lane == lane);
        let oldest = depth
            .and_then(|depth| depth.oldest)
            .map_or(0.0, |at| (store.now() - at).as_seconds_f64());
        gauge!("gad_outbox_pending", "lane" => name)
            .set(depth.map_or(0, |depth| depth.waiting) as f64);
        gauge!("gad_outbox_oldest_seconds", "lane" => name).set(oldest.max(0.0));
    }
    let away = outbox::away_since(store).await?;
    let away = away.map_or(0.0, |since| (store.now() - since).as_seconds_f64());
    gauge!("gad_telegram_away_seconds").set(away.max(0.0));
    Ok(())
}

fn lane_name(lane: outbox::Lane) -> &'static str {
    match lane {
        outbox::Lane::Emergency => "emergency",
        outbox::Lane::Broadcast => "broadcast",
        outbox::Lane::Answer => "answer",
        outbox::Lane::Task => "task",
        outbox::Lane::Digest => "digest",
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;
    use domain::timer::Due;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::backup::house::{House, each};

    /// What the alarm goes by, as somebody reads it who asks at this moment for the first time.
    async fn overdue(store: &Store) -> anyhow::Result<String> {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _here = metrics::set_default_local_recorder(&recorder);
        let text = Metrics::new(recorder.handle(), store.clone())
            .render()
            .await;
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix("gad_timers_overdue "));
        Ok(value.with_context(|| text.clone())?.to_owned())
    }

    #[tokio::test]
    async fn a_step_raises_the_alarm_once_it_is_late_and_not_while_it_is_only_due()
    -> anyhow::Result<()> {
        each(async |server| {
            let house = House::empty(server(), &[]).await?;
            let store = &house.source.store;
            let step = Due::Ack { assignment_id: 1 };
            let due_at = store.now() + TimeDelta::seconds(30);
            store
                .write(move |tx| Box::pin(async move { timer::set(tx, &step, due_at).await }))
                .await?;
            // Half a minute before its time, at its time, as late as the worst may be, and no longer; then a minute late.
            for (wait, counted) in [(0, "0"), (30, "0"), (5, "0"), (1, "1"), (55, "1")] {
                house.wait(TimeDelta::seconds(wait));
                assert_eq!(overdue(store).await?, counted, "{wait} s later");
            }
            Ok(())
        })
        .await
    }
}
