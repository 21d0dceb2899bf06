//! Exchanges of shifts between two agents: proposed, accepted by the other, approved by a supervisor of both.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};
use serde_json::json;

pub use ::entity::shift_swap::SwapStatus;
use ::entity::{shift, shift_swap};

use crate::{
    Actor, Refusal, Result, Tx,
    agent::announce_availability,
    audit::{self, Subject},
    duty, edge,
    error::Thing,
    event::Event,
    outbox::{self, Message},
    shift::Shift,
};

mod check;
mod list;

use check::{check_conflicts, check_free, check_mates, future_of, lock_both, locked, not_his};
use list::load;
pub use list::{SwapFilter, find, list, mates};

/// An exchange to be proposed.
#[derive(Clone, Debug, Default)]
pub struct NewSwap {
    /// Of whoever proposes it.
    pub shift_id: i64,
    pub to_agent_id: i64,
    /// What the other gives in return; nothing when he only takes over.
    pub other_shift_id: Option<i64>,
    pub reason: Option<String>,
}

/// An exchange, with the shifts as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    pub id: i64,
    pub status: SwapStatus,
    pub from_agent_id: i64,
    pub from: String,
    pub to_agent_id: i64,
    pub to: String,
    /// Nothing when it has been removed since.
    pub shift: Option<Shift>,
    pub other_shift: Option<Shift>,
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_reason: Option<String>,
    /// Whoever of both it ended with, because he was switched off.
    pub removed: Option<String>,
}

const OPEN: [SwapStatus; 2] = [SwapStatus::Proposed, SwapStatus::Accepted];

