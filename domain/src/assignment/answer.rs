//! What an agent says about his part of a task.

use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use ::entity::assignment::{self, AssignmentState};

use super::{
    bump,
    lead::{first_linked, set_lead},
    responsible::tell_responsible,
    scope::scope_of,
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    agent as agents,
    audit::{self, Subject},
    emergency,
    error::Thing,
    event::Event,
    outbox::{self, Notice},
    task::{Assignment, Status, Task, load, news},
    timer::{self, Due},
};

/// What an agent says about his part of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Acknowledge,
    Decline { reason: String },
    EnRoute,
    OnSite,
}

/// Records an agent's answer. The same answer twice, or an earlier step after a later one, changes nothing.
///
/// # Errors
/// Refused when the actor is not on the task or it has ended.
pub async fn answer(tx: &mut Tx, actor: &Actor, task_id: i64, answer: Answer) -> Result<Task> {
    if !matches!(answer, Answer::Decline { .. }) {
        emergency::lock_for(tx, actor, task_id).await?;
    }
    let (task, mine) = his_part(tx, actor, task_id).await?;
    if !task.is_open() {
        return Err(Refusal::WrongStatus {
            status: task.status,
        }
        .into());
    }
    match answer {
        Answer::Decline { reason } => decline(tx, actor, &task, &mine, reason).await?,
        Answer::Acknowledge => {
            advance(tx, actor, &task, &mine, AssignmentState::Acknowledged).await?;
        }
        Answer::EnRoute => advance(tx, actor, &task, &mine, AssignmentState::EnRoute).await?,
        Answer::OnSite => advance(tx, actor, &task, &mine, AssignmentState::OnSite).await?,
    }
    let task = load::one(tx.db(), task_id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?;
    emergency::answered(tx, actor, task).await
}

/// A task and what the actor has to do with it; who declined may say so again.
async fn his_part(tx: &Tx, actor: &Actor, task_id: i64) -> Result<(Task, Assignment)> {
    let task = load::lock(tx, task_id).await?;
    let mine = actor.agent_id.and_then(|id| task.assignment_of(id));
    match mine.cloned() {
        Some(mine) => Ok((task, mine)),
        None if actor.may(Act::See, &task.stake()) => Err(Refusal::NotAssigned.into()),
        None => Err(Refusal::missing(Thing::Task).into()),
    }
}

/// Whoever starts a task has seen it: his own open offer counts as acknowledged.
pub(crate) async fn seen_by(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    let mine = actor
        .agent_id
        .and_then(|id| task.assignment_of(id))
        .cloned();
    match mine.filter(|mine| mine.state == AssignmentState::Offered) {
        Some(mine) => advance(tx, actor, task, &mine, AssignmentState::Acknowledged).await,
        None => Ok(()),
    }
}

/// The order in which states follow each other; 0 is outside of it.
fn rank(state: AssignmentState) -> u8 {
    match state {
        AssignmentState::Offered => 1,
        AssignmentState::Acknowledged => 2,
        AssignmentState::EnRoute => 3,
        AssignmentState::OnSite => 4,
        AssignmentState::Declined | AssignmentState::Released => 0,
    }
}

async fn advance(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    mine: &Assignment,
    to: AssignmentState,
) -> Result<()> {
    if rank(mine.state) == 0 {
        return Err(Refusal::NotAssigned.into());
    }
    if rank(mine.state) >= rank(to) {
        return Ok(());
    }
    set_state(tx, mine.id, to, None).await?;
    timer::cancel(
        tx,
        &Due::Ack {
            assignment_id: mine.id,
        },
    )
    .await?;
    if mine.state == AssignmentState::Offered {
        record_ack_time(tx, task, mine);
        let event = Event::AssignmentAcknowledged {
            id: task.id,
            code: task.code.clone(),
            agent_id: mine.agent.agent_id,
        };
        tx.log(event, &scope_of(tx, task.id).await?);
    }
    told(
        tx,
        actor,
        task,
        mine,
        "assignment.advance",
        json!({ "agent": mine.agent.agent_id, "state": to }),
    )
    .await?;
    match mine.state {
        // With his first answer he begins to come.
        AssignmentState::Offered => Ok(()),
        _ => emergency::went_on(tx, task).await,
    }
}

fn record_ack_time(tx: &Tx, task: &Task, mine: &Assignment) {
    let seconds = (tx.now() - mine.offered_at).as_seconds_f64();
    let priority = serde_json::to_value(task.priority)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned));
    metrics::histogram!("gad_ack_seconds", "priority" => priority.unwrap_or_default())
        .record(seconds);
}

