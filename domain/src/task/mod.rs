//! Work with a known start and an uncertain end: what it looks like to whoever may see it.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

pub use ::entity::{assignment::AssignmentState, task::TaskStatus as Status};
pub use news::News;

use crate::{actor::Stake, geo::Point};

pub mod code;
pub mod create;
pub mod edit;
pub mod foreseen;
pub mod life;
pub mod list;
pub mod load;
mod moment;
pub(crate) mod news;
pub mod paused;
mod rows;
pub mod timeline;
pub mod urgency;
pub(crate) mod visible;
mod ways;
pub mod window;

/// How pressing a task is, 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low = 1,
    Medium = 2,
    High = 3,
    Urgent = 4,
    Critical = 5,
}

impl Priority {
    pub const ALL: [Self; 5] = [
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Urgent,
        Self::Critical,
    ];

    pub(crate) fn from_column(number: i16) -> Self {
        Self::ALL
            .into_iter()
            .find(|priority| *priority as i16 == number)
            .unwrap_or(Self::Medium)
    }
}

/// Where something is: coordinates, words or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    #[serde(flatten)]
    pub point: Option<Point>,
    pub label: Option<String>,
    /// The radius of uncertainty of a shared point, in metres.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
}

/// A row of the catalogue, as a task shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindRef {
    pub id: i64,
    pub code: String,
    pub label: String,
    pub emoji: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitRef {
    pub id: i64,
    pub name: String,
}

/// An agent, as a task shows him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentRef {
    pub agent_id: i64,
    pub name: String,
    /// Nobody when the agent has no account.
    pub user_id: Option<i64>,
    /// Nobody when the account is not linked to Telegram.
    pub telegram_id: Option<i64>,
}

/// An account, as a task shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserRef {
    pub user_id: i64,
    pub name: String,
}

/// One agent on the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub id: i64,
    pub agent: AgentRef,
    pub state: AssignmentState,
    /// When it came into this state.
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
    /// Why he was asked although something soft stood against it.
    pub override_reason: Option<String>,
    /// Who asked; nobody for the system.
    pub offered_by: Option<i64>,
    pub offered_at: DateTime<Utc>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub en_route_at: Option<DateTime<Utc>>,
    pub on_site_at: Option<DateTime<Utc>>,
    pub released_at: Option<DateTime<Utc>>,
    /// How often the phone rang again.
    pub rings: i32,
    /// When Telegram took the first ring of the present offer, and the latest: the only ground for "avisado".
    pub sent_at: Option<DateTime<Utc>>,
    pub rung_at: Option<DateTime<Utc>>,
    /// Since when those in command are being told of his silence: the word is on its way, and may not have left.
    pub escalated_at: Option<DateTime<Utc>>,
    /// Since when nobody in command can be told of it: somebody has to be called.
    pub unheard_at: Option<DateTime<Utc>>,
    /// When Telegram refused the message.
    pub unreachable_at: Option<DateTime<Utc>>,
}

impl Assignment {
    /// Since when he neither answers nor anybody in command can be told of it.
    pub fn unheard(&self) -> Option<DateTime<Utc>> {
        let open = self.state == AssignmentState::Offered;
        self.unheard_at.filter(|_| open)
    }

    /// When he came into this state for the first time since he was asked, however often the task was taken back since.
    pub fn reached(&self, state: AssignmentState) -> Option<DateTime<Utc>> {
        match state {
            AssignmentState::Offered => Some(self.offered_at),
            AssignmentState::Acknowledged => self.acknowledged_at,
            AssignmentState::EnRoute => self.en_route_at,
            AssignmentState::OnSite => self.on_site_at,
            AssignmentState::Released => self.released_at,
            AssignmentState::Declined => None,
        }
    }

    /// Whether the agent still belongs to the task.
    pub fn is_held(&self) -> bool {
        crate::availability::HELD.contains(&self.state)
    }
}

/// A task with everybody and everything it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: i64,
    pub code: String,
    pub kind: KindRef,
    pub title: String,
    pub description: Option<String>,
    pub status: Status,
    pub priority: Priority,
    pub place: Option<Place>,
    pub zone: String,
    pub planned_start_local: Option<NaiveDateTime>,
    pub planned_start: Option<DateTime<Utc>>,
    pub planned_end_local: Option<NaiveDateTime>,
    pub planned_end: Option<DateTime<Utc>>,
    pub unit: Option<UnitRef>,
    pub lead: Option<AgentRef>,
    /// Everybody who ever was on it, in the order of assignment.
    pub assignments: Vec<Assignment>,
    pub created_by: Option<UserRef>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub paused_at: Option<DateTime<Utc>>,
    pub paused_seconds: i64,
    /// Until when it claims its people, see [`window::Span`].
    pub window_end: Option<DateTime<Utc>>,
    /// When it was completed or cancelled, and by whom.
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<UserRef>,
    pub end_reason: Option<String>,
    pub drill: bool,
    pub version: i32,
    /// The units of those who are on it.
    pub agent_unit_ids: Vec<i64>,
}

impl Task {
    /// Who has a stake in it, for the permission table.
    pub fn stake(&self) -> Stake {
        Stake {
            unit_id: self.unit.as_ref().map(|unit| unit.id),
            created_by: self.created_by.as_ref().map(|user| user.user_id),
            lead_agent_id: self.lead.as_ref().map(|lead| lead.agent_id),
            agent_ids: self.held().map(|one| one.agent.agent_id).collect(),
            former_agent_ids: self
                .assignments
                .iter()
                .filter(|one| one.state == AssignmentState::Released)
                .map(|one| one.agent.agent_id)
                .collect(),
            agent_unit_ids: self.agent_unit_ids.clone(),
        }
    }

    /// Those who are on it now.
    pub fn held(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|one| one.is_held())
    }

    /// The assignment of one agent, whatever became of it.
    pub fn assignment_of(&self, agent_id: i64) -> Option<&Assignment> {
        self.assignments
            .iter()
            .find(|one| one.agent.agent_id == agent_id)
    }

    pub fn is_open(&self) -> bool {
        is_open(self.status)
    }
}

/// Whether a task in this state still can be worked on.
pub fn is_open(status: Status) -> bool {
    matches!(
        status,
        Status::Scheduled | Status::InProgress | Status::Paused
    )
}
