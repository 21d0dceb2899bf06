//! One agent on one task: who is put on it, and how far each one is.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};
use serde_json::json;

pub use ::entity::assignment::AssignmentState;
use ::entity::{agent, assignment, task, unit_member, user};

use crate::{
    Actor, Error, Refusal, Result, Tx,
    actor::{Act, Level},
    agent as agents,
    audit::{self, Subject},
    error::{Problem, Thing},
    event::{Event, Scope},
    outbox::{self, Lane, Message, Notice},
    task::{Assignment, Priority, Status, Task, load, window},
    timer::{self, Due},
};

/// Who shall be on a task, all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    pub agent_ids: Vec<i64>,
    /// The present lead, or else the first linked one, when none is named.
    pub lead_agent_id: Option<i64>,
    /// Why people are taken outside of their shift.
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
/// and inactive agents; with [`Refusal::Soft`] for people off shift while no reason is given.
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
    check_conflicts(tx, &task, &fresh, crew.override_reason.as_deref()).await?;
    offer(tx, &task, &fresh, crew.override_reason.as_deref()).await?;
    let gone: Vec<&Assignment> = task
        .held()
        .filter(|one| !wanted.contains(&one.agent.agent_id))
        .collect();
    dismiss(tx, &task, &gone).await?;
    let lead = pick_lead(tx, &task, &wanted, crew.lead_agent_id).await?;
    set_lead(tx, &task, lead).await?;
    announce(tx, actor, &task, &fresh).await
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

async fn check_conflicts(
    tx: &Tx,
    task: &Task,
    agents: &[agent::Model],
    reason: Option<&str>,
) -> Result<()> {
    let span = span(tx, task.id).await?;
    window::check_hard(tx, agents, span, task.id).await?;
    let conflicts = window::off_shift(tx, agents, span).await?;
    let excused = reason.is_some_and(|reason| !reason.trim().is_empty());
    if conflicts.is_empty() || excused {
        Ok(())
    } else {
        Err(Refusal::Soft { conflicts }.into())
    }
}

/// The span a task claims, from its row.
pub(crate) async fn span(tx: &Tx, task_id: i64) -> Result<window::Span> {
    let row = task::Entity::find_by_id(task_id).one(tx.db()).await?;
    let row = row.ok_or(Refusal::missing(Thing::Task))?;
    let start = row.window_start_at.unwrap_or(row.created_at);
    let end = row.window_end_at.unwrap_or(start);
    let span = window::Span { start, end };
    Ok(match row.status {
        Status::InProgress | Status::Paused => span.at_least_until(tx.now()),
        _ => span,
    })
}

/// Asks these agents, anew when they were on the task before.
async fn offer(
    tx: &mut Tx,
    task: &Task,
    agents: &[agent::Model],
    reason: Option<&str>,
) -> Result<()> {
    if agents.is_empty() {
        return Ok(());
    }
    let chats = chats_of(tx, agents).await?;
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let rows = agents.iter().map(|agent| {
        offered(
            tx,
            task.id,
            agent,
            chats.contains_key(&agent.id),
            due_at,
            reason,
        )
    });
    let rows = assignment::Entity::insert_many(rows)
        .on_conflict(asked_again())
        .exec_with_returning(tx.db())
        .await?;
    let asked = rows.iter().filter(|row| row.ack_due_at.is_some());
    timer::set_all(
        tx,
        asked
            .map(|row| Due::Ack {
                assignment_id: row.id,
            })
            .collect(),
        due_at,
    )
    .await?;
    let rings = agents.iter().filter_map(|agent| {
        let chat_id = chats.get(&agent.id)?;
        Some(Message::ring(
            *chat_id,
            agent.user_id,
            task.id,
            lane(task.priority),
        ))
    });
    outbox::push(tx, rings.collect()).await
}

