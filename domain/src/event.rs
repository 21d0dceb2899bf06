//! The log of facts: append only, numbered in the order in which readers can see it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use ::entity::emergency::EmergencyStatus;

use crate::{
    Actor, Tx, actor::Level, availability::Availability, notification::NotificationKind,
    task::Status,
};

mod append;
mod extent;
mod stretch;

pub(crate) use append::append;
pub use extent::{epoch, first_seq, last_seq, prune};
pub use stretch::{Stretch, since};

/// Something that happened. Names and places are not part of it: readers look them up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_type", content = "data", rename_all = "snake_case")]
pub enum Event {
    TaskCreated {
        id: i64,
        code: String,
    },
    TaskUpdated {
        id: i64,
        code: String,
    },
    TaskStatusChanged {
        id: i64,
        code: String,
        from: Option<Status>,
        status: Status,
    },
    TaskAssigned {
        id: i64,
        code: String,
        agent_ids: Vec<i64>,
        lead_agent_id: Option<i64>,
    },
    AssignmentAcknowledged {
        id: i64,
        code: String,
        agent_id: i64,
    },
    AssignmentDeclined {
        id: i64,
        code: String,
        agent_id: i64,
    },
    TaskReported {
        id: i64,
        code: String,
        report_id: i64,
    },
    AgentAvailabilityChanged {
        agent_id: i64,
        availability: Availability,
    },
    AgentPositionChanged {
        agent_id: i64,
    },
    /// Shifts of an agent were planned, moved or removed, or one began or ended.
    ShiftsChanged {
        agent_id: i64,
    },
    /// Leave was asked for, decided or withdrawn.
    LeaveChanged {
        id: i64,
        agent_id: i64,
    },
    /// An exchange of shifts went one step on.
    SwapChanged {
        id: i64,
        agent_id: i64,
    },
    /// Somebody called for help, and people are asked.
    EmergencyRaised {
        id: i64,
        task_id: i64,
        code: String,
    },
    /// Somebody was asked, comes, cannot, or it is over.
    EmergencyUpdated {
        id: i64,
        task_id: i64,
        code: String,
        status: EmergencyStatus,
    },
    /// A message to many leaves.
    BroadcastStarted {
        id: i64,
    },
    /// Somebody got it or answered, or it is over.
    BroadcastProgress {
        id: i64,
    },
    /// People of a task, or one who works alone, are asked whether they are well, or somebody answered, or does not.
    CheckInUpdated {
        id: i64,
        task_id: Option<i64>,
        agent_id: Option<i64>,
    },
    /// Somebody is told something that he has to act on; only he hears of this.
    Notification {
        user_id: i64,
        kind: NotificationKind,
        task_id: Option<i64>,
        /// The broadcast whose answers it is about.
        broadcast_id: Option<i64>,
        /// Who asks for help there.
        by_user: Option<i64>,
    },
    /// The figures of the overview are worth reading again.
    KpisChanged {},
}

impl Event {
    /// The topic that subscribers name.
    pub fn topic(&self) -> Topic {
        match self {
            Self::AgentAvailabilityChanged { .. }
            | Self::ShiftsChanged { .. }
            | Self::LeaveChanged { .. }
            | Self::SwapChanged { .. } => Topic::Agents,
            Self::AgentPositionChanged { .. } => Topic::Positions,
            Self::EmergencyRaised { .. }
            | Self::EmergencyUpdated { .. }
            | Self::CheckInUpdated { .. } => Topic::Emergencies,
            Self::BroadcastStarted { .. } | Self::BroadcastProgress { .. } => Topic::Broadcasts,
            Self::Notification { .. } => Topic::Notifications,
            Self::KpisChanged {} => Topic::Kpis,
            _ => Topic::Tasks,
        }
    }

    fn task_id(&self) -> Option<i64> {
        match self {
            Self::TaskCreated { id, .. }
            | Self::TaskUpdated { id, .. }
            | Self::TaskStatusChanged { id, .. }
            | Self::TaskAssigned { id, .. }
            | Self::AssignmentAcknowledged { id, .. }
            | Self::AssignmentDeclined { id, .. }
            | Self::TaskReported { id, .. } => Some(*id),
            Self::EmergencyRaised { task_id, .. } | Self::EmergencyUpdated { task_id, .. } => {
                Some(*task_id)
            }
            Self::CheckInUpdated { task_id, .. } | Self::Notification { task_id, .. } => *task_id,
            _ => None,
        }
    }

    fn agent_id(&self) -> Option<i64> {
        match self {
            Self::AssignmentAcknowledged { agent_id, .. }
            | Self::AssignmentDeclined { agent_id, .. }
            | Self::AgentAvailabilityChanged { agent_id, .. }
            | Self::AgentPositionChanged { agent_id }
            | Self::ShiftsChanged { agent_id }
            | Self::LeaveChanged { agent_id, .. }
            | Self::SwapChanged { agent_id, .. } => Some(*agent_id),
            Self::CheckInUpdated { agent_id, .. } => *agent_id,
            _ => None,
        }
    }
}

/// What a socket may subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Tasks,
    Agents,
    Positions,
    Emergencies,
    Broadcasts,
    Notifications,
    Kpis,
}

impl Topic {
    pub const ALL: [Self; 7] = [
        Self::Tasks,
        Self::Agents,
        Self::Positions,
        Self::Emergencies,
        Self::Broadcasts,
        Self::Notifications,
        Self::Kpis,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Agents => "agents",
            Self::Positions => "positions",
            Self::Emergencies => "emergencies",
            Self::Broadcasts => "broadcasts",
            Self::Notifications => "notifications",
            Self::Kpis => "kpis",
        }
    }

    fn from_column(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == word)
    }
}

/// Whom an event concerns, beside the admins; notifications are for nobody but whom they name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub unit_ids: Vec<i64>,
    pub user_ids: Vec<i64>,
}

/// An event on its way into the log.
#[derive(Debug)]
pub struct New {
    event: Event,
    scope: Scope,
}

/// An event as it stands in the log.
#[derive(Clone, Debug)]
pub struct Logged {
    pub seq: i64,
    pub topic: Topic,
    pub at: DateTime<Utc>,
    pub event: Event,
    pub scope: Scope,
}

impl Scope {
    /// Whether this person may see what is said of this topic.
    pub fn concerns(&self, topic: Topic, actor: &Actor) -> bool {
        let named = actor.user_id.is_some_and(|id| self.user_ids.contains(&id));
        if topic == Topic::Notifications {
            return named;
        }
        let unit = || self.unit_ids.iter().any(|id| actor.unit_ids.contains(id));
        actor.level == Level::Admin || (actor.level == Level::Supervisor && unit()) || named
    }
}

impl Logged {
    /// Whether this person may see it.
    pub fn concerns(&self, actor: &Actor) -> bool {
        self.scope.concerns(self.topic, actor)
    }
}

impl Tx {
    /// Adds a fact to this transaction.
    pub fn log(&mut self, event: Event, scope: &Scope) {
        self.announce(New {
            event,
            scope: scope.clone(),
        });
    }
}
