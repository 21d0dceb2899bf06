//! Bells over PostgreSQL's NOTIFY, for several instances without Redis.

use std::time::Duration;

use anyhow::Result;
use domain::Store;
use sea_orm::{ConnectionTrait, DbBackend, Statement, sqlx::postgres::PgListener};
use tokio_util::sync::CancellationToken;

use super::Bells;

/// The channel: one for a database, as PostgreSQL keeps them apart.
const CHANNEL: &str = "gad_bells";

/// The pause after the connection was lost.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a word may take; then it is dropped.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells and listens until the stop; `url` is the database's.
pub async fn run(bells: Bells, store: Store, url: String, stop: CancellationToken) -> Result<()> {
    let both = async { tokio::join!(hear(&bells, &url), bells.tell(|word| notify(&store, word))) };
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

async fn hear_once(bells: &Bells, url: &str) -> Result<(), sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // A lost connection is an error here, so that what was missed meanwhile is looked at.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    bells.missed();
    while let Some(word) = listener.try_recv().await? {
        bells.heard(word.payload());
    }
    Ok(())
}

async fn notify(store: &Store, word: String) {
    let sql = "SELECT pg_notify($1, $2)";
    let values = [CHANNEL.into(), word.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let told = tokio::time::timeout(PATIENCE, store.writer().execute_raw(statement)).await;
    if !matches!(told, Ok(Ok(_))) {
        tracing::debug!("other instances could not be told; they look by themselves");
    }
}
