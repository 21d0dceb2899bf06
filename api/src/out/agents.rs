//! Agents as they are sent.

use chrono::{DateTime, Utc};
use domain::{
    agent::{Agent, Candidate, LastPosition},
    nearest::Nearest,
    position::{Fix, PositionSource},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AvailabilityWord, UnitRef, age_s, words};

/// Where somebody last was.
#[derive(Serialize, ToSchema)]
#[schema(as = Position)]
pub(crate) struct PositionOut {
    pub lat: f64,
    pub lon: f64,
    /// Radius of uncertainty, in metres.
    pub accuracy_m: Option<f64>,
    /// How long ago, in seconds.
    pub age_s: i64,
    pub at: DateTime<Utc>,
}

impl PositionOut {
    pub fn of(position: LastPosition, now: DateTime<Utc>) -> Self {
        Self {
            lat: position.point.lat,
            lon: position.point.lon,
            accuracy_m: position.accuracy_m,
            age_s: age_s(now, position.at),
            at: position.at,
        }
    }
}

/// An agent with what is derived about him.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentOut {
    pub id: i64,
    pub user_id: Option<i64>,
    pub name: String,
    pub badge: Option<String>,
    pub rank: Option<String>,
    pub units: Vec<UnitRef>,
    pub specialty: Option<String>,
    pub availability: AvailabilityWord,
    /// Whether he says that he cannot, also while something else decides his availability.
    pub unavailable: bool,
    /// Why he says so.
    pub reason: Option<String>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
    /// Whether he needs help himself: `calling` while his own call goes on, `in_need` when he said so in an open broadcast.
    pub need: Option<String>,
    pub position: Option<PositionOut>,
    /// Open tasks, planned ones included.
    pub active_tasks: i64,
    /// Whether he can be reached by Telegram.
    pub linked: bool,
    pub active: bool,
    pub version: i32,
}

impl AgentOut {
    pub fn of(agent: Agent, now: DateTime<Utc>) -> Self {
        Self {
            id: agent.id,
            user_id: agent.user_id,
            name: agent.name,
            badge: agent.badge,
            rank: agent.rank,
            units: agent.units.into_iter().map(UnitRef::from).collect(),
            specialty: agent.specialty,
            availability: agent.availability.into(),
            unavailable: agent.unavailable,
            reason: agent.reason,
            until: agent.until,
            need: agent.need.map(|need| need.as_str().to_owned()),
            position: agent
                .position
                .map(|position| PositionOut::of(position, now)),
            active_tasks: agent.active_tasks,
            linked: agent.linked,
            active: agent.active,
            version: agent.version,
        }
    }
}

/// Somebody who could be sent, best first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CandidateOut {
    pub agent_id: i64,
    pub name: String,
    pub availability: AvailabilityWord,
    /// Whether he says that he cannot, also while something else decides his availability.
    pub unavailable: bool,
    /// Why he says so.
    pub reason: Option<String>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
    /// Whether he needs help himself, as in the list of agents.
    pub need: Option<String>,
    pub distance_m: Option<i64>,
    pub position_age_s: Option<i64>,
    /// The radius of uncertainty, in metres.
    pub position_accuracy_m: Option<f64>,
    pub active_tasks: i64,
    pub linked: bool,
}

impl CandidateOut {
    pub fn of(candidate: Candidate, now: DateTime<Utc>) -> Self {
        let agent = candidate.agent;
        Self {
            agent_id: agent.id,
            name: agent.name,
            availability: agent.availability.into(),
            unavailable: agent.unavailable,
            reason: agent.reason,
            until: agent.until,
            need: agent.need.map(|need| need.as_str().to_owned()),
            distance_m: candidate.distance_m.map(|metres| metres.round() as i64),
            position_age_s: agent.position.map(|position| age_s(now, position.at)),
            position_accuracy_m: agent.position.and_then(|position| position.accuracy_m),
            active_tasks: agent.active_tasks,
            linked: agent.linked,
        }
    }
}

/// A free agent near a place.
#[derive(Serialize, ToSchema)]
pub(crate) struct NearestOut {
    pub agent_id: i64,
    pub name: String,
    pub distance_m: i64,
    pub position_age_s: i64,
    /// The radius of uncertainty, in metres.
    pub position_accuracy_m: Option<f64>,
}

impl From<Nearest> for NearestOut {
    fn from(one: Nearest) -> Self {
        Self {
            agent_id: one.agent_id,
            name: one.name,
            distance_m: one.distance_m.round() as i64,
            position_age_s: one.position_age_s,
            position_accuracy_m: one.position_accuracy_m,
        }
    }
}

words! {
    /// What a person did to share a position.
    PositionWord as PositionSource = PositionSource { Live, Pin, Sos }
}

/// One position of the past.
#[derive(Serialize, ToSchema)]
pub(crate) struct FixOut {
    pub lat: f64,
    pub lon: f64,
    pub accuracy_m: Option<f64>,
    pub source: PositionWord,
    pub at: DateTime<Utc>,
}

impl From<Fix> for FixOut {
    fn from(fix: Fix) -> Self {
        Self {
            lat: fix.point.lat,
            lon: fix.point.lon,
            accuracy_m: fix.accuracy_m,
            source: fix.source.into(),
            at: fix.at,
        }
    }
}
