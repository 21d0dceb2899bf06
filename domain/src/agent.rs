//! Members of the force who can be assigned: who they are, whether they are free, and where.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde_json::json;

use ::entity::{agent, agent_unit, assignment, last_position, task, unit, user};

use crate::{
    Actor, Error, Page, Refusal, Result, Store, Tx,
    actor::{Level, PersonAct},
    audit::{self, Subject},
    availability::{self, Availability, HELD},
    error::{Problem, Thing},
    event::{Event, Scope},
    geo::{Bounds, Point},
    page::Window,
    task::{Status, UnitRef, create, list::containing},
};

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
    /// Why he is unavailable, when that was set by hand.
    pub reason: Option<String>,
    pub until: Option<DateTime<Utc>>,
    pub position: Option<LastPosition>,
    /// Open tasks he is on, planned ones included.
    pub active_tasks: i64,
    /// Whether his account is linked to Telegram.
    pub linked: bool,
    pub active: bool,
    pub version: i32,
}

/// Which agents are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct AgentFilter {
    pub availability: Option<Availability>,
    pub unit_id: Option<i64>,
    /// Words in name or badge.
    pub text: Option<String>,
    pub ids: Option<Vec<i64>>,
    pub within: Option<Bounds>,
    /// Whose position is not older than this.
    pub seen_since: Option<DateTime<Utc>>,
    /// Also those who were switched off.
    pub inactive: bool,
}

/// A page of the agents that this person may see, by name.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: AgentFilter,
    window: Window,
) -> Result<Page<Agent>> {
    let mut query = filtered(actor, &filter, store.now());
    if let Some((name, id)) = window.after::<(String, i64)>()? {
        let same = Condition::all()
            .add(agent::Column::Name.eq(name.clone()))
            .add(agent::Column::Id.gt(id));
        query = query.filter(Condition::any().add(agent::Column::Name.gt(name)).add(same));
    }
    let rows = query
        .order_by_asc(agent::Column::Name)
        .order_by_asc(agent::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| (row.name.clone(), row.id));
    let items = load(store.reader(), page.items, store.now()).await?;
    Ok(Page {
        items,
        next_cursor: page.next_cursor,
    })
}

/// An agent that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Agent> {
    let filter = AgentFilter {
        ids: Some(vec![id]),
        inactive: true,
        ..AgentFilter::default()
    };
    let mut page = list(store, actor, filter, Window::first(1)).await?;
    page.items
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Agent).into())
}

fn filtered(
    actor: &Actor,
    filter: &AgentFilter,
    now: DateTime<Utc>,
) -> sea_orm::Select<agent::Entity> {
    let mut query = agent::Entity::find().filter(visible(actor));
    if !filter.inactive {
        query = query.filter(agent::Column::Active.eq(true));
    }
    if let Some(wanted) = filter.availability {
        query = query.filter(availability::expression(now).eq(wanted.as_str()));
    }
    if let Some(unit_id) = filter.unit_id {
        query = query.filter(agent::Column::Id.in_subquery(in_units(&[unit_id])));
    }
    if let Some(ids) = &filter.ids {
        query = query.filter(agent::Column::Id.is_in(ids.iter().copied()));
    }
    if filter.within.is_some() || filter.seen_since.is_some() {
        query = query.filter(agent::Column::Id.in_subquery(seen(filter.within, filter.seen_since)));
    }
    for word in filter
        .text
        .as_deref()
        .unwrap_or_default()
        .split_whitespace()
    {
        let name = Expr::expr(sea_orm::sea_query::Func::lower(Expr::col((
            agent::Entity,
            agent::Column::Name,
        ))));
        let badge = Expr::expr(sea_orm::sea_query::Func::lower(Expr::col((
            agent::Entity,
            agent::Column::Badge,
        ))));
        let found = Condition::any()
            .add(name.like(containing(word)))
            .add(badge.like(containing(word)));
        query = query.filter(found);
    }
    query
}

/// The agents this person may see: all, those of his units, himself.
fn visible(actor: &Actor) -> Condition {
    let mut any = Condition::any().add(Expr::value(actor.level == Level::Admin));
    if let Some(id) = actor.agent_id {
        any = any.add(agent::Column::Id.eq(id));
    }
    if actor.level == Level::Supervisor {
        any = any.add(agent::Column::Id.in_subquery(in_units(&actor.unit_ids)));
    }
    any
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

/// Agents in the order of their rows, with what is derived about them, in a fixed number of statements.
async fn load(
    db: &impl ConnectionTrait,
    rows: Vec<agent::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<Agent>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut units = units_of(db, &ids).await?;
    let availabilities = availabilities(db, &ids, now).await?;
    let positions = positions(db, &ids).await?;
    let loads = loads(db, &ids).await?;
    let linked = linked(db, &rows).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let availability = availabilities
                .get(&row.id)
                .copied()
                .unwrap_or(Availability::Unavailable);
            let by_hand = availability == Availability::Unavailable;
            Agent {
                units: units.remove(&row.id).unwrap_or_default(),
                availability,
                reason: row.unavailable_reason.filter(|_| by_hand),
                until: row.unavailable_until.filter(|_| by_hand),
                position: positions.get(&row.id).copied(),
                active_tasks: loads.get(&row.id).copied().unwrap_or(0),
                linked: row.user_id.is_some_and(|id| linked.contains(&id)),
                id: row.id,
                user_id: row.user_id,
                name: row.name,
                badge: row.badge,
                rank: row.rank,
                specialty: row.specialty,
                active: row.active,
                version: row.version,
            }
        })
        .collect())
}

