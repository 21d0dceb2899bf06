//! How connections are opened, and what each brings with it.

use std::time::Duration;

use log::LevelFilter;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend,
    sqlx::{Connection, SqliteConnection},
};

use super::RETRIES;
use crate::{Result, doubt::Doubt, error::is_locked};

/// Statements that take longer are worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);

/// A connection that came back so lately is not asked whether it is there: it was, when it came back.
const LATELY: Duration = Duration::from_millis(10);

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct Connect {
    /// `sqlite://…` or `postgres://…`
    pub url: String,
    /// Connections for reading; PostgreSQL shares them with writers.
    pub connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long PostgreSQL works on one statement.
    pub statement_timeout: Duration,
    /// How long a statement waits for what another transaction has locked.
    pub lock_timeout: Duration,
    /// How long a transaction may lie idle until the server ends it.
    pub idle_timeout: Duration,
}

impl Connect {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections: 16,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(10),
        }
    }
}

/// Whether the column is there that the migration adds where PostGIS is.
pub(super) async fn has_geography(db: &DatabaseConnection) -> Result<bool> {
    const LOOK: &str = "SELECT FROM pg_attribute WHERE attrelid = to_regclass('last_positions') \
        AND attname = 'geog' AND NOT attisdropped";
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(false);
    }
    let look = sea_orm::Statement::from_string(DbBackend::Postgres, LOOK);
    Ok(db.query_one_raw(look).await?.is_some())
}

/// Tries again while another process opens the same new file.
pub(super) async fn open(
    connect: &Connect,
    connections: u32,
    doubt: &Doubt,
) -> Result<DatabaseConnection> {
    for pause in RETRIES {
        match Database::connect(options(connect, connections, doubt)).await {
            Err(error) if is_locked(&error) => tokio::time::sleep(pause).await,
            opened => return Ok(opened?),
        }
    }
    Ok(Database::connect(options(connect, connections, doubt)).await?)
}

/// One connection, which is opened when it is first used.
pub(super) async fn open_later(connect: &Connect, doubt: &Doubt) -> Result<DatabaseConnection> {
    let mut options = options(connect, 1, doubt);
    options.connect_lazy(true);
    Ok(Database::connect(options).await?)
}

fn options(connect: &Connect, connections: u32, doubt: &Doubt) -> ConnectOptions {
    let doubt = doubt.clone();
    let mut options = ConnectOptions::new(&connect.url);
    let milliseconds = |time: Duration| format!("{}ms", time.as_millis());
    let settings = [
        // What is asked for again and again is in memory: to look it up is cheap.
        ("random_page_cost", "1.1".into()),
        ("statement_timeout", milliseconds(connect.statement_timeout)),
        ("lock_timeout", milliseconds(connect.lock_timeout)),
        // What nobody waits for any more is not worked on.
        ("client_connection_check_interval", "1000ms".into()),
        (
            "idle_in_transaction_session_timeout",
            milliseconds(connect.idle_timeout),
        ),
    ];
    if connect.url.starts_with("sqlite") {
        options.test_before_acquire(false);
    } else {
        options.test_before_acquire_if_idle_for(LATELY);
    }
    options
        .max_connections(connections)
        .acquire_timeout(connect.acquire_timeout)
        .connect_timeout(Duration::from_secs(5))
        .sqlx_logging_level(LevelFilter::Trace)
        .sqlx_slow_statements_logging_settings(LevelFilter::Warn, SLOW)
        .map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(is_whole(connection)))
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sea_orm::sqlx::sqlite::SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
                // Kibibytes of each connection; behind it the pages of the kernel serve all of them.
                .pragma("cache_size", "-2048")
                .pragma("temp_store", "memory")
        })
        .map_sqlx_postgres_opts(move |postgres| postgres.options(settings.clone()))
        .map_sqlx_postgres_pool_opts(move |pool| {
            let doubt = doubt.clone();
            pool.after_release(move |connection, _| {
                let doubt = doubt.clone();
                Box::pin(async move { doubt.settle(connection).await })
            })
        });
    options
}

/// A full disk makes SQLite end a transaction by itself, and the driver counts on as if it were open: such a connection
/// is replaced.
async fn is_whole(connection: &mut SqliteConnection) -> sea_orm::sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // One that was dropped is taken back first.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