/// Proposes to give a shift of one's own to a colleague, mostly for one of his.
///
/// # Errors
/// Only between agents of one unit, for shifts that have not begun and are not offered otherwise.
pub async fn propose(tx: &mut Tx, actor: &Actor, new: NewSwap) -> Result<Swap> {
    let from = actor.agent_id.ok_or(Refusal::NotAllowed)?;
    lock_both(tx, from, new.to_agent_id).await?;
    check_mates(tx, from, new.to_agent_id).await?;
    future_of(tx, new.shift_id, from).await?;
    if let Some(other) = new.other_shift_id {
        future_of(tx, other, new.to_agent_id).await?;
    }
    check_free(tx, new.shift_id).await?;
    let row = shift_swap::ActiveModel {
        status: Set(SwapStatus::Proposed),
        shift_id: Set(new.shift_id),
        other_shift_id: Set(new.other_shift_id),
        from_agent_id: Set(from),
        to_agent_id: Set(new.to_agent_id),
        reason: Set(duty::reason(new.reason.as_deref())?),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = shift_swap::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    check_conflicts(tx, &row).await?;
    ring(tx, &row, &[from, new.to_agent_id]).await?;
    settled(tx, actor, "swap.propose", &row).await
}

/// The colleague accepts or declines. Said again, nothing changes.
///
/// # Errors
/// Only he; [`Refusal::Settled`] when it is no longer open to him.
pub async fn answer(tx: &mut Tx, actor: &Actor, id: i64, accept: bool) -> Result<Swap> {
    let row = locked(tx, id).await?;
    if actor.agent_id != Some(row.to_agent_id) {
        return Err(not_his(tx, actor, &row).await);
    }
    let status = if accept {
        SwapStatus::Accepted
    } else {
        SwapStatus::Declined
    };
    if row.status == status {
        return reload(tx, &row).await;
    }
    if row.status != SwapStatus::Proposed {
        return Err(Refusal::Settled { what: Thing::Swap }.into());
    }
    let update = shift_swap::ActiveModel {
        id: Set(id),
        status: Set(status),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    let row = shift_swap::Entity::update(update).exec(tx.db()).await?;
    ring(tx, &row, &[row.from_agent_id]).await?;
    if accept {
        ask(tx, actor, &row).await?;
    }
    settled(tx, actor, "swap.answer", &row).await
}

/// A supervisor of both approves, which exchanges the shifts at once, or rejects. Said again by the same person,
/// nothing changes.
///
/// # Errors
/// Never for oneself; only what both agreed on; refused while the exchange would make shifts overlap or fall
/// into leave.
pub async fn decide(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    approve: bool,
    reason: Option<String>,
) -> Result<Swap> {
    let row = locked(tx, id).await?;
    let both = [row.from_agent_id, row.to_agent_id];
    let scope = duty::check(tx.db(), actor, &both).await;
    if scope.is_err() {
        return Err(not_his(tx, actor, &row).await);
    }
    if actor.agent_id.is_some_and(|id| both.contains(&id)) {
        return Err(Refusal::NotAllowed.into());
    }
    let status = if approve {
        SwapStatus::Approved
    } else {
        SwapStatus::Rejected
    };
    if row.status == status && row.decided_by == actor.user_id {
        return reload(tx, &row).await;
    }
    if row.status != SwapStatus::Accepted {
        return Err(Refusal::Settled { what: Thing::Swap }.into());
    }
    if approve {
        check_conflicts(tx, &row).await?;
        exchange(tx, &row).await?;
    }
    let update = shift_swap::ActiveModel {
        id: Set(id),
        status: Set(status),
        decided_by: Set(actor.user_id),
        decided_at: Set(Some(tx.now())),
        decided_reason: Set(duty::reason(reason.as_deref())?),
        ..Default::default()
    };
    let row = shift_swap::Entity::update(update).exec(tx.db()).await?;
    if approve {
        let moved: Vec<i64> = [Some(row.shift_id), row.other_shift_id]
            .into_iter()
            .flatten()
            .collect();
        drop_open(tx, actor, &moved).await?;
        edge::settle(tx, &both).await?;
        duty::log(tx, &both, |agent_id| Event::ShiftsChanged { agent_id }).await?;
        announce_availability(tx, both.to_vec()).await?;
    }
    ring(tx, &row, &both).await?;
    settled(tx, actor, "swap.decide", &row).await
}

/// Whoever proposed it takes it back.
///
/// # Errors
/// Only he; [`Refusal::Settled`] when it was decided before.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Swap> {
    let row = locked(tx, id).await?;
    if actor.agent_id != Some(row.from_agent_id) {
        return Err(not_his(tx, actor, &row).await);
    }
    if row.status == SwapStatus::Cancelled {
        return reload(tx, &row).await;
    }
    if !OPEN.contains(&row.status) {
        return Err(Refusal::Settled { what: Thing::Swap }.into());
    }
    let update = shift_swap::ActiveModel {
        id: Set(id),
        status: Set(SwapStatus::Cancelled),
        ..Default::default()
    };
    let row = shift_swap::Entity::update(update).exec(tx.db()).await?;
    settled(tx, actor, "swap.cancel", &row).await
}

/// Exchanges of these shifts that are still open have lost their object; both sides hear of it, and those who were asked to
/// decide.
pub(crate) async fn drop_open(tx: &mut Tx, actor: &Actor, shift_ids: &[i64]) -> Result<()> {
    if shift_ids.is_empty() {
        return Ok(());
    }
    let ids = || shift_ids.iter().copied();
    let about = shift_swap::Column::ShiftId
        .is_in(ids())
        .or(shift_swap::Column::OtherShiftId.is_in(ids()));
    let open = shift_swap::Entity::find()
        .filter(about)
        .filter(shift_swap::Column::Status.is_in(OPEN))
        .all(tx.db())
        .await?;
    for row in open {
        drop_one(tx, actor, &row, None).await?;
    }
    Ok(())
}

/// So have those that are still open with this agent, who is switched off.
pub(crate) async fn drop_of(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<()> {
    let with_him = shift_swap::Column::FromAgentId
        .eq(agent_id)
        .or(shift_swap::Column::ToAgentId.eq(agent_id));
    let open = shift_swap::Entity::find()
        .filter(with_him)
        .filter(shift_swap::Column::Status.is_in(OPEN))
        .all(tx.db())
        .await?;
    let now = tx.now();
    for row in open {
        drop_one(tx, actor, &row, Some(now)).await?;
    }
    Ok(())
}

/// With the moment in which somebody decided that one of both is no longer there; none while only a shift has gone.
async fn drop_one(
    tx: &mut Tx,
    actor: &Actor,
    open: &shift_swap::Model,
    decided_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let update = shift_swap::ActiveModel {
        id: Set(open.id),
        status: Set(SwapStatus::Cancelled),
        decided_by: Set(decided_at.and(actor.user_id)),
        decided_at: Set(decided_at),
        ..Default::default()
    };
    let row = shift_swap::Entity::update(update).exec(tx.db()).await?;
    ring(tx, &row, &[row.from_agent_id, row.to_agent_id]).await?;
    if open.status == SwapStatus::Accepted {
        ask(tx, actor, &row).await?;
    }
    settled(tx, actor, "swap.drop", &row).await.map(drop)
}

/// The database never sees one agent with two shifts at once: what is given in return has no length while the other
/// changes hands.
async fn exchange(tx: &Tx, row: &shift_swap::Model) -> Result<()> {
    let other = match row.other_shift_id {
        Some(id) => shift::Entity::find_by_id(id).one(tx.db()).await?,
        None => None,
    };
    let Some(other) = other else {
        return hand(tx, row.shift_id, row.to_agent_id).await;
    };
    end_at(tx, other.id, other.starts_at).await?;
    hand(tx, row.shift_id, row.to_agent_id).await?;
    hand(tx, other.id, row.from_agent_id).await?;
    end_at(tx, other.id, other.ends_at).await
}

async fn hand(tx: &Tx, id: i64, agent_id: i64) -> Result<()> {
    let row = shift::ActiveModel {
        id: Set(id),
        agent_id: Set(agent_id),
        // Whoever was there was another one.
        present_at: Set(None),
        present_by: Set(None),
        ..Default::default()
    };
    shift::Entity::update(row).exec(tx.db()).await?;
    Ok(())
}

async fn end_at(tx: &Tx, id: i64, ends_at: DateTime<Utc>) -> Result<()> {
    let row = shift::ActiveModel {
        id: Set(id),
        ends_at: Set(ends_at),
        ..Default::default()
    };
    shift::Entity::update(row).exec(tx.db()).await?;
    Ok(())
}

async fn ring(tx: &mut Tx, row: &shift_swap::Model, agents: &[i64]) -> Result<()> {
    let readers = duty::readers(tx, agents).await?;
    let cards = readers
        .into_iter()
        .map(|(chat_id, user_id)| Message::swap(chat_id, Some(user_id), row.id, true));
    outbox::push(tx, cards.collect()).await
}

/// Both agree, and a supervisor has to decide; or had to, and hears that there is nothing left. Not whose doing it was.
async fn ask(tx: &mut Tx, actor: &Actor, row: &shift_swap::Model) -> Result<()> {
    let deciding = duty::supervisors_of(tx, &[row.from_agent_id, row.to_agent_id]).await?;
    let cards = deciding
        .into_iter()
        .filter(|(_, user_id)| actor.user_id != Some(*user_id))
        .map(|(chat_id, user_id)| Message::swap(chat_id, Some(user_id), row.id, true));
    outbox::push(tx, cards.collect()).await
}

async fn settled(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    row: &shift_swap::Model,
) -> Result<Swap> {
    let data = json!({ "status": row.status, "shift": row.shift_id, "other": row.other_shift_id });
    audit::record(tx, actor, action, Subject::Swap(row.id), data).await?;
    outbox::refresh_swap(tx, row.id).await?;
    let id = row.id;
    let both = [row.from_agent_id, row.to_agent_id];
    duty::log(tx, &both, |agent_id| Event::SwapChanged { id, agent_id }).await?;
    reload(tx, row).await
}

async fn reload(tx: &Tx, row: &shift_swap::Model) -> Result<Swap> {
    let mut found = load(tx.db(), vec![row.clone()]).await?;
    found
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Swap).into())
}
