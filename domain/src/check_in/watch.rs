//! Everybody who is asked now, alone or on a task, for the boards of those who are responsible for them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{check_in, check_in_person, task};

use super::{
    CheckInStatus, Person, PersonState,
    read::{is_silent, named, of_check},
};
use crate::{Actor, Page, Result, Store, actor::Level, duty, page::Window};

/// Somebody who is asked from time to time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Of the check.
    pub id: i64,
    /// Nothing for one who works alone.
    pub task: Option<WatchedTask>,
    pub every_minutes: u32,
    pub started_at: DateTime<Utc>,
    /// Until when one who works alone is asked.
    pub until: Option<DateTime<Utc>>,
    /// When he is asked next; nothing once his time is over, and he is only looked for.
    pub next_at: Option<DateTime<Utc>>,
    pub person: Person,
}

/// The task whose people are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedTask {
    pub id: i64,
    pub code: String,
    pub drill: bool,
}

/// Who is wanted; everything that is given must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct WatchFilter {
    /// Those who work alone, or those of tasks.
    pub alone: Option<bool>,
    /// Only the silent.
    pub silent: bool,
}

/// Who is asked now, the latest first. Everybody for an admin, the agents of his units and the people of their tasks for a
/// supervisor, himself for an agent.
pub async fn watched(
    store: &Store,
    actor: &Actor,
    filter: WatchFilter,
    window: Window,
) -> Result<Page<Watched>> {
    let mut select = running().filter(seen_by(actor)).filter(wanted(filter));
    if let Some(id) = window.after::<i64>()? {
        select = select.filter(check_in_person::Column::Id.lt(id));
    }
    let rows = select
        .order_by_desc(check_in_person::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    Ok(Page {
        items: shown(store.reader(), page.items, store.now()).await?,
        next_cursor: page.next_cursor,
    })
}

fn running() -> Select<check_in_person::Entity> {
    check_in_person::Entity::find()
        .join(JoinType::InnerJoin, of_check())
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .filter(check_in_person::Column::State.ne(PersonState::Released))
}

fn wanted(filter: WatchFilter) -> Condition {
    let mut wanted = Condition::all();
    match filter.alone {
        Some(true) => wanted = wanted.add(check_in::Column::AgentId.is_not_null()),
        Some(false) => wanted = wanted.add(check_in::Column::AgentId.is_null()),
        None => {}
    }
    match filter.silent {
        true => wanted.add(is_silent()),
        false => wanted,
    }
}

fn seen_by(actor: &Actor) -> Condition {
    let person = check_in_person::Column::AgentId;
    match actor.level {
        Level::Admin => Condition::all(),
        Level::Supervisor => {
            // Looked up for each check: his units may have had very many tasks.
            let of_this = Expr::col((task::Entity, task::Column::Id))
                .equals((check_in::Entity, check_in::Column::TaskId));
            let of_his = Expr::col((task::Entity, task::Column::UnitId))
                .is_in(actor.unit_ids.iter().copied());
            let task = Query::select()
                .column(task::Column::Id)
                .from(task::Entity)
                .and_where(of_this)
                .and_where(of_his)
                .to_owned();
            Condition::any()
                .add(person.in_subquery(duty::members(&actor.unit_ids)))
                .add(Expr::exists(task))
        }
        // Nobody has the number 0.
        Level::Agent => Condition::all().add(person.eq(actor.agent_id.unwrap_or_default())),
    }
}

/// Three statements for any number.
async fn shown(
    db: &impl ConnectionTrait,
    rows: Vec<check_in_person::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<Watched>> {
    let checks: HashMap<i64, check_in::Model> = check_in::Entity::find()
        .filter(check_in::Column::Id.is_in(rows.iter().map(|row| row.check_in_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let tasks = tasks(db, checks.values().filter_map(|row| row.task_id).collect()).await?;
    let people = named(db, rows).await?.into_iter();
    let found = people.filter_map(|(id, person)| {
        let row = checks.get(&id)?;
        let goes_on = row.until_at.is_none_or(|until| until > now);
        let last = row.round_at.unwrap_or(row.created_at);
        let next = last + TimeDelta::minutes(row.every_minutes.into());
        Some(Watched {
            id,
            task: row.task_id.and_then(|id| tasks.get(&id).cloned()),
            every_minutes: row.every_minutes.unsigned_abs(),
            started_at: row.created_at,
            until: row.until_at,
            next_at: goes_on.then_some(next),
            person,
        })
    });
    Ok(found.collect())
}

async fn tasks(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, WatchedTask>> {
    let rows: Vec<(i64, String, bool)> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .column(task::Column::Code)
        .column(task::Column::Drill)
        .filter(task::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let of = |(id, code, drill)| (id, WatchedTask { id, code, drill });
    Ok(rows.into_iter().map(of).collect())
}
