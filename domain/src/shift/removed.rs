//! The shifts of whoever is switched off: the one that runs ends now, and those to come are not held.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::json;

use ::entity::shift::{self, ShiftStatus};

use super::{plan::note_unplanned, uncovered};
use crate::{
    Actor, Result, Tx,
    audit::{self, Subject},
    duty, edge,
    event::Event,
    swap,
};

/// Ends them for an agent who is locked.
pub(crate) async fn end_all_of(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<()> {
    let rows = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(agent_id))
        .filter(shift::Column::Status.ne(ShiftStatus::Ended))
        .filter(shift::Column::EndsAt.gt(tx.now()))
        .order_by_asc(shift::Column::Id)
        .all(tx.db())
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let (begun, planned): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.starts_at <= now);
    end_now(tx, actor, &begun).await?;
    remove(tx, actor, &planned).await?;
    edge::settle(tx, &[agent_id]).await?;
    duty::log(tx, &[agent_id], |agent_id| Event::ShiftsChanged {
        agent_id,
    })
    .await
}

async fn end_now(tx: &Tx, actor: &Actor, rows: &[shift::Model]) -> Result<()> {
    shift::Entity::update_many()
        .col_expr(shift::Column::Status, Expr::value(ShiftStatus::Ended))
        .col_expr(shift::Column::EndsAt, Expr::value(tx.now()))
        .col_expr(shift::Column::EndedAt, Expr::value(tx.now()))
        .filter(shift::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx.db())
        .await?;
    let entry = |row: &shift::Model| (Subject::Shift(row.id), json!({ "note": false }));
    audit::record_each(tx, actor, "shift.end", rows.iter().map(entry).collect()).await
}

async fn remove(tx: &mut Tx, actor: &Actor, rows: &[shift::Model]) -> Result<()> {
    let Some(agent_id) = rows.first().map(|row| row.agent_id) else {
        return Ok(());
    };
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    swap::drop_open(tx, actor, &ids).await?;
    shift::Entity::delete_many()
        .filter(shift::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    note_unplanned(tx, agent_id).await?;
    uncovered::tell(tx, agent_id, rows).await?;
    let entry = |row: &shift::Model| {
        let before =
            json!({ "agent": row.agent_id, "starts_at": row.starts_at, "ends_at": row.ends_at });
        (Subject::Shift(row.id), before)
    };
    audit::record_each(tx, actor, "shift.remove", rows.iter().map(entry).collect()).await
}
