//! How the things we depend on are doing, for the readiness probe.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use api::{CheckState, Checks};
use bot::health::{Health, State};
use chrono::TimeDelta;
use domain::{Store, outbox};
use futures::{FutureExt, future::BoxFuture};
use tokio::sync::Mutex;

use crate::{redis::Redis, schema};

/// How long a look at the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A message that waits longer means that people are not told.
const STUCK: TimeDelta = TimeDelta::minutes(2);

/// How old what is told may be.
const FRESH: Duration = Duration::from_millis(500);

/// What readiness depends on; cheap to clone.
#[derive(Clone)]
pub struct Dependencies {
    store: Store,
    bot: Option<Health>,
    redis: Option<Redis>,
    stopping: Arc<AtomicBool>,
    /// What was seen last, and when.
    seen: Arc<Mutex<Option<(Instant, Seen)>>>,
}

type Seen = BTreeMap<&'static str, CheckState>;

impl Dependencies {
    pub fn new(store: Store, bot: Option<Health>, redis: Option<Redis>) -> Self {
        Self {
            store,
            bot,
            redis,
            stopping: Arc::default(),
            seen: Arc::default(),
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
            let oldest = outbox::oldest(&self.store).await.unwrap_or_default();
            oldest.is_none_or(|oldest| oldest > self.store.now() - STUCK)
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

    async fn telegram(&self) -> CheckState {
        match self.bot.as_ref().map(Health::state) {
            None => CheckState::NotConfigured,
            // Another instance may be the one who sends.
            Some(State::Ok) if self.takes_messages().await => CheckState::Ok,
            Some(State::Ok) => CheckState::Degraded,
            // Also with a token that is not valid: board and API are of use, and another start would not mend it.
            Some(State::Degraded | State::Error) => CheckState::Degraded,
        }
    }

    /// Whether Telegram answers whoever sends; a database that cannot tell has its own check.
    async fn takes_messages(&self) -> bool {
        let noted = tokio::time::timeout(PATIENCE, outbox::away_since(&self.store)).await;
        !matches!(noted, Ok(Ok(Some(_))))
    }

    async fn look(&self) -> Seen {
        let (database, migrations, outbox, telegram) = tokio::join!(
            self.database(),
            self.migrations(),
            self.outbox(),
            self.telegram()
        );
        BTreeMap::from([
            ("database", database),
            ("migrations", migrations),
            ("outbox", outbox),
            ("telegram", telegram),
        ])
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
            // However many boards ask, one of them looks, and the others wait for what it sees.
            let mut seen = self.seen.lock().await;
            let fresh = seen.take().filter(|(at, _)| at.elapsed() < FRESH);
            let (at, mut checks) = match fresh {
                Some(seen) => seen,
                None => (Instant::now(), self.look().await),
            };
            *seen = Some((at, checks.clone()));
            drop(seen);
            checks.insert("redis", self.redis());
            if self.stopping.load(Ordering::Relaxed) {
                checks.insert("process", CheckState::Error);
            }
            checks
        }
        .boxed()
    }
}
