//! The unit of work: everything one step changes, in one transaction that either happens whole or not at all.

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use log::LevelFilter;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::{Connection, SqliteConnection},
};

use crate::{
    Clock, Error, Result, Rules,
    bell::{Bell, Topic},
    doubt::Doubt,
    error::is_locked,
    event,
    gate::{Gate, Place, as_hurried},
    reader::Reader,
};

/// The longest pauses before a transaction that had to yield is tried again.
const RETRIES: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(160),
    Duration::from_millis(640),
];

/// Statements that take longer are worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);

/// What an answer may take longer than the server gives a statement, before the server counts as gone.
const GRACE: Duration = Duration::from_secs(2);

/// The shared data layer; cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    read: Reader,
    write: DatabaseConnection,
    connections: u32,
    /// The longest a transaction may take.
    longest: Duration,
    doubt: Doubt,
    /// To the connections that PostgreSQL's writers share with its readers. The one that writes to a file is waited for in
    /// order, however long all the others take.
    gate: Option<Gate>,
    postgis: bool,
    clock: Clock,
    bell: Bell,
    rules: Rules,
}

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

impl Store {
    /// Connects; the schema must be there already.
    pub async fn connect(
        connect: &Connect,
        clock: Clock,
        bell: Bell,
        rules: Rules,
    ) -> Result<Self> {
        let doubt = Doubt::default();
        let gate = Gate::new(connect.connections, connect.acquire_timeout);
        let read = open(connect, connect.connections, &doubt).await?;
        let (write, shared) = match read.get_database_backend() {
            // One writer in the process, so that writers queue fairly instead of spinning on the file lock.
            DbBackend::Sqlite => (open(connect, 1, &doubt).await?, None),
            _ => (read.clone(), Some(gate.clone())),
        };
        let postgis = has_geography(&read).await?;
        let patience = connect.acquire_timeout + connect.statement_timeout + GRACE;
        Ok(Self(Arc::new(Inner {
            read: Reader::new(read, patience, doubt.clone(), gate),
            write,
            connections: connect.connections,
            longest: connect.acquire_timeout + 2 * connect.statement_timeout,
            doubt,
            gate: shared,
            postgis,
            clock,
            bell,
            rules,
        })))
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub fn bell(&self) -> &Bell {
        &self.0.bell
    }

    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// Now, by the clock of all instances.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The connection that writes, for migrations.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.0.write
    }

    /// The connections that read: in the file database nobody waits for writers there, and nowhere for a server that is
    /// gone.
    pub fn reader(&self) -> &Reader {
        &self.0.read
    }

    /// Whether positions are indexed by PostGIS; found out when the store connects.
    pub fn has_postgis(&self) -> bool {
        self.0.postgis
    }

    /// How many of one kind of work may use the database at once: one `part`th of its connections, so that neither they
    /// wait for each other until they give up, nor anybody else for them.
    pub fn share(&self, part: u32) -> usize {
        self.0.connections.div_ceil(part) as usize
    }

    /// Closes all connections, once nobody uses them any more.
    pub async fn close(&self) {
        let read = self.0.read.connection().clone();
        let closed = tokio::join!(read.close(), self.0.write.clone().close());
        if let (Err(error), _) | (_, Err(error)) = closed {
            tracing::warn!(%error, "a connection did not close");
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self
            .reader()
            .execute_unprepared("SELECT 1")
            .await
            .map(drop)?)
    }

    /// Brings the clock to the database's time; the file database's time is the machine's, which may have been set, or
    /// have slept, since.
    pub async fn synchronise_clock(&self) -> Result<()> {
        if self.reader().get_database_backend() == DbBackend::Sqlite {
            self.clock().follow(Clock::running().now());
        }
        if self.reader().get_database_backend() == DbBackend::Postgres {
            let row = self
                .reader()
                .query_one_raw(sea_orm::Statement::from_string(
                    DbBackend::Postgres,
                    "SELECT clock_timestamp() AS now",
                ))
                .await?;
            if let Some(row) = row {
                self.clock().follow(row.try_get("", "now")?);
            }
        }
        Ok(())
    }

