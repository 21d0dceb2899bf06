//! Who watches over an emergency, whom to call by phone, and how long somebody may need.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{emergency, outbox as outbox_row, unit_member, user};

use super::find;
use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    outbox::{self, Lane, Message, Notice, OutboxStatus},
    reach::hears,
    task::Task,
};

/// What a way is longer than the straight line.
pub const DETOUR: f64 = 1.4;
/// How fast somebody gets on in a town, in kilometres per hour.
pub const SPEED_KMH: f64 = 30.0;

/// The minutes for this straight distance, at least one: 1.4 times as long by road, at 30 km/h. An estimate, never a promise.
pub fn eta_minutes(distance_m: f64) -> i64 {
    let minutes = distance_m * DETOUR / 1000.0 / SPEED_KMH * 60.0;
    minutes.ceil().max(1.0) as i64
}

/// Chats by account of the supervisors of the units and of whoever may send broadcasts, everybody in command when there is
/// nobody else. When `widely` the admins too: somebody has to hear it.
pub(crate) async fn watchers(
    tx: &Tx,
    unit_ids: &[i64],
    except: Option<i64>,
    widely: bool,
) -> Result<BTreeMap<i64, i64>> {
    let command = user::Column::Level.gte(Level::Supervisor as i16);
    let mut near = Condition::any().add(Permission::Broadcast.granted());
    if !unit_ids.is_empty() {
        let of_unit = user::Column::Id.in_subquery(members_of(unit_ids));
        near = near.add(Condition::all().add(command.clone()).add(of_unit));
    }
    if widely {
        near = near.add(user::Column::Level.eq(Level::Admin as i16));
    }
    let mut found = linked(tx, near, except).await?;
    if found.is_empty() {
        found = linked(tx, Condition::all().add(command), except).await?;
    }
    Ok(found)
}

/// Chats by account of everybody who commands anything.
pub(crate) async fn commanders(tx: &Tx) -> Result<BTreeMap<i64, i64>> {
    let command = user::Column::Level.gte(Level::Supervisor as i16);
    linked(tx, Condition::all().add(command), None).await
}

/// Those of them who can hear it: whoever blocked the bot stands for nobody.
pub(super) async fn linked(
    tx: &Tx,
    which: Condition,
    except: Option<i64>,
) -> Result<BTreeMap<i64, i64>> {
    let rows: Vec<(i64, Option<i64>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(hears())
        .filter(which)
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows
        .into_iter()
        .filter(|(id, _)| Some(*id) != except)
        .filter_map(|(id, chat)| Some((id, chat?)))
        .collect())
}

fn members(unit_id: i64) -> SelectStatement {
    members_of(&[unit_id])
}

fn members_of(unit_ids: &[i64]) -> SelectStatement {
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).is_in(unit_ids.iter().copied()))
        .to_owned()
}

pub(super) fn units(task: &Task) -> Vec<i64> {
    task.unit.iter().map(|unit| unit.id).collect()
}

/// The live card, with a sound, for everybody who watches, without those accounts.
pub(super) async fn tell_watchers(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    but: &[i64],
) -> Result<()> {
    let people = watchers(tx, &units(task), row.raised_by, false).await?;
    let cards = people
        .into_iter()
        .filter(|(user_id, _)| !but.contains(user_id))
        .map(|(user_id, chat)| Message::emergency(chat, Some(user_id), row.task_id, row.id, true));
    outbox::push(tx, cards.collect()).await
}

/// Whose messages about an emergency with this task are or were on their way.
pub(super) async fn told(tx: &Tx, task_id: i64) -> Result<Vec<i64>> {
    addressed(tx, messages(task_id)).await
}

/// Who has heard of an emergency, or will: whom Telegram took no message for has not.
pub(crate) async fn heard_of(tx: &Tx, id: i64) -> Result<Vec<i64>> {
    let on_their_way = [
        OutboxStatus::Queued,
        OutboxStatus::Sending,
        OutboxStatus::Sent,
    ];
    let row = emergency::Entity::find_by_id(id).one(tx.db()).await?;
    match row.and_then(|row| row.task_id) {
        Some(task_id) => {
            let heard = messages(task_id).filter(outbox_row::Column::Status.is_in(on_their_way));
            addressed(tx, heard).await
        }
        None => Ok(Vec::new()),
    }
}

fn messages(task_id: i64) -> Select<outbox_row::Entity> {
    outbox_row::Entity::find()
        .filter(outbox_row::Column::TaskId.eq(task_id))
        .filter(outbox_row::Column::Lane.eq(Lane::Emergency))
}

async fn addressed(tx: &Tx, which: Select<outbox_row::Entity>) -> Result<Vec<i64>> {
    let rows: Vec<Option<i64>> = which
        .select_only()
        .distinct()
        .column(outbox_row::Column::UserId)
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// Nobody comes yet: those who watch, and the admins, are told, and whom to call, without those accounts. Returns how many.
pub(super) async fn escalate(
    tx: &mut Tx,
    row: &emergency::Model,
    task: &Task,
    but: &[i64],
) -> Result<usize> {
    let mut people = watchers(tx, &units(task), row.raised_by, true).await?;
    people.retain(|user_id, _| !but.contains(user_id));
    let count = people.len();
    let notice = Notice::EmergencyEscalated {
        emergency_id: row.id,
        phones: true,
    };
    let told = people.into_iter().map(|(user_id, chat)| {
        Message::about(chat, Some(user_id), task.id, notice.clone()).in_lane(Lane::Emergency)
    });
    outbox::push(tx, told.collect()).await?;
    Ok(count)
}

/// Somebody to be called by phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub user_id: i64,
    pub name: String,
    pub phone: String,
}

/// The phone list of a unit, supervisors first; of everybody in command when there is no unit.
pub async fn phones(store: &Store, unit_id: Option<i64>) -> Result<Vec<Contact>> {
    let which = match unit_id {
        Some(id) => Condition::all().add(user::Column::Id.in_subquery(members(id))),
        None => Condition::all().add(user::Column::Level.gte(Level::Supervisor as i16)),
    };
    let rows: Vec<(i64, String, Option<String>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .column(user::Column::Phone)
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::Phone.is_not_null())
        .filter(which)
        .order_by_desc(user::Column::Level)
        .order_by_asc(user::Column::Name)
        .limit(20)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(user_id, name, phone)| {
            Some(Contact {
                user_id,
                name,
                phone: phone?,
            })
        })
        .collect())
}

/// The phone list of an emergency, for those who have to call: level 2 and above who see it, and whoever may send broadcasts.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever does not see it, [`Refusal::NotAllowed`] for whoever does not command.
pub async fn phones_for(store: &Store, actor: &Actor, id: i64) -> Result<Vec<Contact>> {
    let one = find(store, actor, id).await?;
    if !actor.may_command() && !actor.has(Permission::Broadcast) {
        return Err(Refusal::NotAllowed.into());
    }
    phones(store, one.unit_id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_follow_from_the_stated_factor() {
        assert_eq!(eta_minutes(0.0), 1);
        assert_eq!(eta_minutes(1000.0), 3);
        assert_eq!(eta_minutes(5000.0), 14);
    }
}