async fn units_of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, Vec<UnitRef>>> {
    let links = agent_unit::Entity::find()
        .filter(agent_unit::Column::AgentId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let names: HashMap<i64, String> = unit::Entity::find()
        .filter(unit::Column::Id.is_in(links.iter().map(|link| link.unit_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let mut units: HashMap<i64, Vec<UnitRef>> = HashMap::new();
    for link in links {
        let name = names.get(&link.unit_id).cloned().unwrap_or_default();
        units.entry(link.agent_id).or_default().push(UnitRef {
            id: link.unit_id,
            name,
        });
    }
    Ok(units)
}

/// The availability of each of these agents.
pub(crate) async fn availabilities(
    db: &impl ConnectionTrait,
    ids: &[i64],
    now: DateTime<Utc>,
) -> Result<HashMap<i64, Availability>> {
    let rows: Vec<(i64, String)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .expr_as(availability::expression(now), "availability")
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, word)| Some((id, Availability::from_column(&word)?)))
        .collect())
}

pub(crate) async fn positions(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, LastPosition>> {
    let rows = last_position::Entity::find()
        .filter(last_position::Column::AgentId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.iter().map(|row| (row.agent_id, last(row))).collect())
}

fn last(row: &last_position::Model) -> LastPosition {
    LastPosition {
        point: Point {
            lat: row.lat,
            lon: row.lon,
        },
        accuracy_m: row.accuracy_m,
        at: row.recorded_at,
    }
}

async fn loads(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    let open = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .and_where(Expr::col(task::Column::Status).is_in([
            Status::Scheduled,
            Status::InProgress,
            Status::Paused,
        ]))
        .to_owned();
    let rows: Vec<(i64, i64)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .column_as(assignment::Column::Id.count(), "load")
        .filter(assignment::Column::AgentId.is_in(ids.iter().copied()))
        .filter(assignment::Column::State.is_in(HELD))
        .filter(assignment::Column::TaskId.in_subquery(open))
        .group_by(assignment::Column::AgentId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn linked(db: &impl ConnectionTrait, rows: &[agent::Model]) -> Result<Vec<i64>> {
    Ok(user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.user_id)))
        .filter(user::Column::TelegramId.is_not_null())
        .filter(user::Column::Active.eq(true))
        .into_tuple()
        .all(db)
        .await?)
}

/// Somebody who could be sent, and how well it suits.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub agent: Agent,
    /// From the agent's last position to the place, where both are known.
    pub distance_m: Option<f64>,
}

/// The most people that are ranked.
const RANKED: u64 = 200;

