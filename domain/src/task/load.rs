//! Brings tasks and all they name from the database, in a fixed number of statements for any number of tasks.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, agent_unit, assignment, task, task_kind, unit, user};

use super::{
    AgentRef, Assignment, AssignmentState, KindRef, Place, Priority, Task, UnitRef, UserRef,
};
use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::{Act, Level},
    availability::HELD,
    error::Thing,
    geo::Point,
};

/// A task that this person may see.
///
/// # Errors
/// [`Refusal::NotFound`] also when it exists but is none of his business.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Task> {
    visible_one(store.reader(), actor, id).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Task> {
    visible_one(tx.db(), actor, id).await
}

/// A task by what people call it, such as `PAT-2026-0042`, in any case.
pub async fn by_code(store: &Store, actor: &Actor, code: &str) -> Result<Task> {
    let id: Option<i64> = task::Entity::find()
        .filter(task::Column::Code.eq(code.trim().to_uppercase()))
        .select_only()
        .column(task::Column::Id)
        .into_tuple()
        .one(store.reader())
        .await?;
    let id = id.ok_or(Refusal::missing(Thing::Task))?;
    find(store, actor, id).await
}

async fn visible_one(db: &impl ConnectionTrait, actor: &Actor, id: i64) -> Result<Task> {
    let task = one(db, id).await?.ok_or(Refusal::missing(Thing::Task))?;
    shown(actor, task)
}

fn shown(actor: &Actor, task: Task) -> Result<Task> {
    if actor.may(Act::See, &task.stake()) {
        Ok(task)
    } else {
        Err(Refusal::missing(Thing::Task).into())
    }
}

/// Goes on only while a task that this person may see has this version; it stays so for the rest of the transaction.
///
/// # Errors
/// [`Refusal::Stale`] with the version it has.
pub async fn expect_version(tx: &Tx, actor: &Actor, id: i64, version: i32) -> Result<()> {
    let task = locked(tx, actor, id).await?;
    if task.version == version {
        return Ok(());
    }
    let version = task.version;
    Err(Refusal::Stale { version }.into())
}

/// Locks the row of a task for the rest of the transaction and loads it.
pub(crate) async fn locked(tx: &Tx, actor: &Actor, id: i64) -> Result<Task> {
    let task = lock(tx, id).await?;
    shown(actor, task)
}

/// The same whoever may see it.
pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<Task> {
    task::Entity::find_by_id(id)
        .select_only()
        .column(task::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .one(tx.db())
        .await?;
    Ok(one(tx.db(), id)
        .await?
        .ok_or(Refusal::missing(Thing::Task))?)
}

/// A task whoever may see it.
pub(crate) async fn one(db: &impl ConnectionTrait, id: i64) -> Result<Option<Task>> {
    let row = task::Entity::find_by_id(id).one(db).await?;
    Ok(many(db, row.into_iter().collect()).await?.pop())
}

/// Tasks in the order of their rows.
pub(crate) async fn many(db: &impl ConnectionTrait, rows: Vec<task::Model>) -> Result<Vec<Task>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let parts = Parts::load(db, &rows).await?;
    rows.into_iter().map(|row| parts.assemble(row)).collect()
}

/// Everything the tasks of one page name.
struct Parts {
    kinds: HashMap<i64, task_kind::Model>,
    units: HashMap<i64, unit::Model>,
    assignments: HashMap<i64, Vec<assignment::Model>>,
    agents: HashMap<i64, agent::Model>,
    users: HashMap<i64, user::Model>,
    agent_units: HashMap<i64, Vec<i64>>,
}

