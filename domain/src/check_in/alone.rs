//! One who works alone has himself asked, until his shift is over or twelve hours have passed.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use ::entity::{
    check_in, check_in_person,
    shift::{self, ShiftStatus},
};

use super::{
    CheckInEnd, CheckInStatus, PersonState, announce, blank, bounded,
    end::{end, unheard},
    subject, told,
};
use crate::{
    Actor, Refusal, Result, Tx, audit, duty,
    error::Problem,
    outbox::{self, Message},
    timer::{self, Due},
};

/// The longest that somebody is asked without saying so again.
const LONGEST: TimeDelta = TimeDelta::hours(12);

/// Has this person asked after so many minutes, 5 to 240, and again, until then; at most until his shift is over, and for
/// twelve hours. One that runs already gives way to this one. Returns until when.
///
/// # Errors
/// [`Refusal::NotAllowed`] for who is no agent.
pub async fn alone(
    tx: &mut Tx,
    actor: &Actor,
    every_minutes: u32,
    until: Option<DateTime<Utc>>,
) -> Result<DateTime<Utc>> {
    let agent_id = actor.agent_id.ok_or(Refusal::NotAllowed)?;
    let every = bounded(every_minutes)?;
    duty::locked(tx, agent_id).await?;
    if until.is_some_and(|until| until <= tx.now()) {
        return Err(Refusal::invalid("until", Problem::InThePast).into());
    }
    let last = (tx.now() + LONGEST).min(until.unwrap_or(DateTime::<Utc>::MAX_UTC));
    let until = last.min(shift_end(tx, agent_id).await?.unwrap_or(last));
    if let Some(row) = running(tx, agent_id).await? {
        let same = row.every_minutes == every && row.until_at == Some(until);
        if same && !unheard(tx, row.id).await? {
            return Ok(until);
        }
        // Whoever is silent says by this that he is well.
        told::relieve(tx, actor, row.id, agent_id).await?;
        end(tx, actor, row, CheckInEnd::Stopped).await?;
    }
    let new = check_in::ActiveModel {
        agent_id: Set(Some(agent_id)),
        until_at: Set(Some(until)),
        ..blank(tx, actor, every)
    };
    let row = check_in::Entity::insert(new)
        .exec_with_returning(tx.db())
        .await?;
    let check_in_id = row.id;
    himself(tx, &row, agent_id).await?;
    let data = json!({ "check_in": check_in_id, "every_minutes": every, "until": until });
    audit::record(tx, actor, "check_in.start", subject(&row), data).await?;
    let next = tx.now() + TimeDelta::minutes(every.into());
    timer::set(tx, &Due::CheckInRound { check_in_id }, next).await?;
    timer::set(tx, &Due::CheckInEnd { check_in_id }, until).await?;
    if let Some(chat_id) = actor.telegram_id {
        let card = Message::check_in(chat_id, actor.user_id, check_in_id, true);
        outbox::push(tx, vec![card]).await?;
    }
    announce(tx, &row).await?;
    Ok(until)
}

/// That he asks for it says that he is well.
async fn himself(tx: &Tx, row: &check_in::Model, agent_id: i64) -> Result<()> {
    let person = check_in_person::ActiveModel {
        check_in_id: Set(row.id),
        agent_id: Set(agent_id),
        state: Set(PersonState::Well),
        step: Set(0),
        asked_at: Set(tx.now()),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    check_in_person::Entity::insert(person)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

pub(super) async fn running(tx: &Tx, agent_id: i64) -> Result<Option<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::AgentId.eq(agent_id))
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .order_by_desc(check_in::Column::Id)
        .one(tx.db())
        .await?)
}

async fn shift_end(tx: &Tx, agent_id: i64) -> Result<Option<DateTime<Utc>>> {
    let now = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(agent_id))
        .filter(shift::Column::Status.eq(ShiftStatus::Active))
        .filter(shift::Column::StartsAt.lte(tx.now()))
        .filter(shift::Column::EndsAt.gt(tx.now()))
        .one(tx.db())
        .await?;
    Ok(now.map(|shift| shift.ends_at))
}
