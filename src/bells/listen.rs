//! Bells over PostgreSQL's NOTIFY, for several instances without Redis.

use std::{io, time::Duration};

use anyhow::Result;
use domain::Store;
use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sqlx::{self, Executor, postgres::PgListener},
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Bells;

/// The channel: one for a database, as PostgreSQL keeps them apart.
const CHANNEL: &str = "gad_bells";

/// The pause after the connection was lost.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a word may take; then it is dropped.
const PATIENCE: Duration = Duration::from_secs(1);

/// After so long without a word it is asked whether the connection is still there: a host that vanished says nothing.
const QUIET: Duration = Duration::from_secs(5);

/// How long the answer to that may take, and how long connecting.
const DEAD: Duration = Duration::from_secs(3);

/// Tells and listens until the stop; `url` is the database's.
pub async fn run(bells: Bells, store: Store, url: String, stop: CancellationToken) -> Result<()> {
    let hear = Box::pin(hear(&bells, &url));
    let both = async { tokio::join!(hear, bells.tell(|word| notify(&store, word))) };
    stop.run_until_cancelled(both).await;
    Ok(())
}

/// Rings what others say, on a connection of its own.
async fn hear(bells: &Bells, url: &str) {
    loop {
        if let Err(error) = hear_once(bells, url).await {
            tracing::debug!(%error, "other instances are not heard for a moment");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear_once(bells: &Bells, url: &str) -> Result<(), sqlx::Error> {
    let mut listener = within(async {
        let mut listener = PgListener::connect(url).await?;
        // A lost connection is an error here, so that what was missed meanwhile is looked at.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    })
    .await?;
    bells.missed();
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(word) => match word? {
                Some(word) => bells.heard(word.payload()),
                None => return Ok(()),
            },
            Err(_) => within(listener.execute("SELECT 1")).await.map(drop)?,
        }
    }
}

async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(DEAD, work).await.map_err(io::Error::from)?
}

async fn notify(store: &Store, word: String) {
    let sql = "SELECT pg_notify($1, $2)";
    let values = [CHANNEL.into(), word.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let told = timeout(PATIENCE, store.reader().execute_raw(statement)).await;
    if !matches!(told, Ok(Ok(_))) {
        tracing::debug!("other instances could not be told; they look by themselves");
    }
}
