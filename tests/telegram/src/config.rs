//! Settings of a paper Telegram: clock, expiries, rates, bounds, storage.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

/// Where the paper Telegram takes its time for dates and expiries from.
pub trait Clock: Send + Sync + 'static {
    /// Time of now.
    fn now(&self) -> DateTime<Utc>;
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that only moves when a test moves it.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<watch::Sender<DateTime<Utc>>>);

impl HandClock {
    /// A clock that stands at `start`.
    pub fn at(start: DateTime<Utc>) -> Self {
        Self(Arc::new(watch::Sender::new(start)))
    }

    /// Moves the clock to `time`.
    pub fn set(&self, time: DateTime<Utc>) {
        self.0.send_replace(time);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now += by);
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.borrow()
    }
}

/// Sending limits; what exceeds them is answered 429 with `retry_after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Sends and edits per second over all chats.
    pub global_per_second: u32,
    /// Sends and edits that a chat takes at once before one per second is the rule.
    pub chat_burst: u32,
    /// Sends and edits per minute into one group.
    pub group_per_minute: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            global_per_second: 30,
            chat_burst: 3,
            group_per_minute: 20,
        }
    }
}

/// Settings; `Config::default()` is Telegram's behaviour with quick retries and no sending limits.
#[derive(Clone)]
pub struct Config {
    /// Source of dates and expiries.
    pub clock: Arc<dyn Clock>,
    /// Sending limits; `None` lets everything pass.
    pub rates: Option<Rates>,
    /// How long after a press its callback query can be answered.
    pub answer_window: Duration,
    /// How long an undelivered button press is kept.
    pub press_life: Duration,
    /// How long an undelivered message is kept.
    pub message_life: Duration,
    /// First pause before a failed webhook delivery is tried again; doubles each time.
    pub webhook_pause: Duration,
    /// Longest pause between webhook deliveries.
    pub webhook_pause_max: Duration,
    /// Decides which door an update goes to, see `Paper::balance`.
    pub seed: u64,
    /// How long a webhook may take to answer.
    pub webhook_timeout: Duration,
    /// Newest messages kept per chat.
    pub messages_per_chat: usize,
    /// Newest entries kept in the call log and in the update log.
    pub log_entries: usize,
    /// Newest bytes of files kept.
    pub file_bytes: usize,
    /// How long `until_text` and its like wait.
    pub patience: Duration,
    /// Where people stand who were not placed: latitude, longitude.
    pub centre: (f64, f64),
    /// Folder in which people, chats, counters and files survive a restart.
    pub folder: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            rates: None,
            answer_window: Duration::from_secs(10),
            press_life: Duration::from_secs(150),
            message_life: Duration::from_secs(24 * 60 * 60),
            webhook_pause: Duration::from_millis(50),
            webhook_pause_max: Duration::from_secs(2),
            seed: 0,
            webhook_timeout: Duration::from_secs(20),
            messages_per_chat: 500,
            log_entries: 10_000,
            file_bytes: 256 * 1024 * 1024,
            patience: Duration::from_secs(10),
            centre: (-34.6037, -58.3816),
            folder: None,
        }
    }
}
