//! How often somebody is asked for one emergency: as often as the rules say, however often the search begins again. An ask that
//! Telegram did not take does not count, nor does the one with which it is back after an outage. Whoever opens an ended emergency
//! again begins the count anew; who takes his own end back in time does not, it had never ended.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    agent, emergency, emergency_offer,
    outbox::{self as outbox_row, OutboxStatus},
};

use super::{OfferState, candidates::free, crew::stand_down_these, offers_in};
use crate::{
    Actor, Result, Tx, agent as agents, availability::Availability, outbox::Notice, task::Task,
};

/// Whom this emergency has asked as often as it may.
pub(super) fn used_up(id: i64, most: u32) -> SelectStatement {
    Query::select()
        .column(emergency_offer::Column::AgentId)
        .from(emergency_offer::Entity)
        .and_where(Expr::col(emergency_offer::Column::EmergencyId).eq(id))
        .and_where(Expr::col(emergency_offer::Column::Rings).gte(most as i32 - 1))
        .and_where(Expr::col(emergency_offer::Column::SentAt).is_not_null())
        .to_owned()
}

/// How often somebody has been rung after the first time, when he is asked once more.
pub(super) fn once_more() -> Expr {
    let of = |column: emergency_offer::Column| Expr::col((emergency_offer::Entity, column));
    let rings = || of(emergency_offer::Column::Rings);
    CaseStatement::new()
        .case(of(emergency_offer::Column::SentAt).is_null(), rings())
        .finally(rings().add(1))
        .into()
}

/// Nobody has been asked: the next time is the first, also for whoever heard it before.
pub(super) async fn anew(tx: &Tx, id: i64) -> Result<()> {
    let none = CaseStatement::new()
        .case(Expr::col(emergency_offer::Column::SentAt).is_null(), 0)
        .finally(-1);
    emergency_offer::Entity::update_many()
        .col_expr(emergency_offer::Column::Rings, none.into())
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Whether whoever opens it again takes his own end back in time.
pub(super) fn had_never_ended(tx: &Tx, actor: &Actor, row: &emergency::Model) -> bool {
    let his = actor.user_id.is_some() && row.ended_by == actor.user_id;
    let undo = TimeDelta::seconds(tx.rules().undo_seconds.into());
    his && row.ended_at.is_some_and(|end| tx.now() - end < undo)
}

/// Whoever was asked and is at something else by now is waited for no longer; once he is free he can be asked again.
pub(super) async fn leave_the_busy(tx: &Tx, row: &emergency::Model) -> Result<()> {
    let asked = offers_in(tx, row.id, OfferState::Offered).await?;
    if asked.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = asked.iter().map(|one| one.agent_id).collect();
    let states = agents::availabilities(tx.db(), &ids, tx.now()).await?;
    let free = |agent_id: i64| states.get(&agent_id) == Some(&Availability::Available);
    let busy = asked.iter().filter(|one| !free(one.agent_id));
    stand_down_these(tx, busy.map(|one| one.id).collect(), None).await
}

/// Whoever was asked as often as may be and could come is waited for as before: nothing rings, and his card has its button.
pub(super) async fn wait_for_the_asked(tx: &Tx, row: &emergency::Model, task: &Task) -> Result<()> {
    let not_needed = used_up(row.id, tx.rules().ack.rings)
        .and_where(Expr::col(emergency_offer::Column::State).eq(OfferState::StoodDown))
        .and_where(Expr::col(emergency_offer::Column::Why).is_null())
        .to_owned();
    let ids: Vec<i64> = free(tx, row, task)
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.in_subquery(not_needed))
        .into_tuple()
        .all(tx.db())
        .await?;
    if ids.is_empty() {
        return Ok(());
    }
    emergency_offer::Entity::update_many()
        .col_expr(
            emergency_offer::Column::State,
            Expr::value(OfferState::Offered),
        )
        .col_expr(emergency_offer::Column::At, Expr::value(tx.now()))
        .filter(emergency_offer::Column::EmergencyId.eq(row.id))
        .filter(emergency_offer::Column::AgentId.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The accounts that were rung for it after this moment, or are about to be.
pub(super) async fn rung_since(
    tx: &Tx,
    row: &emergency::Model,
    since: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let Some(task_id) = row.task_id else {
        return Ok(Vec::new());
    };
    let lost = [
        OutboxStatus::Failed,
        OutboxStatus::Unreachable,
        OutboxStatus::Dropped,
    ];
    let heard = Condition::all()
        .add(outbox_row::Column::CreatedAt.gt(since))
        .add(outbox_row::Column::Status.is_not_in(lost));
    rung(tx, (row.id, task_id), heard).await
}

/// The accounts of those messages of the task that ring for the emergency.
pub(super) async fn rung(tx: &Tx, (id, task_id): (i64, i64), which: Condition) -> Result<Vec<i64>> {
    let rows = outbox_row::Entity::find()
        .filter(outbox_row::Column::TaskId.eq(task_id))
        .filter(which)
        .all(tx.db())
        .await?;
    let rings = rows.into_iter().filter(|row| {
        let notice = serde_json::from_value(row.notice.clone());
        matches!(notice, Ok(Notice::Emergency { emergency_id, ring: true }) if emergency_id == id)
    });
    Ok(rings.filter_map(|row| row.user_id).collect())
}

/// Those of these agents who have none of these accounts.
pub(super) async fn others(tx: &Tx, agent_ids: Vec<i64>, but: Vec<i64>) -> Result<Vec<i64>> {
    if but.is_empty() || agent_ids.is_empty() {
        return Ok(agent_ids);
    }
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(agent_ids))
        .filter(agent::Column::UserId.is_not_in(but))
        .into_tuple()
        .all(tx.db())
        .await?)
}
