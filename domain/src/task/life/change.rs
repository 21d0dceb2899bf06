//! What every transition writes: state, history, audit, events and messages.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveEnum, ActiveValue::Set, EntityTrait};
use serde_json::json;

use ::entity::{history, task};

use super::Step;
use crate::{
    Actor, Refusal, Result, Tx, agent, assignment,
    audit::{self, Subject},
    check_in,
    error::Thing,
    event::Event,
    figures, outbox, remind,
    task::{
        AssignmentState, Status, Task, load,
        news::{self, News},
    },
};

/// What every transition writes: state, history, audit, events and messages.
#[expect(
    clippy::too_many_arguments,
    reason = "one place writes all that a transition leaves behind"
)]
pub(super) async fn change(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    to: Status,
    at: DateTime<Utc>,
    step: &Step,
    row: task::ActiveModel,
    moved: &[(i64, AssignmentState)],
) -> Result<Task> {
    let row = task::ActiveModel {
        id: Set(task.id),
        status: Set(to),
        updated_at: Set(tx.now()),
        ..row
    };
    task::Entity::update(row).exec(tx.db()).await?;
    assignment::bump(tx, task.id).await?;
    figures::spoil(tx, task.ended_at).await?;
    write_history(tx, actor, task, to, at, step, moved).await?;
    let data = json!({ "from": task.status, "to": to });
    audit::record(tx, actor, "task.status", Subject::Task(task.id), data).await?;
    let now = load::one(tx.db(), task.id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?;
    figures::spoil(tx, now.ended_at).await?;
    announce(tx, task, &now, moved).await?;
    let told = News::of(task.status, now.status).filter(|what| what.is_heard(actor, task));
    if let Some(what) = told {
        let crew = if now.is_open() { &now } else { task };
        news::tell_crew(tx, actor, crew, what).await?;
    }
    crate::emergency::follow(tx, actor, &now).await?;
    check_in::follow(tx, actor, &now).await?;
    outbox::refresh_cards(tx, task.id).await?;
    Box::pin(remind::wind(tx, task.id)).await?;
    Ok(now)
}

async fn write_history(
    tx: &Tx,
    actor: &Actor,
    task: &Task,
    to: Status,
    at: DateTime<Utc>,
    step: &Step,
    moved: &[(i64, AssignmentState)],
) -> Result<()> {
    let row = history::ActiveModel {
        task_id: Set(task.id),
        from_status: Set(Some(task.status)),
        to_status: Set(to),
        user_id: Set(actor.user_id),
        channel: Set(actor.channel.to_value()),
        reason: Set(step.reason()),
        happened_at: Set(at),
        recorded_at: Set(tx.now()),
        lat: Set(step.place.map(|place| place.lat)),
        lon: Set(step.place.map(|place| place.lon)),
        released: Set(serde_json::to_value(moved)?),
        ..Default::default()
    };
    history::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

async fn announce(
    tx: &mut Tx,
    before: &Task,
    now: &Task,
    moved: &[(i64, AssignmentState)],
) -> Result<()> {
    // Whoever was released still learns of it.
    let mut scope = assignment::scope(now);
    scope.unit_ids.extend(
        before
            .agent_unit_ids
            .iter()
            .filter(|id| !now.agent_unit_ids.contains(id)),
    );
    let event = Event::TaskStatusChanged {
        id: now.id,
        code: now.code.clone(),
        from: Some(before.status),
        status: now.status,
    };
    tx.log(event, &scope);
    tx.log(Event::KpisChanged {}, &scope);
    let mut touched: Vec<i64> = now.held().map(|one| one.agent.agent_id).collect();
    touched.extend(moved.iter().map(|(id, _)| *id));
    agent::announce_availability(tx, touched).await
}
