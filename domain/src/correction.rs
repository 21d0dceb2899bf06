//! What somebody corrects in a message that is a report already: the first wording stays, the correction stands below it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::report;

use crate::{Actor, Result, Store};

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
        .all(store.reader())
        .await?;
    let text = rows.iter().find_map(|row| row.text.clone());
    Ok(rows.first().map(|row| Kept {
        task_id: row.task_id,
        text,
    }))
}