/// A fresh offer; whoever cannot be reached by Telegram is not waited for.
fn offered(
    tx: &Tx,
    task_id: i64,
    agent: &agent::Model,
    linked: bool,
    due_at: DateTime<Utc>,
    reason: Option<&str>,
) -> assignment::ActiveModel {
    assignment::ActiveModel {
        task_id: Set(task_id),
        agent_id: Set(agent.id),
        state: Set(AssignmentState::Offered),
        reason: Set(None),
        override_reason: Set(reason.map(str::to_owned)),
        state_at: Set(tx.now()),
        offered_at: Set(tx.now()),
        acknowledged_at: Set(None),
        en_route_at: Set(None),
        on_site_at: Set(None),
        released_at: Set(None),
        rings: Set(0),
        escalated_at: Set(None),
        unreachable_at: Set((!linked).then_some(tx.now())),
        ack_due_at: Set(linked.then_some(due_at)),
        ..Default::default()
    }
}

/// Whoever was on the task before begins anew in his row.
fn asked_again() -> OnConflict {
    OnConflict::columns([assignment::Column::TaskId, assignment::Column::AgentId])
        .update_columns([
            assignment::Column::State,
            assignment::Column::Reason,
            assignment::Column::OverrideReason,
            assignment::Column::StateAt,
            assignment::Column::OfferedAt,
            assignment::Column::AcknowledgedAt,
            assignment::Column::EnRouteAt,
            assignment::Column::OnSiteAt,
            assignment::Column::ReleasedAt,
            assignment::Column::Rings,
            assignment::Column::EscalatedAt,
            assignment::Column::UnreachableAt,
            assignment::Column::AckDueAt,
        ])
        .to_owned()
}

/// The lane of messages about a task of this priority.
pub(crate) fn lane(priority: Priority) -> Lane {
    if priority == Priority::Critical {
        Lane::Emergency
    } else {
        Lane::Task
    }
}

/// The chats of those agents whose account is active and linked.
async fn chats_of(tx: &Tx, agents: &[agent::Model]) -> Result<HashMap<i64, i64>> {
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(agents.iter().filter_map(|agent| agent.user_id)))
        .filter(user::Column::Active.eq(true))
        .all(tx.db())
        .await?;
    let chats: HashMap<i64, i64> = users
        .into_iter()
        .filter_map(|user| Some((user.id, user.telegram_id?)))
        .collect();
    let chat = |agent: &agent::Model| Some((agent.id, *chats.get(&agent.user_id?)?));
    Ok(agents.iter().filter_map(chat).collect())
}

/// Takes agents off the task and tells them.
async fn dismiss(tx: &mut Tx, task: &Task, gone: &[&Assignment]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    release(tx, gone).await?;
    let told = gone.iter().filter_map(|one| {
        let notice = Notice::Unassigned { task_id: task.id };
        Some(Message::about(
            one.agent.telegram_id?,
            one.agent.user_id,
            task.id,
            notice,
        ))
    });
    outbox::push(tx, told.collect()).await
}