impl Parts {
    async fn load(db: &impl ConnectionTrait, rows: &[task::Model]) -> Result<Self> {
        let kind_ids: BTreeSet<i64> = rows.iter().map(|row| row.kind_id).collect();
        let kinds = task_kind::Entity::find()
            .filter(task_kind::Column::Id.is_in(kind_ids))
            .all(db)
            .await?;
        let unit_ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.unit_id).collect();
        let units = unit::Entity::find()
            .filter(unit::Column::Id.is_in(unit_ids))
            .all(db)
            .await?;
        let assigned = assignment::Entity::find()
            .filter(assignment::Column::TaskId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(assignment::Column::Id)
            .all(db)
            .await?;
        let agent_ids: BTreeSet<i64> = assigned
            .iter()
            .map(|one| one.agent_id)
            .chain(rows.iter().filter_map(|row| row.lead_agent_id))
            .collect();
        let agents = agent::Entity::find()
            .filter(agent::Column::Id.is_in(agent_ids.clone()))
            .all(db)
            .await?;
        let user_ids: BTreeSet<i64> = agents
            .iter()
            .filter_map(|agent| agent.user_id)
            .chain(
                rows.iter()
                    .flat_map(|row| [row.created_by, row.ended_by])
                    .flatten(),
            )
            .collect();
        let users = user::Entity::find()
            .filter(user::Column::Id.is_in(user_ids))
            .all(db)
            .await?;
        let memberships = agent_unit::Entity::find()
            .filter(agent_unit::Column::AgentId.is_in(agent_ids))
            .all(db)
            .await?;
        Ok(Self {
            kinds: kinds.into_iter().map(|row| (row.id, row)).collect(),
            units: units.into_iter().map(|row| (row.id, row)).collect(),
            assignments: group(assigned, |row| row.task_id),
            agents: agents.into_iter().map(|row| (row.id, row)).collect(),
            users: users.into_iter().map(|row| (row.id, row)).collect(),
            agent_units: group(memberships, |row| row.agent_id)
                .into_iter()
                .map(|(id, rows)| (id, rows.into_iter().map(|row| row.unit_id).collect()))
                .collect(),
        })
    }

    fn assemble(&self, row: task::Model) -> Result<Task> {
        let kind = self
            .kinds
            .get(&row.kind_id)
            .ok_or_else(|| dangling("kind", row.kind_id))?;
        let assignments: Vec<Assignment> = self
            .assignments
            .get(&row.id)
            .into_iter()
            .flatten()
            .map(|one| self.assignment(one))
            .collect::<Result<_>>()?;
        Ok(Task {
            kind: KindRef {
                id: kind.id,
                code: kind.code.clone(),
                label: kind.label.clone(),
                emoji: kind.emoji.clone(),
            },
            priority: Priority::from_column(row.priority),
            place: place(row.lat, row.lon, row.place_label),
            unit: row.unit_id.and_then(|id| self.units.get(&id)).map(unit_ref),
            lead: row.lead_agent_id.map(|id| self.agent(id)).transpose()?,
            agent_unit_ids: self.units_of(&assignments),
            assignments,
            created_by: self.user(row.created_by),
            ended_by: self.user(row.ended_by),
            id: row.id,
            code: row.code,
            title: row.title,
            description: row.description,
            status: row.status,
            zone: row.zone,
            planned_start_local: row.planned_start_local,
            planned_start: row.planned_start_at,
            planned_end_local: row.planned_end_local,
            planned_end: row.planned_end_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            started_at: row.started_at,
            paused_at: row.paused_at,
            paused_seconds: row.paused_seconds,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            drill: row.drill,
            version: row.version,
        })
    }

    fn assignment(&self, row: &assignment::Model) -> Result<Assignment> {
        Ok(Assignment {
            id: row.id,
            agent: self.agent(row.agent_id)?,
            state: row.state,
            at: row.state_at,
            reason: row.reason.clone(),
            offered_at: row.offered_at,
            acknowledged_at: row.acknowledged_at,
            en_route_at: row.en_route_at,
            on_site_at: row.on_site_at,
            released_at: row.released_at,
            rings: row.rings,
            escalated_at: row.escalated_at,
            unreachable_at: row.unreachable_at,
        })
    }

