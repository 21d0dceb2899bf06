//! How the things we depend on are doing, for the readiness probe.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::{CheckState, Checks};
use bot::health::{Health, State};
use chrono::TimeDelta;
use domain::{Store, outbox};
use futures::{FutureExt, future::BoxFuture};

use crate::{redis::Redis, schema};

/// How long a look at the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A message that waits longer means that people are not told.
const STUCK: TimeDelta = TimeDelta::minutes(2);

/// What readiness depends on; cheap to clone.
#[derive(Clone)]
pub struct Dependencies {
    store: Store,
    bot: Option<Health>,
    redis: Option<Redis>,
    stopping: Arc<AtomicBool>,
}

impl Dependencies {
    pub fn new(store: Store, bot: Option<Health>, redis: Option<Redis>) -> Self {
        Self {
            store,
            bot,
            redis,
            stopping: Arc::default(),
        }
    }

    /// From now on this process is not ready: nobody shall be sent to it.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    async fn database(&self) -> CheckState {
        within(async { self.store.ping().await.is_ok() }).await
    }

    async fn migrations(&self) -> CheckState {
        within(async {
            schema::pending(&self.store)
                .await
                .is_ok_and(|pending| pending.is_empty())
        })
        .await
    }

    async fn outbox(&self) -> CheckState {
        let moving = within(async {
            let depth = outbox::depth(&self.store).await.unwrap_or_default();
            let since = self.store.now() - STUCK;
            depth
                .iter()
                .all(|lane| lane.oldest.is_none_or(|oldest| oldest > since))
        });
        match (&self.bot, moving.await) {
            (None, _) => CheckState::NotConfigured,
            (_, CheckState::Error) => CheckState::Degraded,
            (_, state) => state,
        }
    }

    /// Without it everything works, only less promptly between instances.
    fn redis(&self) -> CheckState {
        match self.redis.as_ref().map(Redis::is_up) {
            None => CheckState::NotConfigured,
            Some(true) => CheckState::Ok,
            Some(false) => CheckState::Degraded,
        }
    }

    fn telegram(&self) -> CheckState {
        match self.bot.as_ref().map(Health::state) {
            None => CheckState::NotConfigured,
            Some(State::Ok) => CheckState::Ok,
            // Also with a token that is not valid: board and API are of use, and another start would not mend it.
            Some(State::Degraded | State::Error) => CheckState::Degraded,
        }
    }
}

/// True is well; false, or no answer in time, is an error.
async fn within(look: impl Future<Output = bool>) -> CheckState {
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(true) => CheckState::Ok,
        _ => CheckState::Error,
    }
}

impl Checks for Dependencies {
    fn run(&self) -> BoxFuture<'_, BTreeMap<&'static str, CheckState>> {
        async {
            let (database, migrations, outbox) =
                tokio::join!(self.database(), self.migrations(), self.outbox());
            let mut checks = BTreeMap::from([
                ("database", database),
                ("migrations", migrations),
                ("outbox", outbox),
                ("redis", self.redis()),
                ("telegram", self.telegram()),
            ]);
            if self.stopping.load(Ordering::Relaxed) {
                checks.insert("process", CheckState::Error);
            }
            checks
        }
        .boxed()
    }
}
