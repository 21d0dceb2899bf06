//! What changes by the mere passing of time: shifts begin and end, leave begins and ends, and so does being
//! unavailable. Each agent has one timer, at the next such moment.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};

use ::entity::{
    agent,
    leave::{self, LeaveStatus},
    shift::{self, ShiftStatus},
    timer::{self as timers, TimerStatus},
};

use crate::{
    Actor, Result, Tx,
    actor::Channel,
    agent::{announce_availability, availabilities},
    check_in, digest, duty,
    event::Event,
    outbox::{self, Message, Notice},
    shift::{absence, bring},
    swap,
    timer::{self, Due},
};

/// What a shift is before it has ended.
const OPEN: [ShiftStatus; 2] = [ShiftStatus::Planned, ShiftStatus::Active];

/// Brings the shifts of these agents to the present and sets the timer for what comes next.
pub(crate) async fn settle(tx: &mut Tx, agent_ids: &[i64]) -> Result<()> {
    let mut ids = agent_ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    for some in ids.chunks(500) {
        begin(tx, some).await?;
        end(tx, some).await?;
        wind(tx, some).await?;
    }
    Ok(())
}

/// The timer of an agent: an event when his availability is another one now than just before.
pub(crate) async fn passed(tx: &mut Tx, agent_id: i64, due_at: DateTime<Utc>) -> Result<()> {
    let just_before = due_at - TimeDelta::microseconds(1);
    let before = availabilities(tx.db(), &[agent_id], just_before).await?;
    let after = availabilities(tx.db(), &[agent_id], tx.now()).await?;
    settle(tx, &[agent_id]).await?;
    match before == after {
        true => Ok(()),
        false => announce_availability(tx, vec![agent_id]).await,
    }
}

/// Sets the timers of those who should have one and have none: their time was planned by an earlier release.
pub(crate) async fn wind_up(tx: &mut Tx) -> Result<()> {
    let planned = Condition::any()
        .add(agent::Column::UnavailableUntil.gt(tx.now()))
        .add(
            agent::Column::Id.in_subquery(
                Query::select()
                    .column(shift::Column::AgentId)
                    .from(shift::Entity)
                    .and_where(Expr::col(shift::Column::Status).is_in(OPEN))
                    .to_owned(),
            ),
        )
        .add(
            agent::Column::Id.in_subquery(
                Query::select()
                    .column(leave::Column::AgentId)
                    .from(leave::Entity)
                    .and_where(Expr::col(leave::Column::Status).eq(LeaveStatus::Approved))
                    .and_where(Expr::col(leave::Column::EndsAt).gt(tx.now()))
                    .to_owned(),
            ),
        );
    let ids: Vec<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(planned)
        .into_tuple()
        .all(tx.db())
        .await?;
    let wound: Vec<String> = timers::Entity::find()
        .select_only()
        .column(timers::Column::Subject)
        .filter(timers::Column::Kind.eq(Due::EDGE))
        .filter(timers::Column::Status.eq(TimerStatus::Waiting))
        .into_tuple()
        .all(tx.db())
        .await?;
    let wound: HashSet<String> = wound.into_iter().collect();
    let missing: Vec<i64> = ids
        .into_iter()
        .filter(|id| !wound.contains(&id.to_string()))
        .collect();
    // Another instance may be starting at this moment.
    for some in missing.chunks(500) {
        duty::lock_each(tx, some).await?;
    }
    settle(tx, &missing).await
}

