//! The word that nobody comes, said again while nothing becomes of it: whoever heard it once may have taken it for the business
//! of somebody else, or not have heard it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    assignment, emergency,
    outbox::{self as outbox_row, OutboxStatus},
    user,
};

use crate::{
    Result, Tx,
    actor::{Level, Permission},
    outbox::Notice,
};

/// So long after the last word it is said again: time enough to read it, to call somebody and to send him, and four rings of
/// the search that found nobody.
const AGAIN: TimeDelta = TimeDelta::minutes(2);

/// So often at most: who is silent to six words within ten minutes is not there, and his chat must not drown in them.
const MOST: i32 = 5;

/// Whether it is to be said again: Telegram took the last word, its time is over, and nobody in command has done anything since
/// the first. Whether somebody goes is not asked here.
pub(super) async fn is_unheeded(tx: &Tx, row: &emergency::Model, task_id: i64) -> Result<bool> {
    let (Some(first), Some(last)) = (row.told_at.and(row.escalated_at), row.phones_at) else {
        return Ok(false);
    };
    let due = tx.now() - last >= AGAIN && last - first < AGAIN * MOST;
    Ok(due && !command_acted(tx, row, task_id, first).await?)
}

/// The accounts for which a word about this call waits: they hear that one.
pub(super) async fn waiting(tx: &Tx, id: i64, task_id: i64) -> Result<Vec<i64>> {
    let on_its_way = [OutboxStatus::Queued, OutboxStatus::Sending];
    let rows = outbox_row::Entity::find()
        .filter(outbox_row::Column::TaskId.eq(task_id))
        .filter(outbox_row::Column::Status.is_in(on_its_way))
        .all(tx.db())
        .await?;
    let words = rows.into_iter().filter(|row| {
        let notice = serde_json::from_value(row.notice.clone());
        matches!(notice, Ok(Notice::EmergencyEscalated { emergency_id, .. }) if emergency_id == id)
    });
    Ok(words.filter_map(|row| row.user_id).collect())
}

/// Whether somebody in command sent anybody since then. Words bring nobody, whoever wrote them.
async fn command_acted(
    tx: &Tx,
    row: &emergency::Model,
    task_id: i64,
    since: DateTime<Utc>,
) -> Result<bool> {
    let sent = assignment::Entity::find()
        .filter(assignment::Column::TaskId.eq(task_id))
        .filter(assignment::Column::OfferedAt.gte(since))
        .filter(assignment::Column::OfferedBy.in_subquery(in_command(row)));
    Ok(sent.count(tx.db()).await? > 0)
}

/// Those who command or send broadcasts, without whoever called.
fn in_command(row: &emergency::Model) -> SelectStatement {
    let command = Condition::any()
        .add(user::Column::Level.gte(Level::Supervisor as i16))
        .add(Permission::Broadcast.granted());
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Id).ne(row.raised_by.unwrap_or_default()))
        .cond_where(command)
        .to_owned()
}
