//! Members of the force who can be assigned: who they are, whether they are free, and where.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use ::entity::{agent, agent_unit, last_position};

use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::Level,
    availability::{self, Availability},
    emergency,
    error::Thing,
    geo::{Bounds, Point},
    page::Window,
    task::{UnitRef, list::containing},
};

mod candidates;
mod edit;
mod load;
pub(crate) mod need;
mod phone;
mod presence;

pub use candidates::{Candidate, candidates};
pub use edit::{AgentPatch, NewAgent, create, edit};
pub use need::{Need, in_need};
pub use phone::{ByPhone, by_phone};
pub use presence::set_availability;

pub(crate) use load::{availabilities, linked, loads, positions};
pub(crate) use presence::{announce_availability, scopes};

/// Where somebody last was, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LastPosition {
    pub point: Point,
    pub accuracy_m: Option<f64>,
    pub at: DateTime<Utc>,
}

/// An agent with what is derived about him.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    pub id: i64,
    pub user_id: Option<i64>,
    pub name: String,
    pub badge: Option<String>,
    pub rank: Option<String>,
    pub specialty: Option<String>,
    pub units: Vec<UnitRef>,
    pub availability: Availability,
    /// That he cannot was set by hand and holds, also when something else decides his availability.
    pub unavailable: bool,
    /// Why he cannot.
    pub reason: Option<String>,
    /// Until when he cannot.
    pub until: Option<DateTime<Utc>>,
    /// How he needs help himself, whatever his availability is.
    pub need: Option<Need>,
    pub position: Option<LastPosition>,
    /// Open tasks he is on, planned ones included.
    pub active_tasks: i64,
    /// Whether his account is linked to Telegram.
    pub linked: bool,
    /// Whether it is, and Telegram said last that it cannot be reached.
    pub blocked: bool,
    pub active: bool,
    pub version: i32,
}

/// Which agents are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct AgentFilter {
    pub availability: Option<Availability>,
    pub unit_id: Option<i64>,
    /// Who has just this specialty.
    pub specialty: Option<String>,
    /// Words in name or badge.
    pub text: Option<String>,
    pub ids: Option<Vec<i64>>,
    pub within: Option<Bounds>,
    /// Whose position is not older than this.
    pub seen_since: Option<DateTime<Utc>>,
    /// Without those who said in an open broadcast that they need help themselves.
    pub well: bool,
    /// Also those who were switched off.
    pub inactive: bool,
    /// Without whoever called for help with this task.
    pub for_task: Option<i64>,
}

/// A page of the agents that this person may see, by name.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: AgentFilter,
    window: Window,
) -> Result<Page<Agent>> {
    let rows = filtered(actor, &filter, store.now())
        .filter(window.behind(agent::Column::Name, agent::Column::Id)?)
        .order_by_asc(agent::Column::Name)
        .order_by_asc(agent::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| (row.name.clone(), row.id));
    let items = load::load(store.reader(), page.items, store.now()).await?;
    Ok(Page {
        items,
        next_cursor: page.next_cursor,
    })
}

/// A numbered page of the agents that this person may see, by name, and how many there are in all.
pub async fn numbered(
    store: &Store,
    actor: &Actor,
    filter: AgentFilter,
    page: u32,
    size: u64,
) -> Result<(Vec<Agent>, u64)> {
    let wanted = filtered(actor, &filter, store.now());
    let count = wanted.clone().count(store.reader()).await?;
    let last = count.div_ceil(size).saturating_sub(1);
    let rows = wanted
        .order_by_asc(agent::Column::Name)
        .order_by_asc(agent::Column::Id)
        .offset(Ord::min(u64::from(page), last) * size)
        .limit(size)
        .all(store.reader())
        .await?;
    Ok((load::load(store.reader(), rows, store.now()).await?, count))
}

/// How many of these are free after they were released from a task: in the service, on no other, not on leave, and not such as
/// say that they cannot.
pub async fn released(tx: &Tx, ids: &[i64]) -> Result<usize> {
    let active: Vec<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .filter(agent::Column::Active.eq(true))
        .into_tuple()
        .all(tx.db())
        .await?;
    let now = availabilities(tx.db(), &active, tx.now()).await?;
    let free =
        |one: &&Availability| matches!(one, Availability::OffShift | Availability::Available);
    Ok(now.values().filter(free).count())
}

/// An agent that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Agent> {
    one(store.reader(), actor, id, store.now()).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Agent> {
    one(tx.db(), actor, id, tx.now()).await
}

async fn one(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: i64,
    now: DateTime<Utc>,
) -> Result<Agent> {
    let row = agent::Entity::find_by_id(id)
        .filter(within_scope(actor, agent::Column::Id))
        .one(db)
        .await?;
    load::load(db, row.into_iter().collect(), now)
        .await?
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Agent).into())
}