    /// Runs `work` in one transaction and rings the bells it earned after the commit. When another transaction
    /// stands in its way, so that one of the two must yield, it is taken back whole and tried again: it must do
    /// nothing that a rollback does not undo.
    ///
    /// The work goes on when the caller is dropped: an abandoned `begin` would leave an open
    /// transaction in the pool.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    {
        let store = self.clone();
        let span = tracing::Span::current();
        let run =
            tracing::Instrument::instrument(async move { store.write_here(work).await }, span);
        match tokio::spawn(as_hurried(run)).await {
            Ok(done) => done,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => Err(Error::Away(error.to_string())),
        }
    }

    async fn write_here<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Clone + Send,
    {
        for pause in RETRIES {
            match self.attempt(work.clone()).await {
                Err(Error::Contended(reason)) => {
                    tracing::debug!(reason, "a transaction yields to another and is tried again");
                    metrics::counter!("gad_db_retries_total").increment(1);
                    // Two that met must not meet again.
                    tokio::time::sleep(pause.mul_f64(crate::secret::chance())).await;
                }
                done => return done,
            }
        }
        self.attempt(work).await
    }

    /// A server that is there but says nothing more is not waited for without end.
    async fn attempt<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Send,
    {
        let attempt = pin!(self.transact(work));
        // Dropped before the connection is: the pool shall know when it comes back.
        let question = self.0.doubt.question();
        let done = tokio::time::timeout(self.0.longest, attempt).await;
        if done.is_ok() {
            question.answered();
        }
        let silent = |_| Error::Away(format!("no answer within {:?}", self.0.longest));
        done.map_err(silent)?
    }

    async fn transact<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T>> + Send,
    {
        let mut tx = self.begin().await?;
        match work(&mut tx).await {
            Ok(value) => tx.commit(&self.0.bell).await.map(|()| value),
            Err(error) => {
                if let Err(stuck) = tx.db.rollback().await {
                    tracing::debug!(error = %stuck, "a transaction was not there any more to be taken back");
                }
                Err(error)
            }
        }
    }

    async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let place = match &self.0.gate {
            Some(gate) => Some(gate.enter().await?),
            None => None,
        };
        let begun = self.0.write.begin_with_options(options).await;
        if let Some(gate) = &self.0.gate {
            gate.learn(&begun);
        }
        Ok(Tx {
            db: begun?,
            place,
            store: self.clone(),
            now: self.now(),
            events: Vec::new(),
            rings: BTreeSet::new(),
            held: OnceLock::new(),
        })
    }
}

/// One open transaction: what it has changed so far, and what it will announce.
pub struct Tx {
    db: DatabaseTransaction,
    /// Given back after the transaction.
    place: Option<Place>,
    store: Store,
    now: DateTime<Utc>,
    events: Vec<event::New>,
    rings: BTreeSet<u8>,
    /// The account of whoever acts, once it is held.
    held: OnceLock<i64>,
}

impl Tx {
    /// The moment of this transaction: the same for every row it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub fn rules(&self) -> &Rules {
        self.store.rules()
    }

    /// For one more statement.
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        if let Some(place) = &self.place {
            place.moves();
        }
        &self.db
    }

    /// Whether this account stays as it is until the end: see [`crate::Actor::hold`].
    pub(crate) fn holds(&self, user_id: i64) -> bool {
        self.held.get() == Some(&user_id)
    }

    pub(crate) fn note_held(&self, user_id: i64) {
        // Of several it is the first: the others are asked for again.
        let _ = self.held.set(user_id);
    }

    pub(crate) fn has_postgis(&self) -> bool {
        self.store.has_postgis()
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    pub(crate) fn announce(&mut self, event: event::New) {
        self.events.push(event);
    }

    pub(crate) fn ring(&mut self, topic: Topic) {
        self.rings.insert(topic as u8);
    }

    /// Events are numbered last, so that the lock over their order is held only for the commit.
    async fn commit(mut self, bell: &Bell) -> Result<()> {
        let events = std::mem::take(&mut self.events);
        if !events.is_empty() {
            event::append(&self, events).await?;
            self.ring(Topic::Events);
        }
        let rings = std::mem::take(&mut self.rings);
        self.db.commit().await?;
        for topic in Topic::ALL
            .into_iter()
            .filter(|topic| rings.contains(&(*topic as u8)))
        {
            bell.ring(topic);
        }
        Ok(())
    }
}

/// Whether the column is there that the migration adds where PostGIS is.
async fn has_geography(db: &DatabaseConnection) -> Result<bool> {
    const LOOK: &str = "SELECT FROM pg_attribute WHERE attrelid = to_regclass('last_positions') \
        AND attname = 'geog' AND NOT attisdropped";
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(false);
    }
    let look = sea_orm::Statement::from_string(DbBackend::Postgres, LOOK);
    Ok(db.query_one_raw(look).await?.is_some())
}

/// Tries again while another process opens the same new file.
async fn open(connect: &Connect, connections: u32, doubt: &Doubt) -> Result<DatabaseConnection> {
    for pause in RETRIES {
        match Database::connect(options(connect, connections, doubt)).await {
            Err(error) if is_locked(&error) => tokio::time::sleep(pause).await,
            opened => return Ok(opened?),
        }
    }
    Ok(Database::connect(options(connect, connections, doubt)).await?)
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
    options
        .max_connections(connections)
        .acquire_timeout(connect.acquire_timeout)
        .test_before_acquire(!connect.url.starts_with("sqlite"))
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