/// The agents this person may send, best first: free, near, few tasks, name.
pub async fn candidates(
    store: &Store,
    actor: &Actor,
    place: Option<Point>,
) -> Result<Vec<Candidate>> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let agents = list(store, actor, AgentFilter::default(), Window::first(RANKED))
        .await?
        .items;
    let mut ranked: Vec<Candidate> = agents
        .into_iter()
        .map(|agent| Candidate {
            distance_m: distance(&agent, place),
            agent,
        })
        .collect();
    ranked.sort_by(|a, b| {
        rank(a)
            .partial_cmp(&rank(b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(ranked)
}

fn distance(agent: &Agent, place: Option<Point>) -> Option<f64> {
    Some(agent.position?.point.distance_m(place?))
}

fn rank(candidate: &Candidate) -> (u8, f64, i64, &str) {
    let agent = &candidate.agent;
    let free = match agent.availability {
        Availability::Available => 0,
        Availability::OnTask => 1,
        Availability::OffShift => 2,
        Availability::Unavailable => 3,
        Availability::OnLeave => 4,
    };
    (
        free,
        candidate.distance_m.unwrap_or(f64::MAX),
        agent.active_tasks,
        &agent.name,
    )
}

/// A free agent and how far away he last was.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    pub agent_id: i64,
    pub name: String,
    pub distance_m: f64,
    pub position_age_s: i64,
}

/// The nearest available agents whose position is fresh, nearest first.
pub async fn nearest(
    store: &Store,
    actor: &Actor,
    from: Point,
    limit: usize,
) -> Result<Vec<Nearest>> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    for radius_m in [2_000.0, 10_000.0, 50_000.0, 250_000.0] {
        let found = within(store, actor, from, radius_m).await?;
        if found.len() >= limit {
            return Ok(found.into_iter().take(limit).collect());
        }
    }
    let everywhere = within(store, actor, from, f64::INFINITY).await?;
    Ok(everywhere.into_iter().take(limit).collect())
}

async fn within(store: &Store, actor: &Actor, from: Point, radius_m: f64) -> Result<Vec<Nearest>> {
    let now = store.now();
    let fresh = now - TimeDelta::minutes(store.rules().position_fresh_minutes.into());
    let filter = AgentFilter {
        availability: Some(Availability::Available),
        within: around(from, radius_m),
        seen_since: Some(fresh),
        ..AgentFilter::default()
    };
    let rows = filtered(actor, &filter, now).all(store.reader()).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let positions = positions(store.reader(), &ids).await?;
    let mut found: Vec<Nearest> = rows
        .into_iter()
        .filter_map(|agent| positions.get(&agent.id).map(|position| (agent, *position)))
        .map(|(agent, position)| Nearest {
            agent_id: agent.id,
            name: agent.name,
            distance_m: position.point.distance_m(from),
            position_age_s: (now - position.at).num_seconds(),
        })
        .filter(|one| one.distance_m <= radius_m)
        .collect();
    found.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    Ok(found)
}

/// A rectangle that contains the circle; none for everywhere and near the poles or the date line.
fn around(from: Point, radius_m: f64) -> Option<Bounds> {
    let d_lat = radius_m / 111_000.0;
    let d_lon = d_lat / from.lat.to_radians().cos().max(0.01);
    let bounds = Bounds {
        west: from.lon - d_lon,
        south: from.lat - d_lat,
        east: from.lon + d_lon,
        north: from.lat + d_lat,
    };
    let whole = bounds.west >= -180.0
        && bounds.east <= 180.0
        && bounds.south >= -89.0
        && bounds.north <= 89.0;
    whole.then_some(bounds)
}

/// Sets or lifts "unavailable" by hand.
///
/// # Errors
/// Agents may do it for themselves, supervisors for those of their units.
pub async fn set_availability(
    tx: &mut Tx,
    actor: &Actor,
    agent_id: i64,
    unavailable: bool,
    reason: Option<String>,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let row = agent::Entity::find_by_id(agent_id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Agent))?;
    let units: Vec<i64> = units_of(tx.db(), &[agent_id])
        .await?
        .remove(&agent_id)
        .unwrap_or_default()
        .iter()
        .map(|unit| unit.id)
        .collect();
    if !actor.may_with(PersonAct::See, row.user_id, Level::Agent, &units) {
        return Err(Refusal::missing(Thing::Agent).into());
    }
    if until.is_some_and(|until| until <= tx.now()) {
        return Err(Refusal::invalid("until", Problem::InThePast).into());
    }
    let update = agent::ActiveModel {
        id: Set(agent_id),
        unavailable_since: Set(unavailable.then_some(tx.now())),
        unavailable_reason: Set(create::text(reason.as_deref()).filter(|_| unavailable)),
        unavailable_until: Set(until.filter(|_| unavailable)),
        version: Set(row.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    agent::Entity::update(update).exec(tx.db()).await?;
    audit::record(
        tx,
        actor,
        "agent.availability",
        Subject::Agent(agent_id),
        json!({ "unavailable": unavailable }),
    )
    .await?;
    announce_availability(tx, vec![agent_id]).await
}

/// Tells what these agents' availability is now.
pub(crate) async fn announce_availability(tx: &mut Tx, mut ids: Vec<i64>) -> Result<()> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let now = availabilities(tx.db(), &ids, tx.now()).await?;
    let scopes = scopes(tx, &ids).await?;
    for id in ids {
        let (Some(availability), Some(scope)) = (now.get(&id), scopes.get(&id)) else {
            continue;
        };
        tx.log(
            Event::AgentAvailabilityChanged {
                agent_id: id,
                availability: *availability,
            },
            scope,
        );
    }
    Ok(())
}

/// Whom events about these agents concern: their units and themselves.
pub(crate) async fn scopes(tx: &Tx, ids: &[i64]) -> Result<HashMap<i64, Scope>> {
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .all(tx.db())
        .await?;
    let mut units = units_of(tx.db(), ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let unit_ids = units
                .remove(&row.id)
                .unwrap_or_default()
                .iter()
                .map(|unit| unit.id)
                .collect();
            (
                row.id,
                Scope {
                    unit_ids,
                    user_ids: row.user_id.into_iter().collect(),
                },
            )
        })
        .collect())
}

