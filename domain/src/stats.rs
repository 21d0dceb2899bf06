//! Figures of the present, within the actor's scope; five statements however large the force is.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use ::entity::{agent, assignment, task};

use crate::{
    Actor, Result, Store,
    actor::Level,
    agent::within_scope,
    availability::{self, Availability},
    figures,
    late::is_late,
    task::{AssignmentState, Status, visible},
    zone,
};

/// What the board shows at its top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub at: DateTime<Utc>,
    /// Open ones that one may see; over: one's own, those of one's units, or all.
    pub tasks: BTreeMap<Status, u64>,
    /// Not started ten minutes after the plan, or running longer than planned.
    pub late: u64,
    /// Offers on open tasks that nobody has answered yet.
    pub unanswered: u64,
    /// Completed since midnight in the installation's zone.
    pub completed_today: u64,
    /// Active agents.
    pub agents: BTreeMap<&'static str, u64>,
}

/// How long before it is late a task counts as nearly late.
pub(crate) const NEARLY: TimeDelta = TimeDelta::minutes(10);

const OPEN: [Status; 3] = [Status::Scheduled, Status::InProgress, Status::Paused];

/// The figures of what this person may see.
pub async fn overview(store: &Store, actor: &Actor) -> Result<Overview> {
    Ok(Overview {
        at: store.now(),
        tasks: tasks(store, actor).await?,
        late: late(store, actor).await?,
        unanswered: unanswered(store, actor).await?,
        completed_today: completed_today(store, actor).await?,
        agents: agents(store, actor).await?,
    })
}

/// How many tasks there are of each status; what is over is counted once a day.
pub async fn tasks(store: &Store, actor: &Actor) -> Result<BTreeMap<Status, u64>> {
    let counted = match actor.level {
        Level::Agent => Condition::all().add(task::Column::Id.in_subquery(visible::own_ids(actor))),
        _ => Condition::all()
            .add(visible::to(actor))
            .add(task::Column::Status.is_in(OPEN)),
    };
    let rows: Vec<(Status, i64)> = task::Entity::find()
        .select_only()
        .column(task::Column::Status)
        .column_as(task::Column::Id.count(), "count")
        .filter(counted)
        .group_by(task::Column::Status)
        .into_tuple()
        .all(store.reader())
        .await?;
    let mut tasks: BTreeMap<Status, u64> = [
        Status::Scheduled,
        Status::InProgress,
        Status::Paused,
        Status::Completed,
        Status::Cancelled,
    ]
    .map(|status| (status, 0))
    .into();
    tasks.extend(
        rows.into_iter()
            .map(|(status, count)| (status, count.unsigned_abs())),
    );
    if actor.level > Level::Agent {
        let (completed, cancelled) = figures::ended(store, &figures::scope(actor)).await?;
        tasks.insert(Status::Completed, completed);
        tasks.insert(Status::Cancelled, cancelled);
    }
    Ok(tasks)
}

async fn late(store: &Store, actor: &Actor) -> Result<u64> {
    Ok(task::Entity::find()
        .filter(visible::to(actor))
        .filter(is_late(store.now()))
        .count(store.reader())
        .await?)
}

async fn completed_today(store: &Store, actor: &Actor) -> Result<u64> {
    let zone = store.rules().zone;
    let today = zone::to_local(store.now(), zone).date();
    Ok(task::Entity::find()
        .filter(visible::to(actor))
        .filter(task::Column::Status.eq(Status::Completed))
        .filter(task::Column::EndedAt.gte(zone::midnight(today, zone)))
        .count(store.reader())
        .await?)
}

async fn unanswered(store: &Store, actor: &Actor) -> Result<u64> {
    let open = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(visible::to(actor))
        .filter(task::Column::Status.is_in(OPEN))
        .into_query();
    Ok(assignment::Entity::find()
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::TaskId.in_subquery(open))
        .count(store.reader())
        .await?)
}

async fn agents(store: &Store, actor: &Actor) -> Result<BTreeMap<&'static str, u64>> {
    let rows: Vec<(String, i64)> = agent::Entity::find()
        .select_only()
        .expr_as(availability::expression(store.now()), "availability")
        .column_as(agent::Column::Id.count(), "count")
        .filter(agent::Column::Active.eq(true))
        .filter(within_scope(actor, agent::Column::Id))
        .group_by(Expr::cust("1"))
        .into_tuple()
        .all(store.reader())
        .await?;
    let counts: BTreeMap<String, i64> = rows.into_iter().collect();
    let count = |one: Availability| {
        counts
            .get(one.as_str())
            .map_or(0, |count| count.unsigned_abs())
    };
    Ok(Availability::ALL
        .into_iter()
        .map(|one| (one.as_str(), count(one)))
        .collect())
}
