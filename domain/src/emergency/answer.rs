//! What people say who were asked, and what Telegram says about them.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde_json::json;

use ::entity::{agent, emergency, emergency_offer, user};

use super::{
    EmergencyStatus, OfferState, announce, before, crew, is_open, lock, locks, progress, ring,
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Channel,
    agent as agents,
    assignment::{self, Answer},
    audit::{self, Subject},
    availability::Availability,
    error::Thing,
    task::{Status, Task, life, load, window},
};

/// What became of "I come".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coming {
    /// He is one of those who come.
    Taken,
    /// He was already.
    Again,
    /// Enough come: these.
    Full { names: Vec<String> },
    /// It has ended meanwhile.
    Over,
}

/// Somebody who was asked says that he comes. The first ones win, as many as are needed.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever was not asked; [`Refusal::Overlap`] for whoever has taken on something else.
pub async fn go(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Coming> {
    let agent_id = actor.agent_id.ok_or(Refusal::missing(Thing::Emergency))?;
    locks::lock_all_of(tx, agent_id).await?;
    let (row, task, offer) = asked(tx, actor, id).await?;
    if !matches!(
        row.status,
        EmergencyStatus::Active | EmergencyStatus::Answered
    ) {
        return Ok(Coming::Over);
    }
    let coming = progress::going(tx, &row).await?;
    if offer.state == OfferState::Taken {
        return goes_now(tx, actor, &task, &coming).await;
    }
    if coming.len() >= row.crew as usize {
        mark(tx, &offer, OfferState::StoodDown).await?;
        let names = names(tx, &coming).await?;
        return Ok(Coming::Full { names });
    }
    let agent = free_agent(tx, agent_id, &task).await?;
    assignment::take(tx, actor, &task, &agent).await?;
    mark(tx, &offer, OfferState::Taken).await?;
    crew::not_elsewhere(tx, agent_id, id).await?;
    begin(tx, actor, &task, agent_id).await?;
    before::hand_on(tx, &row, &[agent_id]).await?;
    let data = json!({ "emergency": id, "agent": agent_id });
    audit::record(tx, actor, "emergency.take", Subject::Task(task.id), data).await?;
    let row = if progress::enough(tx, &row).await? {
        crew::full(tx, &row).await?
    } else {
        row
    };
    announce(tx, &row, &task).await?;
    Ok(Coming::Taken)
}

/// He is one of its people already: whom those in command sent says with it that he goes.
async fn goes_now(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    going: &[emergency_offer::Model],
) -> Result<Coming> {
    if going.iter().any(|one| Some(one.agent_id) == actor.agent_id) {
        return Ok(Coming::Again);
    }
    assignment::answer(tx, actor, task.id, Answer::EnRoute).await?;
    Ok(Coming::Taken)
}

/// Whoever comes leads when nobody leads whom Telegram reaches; with the first who comes the work begins.
pub(super) async fn begin(tx: &mut Tx, actor: &Actor, task: &Task, agent_id: i64) -> Result<()> {
    if actor.telegram_id.is_none() {
        return Ok(());
    }
    if !is_led(tx, task).await? {
        assignment::set_lead(tx, task, Some(agent_id)).await?;
    }
    if task.status == Status::Scheduled {
        let system = Actor::system(Channel::Timer);
        life::start(tx, &system, task.id, life::Step::default()).await?;
    }
    Ok(())
}

async fn is_led(tx: &Tx, task: &Task) -> Result<bool> {
    let Some(lead) = &task.lead else {
        return Ok(false);
    };
    let linked = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Active).eq(true))
        .and_where(Expr::col(user::Column::TelegramId).is_not_null())
        .to_owned();
    let found = agent::Entity::find_by_id(lead.agent_id)
        .filter(agent::Column::Active.eq(true))
        .filter(agent::Column::UserId.in_subquery(linked))
        .one(tx.db())
        .await?;
    Ok(found.is_some())
}

