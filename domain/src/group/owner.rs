//! Who answers for a group: its unit's supervisors, and admins where there is none. A group outlives whoever registered it, because
//! people are told there; but never without somebody being told that it does.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use ::entity::{unit_group, unit_member, user};

use super::{read::registrars, record};
use crate::{
    Actor, Result, Tx,
    actor::Level,
    outbox::{self, Message, Notice},
    user::User,
};

/// An account changed: groups of a unit over which that ended its say may be without anybody who answers for them. Those who are
/// left learn it: when it was who registered the group, and also when that was known to whoever leaves now.
pub(crate) async fn follow(tx: &mut Tx, actor: &Actor, before: &User, after: &User) -> Result<()> {
    let same = before.active == after.active && before.level == after.level;
    if same && before.units == after.units {
        return Ok(());
    }
    let rows = ownerless(tx, before, after).await?;
    let told = tell(tx, &rows, Some(after.id), |row| Notice::GroupOwnerless {
        group_id: row.id,
        user_id: row.registered_by.unwrap_or_default(),
    })
    .await?;
    for row in &rows {
        let heard = told.get(&row.unit_id).copied().unwrap_or_default();
        let data = json!({ "group": row.id, "user": row.registered_by, "told": heard });
        record(tx, actor, "unit.group_ownerless", row, data).await?;
    }
    Ok(())
}

/// The groups over which this account lost its say, and whose registrar has none either.
async fn ownerless(tx: &Tx, before: &User, after: &User) -> Result<Vec<unit_group::Model>> {
    let left = |unit_id: i64| answers(before, unit_id) && !answers(after, unit_id);
    let units = before.units.iter().map(|unit| unit.id);
    let wanted = Condition::any()
        .add(unit_group::Column::RegisteredBy.eq(after.id))
        .add(unit_group::Column::UnitId.is_in(units.filter(|id| left(*id))));
    let mut rows = unit_group::Entity::find()
        .filter(wanted)
        .order_by_asc(unit_group::Column::Id)
        .all(tx.db())
        .await?;
    rows.retain(|row| left(row.unit_id));
    let registrars = registrars(tx.db(), &rows).await?;
    rows.retain(|row| {
        let by = row.registered_by.and_then(|id| registrars.get(&id));
        by.is_some_and(|by| !by.of(row.unit_id).answers)
    });
    Ok(rows)
}

fn answers(user: &User, unit_id: i64) -> bool {
    let member = || user.units.iter().any(|unit| unit.id == unit_id);
    user.active
        && match user.level {
            Level::Admin => true,
            Level::Supervisor => member(),
            Level::Agent => false,
        }
}

/// Tells those who answer for these groups, but not `except`, and says how many that are for each unit.
pub(super) async fn tell(
    tx: &mut Tx,
    rows: &[unit_group::Model],
    except: Option<i64>,
    notice: impl Fn(&unit_group::Model) -> Notice,
) -> Result<HashMap<i64, usize>> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let people = People::of(tx, rows, except).await?;
    let mut told = HashMap::new();
    let mut messages = Vec::new();
    for row in rows {
        let heard = people.of_unit(row.unit_id);
        told.insert(row.unit_id, heard.len());
        let news = |one: &&Reached| Message::news(one.chat_id, Some(one.user_id), notice(row));
        messages.extend(heard.iter().map(news));
    }
    outbox::push(tx, messages).await?;
    Ok(told)
}

/// Somebody in command whom Telegram reaches.
struct Reached {
    user_id: i64,
    chat_id: i64,
    admin: bool,
}

/// Who is in command of some units.
struct People {
    /// Units and their members.
    members: Vec<(i64, i64)>,
    reached: Vec<Reached>,
}

impl People {
    /// Two statements, however many groups there are.
    async fn of(tx: &Tx, rows: &[unit_group::Model], except: Option<i64>) -> Result<Self> {
        let members: Vec<(i64, i64)> = unit_member::Entity::find()
            .select_only()
            .column(unit_member::Column::UnitId)
            .column(unit_member::Column::UserId)
            .filter(unit_member::Column::UnitId.is_in(rows.iter().map(|row| row.unit_id)))
            .into_tuple()
            .all(tx.db())
            .await?;
        let wanted = Condition::any()
            .add(user::Column::Id.is_in(members.iter().map(|(_, user_id)| *user_id)))
            .add(user::Column::Level.eq(Level::Admin as i16));
        let accounts = user::Entity::find()
            .filter(wanted)
            .filter(user::Column::Id.ne(except.unwrap_or_default()))
            .filter(user::Column::Active.eq(true))
            .filter(user::Column::Level.gte(Level::Supervisor as i16))
            .filter(user::Column::TelegramId.is_not_null())
            .filter(user::Column::UnreachableAt.is_null())
            .order_by_asc(user::Column::Id)
            .all(tx.db())
            .await?;
        let reached = accounts.into_iter().filter_map(|account| {
            Some(Reached {
                user_id: account.id,
                chat_id: account.telegram_id?,
                admin: account.level == Level::Admin as i16,
            })
        });
        let reached = reached.collect();
        Ok(Self { members, reached })
    }

    /// Those of the unit; admins where nobody of the unit can be told.
    fn of_unit(&self, unit_id: i64) -> Vec<&Reached> {
        let member = |one: &&Reached| self.members.contains(&(unit_id, one.user_id));
        let own: Vec<&Reached> = self.reached.iter().filter(member).collect();
        match own.is_empty() {
            true => self.reached.iter().filter(|one| one.admin).collect(),
            false => own,
        }
    }
}
