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
    report::{self as reports, About, NewReport},
    shift,
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
    pub about: About,
    /// Its words as they were corrected last.
    pub text: Option<String>,
}

/// What is kept of the message that this person sent at this moment; nothing when it became no report.
pub async fn kept(store: &Store, actor: &Actor, sent_at: DateTime<Utc>) -> Result<Option<Kept>> {
    find(store.reader(), actor, sent_at).await
}

/// Puts a correction below a report and returns what that is about. Whoever reported can correct it while Telegram lets him,
/// although the task or the shift ended or went on without him; later whoever may report.
///
/// # Errors
/// Refused when the message became no report of his, and on a cancelled task.
pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    sent_at: DateTime<Utc>,
    text: String,
) -> Result<About> {
    let kept = find(tx.db(), actor, sent_at).await?;
    let about = kept.ok_or(Refusal::missing(Thing::Task))?.about;
    let late = tx.now() > sent_at + LASTS;
    let new = NewReport {
        at: Some(sent_at),
        ..NewReport::text(text)
    };
    match about {
        About::Task(id) => {
            let task = load::locked(tx, actor, id).await?;
            if late {
                actor.check(Act::Report, &task.stake())?;
            }
            reports::keep(tx, actor, &task, new, None).await?;
        }
        About::Shift(_) if late => return Err(Refusal::NotAllowed.into()),
        About::Shift(id) => {
            shift::correct(tx, actor, id, new).await?;
        }
    }
    Ok(about)
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
    let about = rows.first().and_then(About::of);
    Ok(about.map(|about| Kept { about, text }))
}
