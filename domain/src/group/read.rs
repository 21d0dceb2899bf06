//! Which groups there are, for whom they are whose units they hear of.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, RelationDef,
};

use ::entity::{unit, unit_group, unit_member, user};

use super::{Group, rows_of, shown};
use crate::{
    Actor, Result, Store, Tx,
    actor::Level,
    unit::{self as units, Unit},
};

/// A group, and who registered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub group: Group,
    /// Nothing for what the system registered.
    pub by: Option<Registrar>,
}

/// Who registered a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrar {
    pub user_id: i64,
    pub name: String,
    /// Whether he still decides about the unit.
    pub answers: bool,
}

/// The group of this place, if it has a unit.
pub async fn at(store: &Store, chat_id: i64, thread_id: Option<i64>) -> Result<Option<Group>> {
    let row = unit_group::Entity::find()
        .filter(unit_group::Column::ChatId.eq(chat_id))
        .filter(unit_group::Column::ThreadId.eq(thread_id.unwrap_or_default()))
        .one(store.reader())
        .await?;
    Ok(row.map(shown))
}

/// One group, for messages of the system itself.
pub async fn find(store: &Store, id: i64) -> Result<Option<Group>> {
    let row = unit_group::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    Ok(row.map(shown))
}

/// The groups of these units, in the order in which they were registered.
pub async fn of_units(store: &Store, unit_ids: Vec<i64>) -> Result<HashMap<i64, Vec<Listed>>> {
    listed(store.reader(), unit_ids).await
}

/// The groups of one unit, from inside a transaction.
pub async fn of_unit_in(tx: &Tx, unit_id: i64) -> Result<Vec<Listed>> {
    let mut groups = listed(tx.db(), vec![unit_id]).await?;
    Ok(groups.remove(&unit_id).unwrap_or_default())
}

/// Three statements, however many there are.
async fn listed(
    db: &impl ConnectionTrait,
    unit_ids: Vec<i64>,
) -> Result<HashMap<i64, Vec<Listed>>> {
    let rows = rows_of(db, Some(unit_ids)).await?;
    let people = registrars(db, &rows).await?;
    let mut groups: HashMap<i64, Vec<Listed>> = HashMap::new();
    for row in rows {
        let by = row.registered_by.and_then(|id| people.get(&id));
        let by = by.map(|one| one.of(row.unit_id));
        let group = shown(row);
        let own = groups.entry(group.unit_id).or_default();
        own.push(Listed { group, by });
    }
    Ok(groups)
}

/// Somebody who registered groups, and the units he belongs to.
pub(super) struct Known {
    account: user::Model,
    unit_ids: Vec<i64>,
}

impl Known {
    pub(super) fn of(&self, unit_id: i64) -> Registrar {
        let level = self.account.level;
        let own = level >= Level::Supervisor as i16 && self.unit_ids.contains(&unit_id);
        Registrar {
            user_id: self.account.id,
            name: self.account.name.clone(),
            answers: self.account.active && (own || level == Level::Admin as i16),
        }
    }
}

pub(super) async fn registrars(
    db: &impl ConnectionTrait,
    rows: &[unit_group::Model],
) -> Result<HashMap<i64, Known>> {
    let ids = || rows.iter().filter_map(|row| row.registered_by);
    let members = unit_member::Entity::find()
        .filter(unit_member::Column::UserId.is_in(ids()))
        .all(db)
        .await?;
    let accounts = user::Entity::find()
        .filter(user::Column::Id.is_in(ids()))
        .all(db)
        .await?;
    let known = accounts.into_iter().map(|account| {
        let own = members.iter().filter(|one| one.user_id == account.id);
        let unit_ids = own.map(|one| one.unit_id).collect();
        (account.id, Known { account, unit_ids })
    });
    Ok(known.collect())
}

/// A numbered page of the groups that this person decides about, with the names of their units, and how many there are in all.
pub async fn numbered(
    store: &Store,
    actor: &Actor,
    page: u32,
    size: u64,
) -> Result<(Vec<(Group, String)>, u64)> {
    let db = store.reader();
    let own = unit_group::Entity::find().filter(decides(actor));
    let count = own.clone().count(db).await?;
    let last = count.div_ceil(size).saturating_sub(1);
    let rows = own
        .join(JoinType::InnerJoin, its_unit())
        .order_by_asc(unit::Column::Name)
        .order_by_asc(unit_group::Column::Id)
        .offset(Ord::min(u64::from(page), last) * size)
        .limit(size)
        .all(db)
        .await?;
    let names = names(db, rows.iter().map(|row| row.unit_id).collect()).await?;
    let named = rows.into_iter().map(|row| {
        let name = names.get(&row.unit_id).cloned().unwrap_or_default();
        (shown(row), name)
    });
    Ok((named.collect(), count))
}

fn decides(actor: &Actor) -> Condition {
    let own = unit_group::Column::UnitId.is_in(actor.unit_ids.iter().copied());
    match actor.level {
        Level::Admin => Condition::all(),
        Level::Supervisor => Condition::all().add(own),
        Level::Agent => Condition::all().add(unit_group::Column::Id.is_null()),
    }
}

fn its_unit() -> RelationDef {
    unit_group::Entity::belongs_to(unit::Entity)
        .from(unit_group::Column::UnitId)
        .to(unit::Column::Id)
        .into()
}

async fn names(db: &impl ConnectionTrait, unit_ids: Vec<i64>) -> Result<HashMap<i64, String>> {
    let rows: Vec<(i64, String)> = unit::Entity::find()
        .select_only()
        .column(unit::Column::Id)
        .column(unit::Column::Name)
        .filter(unit::Column::Id.is_in(unit_ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// A numbered page of the units that this person may register a group for, by name, and how many there are in all.
pub async fn choices(
    store: &Store,
    actor: &Actor,
    page: u32,
    size: u64,
) -> Result<(Vec<Unit>, u64)> {
    match actor.level {
        Level::Agent => Ok((Vec::new(), 0)),
        _ => units::numbered(store, actor, page, size).await,
    }
}
