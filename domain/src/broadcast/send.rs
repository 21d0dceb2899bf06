//! Sends a broadcast: the ledger and the messages in one transaction, those on duty and near first.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde_json::json;

use ::entity::{broadcast, broadcast_recipient, unit_member, user};

use super::{
    AckMode, Audience, BroadcastStatus, CHUNK, Chain, NewBroadcast, RecipientState, TEXT_MOST,
    audience::{self, Person},
    draft::{still_open, wait},
    files, may, next_round, order, posts,
    protocol::{self, Protocol},
    scope,
};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Level,
    audit::{self, Subject},
    drill,
    error::{Invalid, Problem},
    event::Event,
    geo::Point,
    outbox::{self, Message},
    task::create::{plain, text},
    timer::{self, Due},
};

/// Sends a broadcast; returns its id. Where the rules want a second person for everybody, it waits as a draft for him.
///
/// # Errors
/// Needs the permission `broadcast`; refused without a text, with nobody to reach or fewer than have to answer, and when a
/// protocol wants a word that was not typed.
pub async fn send(tx: &mut Tx, actor: &Actor, new: NewBroadcast) -> Result<i64> {
    may(actor)?;
    let second = tx.rules().second_approver && new.audience == Audience::All && !new.drill;
    judge(tx, actor, &new, second).await?;
    if second {
        let people = audience::resolve(tx.db(), &new.audience, actor, tx.now()).await?;
        new.ack.check(audience::reached(&people))?;
    }
    let (text, expires_at) = (worded(&new)?, still_open(tx.now(), new.expires_at)?);
    let status = match second {
        true => BroadcastStatus::Draft,
        false => BroadcastStatus::Active,
    };
    let row = row_of(tx, actor, &new, text, expires_at, status)?;
    let row = broadcast::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    let id = row.id;
    if let Some(file) = new.file {
        files::keep(tx, id, file).await?;
    }
    match second {
        true => wait(tx, actor, id, expires_at).await.map(drop)?,
        false => launch(tx, actor, actor, row).await?,
    }
    Ok(id)
}

/// Refuses for all that is wrong with it: where anything else is, also that nobody would hear it. Whether somebody does is
/// looked at again as it leaves.
async fn judge(tx: &Tx, actor: &Actor, new: &NewBroadcast, waits: bool) -> Result<()> {
    let Err(refusal) = check(new, tx.now()) else {
        return Ok(());
    };
    let unheard = !waits
        && audience::check(&new.audience).is_ok()
        && !audience::reaches_anybody(tx, actor, &new.audience).await?;
    let nobody = nobody();
    Ok(Refusal::together([
        Some(&refusal),
        unheard.then_some(&nobody),
    ])?)
}

/// Refuses it for everything that is wrong with it now, whoever is there to hear it.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn check(new: &NewBroadcast, now: DateTime<Utc>) -> Result<(), Refusal> {
    let (rest, until) = (check_still(new), still_open(now, new.expires_at));
    Refusal::together([rest.as_ref().err(), until.as_ref().err()])
}

/// What is wrong with it whatever the time is.
pub fn broken(new: &NewBroadcast) -> Vec<Invalid> {
    let checked = check_still(new);
    checked.err().map(Refusal::into_fields).unwrap_or_default()
}

fn check_still(new: &NewBroadcast) -> Result<(), Refusal> {
    let (words, audience) = (worded(new), audience::check(&new.audience));
    let place = new.place.map_or(Ok(()), check_place);
    Refusal::together([
        words.as_ref().err(),
        audience.as_ref().err(),
        place.as_ref().err(),
    ])
}

fn check_place(place: Point) -> Result<(), Refusal> {
    let point = Point::new(place.lat, place.lon);
    point.map(drop).map_err(|refusal| refusal.within("place"))
}

fn nobody() -> Refusal {
    Refusal::invalid("audience", Problem::Required)
}

