//! What all doors of one paper Telegram share: the world behind a lock, and its bells.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    answer::Refusal,
    balance::Balancer,
    calls::{Call, CallLog},
    config::{Config, Rates},
    faults::Faults,
    limits::Limits,
    state::World,
};

/// A change in a chat, told to pages.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Touched {
    pub revision: u64,
    pub bot: i64,
    pub chat: i64,
}

pub(crate) struct Shared {
    pub config: Config,
    world: Mutex<World>,
    faults: Mutex<Faults>,
    calls: Mutex<CallLog>,
    limits: Mutex<Limits>,
    rates: Mutex<Option<Rates>>,
    balancer: Mutex<Balancer>,
    /// Rises with every change of the world.
    pub changed: watch::Sender<u64>,
    /// Rises with every arrival and answer of a call.
    pub called: watch::Sender<u64>,
    pub events: broadcast::Sender<Touched>,
    pub stop: CancellationToken,
    pub client: reqwest::Client,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(config: Config, world: World) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(config.webhook_timeout)
            .build()?;
        Ok(Self {
            rates: Mutex::new(config.rates),
            balancer: Mutex::new(Balancer::new(config.seed)),
            changed: watch::Sender::new(world.revision),
            called: watch::Sender::new(0),
            events: broadcast::Sender::new(1024),
            stop: CancellationToken::new(),
            world: Mutex::new(world),
            faults: Mutex::default(),
            calls: Mutex::default(),
            limits: Mutex::default(),
            client,
            config,
        })
    }

    /// Runs `work` on the world and tells everybody who waits for changes.
    pub fn with<R>(&self, work: impl FnOnce(&mut World) -> R) -> R {
        let mut world = locked(&self.world);
        let result = work(&mut world);
        let revision = world.revision;
        for (bot, chat) in std::mem::take(&mut world.touched) {
            // Nobody listening is fine: pages come and go.
            let _ = self.events.send(Touched {
                revision,
                bot,
                chat,
            });
        }
        drop(world);
        self.changed.send_if_modified(|known| {
            let newer = revision > *known;
            *known = revision.max(*known);
            newer
        });
        result
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub fn calls(&self) -> MutexGuard<'_, CallLog> {
        locked(&self.calls)
    }

    pub fn balancer(&self) -> MutexGuard<'_, Balancer> {
        locked(&self.balancer)
    }

    pub fn set_rates(&self, rates: Option<Rates>) {
        *locked(&self.rates) = rates;
        *locked(&self.limits) = Limits::default();
    }

    /// Counts a send against the limits in force.
    pub fn pass_limits(&self, bot: i64, chat: i64) -> Result<(), Refusal> {
        let Some(rates) = *locked(&self.rates) else {
            return Ok(());
        };
        locked(&self.limits)
            .pass(rates, bot, chat, Instant::now())
            .map_err(Refusal::too_many)
    }

    pub fn call_arrived(&self, call: Call) -> u64 {
        let number = self.calls().arrived(call, self.config.log_entries);
        self.called.send_modify(|count| *count += 1);
        number
    }

    pub fn call_answered(&self, number: u64, status: u16, description: Option<String>) {
        self.calls().answered(number, status, description);
        self.called.send_modify(|count| *count += 1);
    }
}
