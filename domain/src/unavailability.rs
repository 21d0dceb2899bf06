//! When people said that they could not, from when to when and why: each time is kept, and ended once. What holds now stands
//! with the agent.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr,
};

use ::entity::{unavailability, user};

use crate::{
    Actor, Page, Result, Store, Tx, agent::within_scope, duty, page::Window, shift::names,
};

/// What somebody says: that he cannot, from now on.
pub(crate) struct Said {
    pub reason: Option<String>,
    pub until: Option<DateTime<Utc>>,
}

/// A time in which somebody said that he could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailability {
    pub id: i64,
    pub agent_id: i64,
    pub agent: String,
    pub starts_at: DateTime<Utc>,
    /// Until when it was said to last, or when it was taken back; none while no end is known.
    pub ends_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// The name of whoever said so: himself, or somebody in command.
    pub said_by: Option<String>,
}

/// Which times are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct UnavailabilityFilter {
    pub agent_id: Option<i64>,
    pub unit_id: Option<i64>,
    /// Those that end after, or of which no end is known.
    pub from: Option<DateTime<Utc>>,
    /// Those that start before.
    pub to: Option<DateTime<Utc>>,
}

/// Keeps what is said of an agent who is locked; with nothing, that he can again.
pub(crate) async fn keep(tx: &Tx, actor: &Actor, agent_id: i64, said: Option<Said>) -> Result<()> {
    end(tx, agent_id, actor.user_id).await?;
    let Some(said) = said else { return Ok(()) };
    let row = unavailability::ActiveModel {
        agent_id: Set(agent_id),
        starts_at: Set(tx.now()),
        ends_at: Set(said.until),
        reason: Set(said.reason),
        said_by: Set(actor.user_id),
        ..Default::default()
    };
    unavailability::Entity::insert(row)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Ends what still lasts of an agent.
pub(crate) async fn end(tx: &Tx, agent_id: i64, ended_by: Option<i64>) -> Result<()> {
    unavailability::Entity::update_many()
        .col_expr(unavailability::Column::EndsAt, Expr::value(tx.now()))
        .col_expr(unavailability::Column::EndedBy, Expr::value(ended_by))
        .filter(unavailability::Column::AgentId.eq(agent_id))
        .filter(lasts_after(tx.now()))
        .exec(tx.db())
        .await?;
    Ok(())
}

fn lasts_after(moment: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(unavailability::Column::EndsAt.is_null())
        .add(unavailability::Column::EndsAt.gt(moment))
}

/// A page of these times within one's scope, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: UnavailabilityFilter,
    window: Window,
) -> Result<Page<Unavailability>> {
    let rows = filtered(&filter)
        .filter(within_scope(actor, unavailability::Column::AgentId))
        .filter(window.before(unavailability::Column::Id)?)
        .order_by_desc(unavailability::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    Ok(Page {
        items: load(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

fn filtered(filter: &UnavailabilityFilter) -> Select<unavailability::Entity> {
    use unavailability::Column;
    let of_unit = |id: i64| Column::AgentId.in_subquery(duty::members(&[id]));
    let wanted = Condition::all()
        .add_option(filter.agent_id.map(|id| Column::AgentId.eq(id)))
        .add_option(filter.unit_id.map(of_unit))
        .add_option(filter.from.map(lasts_after))
        .add_option(filter.to.map(|to| Column::StartsAt.lt(to)));
    unavailability::Entity::find().filter(wanted)
}

async fn load(
    db: &impl ConnectionTrait,
    rows: Vec<unavailability::Model>,
) -> Result<Vec<Unavailability>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = names(db, rows.iter().map(|row| row.agent_id)).await?;
    let speakers: Vec<(i64, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.said_by)))
        .into_tuple()
        .all(db)
        .await?;
    let speakers: HashMap<i64, String> = speakers.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|row| Unavailability {
            agent: names.get(&row.agent_id).cloned().unwrap_or_default(),
            said_by: row.said_by.and_then(|id| speakers.get(&id).cloned()),
            id: row.id,
            agent_id: row.agent_id,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            reason: row.reason,
        })
        .collect())
}
