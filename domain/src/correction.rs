//! What somebody corrects in a message that is a report already: the first wording stays, the correction stands below it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::report;

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Act,
    error::Thing,
    report::{self as reports, NewReport},
    task::load,
};

/// For how long Telegram lets people change what they sent.
const LASTS: TimeDelta = TimeDelta::hours(48);

/// Telegram tells seconds.
const MOMENT: TimeDelta = TimeDelta::seconds(1);

/// An album has ten parts; nobody corrects more often.
const MOST: u64 = 50;

/// What a message has become so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub task_id: i64,
    /// Its words as they were corrected last.
    pub text: Option<String>,
}

/// What is kept of the message that this person sent at this moment; nothing when it became no report.
pub async fn kept(store: &Store, actor: &Actor, sent_at: DateTime<Utc>) -> Result<Option<Kept>> {
    find(store.reader(), actor, sent_at).await
}

/// Puts a correction below a report and returns its task. Whoever reported can correct it while Telegram lets him, although
/// the task ended or went on without him; later whoever may report.
///
/// # Errors
/// Refused when the message became no report of his, and on a cancelled task.
pub async fn add(tx: &mut Tx, actor: &Actor, sent_at: DateTime<Utc>, text: String) -> Result<i64> {
    let kept = find(tx.db(), actor, sent_at).await?;
    let task_id = kept.ok_or(Refusal::missing(Thing::Task))?.task_id;
    let task = load::locked(tx, actor, task_id).await?;
    if tx.now() > sent_at + LASTS {
        actor.check(Act::Report, &task.stake())?;
    }
    let new = NewReport {
        at: Some(sent_at),
        ..NewReport::text(text)
    };
    reports::keep(tx, actor, &task, new, None).await?;
    Ok(task_id)
}

async fn find<C: ConnectionTrait>(
    db: &C,
    actor: &Actor,
    sent_at: DateTime<Utc>,
) -> Result<Option<Kept>> {
    let Some(user_id) = actor.user_id else {
        return Ok(None);
    };
    let rows = report::Entity::find()
        .filter(report::Column::UserId.eq(user_id))
        .filter(report::Column::RecordedAt.gte(sent_at))
        .filter(report::Column::HappenedAt.gte(sent_at))
        .filter(report::Column::HappenedAt.lt(sent_at + MOMENT))
        .filter(report::Column::Channel.eq(actor.channel.to_value()))
        .order_by_desc(report::Column::Id)
        .limit(MOST)
        .all(db)
        .await?;
    let text = rows.iter().find_map(|row| row.text.clone());
    Ok(rows.first().map(|row| Kept {
        task_id: row.task_id,
        text,
    }))
}