/// The agents of this person's scope that are wanted.
pub(crate) fn filtered(
    actor: &Actor,
    filter: &AgentFilter,
    now: DateTime<Utc>,
) -> sea_orm::Select<agent::Entity> {
    let mut query = agent::Entity::find().filter(within_scope(actor, agent::Column::Id));
    if !filter.inactive {
        query = query.filter(agent::Column::Active.eq(true));
    }
    if let Some(wanted) = filter.availability {
        query = query.filter(availability::is(wanted, now));
    }
    if let Some(unit_id) = filter.unit_id {
        query = query.filter(agent::Column::Id.in_subquery(in_units(&[unit_id])));
    }
    if let Some(specialty) = &filter.specialty {
        query = query.filter(agent::Column::Specialty.eq(specialty));
    }
    if let Some(ids) = &filter.ids {
        query = query.filter(agent::Column::Id.is_in(ids.iter().copied()));
    }
    if filter.within.is_some() || filter.seen_since.is_some() {
        query = query.filter(agent::Column::Id.in_subquery(seen(filter.within, filter.seen_since)));
    }
    if filter.well {
        query = query.filter(agent::Column::Id.not_in_subquery(need::who_said()));
    }
    if let Some(task_id) = filter.for_task {
        query = query.filter(agent::Column::Id.not_in_subquery(emergency::agent_calling(task_id)));
    }
    for word in filter
        .text
        .as_deref()
        .unwrap_or_default()
        .split_whitespace()
    {
        let (name, badge) = (
            compared(agent::Column::Name),
            compared(agent::Column::Badge),
        );
        let found = Condition::any()
            .add(name.like(containing(word)))
            .add(badge.like(containing(word)));
        query = query.filter(found);
    }
    query
}

/// Capital and accented letters, and what they are compared as; SQLite knows only those of English.
const LETTERS: [(&str, &str); 48] = [
    ("Á", "a"),
    ("á", "a"),
    ("À", "a"),
    ("à", "a"),
    ("Â", "a"),
    ("â", "a"),
    ("Ã", "a"),
    ("ã", "a"),
    ("Ä", "a"),
    ("ä", "a"),
    ("É", "e"),
    ("é", "e"),
    ("È", "e"),
    ("è", "e"),
    ("Ê", "e"),
    ("ê", "e"),
    ("Ë", "e"),
    ("ë", "e"),
    ("Í", "i"),
    ("í", "i"),
    ("Ì", "i"),
    ("ì", "i"),
    ("Î", "i"),
    ("î", "i"),
    ("Ï", "i"),
    ("ï", "i"),
    ("Ó", "o"),
    ("ó", "o"),
    ("Ò", "o"),
    ("ò", "o"),
    ("Ô", "o"),
    ("ô", "o"),
    ("Õ", "o"),
    ("õ", "o"),
    ("Ö", "o"),
    ("ö", "o"),
    ("Ú", "u"),
    ("ú", "u"),
    ("Ù", "u"),
    ("ù", "u"),
    ("Û", "u"),
    ("û", "u"),
    ("Ü", "u"),
    ("ü", "u"),
    ("Ñ", "n"),
    ("ñ", "n"),
    ("Ç", "c"),
    ("ç", "c"),
];

/// A name in the form in which words are looked for. Only constants stand in its text.
fn compared(column: agent::Column) -> Expr {
    let name = format!("\"agents\".\"{}\"", sea_orm::IdenStatic::as_str(&column));
    let plain = LETTERS.into_iter().fold(name, |text, (from, to)| {
        format!("REPLACE({text}, '{from}', '{to}')")
    });
    Expr::cust(format!("LOWER({plain})"))
}

/// The rows about agents that this person may see: all, those of his units, himself. `column` says about whom.
pub(crate) fn within_scope(actor: &Actor, column: impl ColumnTrait) -> Condition {
    let himself = actor.agent_id;
    match actor.level {
        Level::Admin => Condition::all(),
        // One set, not a choice of two: from that the planner can begin.
        Level::Supervisor => {
            let mut members = in_units(&actor.unit_ids);
            if let Some(id) = himself {
                let own = Query::select().expr(Expr::value(id)).to_owned();
                members.union(UnionType::Distinct, own);
            }
            Condition::all().add(column.in_subquery(members))
        }
        Level::Agent => Condition::all().add(column.eq(himself.unwrap_or_default())),
    }
}

fn in_units(unit_ids: &[i64]) -> SelectStatement {
    Query::select()
        .column(agent_unit::Column::AgentId)
        .from(agent_unit::Entity)
        .and_where(Expr::col(agent_unit::Column::UnitId).is_in(unit_ids.iter().copied()))
        .to_owned()
}

fn seen(within: Option<Bounds>, since: Option<DateTime<Utc>>) -> SelectStatement {
    let mut select = Query::select();
    select
        .column(last_position::Column::AgentId)
        .from(last_position::Entity);
    if let Some(bounds) = within {
        select
            .and_where(Expr::col(last_position::Column::Lat).between(bounds.south, bounds.north))
            .and_where(Expr::col(last_position::Column::Lon).between(bounds.west, bounds.east));
    }
    if let Some(since) = since {
        select.and_where(Expr::col(last_position::Column::RecordedAt).gte(since));
    }
    select
}
