//! The database: reachable, of this version, writable, on time.

use chrono::TimeDelta;
use domain::{Clock, Store, bell::Bell};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TransactionTrait};

use super::Finding;
use crate::{config::Config, open, schema};

/// Clocks may differ by this much before logs and deadlines confuse people.
const SKEW: TimeDelta = TimeDelta::seconds(5);

pub async fn look(config: &Config) -> Vec<Finding> {
    let store = match open::connect(config, Clock::running(), Bell::default()).await {
        Ok(store) => store,
        Err(error) => {
            return vec![Finding::bad(
                "database",
                format!("{error:#}"),
                "check DATABASE_URL, and that the server runs and lets this machine in",
            )];
        }
    };
    let mut findings = vec![
        Finding::good("database", config.database.to_string()),
        version(config, &store).await,
    ];
    if schema::pending(&store)
        .await
        .is_ok_and(|pending| pending.is_empty())
    {
        findings.push(writable(&store).await);
    }
    if store.writer().get_database_backend() == DbBackend::Postgres {
        findings.extend([
            skew(&store).await,
            postgis(&store).await,
            guard(&store).await,
        ]);
    }
    findings
}

async fn version(config: &Config, store: &Store) -> Finding {
    match schema::pending(store).await {
        Ok(pending) if pending.is_empty() => newer(store).await,
        Ok(pending) if config.database.file().is_some() => Finding::noted(
            "schema",
            format!("{} migrations pending", pending.len()),
            "gad serve runs them by itself, or: gad migrate up",
        ),
        Ok(pending) => Finding::bad(
            "schema",
            format!("{} migrations pending", pending.len()),
            "gad migrate up",
        ),
        Err(error) => Finding::bad(
            "schema",
            format!("{error:#}"),
            "use the version of gad that made the database, or a newer one",
        ),
    }
}

/// In a rolling restart that is as it should be, for a while.
async fn newer(store: &Store) -> Finding {
    match schema::newer(store).await.unwrap_or_default().len() {
        0 => Finding::good("schema", "up to date"),
        count => Finding::noted(
            "schema",
            format!("{count} migrations of a newer version have run, and this one works with them"),
            "bring this instance to the newer version as well",
        ),
    }
}

async fn writable(store: &Store) -> Finding {
    match write_nothing(store).await {
        Ok(()) => Finding::good("writing", "works"),
        Err(error) => Finding::bad(
            "writing",
            error.to_string(),
            "give the user of DATABASE_URL the right to write, and the disk room",
        ),
    }
}

/// A change that changes nothing, taken back.
async fn write_nothing(store: &Store) -> Result<(), DbErr> {
    let transaction = store.writer().begin().await?;
    transaction
        .execute_unprepared("UPDATE settings SET value = value")
        .await?;
    transaction.rollback().await
}

/// The store's clock gets the time of the database, a new one that of this machine.
async fn skew(store: &Store) -> Finding {
    if let Err(error) = store.synchronise_clock().await {
        return Finding::bad(
            "database clock",
            error.to_string(),
            "the database must answer SELECT clock_timestamp()",
        );
    }
    let difference = store.now() - Clock::running().now();
    let detail = format!("{} ms from this machine's", difference.num_milliseconds());
    if difference.abs() > SKEW {
        Finding::noted("database clock", detail, "run NTP on both machines")
    } else {
        Finding::good("database clock", detail)
    }
}

async fn postgis(store: &Store) -> Finding {
    let version = "SELECT postgis_version()";
    let installed = store.writer().execute_unprepared(version).await.is_ok();
    match (store.has_postgis(), installed) {
        (true, _) => Finding::good("PostGIS", "there"),
        (false, true) => Finding::noted(
            "PostGIS",
            "there, but positions are not indexed by it",
            "gad migrate up, then start gad again",
        ),
        (false, false) => Finding::noted(
            "PostGIS",
            "not there: the nearest are searched without, slower in large forces",
            "as superuser: CREATE EXTENSION postgis; then gad migrate up, and start gad again",
        ),
    }
}

/// Without it the lock on the agent's row has to do, which only `gad` itself takes.
async fn guard(store: &Store) -> Finding {
    let there = "SELECT 1 FROM pg_constraint WHERE conname = 'ex_shifts_agent_time'";
    let extension = "SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'";
    match (finds(store, there).await, finds(store, extension).await) {
        (true, _) => Finding::good("shift guard", "PostgreSQL refuses shifts that overlap"),
        (false, true) => Finding::noted(
            "shift guard",
            "btree_gist is there, but PostgreSQL does not refuse shifts that overlap",
            "gad migrate up; when that does not help, some shifts overlap already: end or move them first",
        ),
        (false, false) => Finding::noted(
            "shift guard",
            "not there: gad alone refuses shifts that overlap, not the database",
            "as superuser: CREATE EXTENSION btree_gist; then gad migrate up",
        ),
    }
}

/// Whether PostgreSQL finds a row.
async fn finds(store: &Store, sql: &str) -> bool {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = store.writer().query_one_raw(statement).await;
    row.is_ok_and(|row| row.is_some())
}
