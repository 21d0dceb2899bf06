//! One agent on one task: who is put on it, and how far each one is.

mod answer;
mod back;
mod change;
mod delivered;
mod excuse;
mod former;
mod lead;
mod missed;
mod offer;
mod reach;
mod release;
mod removed;
mod responsible;
mod scope;
mod silence;
mod stand_back;
mod take;
mod taken_up;
mod unavailable;
mod unheard;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde_json::json;

pub use ::entity::assignment::AssignmentState;
use ::entity::{agent, task};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::Act,
    agent as agents,
    audit::{self, Subject},
    emergency,
    error::{Problem, Thing},
    event::Event,
    outbox,
    task::{Assignment, Status, Task, load, news, window},
};
use excuse::Excuse;
use lead::pick_lead;
use offer::offer;
use release::dismiss;

pub(crate) use answer::seen_by;
pub use answer::{Answer, answer};
pub(crate) use back::take_back;
pub use back::{Kept, NotBack};
pub use change::{Change, change};
pub(crate) use delivered::delivered;
pub(crate) use lead::{first_linked, led_again, set_lead, will_lead};
pub(crate) use missed::tell_of_missing;
pub(crate) use offer::lane;
pub(crate) use reach::{reachable, unreachable};
pub(crate) use release::release_all;
pub(crate) use removed::{lock_open_of, remove_from_all};
pub(crate) use responsible::{responsible, tell_responsible};
pub(crate) use scope::{scope, scope_of};
pub(crate) use silence::{hasten, lock_task_of, overdue};
pub(crate) use stand_back::stand_back;
pub(crate) use take::take;
pub use taken_up::taken_up;
pub use unavailable::counting_on;
pub(crate) use unavailable::tell_unavailable;
pub(crate) use unheard::word_lost;

/// Who shall be on a task, all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    pub agent_ids: Vec<i64>,
    /// The present lead, or else the first linked one, when none is named.
    pub lead_agent_id: Option<i64>,
    /// Why people are taken outside of their shift, or although they say that they cannot or need help themselves.
    pub override_reason: Option<String>,
}

impl Crew {
    pub fn is_empty(&self) -> bool {
        self.agent_ids.is_empty() && self.lead_agent_id.is_none()
    }
}

/// Puts exactly these people on a task: new ones are asked, others released.
///
/// # Errors
/// Refused outside of one's scope; when the task has ended; for leave, another task in the same time
/// and inactive agents; with [`Refusal::Soft`] for people off shift, or who say that they cannot, while no reason is given.
pub async fn assign(tx: &mut Tx, actor: &Actor, task_id: i64, crew: Crew) -> Result<Task> {
    let task = load::locked(tx, actor, task_id).await?;
    actor.check(Act::Assign, &task.stake())?;
    if !task.is_open() {
        return Err(Refusal::WrongStatus {
            status: task.status,
        }
        .into());
    }
    let wanted: BTreeSet<i64> = crew.agent_ids.iter().copied().collect();
    check_size(tx, wanted.len())?;
    let held: BTreeSet<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let fresh = lock_agents(tx, wanted.difference(&held).copied().collect()).await?;
    let excuse = excuse::check(tx, &task, &fresh, crew.override_reason.as_deref()).await?;
    offer(tx, actor, &task, &fresh, &excuse).await?;
    let gone: Vec<&Assignment> = task
        .held()
        .filter(|one| !wanted.contains(&one.agent.agent_id))
        .collect();
    dismiss(tx, &task, &gone).await?;
    let lead = pick_lead(tx, &task, &wanted, crew.lead_agent_id).await?;
    set_lead(tx, &task, lead).await?;
    let former = task.lead.as_ref().map(|lead| lead.agent_id);
    let task = announce(tx, actor, &task, &fresh, &excuse).await?;
    // Whoever is asked now, is asked by a card that says so.
    if lead.is_some_and(|lead| former != Some(lead) && held.contains(&lead)) {
        news::tell_lead(tx, actor, &task).await?;
    }
    emergency::assigned(tx, &task).await?;
    Ok(task)
}

fn check_size(tx: &Tx, size: usize) -> Result<(), Refusal> {
    let limit = tx.rules().crew_limit;
    if size > limit as usize {
        Err(Refusal::TooMany { limit })
    } else {
        Ok(())
    }
}

/// Locks the people in one order, so that of two who want the same one waits and then sees the other's.
pub(crate) async fn lock_agents(tx: &Tx, ids: Vec<i64>) -> Result<Vec<agent::Model>> {
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids.clone()))
        .order_by_asc(agent::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?;
    if rows.len() != ids.len() {
        return Err(Refusal::invalid("agent_ids", Problem::Unknown).into());
    }
    match rows.iter().find(|agent| !agent.active) {
        Some(agent) => Err(Refusal::AgentInactive {
            agent: agent.name.clone(),
        }
        .into()),
        None => Ok(rows),
    }
}

/// The span a task claims, from its row.
pub(crate) async fn span(tx: &Tx, task_id: i64) -> Result<window::Span> {
    span_at(tx.db(), task_id, tx.now()).await
}

/// The same at a moment.
pub(crate) async fn span_at(
    db: &impl ConnectionTrait,
    task_id: i64,
    now: DateTime<Utc>,
) -> Result<window::Span> {
    let row = task::Entity::find_by_id(task_id).one(db).await?;
    let row = row.ok_or(Refusal::missing(Thing::Task))?;
    let start = row.window_start_at.unwrap_or(row.created_at);
    let end = row.window_end_at.unwrap_or(start);
    let span = window::Span { start, end };
    Ok(match row.status {
        Status::InProgress | Status::Paused => span.at_least_until(now),
        _ => span,
    })
}

/// Audit, events and cards of a change of people.
async fn announce(
    tx: &mut Tx,
    actor: &Actor,
    before: &Task,
    fresh: &[agent::Model],
    excuse: &Excuse,
) -> Result<Task> {
    let task = load::one(tx.db(), before.id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?;
    let held: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let lead = task.lead.as_ref().map(|lead| lead.agent_id);
    let added: Vec<i64> = fresh.iter().map(|agent| agent.id).collect();
    let mut data = json!({ "agents": held, "added": added, "lead": lead });
    excuse.note(&mut data);
    audit::record(tx, actor, "task.assign", Subject::Task(task.id), data).await?;
    let scope = scope_of(tx, task.id).await?;
    let (id, code) = (task.id, task.code.clone());
    tx.log(
        Event::TaskAssigned {
            id,
            code,
            agent_ids: held,
            lead_agent_id: lead,
        },
        &scope,
    );
    if task.status != Status::Scheduled {
        let touched = before
            .held()
            .map(|one| one.agent.agent_id)
            .chain(added)
            .collect();
        agents::announce_availability(tx, touched).await?;
    }
    outbox::refresh_cards(tx, task.id).await?;
    Ok(task)
}

/// Raises the version of a task.
pub(crate) async fn bump(tx: &Tx, task_id: i64) -> Result<()> {
    task::Entity::update_many()
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .col_expr(task::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(task::Column::Id.eq(task_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The same for what is said about a task: not a change of its own, so that a completion does not become
/// fresh again by it.
pub(crate) async fn raise_version(tx: &Tx, task_id: i64) -> Result<()> {
    task::Entity::update_many()
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .filter(task::Column::Id.eq(task_id))
        .exec(tx.db())
        .await?;
    Ok(())
}
