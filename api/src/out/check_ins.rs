//! Who of a task says that he is well, as it is sent.

use chrono::{DateTime, Utc};
use domain::check_in::{CheckIn, Person, PersonState, Watched};
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
    /// How far silence went: 0 asked, 1 asked again, 2 the lead heard of it or nobody in command can, 3 those in
    /// command did.
    pub step: i32,
    pub asked_at: DateTime<Utc>,
    /// The last answer.
    pub answered_at: Option<DateTime<Utc>>,
    /// When his silence was first passed on; it stays while he is asked anew, until he answers and is asked again.
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

/// The task whose people are asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchedTaskOut {
    pub id: i64,
    pub code: String,
    pub drill: bool,
}

/// Somebody who is asked from time to time whether he is well, alone or on a task.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchedOut {
    pub id: i64,
    /// Absent for one who works alone.
    pub task: Option<WatchedTaskOut>,
    pub every_minutes: u32,
    pub started_at: DateTime<Utc>,
    /// Until when one who works alone is asked.
    pub until: Option<DateTime<Utc>>,
    /// When he is asked next; nothing once his time is over and he is only looked for.
    pub next_at: Option<DateTime<Utc>>,
    /// He does not answer, and others know of it or Telegram does not reach him.
    pub silent: bool,
    pub person: CheckInPersonOut,
}

impl From<Watched> for WatchedOut {
    fn from(one: Watched) -> Self {
        let task = one.task.map(|task| WatchedTaskOut {
            id: task.id,
            code: task.code,
            drill: task.drill,
        });
        Self {
            silent: one.person.is_silent(),
            id: one.id,
            task,
            every_minutes: one.every_minutes,
            started_at: one.started_at,
            until: one.until,
            next_at: one.next_at,
            person: one.person.into(),
        }
    }
}
