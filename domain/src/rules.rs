//! The numbers an installation may set; see `config.default.toml` for their meaning.

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::task::Priority;

/// Deadlines and limits of the domain.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Scheme, host and port under which people reach the system, when it is known.
    pub public_origin: Option<String>,
    /// The zone of plans that name none.
    pub zone: Tz,
    pub ack: AckRules,
    pub shift: ShiftRules,
    pub emergency: EmergencyRules,
    pub check_in: CheckInRules,
    /// Whether a broadcast to everybody leaves only once a second person has confirmed it; drills do not wait.
    pub second_approver: bool,
    /// From so long an absence of Telegram on, those who have not answered are asked again, in seconds.
    pub outage_seconds: u32,
    /// How long an action can be undone by who did it, in seconds.
    pub undo_seconds: u32,
    /// The most people on one task.
    pub crew_limit: u32,
    /// How long an enrolment link works, in hours.
    pub link_hours: u32,
    /// Wrong logins until a name is locked.
    pub login_tries: u32,
    /// How long a name stays locked, in minutes.
    pub login_lock_minutes: u32,
    /// How long a session lives unused, in days.
    pub session_days: u32,
    /// The least time between two stored positions of a person, in seconds.
    pub position_seconds: u32,
    /// The age after which a position is no longer used for nearest search, in minutes.
    pub position_fresh_minutes: u32,
    /// How long events are kept, in days.
    pub event_days: u32,
    /// How long handled updates are kept, in hours.
    pub inbox_hours: u32,
    /// How long sent messages are kept, in days.
    pub outbox_days: u32,
}

/// When people may say that they are there, and how much is planned at once.
#[derive(Clone, Debug)]
pub struct ShiftRules {
    /// How long before the start, in minutes.
    pub early_minutes: u32,
    /// How long after the start, in minutes; later a supervisor has to.
    pub late_minutes: u32,
    /// The most shifts that one pattern or one file plans.
    pub batch: u32,
}

/// How long an answer may take, in seconds, and how often the phone rings.
#[derive(Clone, Debug)]
pub struct AckRules {
    pub critical_seconds: u32,
    pub urgent_seconds: u32,
    pub high_seconds: u32,
    pub default_seconds: u32,
    /// Rings in all, the first message included.
    pub rings: u32,
}

/// How an emergency looks for people.
#[derive(Clone, Debug)]
pub struct EmergencyRules {
    /// How many of the nearest are asked at a time.
    pub offers: u32,
    /// Time until the ring widens, in seconds.
    pub ring_seconds: u32,
    /// How long an SOS waits for a place, in seconds.
    pub wait_seconds: u32,
    /// How long whoever called can take it back, in seconds.
    pub withdraw_seconds: u32,
}

/// How people are asked whether they are well.
#[derive(Clone, Debug)]
pub struct CheckInRules {
    /// How long an answer may take until the next step, in seconds.
    pub answer_seconds: u32,
}

impl Default for CheckInRules {
    fn default() -> Self {
        Self {
            answer_seconds: 120,
        }
    }
}

impl Default for EmergencyRules {
    fn default() -> Self {
        Self {
            offers: 3,
            ring_seconds: 30,
            wait_seconds: 15,
            withdraw_seconds: 10,
        }
    }
}

impl AckRules {
    /// The time to answer a request of this priority.
    pub fn deadline(&self, priority: Priority) -> TimeDelta {
        let seconds = match priority {
            Priority::Critical => self.critical_seconds,
            Priority::Urgent => self.urgent_seconds,
            Priority::High => self.high_seconds,
            Priority::Medium | Priority::Low => self.default_seconds,
        };
        TimeDelta::seconds(seconds.into())
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            public_origin: None,
            zone: chrono_tz::America::Argentina::Buenos_Aires,
            ack: AckRules {
                critical_seconds: 60,
                urgent_seconds: 120,
                high_seconds: 300,
                default_seconds: 900,
                rings: 3,
            },
            shift: ShiftRules {
                early_minutes: 30,
                late_minutes: 60,
                batch: 2000,
            },
            emergency: EmergencyRules::default(),
            check_in: CheckInRules::default(),
            second_approver: false,
            outage_seconds: 30,
            undo_seconds: 60,
            crew_limit: 300,
            link_hours: 24,
            login_tries: 5,
            login_lock_minutes: 30,
            session_days: 30,
            position_seconds: 5,
            position_fresh_minutes: 30,
            event_days: 30,
            inbox_hours: 48,
            outbox_days: 30,
        }
    }
}
