//! Somebody on whom a call counts gets no messages of Telegram any more: he comes to it, or called. Those in command hear it at
//! once. He may still come, so nobody says that he does not; but others are looked for as if he were missing, and when nobody else
//! goes those in command hear that too. Once he is reached again they hear that, and he what he missed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, Query},
};

use ::entity::{agent, emergency, emergency_offer, report, user};

use super::{EmergencyStatus, announce, comes_to, crew, is_open, lock, people, voice};
use crate::{
    Result, Tx,
    outbox::{self, Lane, Message, Notice},
    task::{Task, load},
};

/// Telegram brings nothing to this chat any more.
pub(crate) async fn deaf(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let Some(user) = account(tx, chat_id).await? else {
        return Ok(());
    };
    for id in counting_on(tx, &user).await? {
        let (row, task) = lock(tx, id).await?;
        let Some(task) = task.filter(|_| is_open(row.status)) else {
            continue;
        };
        let notice = Notice::EmergencyDeaf {
            emergency_id: id,
            user_id: user.id,
        };
        tell_command(tx, &row, &task, &notice, user.id).await?;
        counted_anew(tx, row, &task, &user, true).await?;
    }
    Ok(())
}

/// The person took the bot back, which had not reached him since then: whoever comes counts as before. Those in command hear that
/// he can be reached; he gets the card as it is now, and how much was said meanwhile.
pub(crate) async fn hears_again(
    tx: &mut Tx,
    user: &user::Model,
    since: DateTime<Utc>,
) -> Result<()> {
    for id in counting_on(tx, user).await? {
        let (row, task) = lock(tx, id).await?;
        let Some(task) = task.filter(|_| is_open(row.status)) else {
            continue;
        };
        let notice = Notice::EmergencyHears {
            emergency_id: id,
            user_id: user.id,
        };
        tell_command(tx, &row, &task, &notice, user.id).await?;
        catch_up(tx, &row, &task, user, since).await?;
        counted_anew(tx, row, &task, user, false).await?;
    }
    Ok(())
}

/// The card, and behind it how much others said that he could not read.
async fn catch_up(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    user: &user::Model,
    since: DateTime<Utc>,
) -> Result<()> {
    let Some(chat_id) = user.telegram_id else {
        return Ok(());
    };
    let card = Message::emergency(chat_id, Some(user.id), row.task_id, row.id, true);
    let count = missed(tx, task.id, user.id, since).await?;
    let notice = Notice::EmergencyMissed {
        emergency_id: row.id,
        count,
    };
    let said = Message::about(chat_id, Some(user.id), task.id, notice).in_lane(Lane::Emergency);
    let said = (count > 0).then_some(said);
    outbox::push(tx, [card].into_iter().chain(said).collect()).await
}

/// How many reports of others there are since then.
async fn missed(tx: &Tx, task_id: i64, user_id: i64, since: DateTime<Utc>) -> Result<u64> {
    Ok(report::Entity::find()
        .filter(report::Column::TaskId.eq(task_id))
        .filter(report::Column::RecordedAt.gte(since))
        .filter(report::Column::UserId.ne(user_id))
        .count(tx.db())
        .await?)
}

async fn account(tx: &Tx, chat_id: i64) -> Result<Option<user::Model>> {
    Ok(user::Entity::find()
        .filter(user::Column::TelegramId.eq(chat_id))
        .one(tx.db())
        .await?)
}

/// The calls that go on which he raised or comes to; their tasks are locked, in the order of everybody who locks several.
async fn counting_on(tx: &Tx, user: &user::Model) -> Result<Vec<i64>> {
    let open = [EmergencyStatus::Active, EmergencyStatus::Answered];
    let his = Condition::any()
        .add(emergency::Column::RaisedBy.eq(user.id))
        .add(emergency::Column::Id.in_subquery(comes_to::ids(is_account(user.id))));
    let rows = emergency::Entity::find()
        .filter(emergency::Column::Status.is_in(open))
        .filter(his)
        .order_by_asc(emergency::Column::TaskId)
        .all(tx.db())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    load::lock_rows(tx, rows.iter().filter_map(|row| row.task_id).collect()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn is_account(user_id: i64) -> Expr {
    let himself = Query::select()
        .column(agent::Column::Id)
        .from(agent::Entity)
        .and_where(agent::Column::UserId.eq(user_id))
        .to_owned();
    emergency_offer::Column::AgentId.in_subquery(himself)
}

/// Those in command who know of the call and whoever sent him; where none of them can hear, whoever else can.
async fn tell_command(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    notice: &Notice,
    user_id: i64,
) -> Result<()> {
    let mut told: BTreeMap<i64, i64> = voice::command_told(tx, task.id, Some(user_id)).await?;
    let his = task
        .held()
        .find(|one| one.agent.user_id == Some(user_id))
        .and_then(|one| one.offered_by);
    let sender = Condition::all().add(user::Column::Id.is_in(his));
    told.extend(people::linked(tx, sender, Some(user_id)).await?);
    told.retain(|one, _| row.raised_by != Some(*one));
    if told.is_empty() {
        told = people::watchers(tx, &people::units(task), Some(user_id), true).await?;
        told.retain(|one, _| row.raised_by != Some(*one));
    }
    let messages = told.into_iter().map(|(one, chat)| {
        Message::about(chat, Some(one), task.id, notice.clone()).in_lane(Lane::Emergency)
    });
    outbox::push(tx, messages.collect()).await
}

/// Whoever only called is none of those who come; who only got the task did not count before he was `lost` either.
async fn counted_anew(
    tx: &mut Tx,
    row: emergency::Model,
    task: &Task,
    user: &user::Model,
    lost: bool,
) -> Result<()> {
    if row.raised_by == Some(user.id) {
        return announce(tx, &row, task).await;
    }
    let his = task.held().find(|one| one.agent.user_id == Some(user.id));
    let went = his.is_some_and(|one| one.en_route_at.or(one.on_site_at).is_some());
    crew::recount(tx, row, task, lost && went).await
}