/// What became of "I cannot".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nobody waits for him.
    Declined,
    /// It has ended meanwhile.
    Over,
}

/// Somebody who was asked cannot, also when he had said before that he comes. Others are asked at once when nobody is
/// left who may still answer.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever was not asked.
pub async fn decline(tx: &mut Tx, actor: &Actor, id: i64, reason: &str) -> Result<Said> {
    let (row, task, offer) = asked(tx, actor, id).await?;
    if !is_open(row.status) {
        return Ok(Said::Over);
    }
    match offer.state {
        OfferState::Taken => {
            let reason = reason.to_owned();
            assignment::answer(tx, actor, task.id, Answer::Decline { reason }).await?;
        }
        OfferState::Declined | OfferState::Passed => {}
        OfferState::Offered | OfferState::StoodDown | OfferState::Unreachable => {
            mark(tx, &offer, OfferState::Declined).await?;
            let data = json!({ "emergency": id, "agent": offer.agent_id });
            audit::record(tx, actor, "emergency.decline", Subject::Task(task.id), data).await?;
            ring::hurry(tx, &row).await?;
            announce(tx, &row, &task).await?;
        }
    }
    Ok(Said::Declined)
}

/// The emergency, its task, and the offer to this person; the task is locked.
async fn asked(
    tx: &Tx,
    actor: &Actor,
    id: i64,
) -> Result<(emergency::Model, Task, emergency_offer::Model)> {
    let missing = || Refusal::missing(Thing::Emergency);
    let agent_id = actor.agent_id.ok_or_else(missing)?;
    let (row, task) = lock(tx, id).await?;
    let offer = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .filter(emergency_offer::Column::State.ne(OfferState::Passed))
        .one(tx.db())
        .await?
        .ok_or_else(missing)?;
    Ok((row, task.ok_or_else(missing)?, offer))
}

/// The moment of his first answer stays.
pub(super) async fn mark(tx: &Tx, offer: &emergency_offer::Model, state: OfferState) -> Result<()> {
    let update = emergency_offer::ActiveModel {
        id: Set(offer.id),
        state: Set(state),
        why: Set(None),
        at: Set(tx.now()),
        answered_at: Set(offer.answered_at.or(Some(tx.now()))),
        ..Default::default()
    };
    emergency_offer::Entity::update(update)
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn names(tx: &Tx, offers: &[emergency_offer::Model]) -> Result<Vec<String>> {
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Name)
        .filter(agent::Column::Id.is_in(offers.iter().map(|one| one.agent_id)))
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// The agent, locked, as long as nothing else that runs has him.
async fn free_agent(tx: &Tx, id: i64, task: &Task) -> Result<agent::Model> {
    let agent = assignment::lock_agents(tx, vec![id])
        .await?
        .pop()
        .ok_or(Refusal::missing(Thing::Agent))?;
    let span = window::Span {
        start: tx.now(),
        end: tx.now() + chrono::TimeDelta::minutes(1),
    };
    window::check_hard(tx, std::slice::from_ref(&agent), span, task.id).await?;
    Ok(agent)
}

/// Telegram took the ring: only now was somebody told.
pub(crate) async fn delivered(tx: &mut Tx, id: i64, chat_id: i64) -> Result<()> {
    let done = emergency_offer::Entity::update_many()
        .col_expr(emergency_offer::Column::SentAt, Expr::value(tx.now()))
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::SentAt.is_null())
        .filter(emergency_offer::Column::State.ne(OfferState::Passed))
        .filter(emergency_offer::Column::AgentId.in_subquery(agent_in(chat_id)))
        .exec(tx.db())
        .await?;
    if done.rows_affected > 0 {
        tell(tx, id).await?;
    }
    Ok(())
}