/// The same for a drill whose time has come: the history has it already, and nobody else has to agree.
pub(crate) async fn send_planned(tx: &mut Tx, actor: &Actor, new: NewBroadcast) -> Result<i64> {
    may(actor)?;
    let text = worded(&new)?;
    let expires_at = still_open(tx.now(), new.expires_at)?;
    let row = row_of(tx, actor, &new, text, expires_at, BroadcastStatus::Active)?;
    let row = broadcast::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    let id = row.id;
    leave(tx, actor, actor, row).await?;
    Ok(id)
}

/// It leaves because somebody has it leave now.
pub(super) async fn launch(
    tx: &mut Tx,
    actor: &Actor,
    sender: &Actor,
    row: broadcast::Model,
) -> Result<()> {
    if row.drill {
        drill::by_hand(tx, &row).await?;
    }
    leave(tx, actor, sender, row).await
}

/// It leaves: the ledger, the messages, and everybody who has to know. `actor` has it leave, `sender` is whose it is.
async fn leave(tx: &mut Tx, actor: &Actor, sender: &Actor, row: broadcast::Model) -> Result<()> {
    let (id, now) = (row.id, tx.now());
    let audience: Audience = serde_json::from_value(row.audience)?;
    let people = audience::resolve(tx.db(), &audience, sender, now).await?;
    let drill = row.drill;
    let spared = |one: &Person| drill && one.calling;
    let people = people.into_iter();
    let people = people.filter(|one| one.chat.is_some() && !spared(one));
    let centre = order::centre(&audience, Point::of(row.lat, row.lon));
    let people = order::in_order(tx.db(), people.collect(), centre, now).await?;
    let recipients = people.len();
    if recipients == 0 {
        return Err(nobody().into());
    }
    AckMode::of(row.quorum).check(audience::reached(&people))?;
    posts::begin(tx, id, &audience).await?;
    for some in people.chunks(CHUNK) {
        queue(tx, id, some).await?;
    }
    if row.media.is_some() {
        by_its_id(tx, id, &people).await?;
    }
    files::begin(tx, id, sender).await?;
    remember_chain(tx, sender, id).await?;
    let data = json!({ "broadcast": id, "protocol": row.protocol, "recipients": recipients, "drill": row.drill });
    audit::record(tx, actor, "broadcast.send", Subject::Broadcast(id), data).await?;
    let scope = scope(tx, sender.user_id).await?;
    tx.log(Event::BroadcastStarted { id }, &scope);
    if let Some(chat) = sender.telegram_id {
        let call = Message::roll_call(chat, sender.user_id, id, true);
        outbox::push(tx, vec![call]).await?;
    }
    next_round(tx, id).await?;
    let end = Due::BroadcastEnd { broadcast_id: id };
    timer::set(tx, &end, row.expires_at).await
}

pub(super) fn row_of(
    tx: &Tx,
    actor: &Actor,
    new: &NewBroadcast,
    text: String,
    expires_at: DateTime<Utc>,
    status: BroadcastStatus,
) -> Result<broadcast::ActiveModel> {
    let media = new.media.as_ref().map(serde_json::to_value).transpose()?;
    Ok(broadcast::ActiveModel {
        protocol: Set(new.protocol.clone()),
        text: Set(text),
        audience: Set(serde_json::to_value(&new.audience)?),
        status: Set(status),
        quorum: Set(new.ack.quorum()),
        drill: Set(new.drill),
        round: Set(0),
        chain: Set(serde_json::to_value(Chain::default())?),
        lat: Set(new.place.map(|place| place.lat)),
        lon: Set(new.place.map(|place| place.lon)),
        media: Set(media),
        created_by: Set(actor.user_id),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
        ..Default::default()
    })
}