async fn decline(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    mine: &Assignment,
    reason: String,
) -> Result<()> {
    if mine.state == AssignmentState::Declined {
        return Ok(());
    }
    if !mine.is_held() {
        return Err(Refusal::NotAssigned.into());
    }
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::NeedsReason.into());
    }
    set_state(tx, mine.id, AssignmentState::Declined, Some(reason)).await?;
    timer::cancel(
        tx,
        &Due::Ack {
            assignment_id: mine.id,
        },
    )
    .await?;
    let scope = scope_of(tx, task.id).await?;
    let agent_id = mine.agent.agent_id;
    tx.log(
        Event::AssignmentDeclined {
            id: task.id,
            code: task.code.clone(),
            agent_id,
        },
        &scope,
    );
    if task.status != Status::Scheduled {
        agents::announce_availability(tx, vec![agent_id]).await?;
    }
    told(
        tx,
        actor,
        task,
        mine,
        "assignment.decline",
        json!({ "agent": agent_id }),
    )
    .await?;
    // Before the lead is replaced: a lead who declines is not told of it himself.
    let notice = Notice::Declined {
        task_id: task.id,
        agent_id,
    };
    let himself = actor.telegram_id;
    tell_responsible(tx, task, notice.clone(), himself.as_slice()).await?;
    emergency::left(tx, task, agent_id, &notice).await?;
    if task
        .lead
        .as_ref()
        .is_some_and(|lead| lead.agent_id == agent_id)
    {
        let next = first_linked(tx, task.id).await?;
        set_lead(tx, task, next).await?;
        if let Some(now) = load::one(tx.db(), task.id).await? {
            news::tell_lead(tx, actor, &now).await?;
        }
    }
    Ok(())
}

/// Audit, event and cards of a change of one assignment.
pub(super) async fn told(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    mine: &Assignment,
    action: &str,
    data: serde_json::Value,
) -> Result<()> {
    audit::record(tx, actor, action, Subject::Task(task.id), data).await?;
    bump(tx, task.id).await?;
    if mine.state != AssignmentState::Offered {
        let scope = scope_of(tx, task.id).await?;
        tx.log(
            Event::TaskUpdated {
                id: task.id,
                code: task.code.clone(),
            },
            &scope,
        );
    }
    outbox::refresh_cards(tx, task.id).await
}

async fn set_state(tx: &Tx, id: i64, state: AssignmentState, reason: Option<String>) -> Result<()> {
    let now = tx.now();
    let mut row = assignment::ActiveModel {
        id: Set(id),
        state: Set(state),
        state_at: Set(now),
        reason: Set(reason),
        ack_due_at: Set(None),
        ..Default::default()
    };
    match state {
        AssignmentState::Acknowledged => row.acknowledged_at = Set(Some(now)),
        AssignmentState::EnRoute => row.en_route_at = Set(Some(now)),
        AssignmentState::OnSite => row.on_site_at = Set(Some(now)),
        AssignmentState::Released => row.released_at = Set(Some(now)),
        AssignmentState::Offered | AssignmentState::Declined => {}
    }
    assignment::Entity::update(row).exec(tx.db()).await?;
    Ok(())
}