/// Ends these assignments and stops waiting for answers.
async fn release(tx: &Tx, gone: &[&Assignment]) -> Result<()> {
    let asked = gone
        .iter()
        .filter(|one| one.state == AssignmentState::Offered);
    timer::cancel_all(
        tx,
        asked
            .map(|one| Due::Ack {
                assignment_id: one.id,
            })
            .collect(),
    )
    .await?;
    assignment::Entity::update_many()
        .col_expr(
            assignment::Column::State,
            Expr::value(AssignmentState::Released),
        )
        .col_expr(assignment::Column::StateAt, Expr::value(tx.now()))
        .col_expr(assignment::Column::ReleasedAt, Expr::value(tx.now()))
        .col_expr(
            assignment::Column::AckDueAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(assignment::Column::Id.is_in(gone.iter().map(|one| one.id)))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The named one, else the present one if he stays, else the first linked.
async fn pick_lead(
    tx: &Tx,
    task: &Task,
    wanted: &BTreeSet<i64>,
    named: Option<i64>,
) -> Result<Option<i64>> {
    if let Some(id) = named {
        let row = agent::Entity::find_by_id(id).one(tx.db()).await?;
        return match row {
            Some(agent) if agent.active => Ok(Some(id)),
            Some(agent) => Err(Refusal::AgentInactive { agent: agent.name }.into()),
            None => Err(Refusal::invalid("lead_agent_id", Problem::Unknown).into()),
        };
    }
    let present = task.lead.as_ref().map(|lead| lead.agent_id);
    if let Some(id) = present.filter(|id| wanted.contains(id)) {
        return Ok(Some(id));
    }
    first_linked(tx, task.id).await
}

/// Who will lead a new task with these people: the one for whose unit it is.
pub(crate) async fn will_lead(tx: &Tx, crew: &Crew) -> Result<Option<i64>> {
    if crew.lead_agent_id.is_some() {
        return Ok(crew.lead_agent_id);
    }
    let agents = agent::Entity::find()
        .filter(agent::Column::Id.is_in(crew.agent_ids.iter().copied()))
        .order_by_asc(agent::Column::Id)
        .all(tx.db())
        .await?;
    let chats = chats_of(tx, &agents).await?;
    let linked = agents.iter().find(|agent| chats.contains_key(&agent.id));
    Ok(linked.or(agents.first()).map(|agent| agent.id))
}

/// The first one on the task who can be reached by Telegram.
pub(crate) async fn first_linked(tx: &Tx, task_id: i64) -> Result<Option<i64>> {
    let task = load::one(tx.db(), task_id).await?;
    let linked = task
        .as_ref()
        .and_then(|task| task.held().find(|one| one.agent.telegram_id.is_some()));
    Ok(linked.map(|one| one.agent.agent_id))
}

pub(crate) async fn set_lead(tx: &mut Tx, task: &Task, lead: Option<i64>) -> Result<()> {
    task::Entity::update_many()
        .col_expr(task::Column::LeadAgentId, Expr::value(lead))
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .col_expr(task::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(task::Column::Id.eq(task.id))
        .exec(tx.db())
        .await?;
    let Some(lead) = lead else { return Ok(()) };
    let Some(agent) = agent::Entity::find_by_id(lead).one(tx.db()).await? else {
        return Ok(());
    };
    // A lead who is not one of the assignees sees the card all the same.
    let chats = chats_of(tx, std::slice::from_ref(&agent)).await?;
    let card = chats
        .get(&agent.id)
        .map(|chat_id| Message::card(*chat_id, agent.user_id, task.id));
    outbox::push(tx, card.into_iter().collect()).await
}

/// Audit, events and cards of a change of people.
async fn announce(
    tx: &mut Tx,
    actor: &Actor,
    before: &Task,
    fresh: &[agent::Model],
) -> Result<Task> {
    let task = load::one(tx.db(), before.id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?;
    let held: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let lead = task.lead.as_ref().map(|lead| lead.agent_id);
    let added: Vec<i64> = fresh.iter().map(|agent| agent.id).collect();
    let data = json!({ "agents": held, "added": added, "lead": lead });
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
    load::one(tx.db(), task_id)
        .await?
        .ok_or_else(|| Refusal::missing(Thing::Task).into())
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
    .await
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
    tell_responsible(
        tx,
        task,
        Notice::Declined {
            task_id: task.id,
            agent_id,
        },
        actor.telegram_id,
    )
    .await?;
    if task
        .lead
        .as_ref()
        .is_some_and(|lead| lead.agent_id == agent_id)
    {
        let next = first_linked(tx, task.id).await?;
        set_lead(tx, task, next).await?;
    }
    Ok(())
}

/// Audit, event and cards of a change of one assignment.
async fn told(
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

/// Locks the task of an assignment, as whoever answers does, before anything else of it.
pub(crate) async fn lock_task_of(tx: &Tx, assignment_id: i64) -> Result<()> {
    let row = assignment::Entity::find_by_id(assignment_id)
        .one(tx.db())
        .await?;
    match row {
        Some(row) => load::lock(tx, row.task_id).await.map(drop),
        None => Ok(()),
    }
}

/// Nobody answered in time: ring again, and after the last ring tell those who are responsible.
pub(crate) async fn overdue(tx: &mut Tx, assignment_id: i64) -> Result<()> {
    let Some(row) = assignment::Entity::find_by_id(assignment_id)
        .one(tx.db())
        .await?
    else {
        return Ok(());
    };
    let Some(task) = load::one(tx.db(), row.task_id).await? else {
        return Ok(());
    };
    if row.state != AssignmentState::Offered || !task.is_open() {
        return Ok(());
    }
    let rings = row.rings + 1;
    if rings >= tx.rules().ack.rings as i32 {
        return escalate(tx, &task, &row).await;
    }
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let update = assignment::ActiveModel {
        id: Set(row.id),
        rings: Set(rings),
        ack_due_at: Set(Some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    timer::set(tx, &Due::Ack { assignment_id }, due_at).await?;
    let agent = task
        .assignment_of(row.agent_id)
        .map(|one| one.agent.clone());
    match agent.and_then(|agent| Some((agent.telegram_id?, agent.user_id))) {
        Some((chat_id, user_id)) => {
            outbox::push(
                tx,
                vec![Message::ring(
                    chat_id,
                    user_id,
                    task.id,
                    lane(task.priority),
                )],
            )
            .await
        }
        None => Ok(()),
    }
}

async fn escalate(tx: &mut Tx, task: &Task, row: &assignment::Model) -> Result<()> {
    let update = assignment::ActiveModel {
        id: Set(row.id),
        escalated_at: Set(Some(tx.now())),
        ack_due_at: Set(None),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    bump(tx, task.id).await?;
    let scope = scope_of(tx, task.id).await?;
    tx.log(
        Event::TaskUpdated {
            id: task.id,
            code: task.code.clone(),
        },
        &scope,
    );
    let notice = Notice::NoAnswer {
        task_id: task.id,
        agent_id: row.agent_id,
    };
    let himself = task
        .assignment_of(row.agent_id)
        .and_then(|one| one.agent.telegram_id);
    tell_responsible(tx, task, notice, himself).await?;
    outbox::refresh_cards(tx, task.id).await
}

/// Telegram refused a message to this chat for good: whoever was to answer there is unreachable.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let user = user::Entity::find()
        .filter(user::Column::TelegramId.eq(chat_id))
        .one(tx.db())
        .await?;
    let Some(user) = user else { return Ok(()) };
    let update = user::ActiveModel {
        id: Set(user.id),
        unreachable_at: Set(Some(tx.now())),
        ..Default::default()
    };
    user::Entity::update(update).exec(tx.db()).await?;
    let Some(agent) = agent::Entity::find()
        .filter(agent::Column::UserId.eq(user.id))
        .one(tx.db())
        .await?
    else {
        return Ok(());
    };
    let waiting = assignment::Entity::find()
        .filter(assignment::Column::AgentId.eq(agent.id))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::UnreachableAt.is_null())
        .all(tx.db())
        .await?;
    for row in waiting {
        mark_unreachable(tx, &row, chat_id).await?;
    }
    Ok(())
}

/// Somebody can be reached again, or for the first time: what he could not hear is asked now.
pub(crate) async fn reachable(tx: &mut Tx, user_id: i64) -> Result<()> {
    let his = Query::select()
        .column(agent::Column::Id)
        .from(agent::Entity)
        .and_where(agent::Column::UserId.eq(user_id))
        .to_owned();
    let unheard = assignment::Entity::find()
        .filter(assignment::Column::AgentId.in_subquery(his))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::UnreachableAt.is_not_null())
        .order_by_asc(assignment::Column::TaskId)
        .all(tx.db())
        .await?;
    for row in unheard {
        ask_now(tx, &row).await?;
    }
    Ok(())
}

async fn ask_now(tx: &mut Tx, row: &assignment::Model) -> Result<()> {
    let task = load::lock(tx, row.task_id).await?;
    let agent = task
        .assignment_of(row.agent_id)
        .filter(|one| one.state == AssignmentState::Offered && task.is_open())
        .map(|one| one.agent.clone());
    let Some((chat_id, agent)) = agent.and_then(|agent| Some((agent.telegram_id?, agent))) else {
        return Ok(());
    };
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let update = assignment::ActiveModel {
        id: Set(row.id),
        rings: Set(0),
        unreachable_at: Set(None),
        escalated_at: Set(None),
        ack_due_at: Set(Some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    let due = Due::Ack {
        assignment_id: row.id,
    };
    timer::set(tx, &due, due_at).await?;
    bump(tx, task.id).await?;
    let code = task.code.clone();
    tx.log(Event::TaskUpdated { id: task.id, code }, &scope(&task));
    outbox::refresh_cards(tx, task.id).await?;
    let ring = Message::ring(chat_id, agent.user_id, task.id, lane(task.priority));
    outbox::push(tx, vec![ring]).await
}

async fn mark_unreachable(tx: &mut Tx, row: &assignment::Model, chat_id: i64) -> Result<()> {
    let Some(task) = load::one(tx.db(), row.task_id).await?.filter(Task::is_open) else {
        return Ok(());
    };
    let update = assignment::ActiveModel {
        id: Set(row.id),
        unreachable_at: Set(Some(tx.now())),
        ack_due_at: Set(None),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    timer::cancel(
        tx,
        &Due::Ack {
            assignment_id: row.id,
        },
    )
    .await?;
    bump(tx, task.id).await?;
    let scope = scope_of(tx, task.id).await?;
    tx.log(
        Event::TaskUpdated {
            id: task.id,
            code: task.code.clone(),
        },
        &scope,
    );
    let notice = Notice::Unreachable {
        task_id: task.id,
        agent_id: row.agent_id,
    };
    tell_responsible(tx, &task, notice, Some(chat_id)).await?;
    outbox::refresh_cards(tx, task.id).await
}

/// Tells lead, creator and the unit's supervisors, each once, but not `except`.
async fn tell_responsible(
    tx: &mut Tx,
    task: &Task,
    notice: Notice,
    except: Option<i64>,
) -> Result<()> {
    let people = responsible(tx, task).await?;
    let messages = people
        .into_iter()
        .filter(|(chat_id, _)| Some(*chat_id) != except)
        .map(|(chat_id, user_id)| {
            Message::about(chat_id, Some(user_id), task.id, notice.clone())
                .in_lane(lane(task.priority))
        })
        .collect();
    outbox::push(tx, messages).await
}

/// Telegram took a ring: those who answer for the task see on their cards who was told.
pub(crate) async fn delivered(tx: &mut Tx, task_id: i64) -> Result<()> {
    let Some(task) = load::one(tx.db(), task_id).await? else {
        return Ok(());
    };
    let creator = task.created_by.as_ref().map(|user| user.user_id);
    let lead = task.lead.as_ref().and_then(|lead| lead.user_id);
    outbox::refresh_cards_of(tx, task_id, creator.into_iter().chain(lead).collect()).await
}

/// Chats and accounts of lead, creator and the unit's supervisors.
async fn responsible(tx: &Tx, task: &Task) -> Result<BTreeSet<(i64, i64)>> {
    let mut ids: Vec<i64> = task.lead.iter().filter_map(|lead| lead.user_id).collect();
    ids.extend(task.created_by.iter().map(|user| user.user_id));
    if let Some(unit) = &task.unit {
        ids.extend(members(tx, unit.id).await?);
    }
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(ids))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::TelegramId.is_not_null())
        .all(tx.db())
        .await?;
    let lead = task.lead.as_ref().and_then(|lead| lead.user_id);
    Ok(users
        .into_iter()
        .filter(|user| {
            user.level >= Level::Supervisor as i16
                || Some(user.id) == lead
                || is_creator(task, user.id)
        })
        .filter_map(|user| Some((user.telegram_id?, user.id)))
        .collect())
}

fn is_creator(task: &Task, user_id: i64) -> bool {
    task.created_by
        .as_ref()
        .is_some_and(|user| user.user_id == user_id)
}

async fn members(tx: &Tx, unit_id: i64) -> Result<Vec<i64>> {
    Ok(unit_member::Entity::find()
        .select_only()
        .column(unit_member::Column::UserId)
        .filter(unit_member::Column::UnitId.eq(unit_id))
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// Whom events of a task concern: its unit, the units of its people, those people, its creator.
pub(crate) async fn scope_of(tx: &Tx, task_id: i64) -> Result<Scope> {
    let task = load::one(tx.db(), task_id).await?;
    let task = task.ok_or_else(|| Error::Data(format!("task {task_id} is not there")))?;
    Ok(scope(&task))
}

/// The same of a task at hand.
pub(crate) fn scope(task: &Task) -> Scope {
    let mut unit_ids: BTreeSet<i64> = task.agent_unit_ids.iter().copied().collect();
    unit_ids.extend(task.unit.iter().map(|unit| unit.id));
    let mut user_ids: BTreeSet<i64> = task
        .assignments
        .iter()
        .filter_map(|one| one.agent.user_id)
        .collect();
    user_ids.extend(task.lead.iter().filter_map(|lead| lead.user_id));
    user_ids.extend(task.created_by.iter().map(|user| user.user_id));
    Scope {
        unit_ids: unit_ids.into_iter().collect(),
        user_ids: user_ids.into_iter().collect(),
    }
}

/// Releases everybody who is on the task; returns who was in which state.
pub(crate) async fn release_all(tx: &Tx, task: &Task) -> Result<Vec<(i64, AssignmentState)>> {
    let held: Vec<&Assignment> = task.held().collect();
    release(tx, &held).await?;
    Ok(held
        .iter()
        .map(|one| (one.agent.agent_id, one.state))
        .collect())
}

/// Takes back those of the former people who are free; returns the names of the others.
pub(crate) async fn take_back(
    tx: &mut Tx,
    task: &Task,
    span: window::Span,
    former: &[(i64, AssignmentState)],
) -> Result<Vec<String>> {
    let rows = lock_agents_leniently(tx, former).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let rest = window::Span {
        start: tx.now(),
        ..span.at_least_until(tx.now())
    };
    let busy = window::conflicts(tx, &ids, rest, task.id).await?;
    let mut missing = Vec::new();
    for (agent_id, state) in former {
        let Some(agent) = rows.iter().find(|agent| agent.id == *agent_id) else {
            continue;
        };
        if agent.active && !busy.contains_key(agent_id) {
            restore(tx, task, *agent_id, *state).await?;
        } else {
            missing.push(agent.name.clone());
        }
    }
    Ok(missing)
}

async fn lock_agents_leniently(
    tx: &Tx,
    former: &[(i64, AssignmentState)],
) -> Result<Vec<agent::Model>> {
    Ok(agent::Entity::find()
        .filter(agent::Column::Id.is_in(former.iter().map(|(id, _)| *id)))
        .order_by_asc(agent::Column::Id)
        .lock_exclusive()
        .all(tx.db())
        .await?)
}

async fn restore(tx: &mut Tx, task: &Task, agent_id: i64, state: AssignmentState) -> Result<()> {
    let Some(one) = task.assignment_of(agent_id) else {
        return Ok(());
    };
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let given_up = one.escalated_at.is_some() || one.unreachable_at.is_some();
    let asked = state == AssignmentState::Offered && !given_up;
    let update = assignment::ActiveModel {
        id: Set(one.id),
        state: Set(state),
        state_at: Set(tx.now()),
        released_at: Set(None),
        ack_due_at: Set(asked.then_some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    if asked {
        timer::set(
            tx,
            &Due::Ack {
                assignment_id: one.id,
            },
            due_at,
        )
        .await?;
    }
    Ok(())
}