async fn queue(tx: &mut Tx, id: i64, some: &[Person]) -> Result<()> {
    let now = tx.now();
    let rows = some.iter().map(|one| broadcast_recipient::ActiveModel {
        broadcast_id: Set(id),
        user_id: Set(one.user_id),
        state: Set(match one.blocked {
            true => RecipientState::Unreachable,
            false => RecipientState::Queued,
        }),
        state_at: Set(now),
        rings: Set(0),
        ..Default::default()
    });
    broadcast_recipient::Entity::insert_many(rows)
        .exec_without_returning(tx.db())
        .await?;
    let reached = some.iter().filter(|one| !one.blocked);
    // Whoever calls for help finds it in his chat, and nothing rings for him.
    let rings = reached.filter_map(|one| {
        let (user_id, ring) = (Some(one.user_id), !one.calling);
        Some(Message::broadcast(one.chat?, user_id, id, ring))
    });
    outbox::push_in_order(tx, rings.collect()).await
}

/// The file that goes with it and Telegram has, after everybody has the words.
async fn by_its_id(tx: &mut Tx, id: i64, people: &[Person]) -> Result<()> {
    let reached = people.iter().filter(|one| !one.blocked && !one.calling);
    let files = reached.filter_map(|one| Some(Message::broadcast_file(one.chat?, one.user_id, id)));
    outbox::push_in_order(tx, files.collect()).await
}

/// Who is responsible for its people now: whoever sends it, and the supervisors of their units.
async fn remember_chain(tx: &Tx, actor: &Actor, id: i64) -> Result<()> {
    let supervisors: Vec<i64> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::Level.gte(Level::Supervisor as i16))
        .filter(user::Column::Id.in_subquery(members_of(units_of(id))))
        .into_tuple()
        .all(tx.db())
        .await?;
    let mut user_ids: Vec<i64> = actor.user_id.into_iter().collect();
    user_ids.extend(
        supervisors
            .into_iter()
            .filter(|id| Some(*id) != actor.user_id),
    );
    let update = broadcast::ActiveModel {
        id: Set(id),
        chain: Set(serde_json::to_value(Chain { user_ids })?),
        ..Default::default()
    };
    broadcast::Entity::update(update).exec(tx.db()).await?;
    Ok(())
}

fn members_of(units: SelectStatement) -> SelectStatement {
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).in_subquery(units))
        .to_owned()
}

fn units_of(id: i64) -> SelectStatement {
    let people = Query::select()
        .column(broadcast_recipient::Column::UserId)
        .from(broadcast_recipient::Entity)
        .and_where(Expr::col(broadcast_recipient::Column::BroadcastId).eq(id))
        .to_owned();
    Query::select()
        .column(unit_member::Column::UnitId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UserId).in_subquery(people))
        .to_owned()
}

/// The text that leaves: the protocol's own, filled with what was written.
pub(crate) fn worded(new: &NewBroadcast) -> Result<String, Refusal> {
    let own = text(new.text.as_deref());
    let Some(code) = &new.protocol else {
        let own = own.ok_or_else(|| Refusal::invalid("text", Problem::Required))?;
        return fits(own);
    };
    let protocol =
        protocol::find(code).ok_or_else(|| Refusal::invalid("protocol", Problem::Unknown));
    let (typed, filled) = match &protocol {
        Ok(protocol) => (
            check_word(protocol, new.confirm_word.as_deref()),
            fits(protocol.filled(own.as_deref())),
        ),
        Err(_) => (Ok(()), fits(own.unwrap_or_default())),
    };
    Refusal::together([
        protocol.as_ref().err(),
        typed.as_ref().err(),
        filled.as_ref().err(),
    ])?;
    filled
}

fn check_word(protocol: &Protocol, typed: Option<&str>) -> Result<(), Refusal> {
    let typed = plain(typed.unwrap_or_default().trim());
    match &protocol.confirm_word {
        Some(word) if typed != plain(word) => {
            Err(Refusal::invalid("confirm_word", Problem::Required))
        }
        _ => Ok(()),
    }
}

pub(super) fn fits(text: String) -> Result<String, Refusal> {
    if text.chars().count() > TEXT_MOST {
        Err(Refusal::invalid("text", Problem::TooLong))
    } else {
        Ok(text)
    }
}
