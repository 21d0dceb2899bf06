//! Tasks as they are sent.

use chrono::{DateTime, Utc};
use domain::{
    geo::Point,
    late,
    task::{
        self, Assignment, Task,
        timeline::{Entry, What, Who},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AssignmentWord, TaskPriority, TaskStatus, UnitRef, evidence::AttachmentOut};

/// Coordinates, words or both.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "PlaceIn")]
pub(crate) struct Place {
    /// Degrees, WGS 84.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub label: Option<String>,
}

/// The same, before it is known that there are both coordinates or none.
#[derive(Deserialize)]
struct PlaceIn {
    lat: Option<f64>,
    lon: Option<f64>,
    label: Option<String>,
}

impl TryFrom<PlaceIn> for Place {
    type Error = &'static str;

    fn try_from(PlaceIn { lat, lon, label }: PlaceIn) -> Result<Self, Self::Error> {
        match lat.is_some() == lon.is_some() {
            true => Ok(Self { lat, lon, label }),
            false => Err("needs lat and lon, or neither"),
        }
    }
}

impl Place {
    /// The point, as it was given: whether there is one on the globe, the domain says.
    pub fn point(&self) -> Option<Point> {
        Some(Point {
            lat: self.lat?,
            lon: self.lon?,
        })
    }

    pub fn into_domain(self) -> task::Place {
        task::Place {
            point: self.point(),
            label: self.label,
            accuracy_m: None,
        }
    }

    pub fn at(point: Point) -> Self {
        Self {
            lat: Some(point.lat),
            lon: Some(point.lon),
            label: None,
        }
    }
}

impl From<task::Place> for Place {
    fn from(place: task::Place) -> Self {
        let point = place.point;
        Self {
            lat: point.map(|point| point.lat),
            lon: point.map(|point| point.lon),
            label: place.label,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRef {
    pub agent_id: i64,
    pub name: String,
}

impl From<task::AgentRef> for AgentRef {
    fn from(agent: task::AgentRef) -> Self {
        Self {
            agent_id: agent.agent_id,
            name: agent.name,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct UserRef {
    pub id: Option<i64>,
    pub name: String,
}

impl From<task::UserRef> for UserRef {
    fn from(user: task::UserRef) -> Self {
        Self {
            id: Some(user.user_id),
            name: user.name,
        }
    }
}

impl From<Who> for UserRef {
    fn from(one: Who) -> Self {
        Self {
            id: one.user_id,
            name: one.name,
        }
    }
}

/// One agent on a task.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssignmentOut {
    pub agent_id: i64,
    pub name: String,
    pub state: AssignmentWord,
    /// When it came into this state.
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
    pub offered_at: DateTime<Utc>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When Telegram took the first ring of the present offer; null while it waits to be sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When Telegram took the latest.
    pub rung_at: Option<DateTime<Utc>>,
    /// How often the phone rang again.
    pub rings: i32,
    /// Since when those in command are being told of the silence; that may not have left yet.
    pub escalated_at: Option<DateTime<Utc>>,
    /// He does not answer, and nobody in command can be told by Telegram: somebody has to be called.
    #[schema(required = false)]
    pub unheard: bool,
    /// When Telegram said that this person cannot be reached.
    pub unreachable_at: Option<DateTime<Utc>>,
}

impl From<Assignment> for AssignmentOut {
    fn from(one: Assignment) -> Self {
        let unheard = one.unheard().is_some();
        Self {
            agent_id: one.agent.agent_id,
            name: one.agent.name,
            state: one.state.into(),
            at: one.at,
            reason: one.reason,
            offered_at: one.offered_at,
            acknowledged_at: one.acknowledged_at,
            sent_at: one.sent_at,
            rung_at: one.rung_at,
            rings: one.rings,
            unheard,
            escalated_at: one.escalated_at,
            unreachable_at: one.unreachable_at,
        }
    }
}

/// A task with everybody it names.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskOut {
    pub id: i64,
    pub code: String,
    pub title: String,
    /// Code of the kind.
    pub kind: String,
    pub kind_label: String,
    pub status: TaskStatus,
    pub priority: TaskPriority,
    pub description: Option<String>,
    pub place: Option<Place>,
    /// The radius of uncertainty of a place that was shared as a pin, in metres.
    pub place_accuracy_m: Option<f64>,
    pub planned_start: Option<DateTime<Utc>>,
    pub planned_end: Option<DateTime<Utc>>,
    /// IANA name of the zone of the plan.
    pub zone: String,
    pub started_at: Option<DateTime<Utc>>,
    pub paused_at: Option<DateTime<Utc>>,
    pub paused_seconds: i64,
    /// From when on it counts as late, as long as it stays as it is; null when time alone does not make it late.
    pub late_from: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub ended_by: Option<UserRef>,
    /// Why it ended as it did.
    pub status_reason: Option<String>,
    pub lead: Option<AgentRef>,
    /// Everybody who ever was on it.
    pub assignments: Vec<AssignmentOut>,
    /// Somebody on it is `unheard`.
    #[schema(required = false)]
    pub unheard: bool,
    pub unit: Option<UnitRef>,
    pub created_by: Option<UserRef>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub drill: bool,
    /// For `If-Match`.
    pub version: i32,
    /// After reopening: former people who are elsewhere now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub missing: Vec<String>,
}

impl From<Task> for TaskOut {
    fn from(task: Task) -> Self {
        let late_from = late::from(&task);
        let ended = |status| task.ended_at.filter(|_| task.status == status);
        Self {
            completed_at: ended(task::Status::Completed),
            cancelled_at: ended(task::Status::Cancelled),
            id: task.id,
            code: task.code,
            title: task.title,
            kind: task.kind.code,
            kind_label: task.kind.label,
            status: task.status.into(),
            priority: task.priority.into(),
            description: task.description,
            place_accuracy_m: task.place.as_ref().and_then(|place| place.accuracy_m),
            place: task.place.map(Place::from),
            planned_start: task.planned_start,
            planned_end: task.planned_end,
            zone: task.zone,
            started_at: task.started_at,
            paused_at: task.paused_at,
            paused_seconds: task.paused_seconds,
            late_from,
            ended_by: task.ended_by.map(UserRef::from),
            status_reason: task.end_reason,
            lead: task.lead.map(AgentRef::from),
            unheard: task.assignments.iter().any(|one| one.unheard().is_some()),
            assignments: task
                .assignments
                .into_iter()
                .map(AssignmentOut::from)
                .collect(),
            unit: task.unit.map(UnitRef::from),
            created_by: task.created_by.map(UserRef::from),
            created_at: task.created_at,
            updated_at: task.updated_at,
            drill: task.drill,
            version: task.version,
            missing: Vec::new(),
        }
    }
}

/// One entry of the story of a task.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    pub at: DateTime<Utc>,
    /// `created`, `status`, `offered`, `acknowledged`, `en_route`, `on_site`, `declined`, `released`,
    /// `escalated`, `unreachable`, `edited` or `report`.
    pub kind: String,
    /// Who did it; with `offered`, who asked: nobody where the search for help did; with `released`, who let somebody go, absent when the
    /// system did.
    pub actor: Option<UserRef>,
    /// With `offered`: who was asked; with `released`: who is no longer on it.
    pub agent: Option<UserRef>,
    /// A reason or the text of a report; with `offered`, why he was asked although he is off shift, says that he cannot or needs help.
    pub text: Option<String>,
    pub place: Option<Place>,
    pub attachments: Vec<AttachmentOut>,
    /// With `edited`: what of the task says something else since: `title`, `description`, `priority`, `place`, `planned_start`,
    /// `planned_end`, `unit`; nothing where nobody noted it.
    #[schema(required = false)]
    pub changed: Vec<String>,
    /// With `status`: the state before.
    pub from: Option<TaskStatus>,
    /// With `status`: the state after.
    pub to: Option<TaskStatus>,
}

impl From<Entry> for TimelineEntry {
    fn from(entry: Entry) -> Self {
        let (from, to) = match entry.what {
            What::Status { from, to } => (from.map(TaskStatus::from), Some(to.into())),
            _ => (None, None),
        };
        Self {
            at: entry.at,
            kind: what_word(entry.what).into(),
            actor: entry.actor.map(UserRef::from),
            agent: entry.agent.map(UserRef::from),
            text: entry.text,
            place: entry.place.map(Place::at),
            attachments: entry
                .attachments
                .into_iter()
                .map(AttachmentOut::from)
                .collect(),
            changed: entry.changed,
            from,
            to,
        }
    }
}

fn what_word(what: What) -> &'static str {
    match what {
        What::Created => "created",
        What::Status { .. } => "status",
        What::Offered => "offered",
        What::Acknowledged => "acknowledged",
        What::EnRoute => "en_route",
        What::OnSite => "on_site",
        What::Declined => "declined",
        What::Released => "released",
        What::Escalated => "escalated",
        What::Unreachable => "unreachable",
        What::Edited => "edited",
        What::Report { .. } => "report",
    }
}

/// A report that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportOut {
    pub id: i64,
    pub task_id: i64,
}
