//! What the people of a task have to hear: an edited card makes no sound.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AgentRef, Status, Task};
use crate::{
    Actor, Result, Tx, assignment,
    outbox::{self, Message, Notice},
};

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    Cancelled,
    Completed,
    Reopened,
    Paused,
    Resumed,
    /// The recipient leads it from now on.
    Lead,
    /// It is somewhere else now.
    Place,
    /// It is at another time now.
    Time,
    PlaceAndTime,
}

impl News {
    /// What its people hear of a transition; nothing of those that show on the card soon enough.
    pub(super) fn of(before: Status, now: Status) -> Option<Self> {
        match (before, now) {
            (_, Status::Cancelled) => Some(Self::Cancelled),
            (_, Status::Completed) => Some(Self::Completed),
            (Status::Completed, _) => Some(Self::Reopened),
            (Status::InProgress, Status::Paused) => Some(Self::Paused),
            (Status::Paused, Status::InProgress) => Some(Self::Resumed),
            _ => None,
        }
    }

    /// What its people hear of another place or time.
    pub(super) fn of_edit(place: bool, time: bool) -> Option<Self> {
        match (place, time) {
            (true, true) => Some(Self::PlaceAndTime),
            (true, false) => Some(Self::Place),
            (false, true) => Some(Self::Time),
            (false, false) => None,
        }
    }

    /// Whether its people hear what this one did: a pause of their lead's own shows on the card soon enough.
    pub(super) fn is_heard(self, actor: &Actor, task: &Task) -> bool {
        let lead = task.lead.as_ref().map(|lead| lead.agent_id);
        match self {
            Self::Paused | Self::Resumed => lead.is_none() || lead != actor.agent_id,
            _ => true,
        }
    }

    /// Whether it is still so.
    pub fn holds(self, status: Status) -> bool {
        match self {
            Self::Cancelled => status == Status::Cancelled,
            Self::Completed => status == Status::Completed,
            Self::Paused => status == Status::Paused,
            Self::Resumed => status == Status::InProgress,
            _ => !matches!(status, Status::Cancelled | Status::Completed),
        }
    }
}

/// Tells the lead and everybody who holds an assignment, but for whoever did it.
pub(super) async fn tell_crew(tx: &mut Tx, actor: &Actor, task: &Task, what: News) -> Result<()> {
    let people = task.held().map(|one| &one.agent).chain(&task.lead);
    tell(tx, actor, task, people, what).await
}

/// Tells whoever leads it from now on.
pub(crate) async fn tell_lead(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    tell(tx, actor, task, task.lead.iter(), News::Lead).await
}

async fn tell<'a>(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    people: impl Iterator<Item = &'a AgentRef>,
    what: News,
) -> Result<()> {
    let mut told: BTreeSet<i64> = actor.telegram_id.into_iter().collect();
    let lane = assignment::lane(task.priority);
    let notice = Notice::Task {
        task_id: task.id,
        what,
        by_user: actor.user_id,
    };
    let news = people.filter_map(|one| {
        let chat = one.telegram_id.filter(|chat| told.insert(*chat))?;
        Some(Message::about(chat, one.user_id, task.id, notice.clone()).in_lane(lane))
    });
    outbox::push(tx, news.collect()).await
}
