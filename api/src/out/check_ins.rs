//! Who of a task says that he is well, as it is sent.

use chrono::{DateTime, Utc};
use domain::check_in::{CheckIn, Person, PersonState};
use serde::Serialize;
use utoipa::ToSchema;

use super::{tasks::UserRef, words};

words! {
    /// What is known of somebody since he was asked last: nothing, that he is well, that he called for help, that Telegram
    /// does not reach him, or that he is no longer asked.
    CheckInWord as CheckInState = PersonState { Waiting, Well, Help, Unreachable, Released }
}

/// One person who is asked whether he is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckInPersonOut {
    pub agent_id: i64,
    pub name: String,
    pub state: CheckInWord,
    /// How far silence went: 0 asked, 1 asked again, 2 the lead heard of it, 3 those in command did.
    pub step: i32,
    pub asked_at: DateTime<Utc>,
    /// The last answer.
    pub answered_at: Option<DateTime<Utc>>,
    /// When his silence was first passed on.
    pub escalated_at: Option<DateTime<Utc>>,
    /// His last call for help from here.
    pub emergency_id: Option<i64>,
}

impl From<Person> for CheckInPersonOut {
    fn from(one: Person) -> Self {
        Self {
            agent_id: one.agent_id,
            name: one.name,
            state: one.state.into(),
            step: one.step,
            asked_at: one.asked_at,
            answered_at: one.answered_at,
            escalated_at: one.escalated_at,
            emergency_id: one.emergency_id,
        }
    }
}

/// Whether the people of a task are asked if they are well, and what they say; of the last time when it is over.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckInsOut {
    pub running: bool,
    pub every_minutes: Option<u32>,
    pub started_by: Option<UserRef>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When everybody is asked next.
    pub next_at: Option<DateTime<Utc>>,
    /// The silent first.
    pub people: Vec<CheckInPersonOut>,
}

impl From<Option<CheckIn>> for CheckInsOut {
    fn from(check: Option<CheckIn>) -> Self {
        let Some(check) = check else {
            return Self {
                running: false,
                every_minutes: None,
                started_by: None,
                started_at: None,
                ended_at: None,
                next_at: None,
                people: Vec::new(),
            };
        };
        Self {
            running: check.running,
            every_minutes: Some(check.every_minutes),
            started_by: check.started_by.map(UserRef::from),
            started_at: Some(check.started_at),
            ended_at: check.ended_at,
            next_at: check.next_at,
            people: check
                .people
                .into_iter()
                .map(CheckInPersonOut::from)
                .collect(),
        }
    }
}
