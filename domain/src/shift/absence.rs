//! Who has not said that he is there a while after his shift began: told once to those who decide about his time, with
//! the others of his unit and moment. Where none of them is on duty the admins hear it, and while nobody can be told it is
//! tried again.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    agent, leave,
    shift::{self, ShiftStatus},
    user,
};

use super::names;
use crate::{
    Actor, Result, Store, Tx,
    actor::Channel,
    agent::within_scope,
    availability,
    duty::{self, Reader},
    nudge::{self, Told},
    outbox::Notice,
    timer::{self, Due},
};

/// How long after its start somebody counts as missing.
const GRACE: TimeDelta = TimeDelta::minutes(15);

/// The most that one message names.
const NAMED: u64 = 30;

/// Somebody who is missing, and how he is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub shift_id: i64,
    pub agent_id: i64,
    pub name: String,
    pub phone: Option<String>,
}

/// The rows of whoever should be there by now and does not say so; nobody waits for whom leave was approved.
pub(super) fn by(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(shift::Column::Status.eq(ShiftStatus::Active))
        .add(shift::Column::PresentAt.is_null())
        .add(shift::Column::StartsAt.lte(now - GRACE))
        .add(shift::Column::EndsAt.gt(now))
        .add(availability::excused(now).not())
}

/// Has somebody look after these shifts, which have just begun.
pub(crate) async fn watch(tx: &mut Tx, begun: &[&shift::Model]) -> Result<()> {
    let moments: BTreeSet<(Option<i64>, DateTime<Utc>)> = begun
        .iter()
        .map(|row| (row.unit_id, row.starts_at))
        .collect();
    for (unit_id, at) in moments {
        // Who was asked late, after a night in which nothing ran, has as long to answer.
        let due_at = match at + GRACE > tx.now() {
            true => at + GRACE,
            false => tx.now() + GRACE,
        };
        timer::ensure(tx, &due((unit_id, at), None), due_at).await?;
    }
    Ok(())
}

/// Has somebody look after the shift of an agent who took back the rest of his leave in the middle of it: he is awaited
/// again.
pub(crate) async fn awaited_again(tx: &mut Tx, agent_id: i64) -> Result<()> {
    let rows = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(agent_id))
        .filter(shift::Column::Status.eq(ShiftStatus::Active))
        .filter(shift::Column::PresentAt.is_null())
        .filter(shift::Column::EndsAt.gt(tx.now()))
        .all(tx.db())
        .await?;
    watch(tx, &rows.iter().collect::<Vec<_>>()).await
}

/// Of whoever is `unheard` nobody could be told; of others for this start somebody was at that moment, if at all.
fn due((unit_id, at): (Option<i64>, DateTime<Utc>), unheard: Option<Option<DateTime<Utc>>>) -> Due {
    Due::Missing {
        unit_id,
        at,
        unheard: unheard.is_some(),
        told_at: unheard.flatten(),
    }
}

/// Those who should be there are told of, once. Who was planned or moved there after that is told of for himself; who is
/// `unheard` was looked for before, when nobody could be told: with him only those who came after others were told of.
pub(crate) async fn told(
    tx: &mut Tx,
    timer_id: i64,
    which: (Option<i64>, DateTime<Utc>),
    unheard: Option<Option<DateTime<Utc>>>,
) -> Result<()> {
    let before = match unheard {
        Some(told_at) => told_at,
        None => timer::twin_fired_at(tx, timer_id).await?,
    };
    let news = of(&Actor::system(Channel::Timer), which, tx.now())
        .filter(Condition::all().add_option(before.map(came_after)))
        .one(tx.db())
        .await?;
    if news.is_none() {
        return Ok(());
    }
    let readers = hearers(tx, which).await?;
    if readers.is_empty() {
        let again = tx.now() + GRACE;
        return timer::set(tx, &due(which, Some(before)), again).await;
    }
    // All who are missing now are named: whatever else waits to tell of them has nothing to add.
    timer::cancel(tx, &due(which, None)).await?;
    let (unit_id, at) = which;
    nudge::tell(tx, Told::Alert, readers, Notice::Missing { unit_id, at }).await
}

/// What was planned for its start, or moved there, or whose agent came back from leave, after that moment.
fn came_after(told: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(shift::Column::CreatedAt.gt(told))
        .add(shift::Column::MovedAt.gt(told))
        .add(Expr::exists(back_from_leave(told)))
}

