//! What people say who were asked, and what Telegram says about them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde_json::json;

use ::entity::{agent, emergency, emergency_offer, user};

use super::{EmergencyStatus, KIND, OfferState, announce, change, lock, offers_in, ring, set};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Channel,
    agent as agents, assignment,
    audit::{self, Subject},
    availability::Availability,
    error::Thing,
    task::{Status, Task, life, load, window},
    timer::{self, Due},
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
    let (row, task, offer) = asked(tx, actor, id).await?;
    if !matches!(
        row.status,
        EmergencyStatus::Active | EmergencyStatus::Answered
    ) {
        return Ok(Coming::Over);
    }
    if offer.state == OfferState::Taken {
        return Ok(Coming::Again);
    }
    let coming = offers_in(tx, id, OfferState::Taken).await?;
    if coming.len() >= row.crew as usize {
        mark(tx, &offer, OfferState::StoodDown).await?;
        let names = names(tx, &coming).await?;
        return Ok(Coming::Full { names });
    }
    let agent = free_agent(tx, offer.agent_id, &task).await?;
    assignment::take(tx, actor, &task, &agent).await?;
    mark(tx, &offer, OfferState::Taken).await?;
    if task.status == Status::Scheduled && actor.telegram_id.is_some() {
        let system = Actor::system(Channel::Timer);
        life::start(tx, &system, task.id, life::Step::default()).await?;
    }
    let data = json!({ "emergency": id, "agent": agent.id });
    audit::record(tx, actor, "emergency.take", Subject::Task(task.id), data).await?;
    let row = if coming.len() + 1 >= row.crew as usize {
        full(tx, &row).await?
    } else {
        row
    };
    announce(tx, &row, &task).await?;
    Ok(Coming::Taken)
}

/// Enough come: the others need not any more.
async fn full(tx: &Tx, row: &emergency::Model) -> Result<emergency::Model> {
    let id = row.id;
    timer::cancel(tx, &Due::EmergencyRing { emergency_id: id }).await?;
    stand_down(tx, id).await?;
    set(
        tx,
        emergency::ActiveModel {
            status: Set(EmergencyStatus::Answered),
            ..change(id)
        },
    )
    .await
}

/// Whoever has not answered is no longer waited for.
pub(super) async fn stand_down(tx: &Tx, id: i64) -> Result<()> {
    emergency_offer::Entity::update_many()
        .col_expr(
            emergency_offer::Column::State,
            Expr::value(OfferState::StoodDown),
        )
        .col_expr(emergency_offer::Column::At, Expr::value(tx.now()))
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Somebody who was asked cannot. Others are asked at once when nobody is left who may still answer.
pub async fn decline(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    let (row, task, offer) = asked(tx, actor, id).await?;
    if !matches!(offer.state, OfferState::Offered | OfferState::Unreachable) {
        return Ok(());
    }
    mark(tx, &offer, OfferState::Declined).await?;
    let data = json!({ "emergency": id, "agent": offer.agent_id });
    audit::record(tx, actor, "emergency.decline", Subject::Task(task.id), data).await?;
    ring::hurry(tx, &row).await?;
    announce(tx, &row, &task).await
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

async fn mark(tx: &Tx, offer: &emergency_offer::Model, state: OfferState) -> Result<()> {
    let update = emergency_offer::ActiveModel {
        id: Set(offer.id),
        state: Set(state),
        at: Set(tx.now()),
        answered_at: Set(Some(tx.now())),
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
    let state = agents::availabilities(tx.db(), &[id], tx.now()).await?;
    if let Some(Availability::OnTask | Availability::OnLeave) = state.get(&id) {
        let span = window::Span {
            start: tx.now(),
            end: tx.now() + chrono::TimeDelta::minutes(1),
        };
        window::check_hard(tx, std::slice::from_ref(&agent), span, task.id).await?;
    }
    Ok(agent)
}

/// Somebody who comes to an emergency has left its task: somebody else is looked for.
pub(crate) async fn left(tx: &mut Tx, task: &Task, agent_id: i64) -> Result<()> {
    if task.kind.code != KIND {
        return Ok(());
    }
    let row = emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task.id))
        .one(tx.db())
        .await?;
    let Some(row) = row else { return Ok(()) };
    let offer = offers_in(tx, row.id, OfferState::Taken).await?;
    let Some(offer) = offer.iter().find(|one| one.agent_id == agent_id) else {
        return Ok(());
    };
    mark(tx, offer, OfferState::Declined).await?;
    let row = if row.status == EmergencyStatus::Answered {
        set(
            tx,
            emergency::ActiveModel {
                status: Set(EmergencyStatus::Active),
                ..change(row.id)
            },
        )
        .await?
    } else {
        row
    };
    ring::hurry(tx, &row).await?;
    announce(tx, &row, task).await
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

/// Telegram cannot reach this chat: whoever was asked there did not hear it, and somebody else is asked.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let asked = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .filter(emergency_offer::Column::AgentId.in_subquery(agent_in(chat_id)))
        .all(tx.db())
        .await?;
    for offer in asked {
        let lost = emergency_offer::ActiveModel {
            id: Set(offer.id),
            state: Set(OfferState::Unreachable),
            at: Set(tx.now()),
            answered_at: Set(None::<DateTime<Utc>>),
            ..Default::default()
        };
        emergency_offer::Entity::update(lost).exec(tx.db()).await?;
        if let Some(row) = tell(tx, offer.emergency_id).await? {
            ring::hurry(tx, &row).await?;
        }
    }
    Ok(())
}

async fn tell(tx: &mut Tx, id: i64) -> Result<Option<emergency::Model>> {
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
