//! The unit of work: everything one step changes, in one transaction that either happens whole or not at all.

use std::{pin::pin, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, join_all};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::{
    Clock, Error, Result, Rules,
    bell::Bell,
    doubt::Doubt,
    gate::{Gate, as_hurried},
    reader::Reader,
};

mod connect;
mod tx;

pub use connect::Connect;
pub use tx::Tx;

use connect::{has_geography, open, open_later};

/// The longest pauses before a transaction that had to yield is tried again.
const RETRIES: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(160),
    Duration::from_millis(640),
];

/// What an answer may take longer than the server gives a statement, before the server counts as gone.
const GRACE: Duration = Duration::from_secs(2);

/// The shared data layer; cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    read: Reader,
    write: DatabaseConnection,
    /// Counts beside the transactions; the file database has one writer anyway.
    count: Option<DatabaseConnection>,
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
        let count = match read.get_database_backend() {
            DbBackend::Postgres => Some(open_later(connect, &doubt).await?),
            _ => None,
        };
        let postgis = has_geography(&read).await?;
        let patience = connect.acquire_timeout + connect.statement_timeout + GRACE;
        Ok(Self(Arc::new(Inner {
            read: Reader::new(read, patience, doubt.clone(), gate),
            write,
            count,
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

    /// A connection beside the pool, for what is counted one after the other: whoever counted in his transaction would let
    /// all others wait for its end.
    pub(crate) fn counter(&self) -> Option<&DatabaseConnection> {
        self.0.count.as_ref()
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
        let all = [Some(read), Some(self.0.write.clone()), self.0.count.clone()];
        let closed = all.into_iter().flatten().map(DatabaseConnection::close);
        for error in join_all(closed).await.into_iter().filter_map(Result::err) {
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
                if let Err(stuck) = tx.rollback().await {
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
        Ok(Tx::new(begun?, place, self.clone()))
    }
}
