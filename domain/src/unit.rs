//! Teams: people belong to them, supervisors supervise them, tasks are theirs.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, SqlErr,
    sea_query::{Expr, ExprTrait, Func},
};
use serde_json::json;

use ::entity::unit;

use crate::{
    Actor, Error, Page, Refusal, Result, Store, Tx,
    actor::Level,
    audit::{self, Subject},
    error::{Problem, Thing},
    page::Window,
};

/// The most letters of a name.
const NAME_LETTERS: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub id: i64,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// How a request names a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Id(i64),
    /// One that is there.
    Known(String),
    /// One that is founded when it is new.
    Name(String),
}

/// The units by name: admins see all, others their own.
pub async fn list(store: &Store, actor: &Actor, window: &Window) -> Result<Page<Unit>> {
    let mut query = seen_by(actor)
        .order_by_asc(unit::Column::Name)
        .limit(window.probe());
    if let Some(name) = window.after::<String>()? {
        query = query.filter(unit::Column::Name.gt(name));
    }
    let rows = query.all(store.reader()).await?;
    Ok(Page::cut(
        rows.into_iter().map(shown).collect(),
        window,
        |unit| unit.name.clone(),
    ))
}

fn seen_by(actor: &Actor) -> Select<unit::Entity> {
    match actor.level {
        Level::Admin => unit::Entity::find(),
        _ => {
            let own = actor.unit_ids.iter().copied();
            unit::Entity::find().filter(unit::Column::Id.is_in(own))
        }
    }
}

/// A numbered page of them, and how many there are in all.
pub async fn numbered(
    store: &Store,
    actor: &Actor,
    page: u32,
    size: u64,
) -> Result<(Vec<Unit>, u64)> {
    let wanted = seen_by(actor);
    let count = wanted.clone().count(store.reader()).await?;
    let last = count.div_ceil(size).saturating_sub(1);
    let rows = wanted
        .order_by_asc(unit::Column::Name)
        .offset(Ord::min(u64::from(page), last) * size)
        .limit(size)
        .all(store.reader())
        .await?;
    Ok((rows.into_iter().map(shown).collect(), count))
}

fn shown(row: unit::Model) -> Unit {
    Unit {
        id: row.id,
        name: row.name,
        created_at: row.created_at,
    }
}

/// One unit of the actor's scope.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Unit> {
    let row = unit::Entity::find_by_id(id).one(store.reader()).await?;
    row.filter(|row| sees(actor, row.id))
        .map(shown)
        .ok_or_else(|| Refusal::missing(Thing::Unit).into())
}

/// What these units are called, by name, whoever asks.
pub async fn names(store: &Store, ids: &[i64]) -> Result<Vec<String>> {
    Ok(unit::Entity::find()
        .select_only()
        .column(unit::Column::Name)
        .filter(unit::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(unit::Column::Name)
        .into_tuple()
        .all(store.reader())
        .await?)
}

fn sees(actor: &Actor, id: i64) -> bool {
    actor.level == Level::Admin || actor.unit_ids.contains(&id)
}

/// Founds a unit; admins only.
pub async fn create(tx: &Tx, actor: &Actor, name: &str) -> Result<Unit> {
    admin_only(actor)?;
    let name = clean(name)?;
    let row = unit::ActiveModel {
        name: Set(name),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = unit::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await
        .map_err(taken)?;
    audit::record(tx, actor, "unit.created", Subject::Unit(row.id), json!({})).await?;
    Ok(shown(row))
}

/// Gives a unit another name; admins only.
pub async fn rename(tx: &Tx, actor: &Actor, id: i64, name: &str) -> Result<Unit> {
    admin_only(actor)?;
    let name = clean(name)?;
    unit::Entity::find_by_id(id)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Unit))?;
    let row = unit::ActiveModel {
        id: Set(id),
        name: Set(name),
        ..Default::default()
    };
    let row = unit::Entity::update(row)
        .exec(tx.db())
        .await
        .map_err(taken)?;
    audit::record(tx, actor, "unit.renamed", Subject::Unit(id), json!({})).await?;
    Ok(shown(row))
}

fn admin_only(actor: &Actor) -> Result<(), Refusal> {
    if actor.level == Level::Admin {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

fn clean(name: &str) -> Result<String, Refusal> {
    fits(name).map_err(|problem| Refusal::invalid("name", problem))
}

/// A name as it would be written, or what is wrong with it.
pub(crate) fn fits(name: &str) -> Result<String, Problem> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(Problem::Required),
        letters if letters > NAME_LETTERS => Err(Problem::TooLong),
        _ => Ok(name),
    }
}

/// Those of the names that no unit has yet, each once, in their order.
pub(crate) async fn unknown(
    db: &impl ConnectionTrait,
    names: impl Iterator<Item = String>,
) -> Result<Vec<String>> {
    // As the database itself folds names: SQLite knows only plain letters.
    let backend = db.get_database_backend();
    let folded = |name: &str| match backend {
        DbBackend::Postgres => name.to_lowercase(),
        _ => name.to_ascii_lowercase(),
    };
    let mut seen = HashSet::new();
    let mut names: Vec<String> = names.filter(|name| seen.insert(folded(name))).collect();
    let lower = Func::lower(Expr::col(unit::Column::Name));
    let known: HashSet<String> = unit::Entity::find()
        .select_only()
        .column(unit::Column::Name)
        .filter(Expr::expr(lower).is_in(seen))
        .into_tuple::<String>()
        .all(db)
        .await?
        .iter()
        .map(|name| folded(name))
        .collect();
    names.retain(|name| !known.contains(&folded(name)));
    Ok(names)
}

fn taken(error: sea_orm::DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Taken {
            field: "name".into(),
        }
        .into(),
        _ => error.into(),
    }
}

/// The units that were named: those that may be founded are, all others have to be there.
pub(crate) async fn resolve(tx: &Tx, actor: &Actor, keys: &[Key]) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(keys.len());
    for key in keys {
        let id = match key {
            Key::Id(id) => existing(tx, *id).await?,
            Key::Known(name) => known(tx, name).await?,
            Key::Name(name) => named(tx, actor, name).await?,
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

async fn existing(tx: &Tx, id: i64) -> Result<i64> {
    let row = unit::Entity::find_by_id(id).one(tx.db()).await?;
    row.map(|row| row.id)
        .ok_or_else(|| Refusal::invalid("units", Problem::Unknown).into())
}

async fn known(tx: &Tx, name: &str) -> Result<i64> {
    let unknown = || Refusal::invalid("units", Problem::Unknown);
    let name = clean(name).map_err(|_| unknown())?;
    Ok(called(tx, &name).await?.ok_or_else(unknown)?)
}

async fn named(tx: &Tx, actor: &Actor, name: &str) -> Result<i64> {
    let name = clean(name).map_err(|_| Refusal::invalid("units", Problem::Malformed))?;
    match called(tx, &name).await? {
        Some(id) => Ok(id),
        None => Ok(create(tx, actor, &name).await?.id),
    }
}

/// Upper and lower case of a name mean the same unit.
async fn called(tx: &Tx, name: &str) -> Result<Option<i64>> {
    Ok(unit::Entity::find()
        .select_only()
        .column(unit::Column::Id)
        .filter(
            Expr::expr(Func::lower(Expr::col(unit::Column::Name)))
                .eq(Func::lower(Expr::value(name))),
        )
        .into_tuple()
        .one(tx.db())
        .await?)
}
