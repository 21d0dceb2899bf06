//! What must not leave yet: it came from outside, or somebody else has to agree. Nothing sends it but a person who confirms it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, TryInsertResult,
};
use serde_json::json;

use ::entity::{broadcast, user};

use super::{
    AckMode, Audience, BroadcastStatus, CHUNK, NewBroadcast, TEXT_MOST, cancel, lock, may,
    progress, scope,
    send::{fits, launch, row_of, worded},
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::{Channel, Permission},
    audit::{self, Subject},
    error::{Problem, Thing},
    event::Event,
    outbox::{self, Lane, Message},
    task::create::text,
    timer::{self, Due},
};

/// What somebody who confirms a draft from outside decides about it; nothing: as it came.
#[derive(Clone, Debug, Default)]
pub struct Confirmation {
    pub text: Option<String>,
    pub audience: Option<Audience>,
    pub ack: Option<AckMode>,
}

/// Keeps what came from outside as a draft and tells those who may confirm it; returns its id. `source` names it for good.
///
/// # Errors
/// Needs the permission `broadcast`; [`Refusal::Taken`] when it came before, in whatever state it is now.
pub async fn draft(tx: &mut Tx, actor: &Actor, new: NewBroadcast, source: &str) -> Result<i64> {
    may(actor)?;
    let text = worded(&new)?;
    let until = still_open(tx.now(), new.expires_at)?;
    let row = broadcast::ActiveModel {
        source: Set(Some(source.to_owned())),
        ..row_of(tx, actor, &new, text, until, BroadcastStatus::Draft)?
    };
    let made = broadcast::Entity::insert(row)
        .on_conflict_do_nothing_on([broadcast::Column::Source])
        .exec_without_returning(tx.db())
        .await?;
    let found = of_source(tx, source).await?;
    match found.filter(|_| matches!(made, TryInsertResult::Inserted(rows) if rows > 0)) {
        Some(row) => {
            wait(tx, actor, row.id, until).await?;
            Ok(row.id)
        }
        None => Err(Refusal::Taken {
            field: "identifier".into(),
        }
        .into()),
    }
}

/// Until when it is worth anything.
pub(super) fn still_open(
    now: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
) -> Result<DateTime<Utc>, Refusal> {
    let until = expires_at.unwrap_or(now + TimeDelta::hours(super::HOURS));
    match until > now {
        true => Ok(until),
        false => Err(Refusal::invalid("expires_at", Problem::InThePast)),
    }
}

async fn of_source(tx: &Tx, source: &str) -> Result<Option<broadcast::Model>> {
    Ok(broadcast::Entity::find()
        .filter(broadcast::Column::Source.eq(source))
        .one(tx.db())
        .await?)
}

/// It waits for somebody who confirms it. Returns how many are told by Telegram.
pub(super) async fn wait(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    until: DateTime<Utc>,
) -> Result<usize> {
    let data = json!({ "broadcast": id });
    audit::record(tx, actor, "broadcast.draft", Subject::Broadcast(id), data).await?;
    let scope = scope(tx, actor.user_id).await?;
    tx.log(Event::BroadcastProgress { id }, &scope);
    timer::set(tx, &Due::BroadcastEnd { broadcast_id: id }, until).await?;
    let told = approvers(tx, actor.user_id).await?;
    for some in told.chunks(CHUNK) {
        let cards = some.iter().map(|(user_id, chat)| {
            Message::roll_call(*chat, Some(*user_id), id, true).in_lane(Lane::Broadcast)
        });
        outbox::push(tx, cards.collect()).await?;
    }
    Ok(told.len())
}

/// Account and chat of those who may confirm what this person put in, as far as Telegram reaches them.
async fn approvers(tx: &Tx, author: Option<i64>) -> Result<Vec<(i64, i64)>> {
    let rows: Vec<(i64, Option<i64>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(user::Column::Active.eq(true))
        .filter(Permission::Broadcast.granted())
        .filter(user::Column::TelegramId.is_not_null())
        .filter(user::Column::UnreachableAt.is_null())
        .filter(user::Column::Id.ne(author.unwrap_or_default()))
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, chat)| Some((id, chat?)))
        .collect())
}

