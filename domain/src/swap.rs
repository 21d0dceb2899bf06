//! Exchanges of shifts between two agents: proposed, accepted by the other, approved by a supervisor of both.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait},
};
use serde_json::json;

pub use ::entity::shift_swap::SwapStatus;
use ::entity::{
    agent,
    shift::{self, ShiftStatus},
    shift_swap,
};

use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    agent::{announce_availability, within_scope},
    audit::{self, Subject},
    duty, edge,
    error::{Problem, Thing},
    event::Event,
    leave,
    outbox::{self, Message},
    page::Window,
    shift::{Shift, load as load_shifts, names, overlapping},
};

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
        ask(tx, &row).await?;
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

/// Exchanges of these shifts that are still open have lost their object; both sides hear of it.
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
        let update = shift_swap::ActiveModel {
            id: Set(row.id),
            status: Set(SwapStatus::Cancelled),
            ..Default::default()
        };
        let row = shift_swap::Entity::update(update).exec(tx.db()).await?;
        ring(tx, &row, &[row.from_agent_id, row.to_agent_id]).await?;
        settled(tx, actor, "swap.drop", &row).await?;
    }
    Ok(())
}

/// Whom it does not concern does not see it; whom it does may not do this.
async fn not_his(tx: &Tx, actor: &Actor, row: &shift_swap::Model) -> crate::Error {
    let both = [row.from_agent_id, row.to_agent_id];
    let party = actor.agent_id.is_some_and(|id| both.contains(&id));
    if party || duty::check(tx.db(), actor, &both).await.is_ok() {
        Refusal::NotAllowed.into()
    } else {
        Refusal::missing(Thing::Swap).into()
    }
}

/// Agents are locked before anything of theirs, the lower number first.
async fn lock_both(tx: &Tx, one: i64, two: i64) -> Result<()> {
    if one == two {
        return Err(Refusal::invalid("to_agent_id", Problem::Unknown).into());
    }
    let (first, second) = if one < two { (one, two) } else { (two, one) };
    duty::locked(tx, first).await?;
    duty::locked(tx, second).await.map(drop)
}

async fn locked(tx: &Tx, id: i64) -> Result<shift_swap::Model> {
    let missing = || Refusal::missing(Thing::Swap);
    let row = shift_swap::Entity::find_by_id(id).one(tx.db()).await?;
    let row = row.ok_or_else(missing)?;
    lock_both(tx, row.from_agent_id, row.to_agent_id).await?;
    let row = shift_swap::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    row.ok_or_else(|| missing().into())
}

async fn check_mates(tx: &Tx, one: i64, two: i64) -> Result<()> {
    let (mine, his) = (
        duty::units_of(tx.db(), one).await?,
        duty::units_of(tx.db(), two).await?,
    );
    match mine.iter().any(|id| his.contains(id)) {
        true => Ok(()),
        false => Err(Refusal::missing(Thing::Agent).into()),
    }
}

/// A shift of this agent that has not begun.
async fn future_of(tx: &Tx, shift_id: i64, agent_id: i64) -> Result<shift::Model> {
    let row = shift::Entity::find_by_id(shift_id)
        .filter(shift::Column::AgentId.eq(agent_id))
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Shift))?;
    match row.status == ShiftStatus::Planned && row.starts_at > tx.now() {
        true => Ok(row),
        false => Err(Refusal::Settled { what: Thing::Shift }.into()),
    }
}

async fn check_free(tx: &Tx, shift_id: i64) -> Result<()> {
    let other = shift_swap::Entity::find()
        .filter(shift_swap::Column::ShiftId.eq(shift_id))
        .filter(shift_swap::Column::Status.is_in(OPEN))
        .one(tx.db())
        .await?;
    match other {
        None => Ok(()),
        Some(_) => Err(Refusal::Taken {
            field: "shift_id".into(),
        }
        .into()),
    }
}

/// Neither may have another shift or leave in what he would get.
async fn check_conflicts(tx: &Tx, row: &shift_swap::Model) -> Result<()> {
    let given = future_of(tx, row.shift_id, row.from_agent_id).await?;
    let moved: Vec<i64> = [Some(row.shift_id), row.other_shift_id]
        .into_iter()
        .flatten()
        .collect();
    takes(tx, row.to_agent_id, &given, &moved).await?;
    if let Some(other) = row.other_shift_id {
        let got = future_of(tx, other, row.to_agent_id).await?;
        takes(tx, row.from_agent_id, &got, &moved).await?;
    }
    Ok(())
}

async fn takes(tx: &Tx, agent_id: i64, shift: &shift::Model, moved: &[i64]) -> Result<()> {
    let name = names(tx.db(), [agent_id]).await?.remove(&agent_id);
    if overlapping(tx, agent_id, (shift.starts_at, shift.ends_at), moved).await? {
        return Err(Refusal::ShiftOverlap { agent: name }.into());
    }
    leave::check_none(tx, agent_id, (shift.starts_at, shift.ends_at)).await
}

