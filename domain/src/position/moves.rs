//! Live locations that move, many at once: one transaction, and beside one statement for each as few as for one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::{
    agent as agents,
    assignment::{self, AssignmentState},
    position,
    task::{self, TaskStatus},
    user,
};

use super::{SECOND, Shared, on_duty, replace_last, trim};
use crate::{
    Result, Store, Tx, agent,
    availability::HELD,
    consent::{self, Purpose},
    event::Event,
    geo::Point,
    inbox,
};

/// Where somebody's live location went, as an update told.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub inbox_id: i64,
    pub telegram_id: i64,
    pub shared: Shared,
}

/// The same of an agent who is at work.
struct Step {
    inbox_id: i64,
    agent_id: i64,
    task_id: Option<i64>,
    shared: Shared,
}

/// Keeps where these people are, as [`super::share`] does for one, and marks their updates handled; returns which. Left
/// alone are those whose people have to be told something, or do not work here.
pub async fn share_all(store: &Store, moves: Vec<Move>) -> Result<Vec<i64>> {
    store
        .write(move |tx| Box::pin(async move { share_all_in(tx, &moves).await }))
        .await
}

async fn share_all_in(tx: &mut Tx, moves: &[Move]) -> Result<Vec<i64>> {
    let steps = wanted(tx, moves).await?;
    let ids = steps.iter().map(|step| step.inbox_id).collect();
    let handled = inbox::done_all(tx, ids).await?;
    let mut kept = Vec::new();
    for step in steps {
        let counts = handled.contains(&step.inbox_id) && step.shared.at > trim::oldest(tx);
        if counts && replace_last(tx, step.agent_id, step.shared).await? {
            kept.push(step);
        }
    }
    keep(tx, &kept).await?;
    Ok(handled)
}

/// The moves that may be kept. Whoever keeps several takes them in the same order as all others.
async fn wanted(tx: &Tx, moves: &[Move]) -> Result<Vec<Step>> {
    hold(tx, moves).await?;
    let agents = working(tx, moves).await?;
    let tasks = running_tasks(tx, agents.values().copied().collect()).await?;
    let mut steps = Vec::new();
    for one in moves {
        let point = Point::new(one.shared.point.lat, one.shared.point.lon);
        let (Some(agent_id), Ok(point)) = (agents.get(&one.telegram_id).copied(), point) else {
            continue;
        };
        let at = Ord::min(one.shared.at, tx.now());
        let mut his = tasks.get(&agent_id).into_iter().flatten();
        let task_id = his
            .find(|(_, began)| *began < at + SECOND)
            .map(|(id, _)| *id);
        if task_id.is_some() || on_duty(tx, agent_id, at).await? {
            steps.push(Step {
                inbox_id: one.inbox_id,
                agent_id,
                task_id,
                shared: Shared {
                    point,
                    at,
                    ..one.shared
                },
            });
        }
    }
    steps.sort_unstable_by_key(|step| step.agent_id);
    Ok(steps)
}

/// Keeps these people from taking back what they agreed to, or from being switched off or erased, until this is kept. In a
/// statement of its own: the next one sees what those did who were waited for.
async fn hold(tx: &Tx, moves: &[Move]) -> Result<()> {
    user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::TelegramId.is_in(moves.iter().map(|one| one.telegram_id)))
        .order_by_asc(user::Column::Id)
        .lock_shared()
        .into_tuple::<i64>()
        .all(tx.db())
        .await?;
    Ok(())
}

/// The agents of these people, by their Telegram accounts; nobody who does not want to be seen.
async fn working(tx: &Tx, moves: &[Move]) -> Result<HashMap<i64, i64>> {
    let account = agents::Entity::belongs_to(user::Entity)
        .from(agents::Column::UserId)
        .to(user::Column::Id)
        .into();
    let rows: Vec<(Option<i64>, i64)> = agents::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(agents::Column::Id)
        .join(JoinType::InnerJoin, account)
        .filter(user::Column::TelegramId.is_in(moves.iter().map(|one| one.telegram_id)))
        .filter(user::Column::Active.eq(true))
        .filter(agents::Column::Active.eq(true))
        .filter(consent::stands(Purpose::Location))
        .into_tuple()
        .all(tx.db())
        .await?;
    let known = rows.into_iter();
    Ok(known
        .filter_map(|(telegram_id, agent_id)| Some((telegram_id?, agent_id)))
        .collect())
}

/// The running tasks that these agents are on and when they began, the latest first.
async fn running_tasks(
    tx: &Tx,
    agent_ids: Vec<i64>,
) -> Result<HashMap<i64, Vec<(i64, DateTime<Utc>)>>> {
    let on_it = HELD
        .into_iter()
        .filter(|state| *state != AssignmentState::Offered);
    let at_work = assignment::Entity::belongs_to(task::Entity)
        .from(assignment::Column::TaskId)
        .to(task::Column::Id)
        .into();
    let rows: Vec<(i64, i64, Option<DateTime<Utc>>)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::AgentId)
        .column(assignment::Column::TaskId)
        .column(task::Column::StartedAt)
        .join(JoinType::InnerJoin, at_work)
        .filter(assignment::Column::AgentId.is_in(agent_ids))
        .filter(assignment::Column::State.is_in(on_it))
        .filter(task::Column::Status.is_in([TaskStatus::InProgress, TaskStatus::Paused]))
        .order_by_desc(task::Column::StartedAt)
        .into_tuple()
        .all(tx.db())
        .await?;
    let mut tasks: HashMap<i64, Vec<(i64, DateTime<Utc>)>> = HashMap::new();
    for (agent_id, task_id, began) in rows {
        let his = tasks.entry(agent_id).or_default();
        his.extend(began.map(|began| (task_id, began)));
    }
    Ok(tasks)
}

/// Adds them to the ways of their people, and tells the boards.
async fn keep(tx: &mut Tx, steps: &[Step]) -> Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    position::Entity::insert_many(steps.iter().map(row))
        .exec_without_returning(tx.db())
        .await?;
    let ids: Vec<i64> = steps.iter().map(|step| step.agent_id).collect();
    let scopes = agent::scopes(tx, &ids).await?;
    for agent_id in ids {
        if let Some(scope) = scopes.get(&agent_id) {
            tx.log(Event::AgentPositionChanged { agent_id }, scope);
        }
    }
    Ok(())
}

fn row(step: &Step) -> position::ActiveModel {
    position::ActiveModel {
        agent_id: Set(step.agent_id),
        task_id: Set(step.task_id),
        lat: Set(step.shared.point.lat),
        lon: Set(step.shared.point.lon),
        accuracy_m: Set(step.shared.accuracy_m),
        source: Set(step.shared.source),
        recorded_at: Set(step.shared.at),
        ..Default::default()
    }
}