    fn agent(&self, id: i64) -> Result<AgentRef> {
        let agent = self.agents.get(&id).ok_or_else(|| dangling("agent", id))?;
        let user = agent
            .user_id
            .and_then(|id| self.users.get(&id))
            .filter(|user| user.active);
        Ok(AgentRef {
            agent_id: id,
            name: agent.name.clone(),
            user_id: agent.user_id,
            telegram_id: user.and_then(|user| user.telegram_id),
        })
    }

    fn user(&self, id: Option<i64>) -> Option<UserRef> {
        let user = self.users.get(&id?)?;
        Some(UserRef {
            user_id: user.id,
            name: user.name.clone(),
        })
    }

    fn units_of(&self, assignments: &[Assignment]) -> Vec<i64> {
        let units: BTreeSet<i64> = assignments
            .iter()
            .filter(|one| one.is_held())
            .filter_map(|one| self.agent_units.get(&one.agent.agent_id))
            .flatten()
            .copied()
            .collect();
        units.into_iter().collect()
    }
}

fn group<T>(rows: Vec<T>, key: impl Fn(&T) -> i64) -> HashMap<i64, Vec<T>> {
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

fn place(lat: Option<f64>, lon: Option<f64>, label: Option<String>) -> Option<Place> {
    let point = Point::of(lat, lon);
    (point.is_some() || label.is_some()).then_some(Place { point, label })
}

fn unit_ref(unit: &unit::Model) -> UnitRef {
    UnitRef {
        id: unit.id,
        name: unit.name.clone(),
    }
}

fn dangling(what: &str, id: i64) -> Error {
    Error::Data(format!("a task names {what} {id}, which is not there"))
}

/// The tasks that this person may see, as a condition on the table: the same table as
/// [`Actor::may`] with [`Act::See`].
pub(crate) fn visible(actor: &Actor) -> Condition {
    if actor.level == Level::Admin {
        return Condition::all();
    }
    let mut any = Condition::any();
    if let Some(user_id) = actor.user_id {
        any = any.add(task::Column::CreatedBy.eq(user_id));
    }
    if let Some(agent_id) = actor.agent_id {
        any = any
            .add(task::Column::LeadAgentId.eq(agent_id))
            .add(Expr::exists(ever_by(agent_id)));
    }
    if actor.level == Level::Supervisor {
        let units = actor.unit_ids.iter().copied();
        any = any
            .add(task::Column::UnitId.is_in(units))
            .add(Expr::exists(held_in(&actor.unit_ids)));
    }
    // An empty "any" means "all" to the query builder.
    any.add(Expr::value(false))
}

/// Assignments of the current task that this agent holds.
pub(crate) fn held_by(agent_id: i64) -> SelectStatement {
    held()
        .and_where(Expr::col((assignment::Entity, assignment::Column::AgentId)).eq(agent_id))
        .to_owned()
}

/// Assignments of the current task that this agent holds or held, and did not decline.
fn ever_by(agent_id: i64) -> SelectStatement {
    of_task()
        .and_where(Expr::col((assignment::Entity, assignment::Column::AgentId)).eq(agent_id))
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::State))
                .ne(AssignmentState::Declined),
        )
        .to_owned()
}

/// Offers of the current task that nobody has answered.
pub(crate) fn offered() -> SelectStatement {
    held()
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::State)).eq(AssignmentState::Offered),
        )
        .to_owned()
}

fn held_in(unit_ids: &[i64]) -> SelectStatement {
    held()
        .inner_join(
            agent_unit::Entity,
            Expr::col((agent_unit::Entity, agent_unit::Column::AgentId))
                .equals((assignment::Entity, assignment::Column::AgentId)),
        )
        .and_where(
            Expr::col((agent_unit::Entity, agent_unit::Column::UnitId))
                .is_in(unit_ids.iter().copied()),
        )
        .to_owned()
}

fn of_task() -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(assignment::Entity)
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::TaskId))
                .equals((task::Entity, task::Column::Id)),
        )
        .to_owned()
}

fn held() -> SelectStatement {
    of_task()
        .and_where(Expr::col((assignment::Entity, assignment::Column::State)).is_in(HELD))
        .to_owned()
}