/// Telegram took the message that nobody comes: only now somebody in command knows.
pub(crate) async fn somebody_knows(tx: &mut Tx, id: i64) -> Result<()> {
    let done = emergency::Entity::update_many()
        .col_expr(emergency::Column::ToldAt, Expr::value(tx.now()))
        .filter(emergency::Column::Id.eq(id))
        .filter(emergency::Column::EscalatedAt.is_not_null())
        .filter(emergency::Column::ToldAt.is_null())
        .exec(tx.db())
        .await?;
    if done.rows_affected > 0 {
        tell(tx, id).await?;
    }
    Ok(())
}

/// Telegram cannot reach this chat: whoever was asked there did not hear it, and somebody else is asked. What he has
/// answered meanwhile holds.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    for offer in offers_to(tx, chat_id, OfferState::Offered).await? {
        let lost = emergency_offer::Entity::update_many()
            .col_expr(
                emergency_offer::Column::State,
                Expr::value(OfferState::Unreachable),
            )
            .col_expr(emergency_offer::Column::At, Expr::value(tx.now()))
            .filter(emergency_offer::Column::Id.eq(offer.id))
            .filter(emergency_offer::Column::State.eq(OfferState::Offered))
            .exec(tx.db())
            .await?;
        if lost.rows_affected == 1
            && let Some(row) = tell(tx, offer.emergency_id).await?
        {
            ring::hurry(tx, &row).await?;
        }
    }
    Ok(())
}

/// The person took the bot back: for what still runs he is asked now, if he can come; else a later ring asks him once he can.
pub(crate) async fn reachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let offers = offers_to(tx, chat_id, OfferState::Unreachable).await?;
    if offers.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = offers.iter().map(|one| one.agent_id).collect();
    let states = agents::availabilities(tx.db(), &ids, tx.now()).await?;
    for offer in offers {
        let (row, task) = lock(tx, offer.emergency_id).await?;
        let searches = row.status == EmergencyStatus::Active;
        let free = states.get(&offer.agent_id) == Some(&Availability::Available);
        if let Some(task) = task.filter(|_| searches && free) {
            ring::ask_again(tx, &row, &task, &offer).await?;
        }
    }
    Ok(())
}

/// The offers to whoever reads this chat that are in this state; their tasks are locked, in the order of everybody who locks
/// several: an emergency with a smaller number may have the task with the greater one.
async fn offers_to(
    tx: &Tx,
    chat_id: i64,
    state: OfferState,
) -> Result<Vec<emergency_offer::Model>> {
    let offers = || {
        emergency_offer::Entity::find()
            .filter(emergency_offer::Column::State.eq(state))
            .filter(emergency_offer::Column::AgentId.in_subquery(agent_in(chat_id)))
            .order_by_asc(emergency_offer::Column::EmergencyId)
            .all(tx.db())
    };
    let ids: Vec<i64> = offers().await?.iter().map(|one| one.emergency_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tasks: Vec<Option<i64>> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::TaskId)
        .filter(emergency::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx.db())
        .await?;
    load::lock_rows(tx, tasks.into_iter().flatten().collect()).await?;
    let mut locked = offers().await?;
    // What came meanwhile is not locked: its sender learns by himself that the account is gone.
    locked.retain(|one| ids.contains(&one.emergency_id));
    Ok(locked)
}

pub(super) async fn tell(tx: &mut Tx, id: i64) -> Result<Option<emergency::Model>> {
    let Some(row) = emergency::Entity::find_by_id(id).one(tx.db()).await? else {
        return Ok(None);
    };
    let task = match row.task_id {
        Some(task_id) => load::one(tx.db(), task_id).await?,
        None => None,
    };
    if let Some(task) = task {
        announce(tx, &row, &task).await?;
    }
    Ok(Some(row))
}

fn agent_in(chat_id: i64) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column((agent::Entity, agent::Column::Id))
        .from(agent::Entity)
        .inner_join(
            user::Entity,
            Expr::col((user::Entity, user::Column::Id))
                .equals((agent::Entity, agent::Column::UserId)),
        )
        .and_where(Expr::col((user::Entity, user::Column::TelegramId)).eq(chat_id))
        .to_owned()
}