/// One statement, so that the database never sees one agent with both shifts.
async fn exchange(tx: &Tx, row: &shift_swap::Model) -> Result<()> {
    let owner = CaseStatement::new()
        .case(shift::Column::Id.eq(row.shift_id), row.to_agent_id)
        .finally(row.from_agent_id);
    let moved = [Some(row.shift_id), row.other_shift_id];
    shift::Entity::update_many()
        .col_expr(shift::Column::AgentId, Expr::expr(owner))
        // Whoever was there was another one.
        .col_expr(shift::Column::PresentAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(shift::Column::PresentBy, Expr::value(None::<i64>))
        .filter(shift::Column::Id.is_in(moved.into_iter().flatten()))
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn ring(tx: &mut Tx, row: &shift_swap::Model, agents: &[i64]) -> Result<()> {
    let readers = duty::readers(tx, agents).await?;
    let cards = readers
        .into_iter()
        .map(|(chat_id, user_id)| Message::swap(chat_id, Some(user_id), row.id, true));
    outbox::push(tx, cards.collect()).await
}

/// Both agree: now a supervisor has to decide.
async fn ask(tx: &mut Tx, row: &shift_swap::Model) -> Result<()> {
    let deciding = duty::supervisors_of(tx, &[row.from_agent_id, row.to_agent_id]).await?;
    let cards = deciding
        .into_iter()
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

/// The agents of the same units who can be told by Telegram, by name.
pub async fn mates(store: &Store, agent_id: i64) -> Result<Vec<(i64, String)>> {
    let units = duty::units_of(store.reader(), agent_id).await?;
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::Name)
        .filter(agent::Column::Id.in_subquery(duty::members(&units)))
        .filter(agent::Column::Id.ne(agent_id))
        .filter(agent::Column::Active.eq(true))
        .filter(agent::Column::UserId.in_subquery(duty::linked_accounts()))
        .order_by_asc(agent::Column::Name)
        .limit(MATES)
        .into_tuple()
        .all(store.reader())
        .await?)
}

/// The most colleagues that are offered.
const MATES: u64 = 200;

/// Which exchanges are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct SwapFilter {
    pub status: Option<SwapStatus>,
    /// Of either side.
    pub agent_id: Option<i64>,
    pub id: Option<i64>,
}

/// A page of exchanges, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: SwapFilter,
    window: Window,
) -> Result<Page<Swap>> {
    let seen = Condition::any()
        .add(within_scope(actor, shift_swap::Column::FromAgentId))
        .add(within_scope(actor, shift_swap::Column::ToAgentId));
    let mut query = shift_swap::Entity::find().filter(seen);
    if let Some(status) = filter.status {
        query = query.filter(shift_swap::Column::Status.eq(status));
    }
    if let Some(id) = filter.agent_id {
        query = query.filter(
            shift_swap::Column::FromAgentId
                .eq(id)
                .or(shift_swap::Column::ToAgentId.eq(id)),
        );
    }
    if let Some(id) = filter.id {
        query = query.filter(shift_swap::Column::Id.eq(id));
    }
    let rows = query
        .filter(window.before(shift_swap::Column::Id)?)
        .order_by_desc(shift_swap::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    Ok(Page {
        items: load(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

/// An exchange that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Swap> {
    let filter = SwapFilter {
        id: Some(id),
        ..SwapFilter::default()
    };
    let mut page = list(store, actor, filter, Window::first(1)).await?;
    page.items
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Swap).into())
}

async fn load(
    db: &impl sea_orm::ConnectionTrait,
    rows: Vec<shift_swap::Model>,
) -> Result<Vec<Swap>> {
    let agents = rows
        .iter()
        .flat_map(|row| [row.from_agent_id, row.to_agent_id]);
    let names = names(db, agents.collect::<Vec<_>>()).await?;
    let ids = rows
        .iter()
        .flat_map(|row| [Some(row.shift_id), row.other_shift_id])
        .flatten();
    let found = shift::Entity::find()
        .filter(shift::Column::Id.is_in(ids.collect::<Vec<_>>()))
        .all(db)
        .await?;
    let shifts = load_shifts(db, found).await?;
    let shift = |id: i64| shifts.iter().find(|shift| shift.id == id).cloned();
    let name = |id: i64| names.get(&id).cloned().unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| Swap {
            id: row.id,
            status: row.status,
            from_agent_id: row.from_agent_id,
            from: name(row.from_agent_id),
            to_agent_id: row.to_agent_id,
            to: name(row.to_agent_id),
            shift: shift(row.shift_id),
            other_shift: row.other_shift_id.and_then(shift),
            reason: row.reason,
            decided_at: row.decided_at,
            decided_reason: row.decided_reason,
        })
        .collect())
}
