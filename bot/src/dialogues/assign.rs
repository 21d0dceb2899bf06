//! Who goes to a task that is there already: the steps of /crear that choose people and lead, and what becomes of the choice.

use domain::{
    Actor, Error, Refusal, Result, Tx,
    actor::Act,
    assignment::{self, Change},
    task::{AssignmentState, Task, load},
};
use locales::Sentence;
use serde::{Deserialize, Serialize};

use super::create::{Draft, Step};
use crate::{
    ctx::Ctx,
    keyboards::{Button, Rows, Verb},
    reply::Reply,
    view::View,
};

/// The task as it was when somebody began to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Existing {
    pub task_id: i64,
    pub code: String,
    /// Those who were on it.
    pub held: Vec<i64>,
    /// Those who had said that they cannot.
    pub declined: Vec<i64>,
    pub lead: Option<i64>,
}

/// Asks whom; a hopeless case is told at once.
pub async fn begin(ctx: &Ctx, task_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(Some(task_id), move |tx| {
        Box::pin(async move {
            let task = load::find_in(tx, &inner.actor, task_id).await?;
            check(&inner.actor, &task)?;
            inner.enter(tx, draft(&task).stage()).await
        })
    })
    .await
    .map(drop)
}

fn check(actor: &Actor, task: &Task) -> Result<(), Refusal> {
    let status = task.status;
    match task.is_open() {
        true => actor.check(Act::Assign, &task.stake()),
        false => Err(Refusal::WrongStatus { status }),
    }
}

/// Everybody who is on it is marked.
fn draft(task: &Task) -> Draft {
    let held: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let lead = task.lead.as_ref().map(|lead| lead.agent_id);
    let lead = lead.filter(|id| held.contains(id));
    let all = task.assignments.iter();
    let declined = all.filter(|one| one.state == AssignmentState::Declined);
    let existing = Existing {
        task_id: task.id,
        code: task.code.clone(),
        held: held.clone(),
        declined: declined.map(|one| one.agent.agent_id).collect(),
        lead,
    };
    Draft {
        step: Step::People,
        place: task.place.clone(),
        people: held,
        lead,
        task: Some(existing),
        ..Draft::default()
    }
}

/// Puts the marked people on the task and takes the others from it.
pub async fn put(tx: &mut Tx, actor: &Actor, existing: &Existing, draft: &Draft) -> Result<Reply> {
    let not_in = |some: &[i64], all: &[i64]| -> Vec<i64> {
        let missing = all.iter().filter(|id| !some.contains(id));
        missing.copied().collect()
    };
    // Nobody was asked who leads only one person: whoever leads by now goes on.
    let asked = draft.people.len() > 1;
    let lead = draft.lead.filter(|_| asked);
    let change = Change {
        add: not_in(&existing.held, &draft.people),
        remove: not_in(&draft.people, &existing.held),
        lead_agent_id: lead.filter(|lead| existing.lead != Some(*lead)),
        override_reason: draft.reason.clone(),
    };
    let task = assignment::change(tx, actor, existing.task_id, change).await?;
    let crew = task.held().count();
    Ok(Reply::Assigned {
        task_id: task.id,
        crew,
    })
}

/// The button that begins it, for whoever may.
pub fn button(view: &View, task: &Task, label: &Sentence) -> Option<(String, Button)> {
    let reader = view.reader.as_ref()?;
    let may = reader.may_command() && check(reader, task).is_ok();
    let (verb, id) = (Verb::Assign, task.id);
    may.then(|| (view.say(label), Button::Task { verb, id }))
}

/// The same below an answer about a task; nothing for whoever may not see it any more.
pub async fn offered(view: &View, task_id: i64, label: &Sentence) -> Result<Rows> {
    let Some(reader) = &view.reader else {
        return Ok(Rows::default());
    };
    match load::find(&view.store, reader, task_id).await {
        Ok(task) => Ok(Rows::default().row(button(view, &task, label))),
        Err(Error::Refused(_)) => Ok(Rows::default()),
        Err(error) => Err(error),
    }
}