/// Shifts whose time has come; whoever still can say that he is there, and is not on leave, is asked to.
async fn begin(tx: &mut Tx, agent_ids: &[i64]) -> Result<()> {
    let rows = shift::Entity::find()
        .filter(shift::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(shift::Column::Status.eq(ShiftStatus::Planned))
        .filter(shift::Column::StartsAt.lte(tx.now()))
        .filter(shift::Column::EndsAt.gt(tx.now()))
        .all(tx.db())
        .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    become_(tx, ids, ShiftStatus::Active).await?;
    forget_swaps(tx, &rows).await?;
    let grace = TimeDelta::minutes(tx.rules().shift.late_minutes.into());
    let waits = |row: &&shift::Model| row.present_at.is_none() && tx.now() <= row.starts_at + grace;
    let awaited: Vec<&shift::Model> = rows.iter().filter(waits).collect();
    let away = on_leave(tx, agent_ids).await?;
    let here = |row: &&&shift::Model| !away.contains(&row.agent_id);
    let asked: Vec<&shift::Model> = awaited.iter().filter(here).copied().collect();
    let ids: Vec<i64> = asked.iter().map(|row| row.agent_id).collect();
    let readers = duty::readers_of(tx, &ids).await?;
    let messages = asked.iter().filter_map(|row| {
        let (chat_id, user_id) = *readers.get(&row.agent_id)?;
        let notice = Notice::ShiftStarted { shift_id: row.id };
        Some(Message::news(chat_id, Some(user_id), notice))
    });
    let messages = messages.collect();
    outbox::push(tx, messages).await?;
    bring(tx, &asked).await?;
    absence::watch(tx, &awaited).await?;
    digest::announce(tx, &rows).await?;
    told(tx, &rows).await
}

/// Those of these agents whom nobody asks whether they are there.
async fn on_leave(tx: &Tx, agent_ids: &[i64]) -> Result<HashSet<i64>> {
    let ids: Vec<i64> = leave::Entity::find()
        .select_only()
        .column(leave::Column::AgentId)
        .filter(leave::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(leave::Column::Status.eq(LeaveStatus::Approved))
        .filter(leave::Column::StartsAt.lte(tx.now()))
        .filter(leave::Column::EndsAt.gt(tx.now()))
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(ids.into_iter().collect())
}

async fn end(tx: &mut Tx, agent_ids: &[i64]) -> Result<()> {
    let rows = shift::Entity::find()
        .filter(shift::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(shift::Column::Status.is_in(OPEN))
        .filter(shift::Column::EndsAt.lte(tx.now()))
        .all(tx.db())
        .await?;
    let ids = rows.iter().map(|row| row.id).collect();
    become_(tx, ids, ShiftStatus::Ended).await?;
    forget_swaps(tx, &rows).await?;
    let over: Vec<i64> = rows.iter().map(|row| row.agent_id).collect();
    check_in::shift_over(tx, &over).await?;
    told(tx, &rows).await
}

/// What has begun changes hands no more.
async fn forget_swaps(tx: &mut Tx, rows: &[shift::Model]) -> Result<()> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    swap::drop_open(tx, &Actor::system(Channel::Timer), &ids).await
}

async fn become_(tx: &Tx, ids: Vec<i64>, status: ShiftStatus) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    shift::Entity::update_many()
        .col_expr(shift::Column::Status, Expr::value(status))
        .filter(shift::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn told(tx: &mut Tx, rows: &[shift::Model]) -> Result<()> {
    let ids: Vec<i64> = rows.iter().map(|row| row.agent_id).collect();
    duty::log(tx, &ids, |agent_id| Event::ShiftsChanged { agent_id }).await
}

/// Sets the timer of each of these agents to the next moment at which something begins or ends.
async fn wind(tx: &mut Tx, agent_ids: &[i64]) -> Result<()> {
    let next = next_moments(tx, agent_ids).await?;
    let dues = |agent_id: &i64| Due::Edge {
        agent_id: *agent_id,
    };
    timer::cancel_all(tx, agent_ids.iter().map(dues).collect()).await?;
    timer::set_each(tx, next.iter().map(|(id, at)| (dues(id), *at)).collect()).await
}

async fn next_moments(tx: &Tx, ids: &[i64]) -> Result<HashMap<i64, DateTime<Utc>>> {
    let mut next: HashMap<i64, DateTime<Utc>> = HashMap::new();
    let mut earlier = |rows: Vec<(i64, DateTime<Utc>)>| {
        for (id, at) in rows {
            next.entry(id)
                .and_modify(|known| *known = std::cmp::min(at, *known))
                .or_insert(at);
        }
    };
    let open = || shift::Column::Status.is_in(OPEN);
    earlier(shift_moments(tx, ids, shift::Column::StartsAt, open()).await?);
    earlier(shift_moments(tx, ids, shift::Column::EndsAt, open()).await?);
    earlier(leave_moments(tx, ids, leave::Column::StartsAt).await?);
    earlier(leave_moments(tx, ids, leave::Column::EndsAt).await?);
    let until: Vec<(i64, DateTime<Utc>)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::UnavailableUntil)
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .filter(agent::Column::UnavailableUntil.gt(tx.now()))
        .into_tuple()
        .all(tx.db())
        .await?;
    earlier(until);
    Ok(next)
}

async fn shift_moments(
    tx: &Tx,
    ids: &[i64],
    column: shift::Column,
    open: SimpleExpr,
) -> Result<Vec<(i64, DateTime<Utc>)>> {
    Ok(shift::Entity::find()
        .select_only()
        .column(shift::Column::AgentId)
        .column_as(column.min(), "moment")
        .filter(shift::Column::AgentId.is_in(ids.iter().copied()))
        .filter(open)
        .filter(column.gt(tx.now()))
        .group_by(shift::Column::AgentId)
        .into_tuple()
        .all(tx.db())
        .await?)
}

async fn leave_moments(
    tx: &Tx,
    ids: &[i64],
    column: leave::Column,
) -> Result<Vec<(i64, DateTime<Utc>)>> {
    Ok(leave::Entity::find()
        .select_only()
        .column(leave::Column::AgentId)
        .column_as(column.min(), "moment")
        .filter(leave::Column::AgentId.is_in(ids.iter().copied()))
        .filter(leave::Column::Status.eq(LeaveStatus::Approved))
        .filter(column.gt(tx.now()))
        .group_by(leave::Column::AgentId)
        .into_tuple()
        .all(tx.db())
        .await?)
}