/// Leave of the agent of the shift of the current row that he took back after that moment, while it ran in this shift.
fn back_from_leave(told: DateTime<Utc>) -> SelectStatement {
    let column = |one: leave::Column| Expr::col((leave::Entity, one));
    let of_shift = |one: shift::Column| (shift::Entity, one);
    Query::select()
        .expr(Expr::value(1))
        .from(leave::Entity)
        .and_where(column(leave::Column::AgentId).equals(of_shift(shift::Column::AgentId)))
        .and_where(column(leave::Column::WithdrawnAt).gt(told))
        .and_where(column(leave::Column::EndsAt).gt(Expr::col(of_shift(shift::Column::StartsAt))))
        .and_where(column(leave::Column::StartsAt).lte(told))
        .to_owned()
}

/// Those in charge who are on duty, else the admins who are; but not the only one who is missing.
async fn hearers(tx: &Tx, (unit_id, at): (Option<i64>, DateTime<Utc>)) -> Result<Vec<Reader>> {
    let alone = alone(tx, (unit_id, at)).await?;
    let others = |mut readers: Vec<Reader>| {
        readers.retain(|(_, user_id)| Some(*user_id) != alone);
        readers
    };
    let own = others(duty::in_charge(tx, unit_id).await?);
    let own = nudge::on_duty(tx, own).await?;
    match own.is_empty() {
        true => nudge::on_duty(tx, others(duty::admins(tx).await?)).await,
        false => Ok(own),
    }
}

/// The account of whoever is missing alone.
async fn alone(tx: &Tx, which: (Option<i64>, DateTime<Utc>)) -> Result<Option<i64>> {
    let system = Actor::system(Channel::Timer);
    let missing = of(&system, which, tx.now()).limit(2).all(tx.db()).await?;
    let [one] = missing.as_slice() else {
        return Ok(None);
    };
    let agent = agent::Entity::find_by_id(one.agent_id).one(tx.db()).await?;
    Ok(agent.and_then(|agent| agent.user_id))
}

/// Those of one unit and moment who are still missing and whom this person may see, by name; nobody for whom is off duty
/// by now himself.
pub async fn missing(
    store: &Store,
    actor: &Actor,
    unit_id: Option<i64>,
    at: DateTime<Utc>,
) -> Result<Vec<Missing>> {
    if !nudge::may_ring(store, actor).await? {
        return Ok(Vec::new());
    }
    let db = store.reader();
    let rows = of(actor, (unit_id, at), store.now()).all(db).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.agent_id).collect();
    let mut names = names(db, ids.iter().copied()).await?;
    let mut phones = phones(db, ids).await?;
    let mut missing: Vec<Missing> = rows
        .into_iter()
        .map(|row| Missing {
            shift_id: row.id,
            agent_id: row.agent_id,
            name: names.remove(&row.agent_id).unwrap_or_default(),
            phone: phones.remove(&row.agent_id),
        })
        .collect();
    missing.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(missing)
}

fn of(
    actor: &Actor,
    (unit_id, at): (Option<i64>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Select<shift::Entity> {
    let unit = match unit_id {
        Some(id) => shift::Column::UnitId.eq(id),
        None => shift::Column::UnitId.is_null(),
    };
    let others = shift::Column::AgentId.ne(actor.agent_id.unwrap_or_default());
    shift::Entity::find()
        .filter(unit)
        .filter(shift::Column::StartsAt.eq(at))
        .filter(others)
        .filter(within_scope(actor, shift::Column::AgentId))
        .filter(by(now))
        .order_by_asc(shift::Column::Id)
        .limit(NAMED)
}

/// The phones of those of these agents who have one.
async fn phones(db: &impl ConnectionTrait, agent_ids: Vec<i64>) -> Result<HashMap<i64, String>> {
    let accounts: Vec<(i64, Option<i64>)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::UserId)
        .filter(agent::Column::Id.is_in(agent_ids))
        .into_tuple()
        .all(db)
        .await?;
    let rows: Vec<(i64, Option<String>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Phone)
        .filter(user::Column::Id.is_in(accounts.iter().filter_map(|(_, user_id)| *user_id)))
        .into_tuple()
        .all(db)
        .await?;
    let phone = |user_id: Option<i64>| {
        let (_, phone) = rows.iter().find(|(id, _)| Some(*id) == user_id)?;
        phone.clone()
    };
    let known = accounts.into_iter();
    Ok(known
        .filter_map(|(id, user_id)| Some((id, phone(user_id)?)))
        .collect())
}