/// An agent without an account, or what a new account makes of its person.
#[derive(Clone, Debug, Default)]
pub struct NewAgent {
    pub name: String,
    pub badge: Option<String>,
    pub rank: Option<String>,
    pub specialty: Option<String>,
    pub unit_ids: Vec<i64>,
    pub user_id: Option<i64>,
}

/// Adds a member of the force.
///
/// # Errors
/// Admins only; a badge belongs to one person.
pub async fn create(tx: &mut Tx, actor: &Actor, new: NewAgent) -> Result<i64> {
    if !actor.may_with(PersonAct::Edit, None, Level::Agent, &new.unit_ids) {
        return Err(Refusal::NotAllowed.into());
    }
    let name = create::text(Some(&new.name)).ok_or(Refusal::invalid("name", Problem::Required))?;
    let badge = create::text(new.badge.as_deref());
    check_badge(tx, badge.as_deref(), None).await?;
    let row = agent::ActiveModel {
        user_id: Set(new.user_id),
        name: Set(name),
        badge: Set(badge),
        rank: Set(create::text(new.rank.as_deref())),
        specialty: Set(create::text(new.specialty.as_deref())),
        active: Set(true),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let id = agent::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    set_units(tx, id, &new.unit_ids).await?;
    audit::record(tx, actor, "agent.create", Subject::Agent(id), json!({})).await?;
    announce_availability(tx, vec![id]).await?;
    Ok(id)
}

/// What shall change about an agent; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AgentPatch {
    pub name: Option<String>,
    pub badge: Option<Option<String>>,
    pub rank: Option<Option<String>>,
    pub specialty: Option<Option<String>>,
    pub unit_ids: Option<Vec<i64>>,
    pub active: Option<bool>,
    pub if_version: Option<i32>,
}

/// Changes an agent.
///
/// # Errors
/// Admins only; [`Refusal::Stale`] when it was changed meanwhile.
pub async fn edit(tx: &mut Tx, actor: &Actor, id: i64, patch: AgentPatch) -> Result<()> {
    let row = agent::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Agent))?;
    if !actor.may_with(PersonAct::Edit, row.user_id, Level::Agent, &[]) {
        return Err(Refusal::NotAllowed.into());
    }
    if patch
        .if_version
        .is_some_and(|version| version != row.version)
    {
        return Err(Refusal::Stale {
            version: row.version,
        }
        .into());
    }
    let name = create::text(patch.name.as_deref().or(Some(&row.name)));
    let badge = patch.badge.unwrap_or(row.badge);
    check_badge(tx, badge.as_deref(), Some(id)).await?;
    let update = agent::ActiveModel {
        id: Set(id),
        name: Set(name.ok_or(Refusal::invalid("name", Problem::Required))?),
        badge: Set(create::text(badge.as_deref())),
        rank: Set(patch.rank.unwrap_or(row.rank)),
        specialty: Set(patch.specialty.unwrap_or(row.specialty)),
        active: Set(patch.active.unwrap_or(row.active)),
        version: Set(row.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    agent::Entity::update(update).exec(tx.db()).await?;
    if let Some(unit_ids) = patch.unit_ids {
        set_units(tx, id, &unit_ids).await?;
    }
    audit::record(tx, actor, "agent.edit", Subject::Agent(id), json!({})).await?;
    announce_availability(tx, vec![id]).await
}

async fn check_badge(tx: &Tx, badge: Option<&str>, own: Option<i64>) -> Result<()> {
    let Some(badge) = badge else { return Ok(()) };
    let taken = agent::Entity::find()
        .filter(agent::Column::Badge.eq(badge))
        .filter(agent::Column::Id.ne(own.unwrap_or(0)))
        .one(tx.db())
        .await?;
    if taken.is_some() {
        Err(Refusal::Taken {
            field: "badge".into(),
        }
        .into())
    } else {
        Ok(())
    }
}

/// Makes these the units of an agent.
pub(crate) async fn set_units(tx: &Tx, agent_id: i64, unit_ids: &[i64]) -> Result<()> {
    agent_unit::Entity::delete_many()
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .exec(tx.db())
        .await?;
    if unit_ids.is_empty() {
        return Ok(());
    }
    let known = unit::Entity::find()
        .filter(unit::Column::Id.is_in(unit_ids.iter().copied()))
        .all(tx.db())
        .await?;
    let links: Vec<agent_unit::ActiveModel> = known
        .iter()
        .map(|unit| agent_unit::ActiveModel {
            agent_id: Set(agent_id),
            unit_id: Set(unit.id),
        })
        .collect();
    if links.is_empty() {
        return Err(Error::from(Refusal::invalid("units", Problem::Unknown)));
    }
    agent_unit::Entity::insert_many(links)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}