/// How many, beside this person, Telegram reaches who may confirm a draft of his.
pub async fn who_may_confirm(tx: &Tx, author: &Actor) -> Result<usize> {
    Ok(approvers(tx, author.user_id).await?.len())
}

/// Somebody confirms a draft: it leaves. What came from outside may be changed first and is his from then on; what needs a
/// second person stays as it is.
///
/// # Errors
/// Needs the permission `broadcast`; [`Refusal::NeedsAnother`] for whoever put it in; [`Refusal::Settled`] when it has left
/// or was called off; [`Refusal::QuorumTooLarge`] when fewer are reached than have to answer.
pub async fn confirm(tx: &mut Tx, actor: &Actor, id: i64, decided: Confirmation) -> Result<()> {
    may(actor)?;
    let row = lock(tx, id).await?;
    if row.status != BroadcastStatus::Draft || row.expires_at <= tx.now() {
        return Err(Refusal::Settled {
            what: Thing::Broadcast,
        }
        .into());
    }
    if actor.user_id.is_none() || row.created_by == actor.user_id {
        return Err(Refusal::NeedsAnother.into());
    }
    let sender = match (row.source.is_some(), row.created_by) {
        (false, Some(author)) => Actor::of_user_in(tx, author, Channel::Timer).await?,
        _ => None,
    };
    let sender = sender.unwrap_or_else(|| actor.clone());
    let row = broadcast::Entity::update(confirmed(tx, actor, &row, &sender, decided)?)
        .exec(tx.db())
        .await?;
    timer::cancel(tx, &Due::BroadcastEnd { broadcast_id: id }).await?;
    let data = json!({ "broadcast": id });
    audit::record(tx, actor, "broadcast.confirm", Subject::Broadcast(id), data).await?;
    launch(tx, actor, &sender, row).await?;
    // The cards of those who could have confirmed it show the roll-call now.
    progress(tx, id).await
}

fn confirmed(
    tx: &Tx,
    actor: &Actor,
    row: &broadcast::Model,
    sender: &Actor,
    decided: Confirmation,
) -> Result<broadcast::ActiveModel> {
    let mut update = broadcast::ActiveModel {
        id: Set(row.id),
        status: Set(BroadcastStatus::Active),
        created_by: Set(sender.user_id),
        approved_by: Set(actor.user_id),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    if row.source.is_none() {
        return Ok(update);
    }
    if let Some(own) = text(decided.text.as_deref()) {
        update.text = Set(fits(own)?);
    }
    if let Some(audience) = decided.audience {
        update.audience = Set(serde_json::to_value(audience)?);
    }
    if let Some(ack) = decided.ack {
        update.quorum = Set(ack.quorum());
    }
    Ok(update)
}

/// What became of something from outside that shall not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// It waits no longer, now or since before.
    CalledOff(i64),
    /// Nobody confirmed it in time: it never left.
    NeverLeft(i64),
    /// It had left, and people have called it off since.
    Ended(i64),
    /// It has left: people have to call it off.
    Left(i64),
    /// It is an exercise and what takes it back is none, or the other way round.
    Unlike(i64),
    /// Nothing of that name came.
    Unknown,
}

/// Whoever put something in from outside takes it back, as long as it has not left. An exercise takes nothing real back.
///
/// # Errors
/// Needs the permission `broadcast`.
pub async fn take_back(tx: &mut Tx, actor: &Actor, source: &str, drill: bool) -> Result<TakenBack> {
    may(actor)?;
    let Some(row) = of_source(tx, source).await? else {
        return Ok(TakenBack::Unknown);
    };
    let row = lock(tx, row.id).await?;
    let confirmed = row.approved_by.is_some();
    Ok(match row.status {
        _ if row.drill != drill => TakenBack::Unlike(row.id),
        BroadcastStatus::Draft => {
            cancel(tx, actor, row.id).await?;
            TakenBack::CalledOff(row.id)
        }
        BroadcastStatus::Cancelled if confirmed => TakenBack::Ended(row.id),
        BroadcastStatus::Cancelled => TakenBack::CalledOff(row.id),
        BroadcastStatus::Expired if !confirmed => TakenBack::NeverLeft(row.id),
        _ => TakenBack::Left(row.id),
    })
}

/// What is kept of a text from outside that may be too long for one message.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_MOST - 1) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
