//! Drills: broadcasts that are no emergency, planned for later or sent by hand, calls for help that are practised, and how
//! well people answered them.
//!
//! ```text
//! planned --its time, and somebody to send it and to hear it--> held, else missed; --called off before--> cancelled
//! ```
//! One that is held is a broadcast like any other from then on; one that was sent by hand, or called for, is held from the
//! start. The score of one that is over is kept with it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect, sea_query::LockType};
use serde_json::json;

use ::entity::drill;
pub use ::entity::drill::{DrillStatus, MissedWhy};

use crate::{
    Actor, Refusal, Result, Tx,
    audit::{self, Subject},
    broadcast::{self, Audience, NewBroadcast},
    error::{Invalid, Problem, Thing},
    task::create::text,
    timer::{self, Due},
    zone,
};

mod hold;
mod left;
mod read;
mod score;
mod sos;
mod unanswered;

pub(crate) use hold::{by_hand, hold};
pub(crate) use left::keep_left;
pub use read::{Called, Drill, DrillFilter, Held, find, find_in, list};
pub(crate) use score::keep;
pub use score::{Score, Times, score};
pub(crate) use sos::{called, over};
pub use unanswered::{Silence, Unanswered, unanswered};

/// How long answers are awaited, in minutes, when nothing is said.
const MINUTES: u32 = 30;

/// The shortest and the longest that can be planned, in minutes.
const SPAN: std::ops::RangeInclusive<u32> = 5..=1440;

/// A drill to be planned.
#[derive(Clone, Debug)]
pub struct NewDrill {
    /// The code of a protocol; its template is the text, or is filled with it.
    pub protocol: Option<String>,
    pub text: Option<String>,
    pub audience: Audience,
    pub starts_at: DateTime<Utc>,
    /// The zone it is meant in; the installation's when there is none.
    pub zone: Option<Tz>,
    /// How long answers are awaited, 5 to 1440; 30 when nothing is said.
    pub minutes: Option<u32>,
    /// What was typed to confirm a protocol that wants it.
    pub confirm_word: Option<String>,
}

/// Plans a drill; returns its id.
///
/// # Errors
/// Needs the permission `broadcast`, and somebody whose it is; refused for a time that has passed, and for what could not be
/// sent now either. That nobody would hear it now is no reason: people come on duty.
pub async fn plan(tx: &mut Tx, actor: &Actor, new: NewDrill) -> Result<i64> {
    broadcast::may_send(actor)?;
    let by = actor.user_id.ok_or(Refusal::NotAllowed)?;
    let (words, length) = check(tx, &new)?;
    let ends_at = new.starts_at + length;
    let zone = new.zone.unwrap_or(tx.rules().zone);
    let row = drill::ActiveModel {
        status: Set(DrillStatus::Planned),
        protocol: Set(new.protocol),
        text: Set(text(new.text.as_deref())),
        words: Set(words),
        audience: Set(serde_json::to_value(&new.audience)?),
        zone: Set(Some(zone.name().to_owned())),
        starts_at: Set(new.starts_at),
        ends_at: Set(ends_at),
        created_by: Set(Some(by)),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = drill::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    timer::set(tx, &Due::Drill { drill_id: row.id }, new.starts_at).await?;
    let data = json!({ "starts_at": new.starts_at });
    audit::record(tx, actor, "drill.plan", Subject::Drill(row.id), data).await?;
    Ok(row.id)
}

/// The words and how long it lasts, when nothing is wrong with it; else everything that is.
fn check(tx: &Tx, new: &NewDrill) -> Result<(String, TimeDelta), Refusal> {
    let start = check_start(tx, new.starts_at);
    let (words, audience, length) = parts(new);
    Refusal::together([
        words.as_ref().err(),
        audience.as_ref().err(),
        start.as_ref().err(),
        length.as_ref().err(),
    ])?;
    Ok((words?, length?))
}

/// What is wrong with it whatever the time is.
pub fn broken(new: &NewDrill) -> Vec<Invalid> {
    let (words, audience, length) = parts(new);
    let found = [
        words.as_ref().err(),
        audience.as_ref().err(),
        length.as_ref().err(),
    ];
    let checked = Refusal::together(found);
    checked.err().map(Refusal::into_fields).unwrap_or_default()
}

/// The words, the audience and the length, each judged alone.
fn parts(
    new: &NewDrill,
) -> (
    Result<String, Refusal>,
    Result<(), Refusal>,
    Result<TimeDelta, Refusal>,
) {
    let words = broadcast::worded(&NewBroadcast {
        protocol: new.protocol.clone(),
        text: new.text.clone(),
        confirm_word: new.confirm_word.clone(),
        ..NewBroadcast::default()
    });
    let audience = broadcast::check_audience(&new.audience);
    (words, audience, length(new.minutes))
}

fn check_start(tx: &Tx, starts_at: DateTime<Utc>) -> Result<(), Refusal> {
    zone::check_reach("starts_at", starts_at, tx.now())?;
    match starts_at > tx.now() {
        true => Ok(()),
        false => Err(Refusal::invalid("starts_at", Problem::InThePast)),
    }
}

fn length(minutes: Option<u32>) -> Result<TimeDelta, Refusal> {
    let minutes = minutes.unwrap_or(MINUTES);
    match SPAN.contains(&minutes) {
        true => Ok(TimeDelta::minutes(minutes.into())),
        false => Err(Refusal::invalid("minutes", Problem::OutOfRange)),
    }
}

/// Calls a drill off before it leaves. Again: nothing.
///
/// # Errors
/// Needs the permission `broadcast`; [`Refusal::Settled`] once it was held or missed: what runs is called off as a broadcast.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    broadcast::may_send(actor)?;
    match lock(tx, id).await?.status {
        DrillStatus::Planned => {}
        DrillStatus::Cancelled => return Ok(()),
        DrillStatus::Held | DrillStatus::Missed => {
            return Err(Refusal::Settled { what: Thing::Drill }.into());
        }
    }
    timer::cancel(tx, &Due::Drill { drill_id: id }).await?;
    let update = drill::ActiveModel {
        id: Set(id),
        status: Set(DrillStatus::Cancelled),
        ..Default::default()
    };
    drill::Entity::update(update).exec(tx.db()).await?;
    audit::record(tx, actor, "drill.cancel", Subject::Drill(id), json!({})).await
}

pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<drill::Model> {
    Ok(drill::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Drill))?)
}
