//! Whoever counts on an agent who says that he cannot: he stays on his tasks, and those who answer for them hear it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::assignment::AssignmentState;
use ::entity::{assignment, task};

use super::responsible::tell_responsible;
use crate::{
    Actor, Result, Tx,
    availability::HELD,
    outbox::Notice,
    task::{Status, load},
};

/// The states in which somebody said that he does it.
const ACCEPTED: [AssignmentState; 3] = [
    AssignmentState::Acknowledged,
    AssignmentState::EnRoute,
    AssignmentState::OnSite,
];

/// What begins later is not in danger yet while nobody knows for how long he cannot.
const OPEN_END: TimeDelta = TimeDelta::days(1);

/// Tells them of each task that counts on him until then, but not again of those before the end of what he had `said` and what
/// still lasts; not whoever said so, nor himself.
pub(crate) async fn tell_unavailable(
    tx: &mut Tx,
    actor: &Actor,
    agent_id: i64,
    until: Option<DateTime<Utc>>,
    said: Option<Option<DateTime<Utc>>>,
) -> Result<()> {
    let known = match said {
        Some(end) => counting(tx, agent_id, end).await?,
        None => Vec::new(),
    };
    let mut counting = counting(tx, agent_id, until).await?;
    counting.retain(|one| !known.contains(one));
    let ids: Vec<i64> = counting.into_iter().map(|(id, _)| id).collect();
    for task in load::these(tx.db(), &ids).await? {
        let own = task.assignment_of(agent_id);
        let own = own.and_then(|one| one.agent.telegram_id);
        let except: Vec<i64> = own.into_iter().chain(actor.telegram_id).collect();
        let notice = Notice::Unavailable {
            task_id: task.id,
            agent_id,
        };
        tell_responsible(tx, &task, notice, &except).await?;
    }
    Ok(())
}

/// The codes of the tasks that count on an agent until then: those under way, and those that he accepted.
pub async fn counting_on(
    tx: &Tx,
    agent_id: i64,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<String>> {
    let counting = counting(tx, agent_id, until).await?;
    Ok(counting.into_iter().map(|(_, code)| code).collect())
}

async fn counting(
    tx: &Tx,
    agent_id: i64,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<(i64, String)>> {
    let under_way = task::Column::Status.is_in([Status::InProgress, Status::Paused]);
    let before = until.unwrap_or(tx.now() + OPEN_END);
    let accepted = Condition::all()
        .add(task::Column::Status.eq(Status::Scheduled))
        .add(task::Column::WindowStartAt.lt(before))
        .add(task::Column::Id.in_subquery(with_him(agent_id, &ACCEPTED)));
    Ok(task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .column(task::Column::Code)
        .filter(task::Column::Id.in_subquery(with_him(agent_id, &HELD)))
        .filter(Condition::any().add(under_way).add(accepted))
        .order_by_asc(task::Column::Id)
        .into_tuple()
        .all(tx.db())
        .await?)
}

fn with_him(agent_id: i64, states: &[AssignmentState]) -> SelectStatement {
    Query::select()
        .column(assignment::Column::TaskId)
        .from(assignment::Entity)
        .and_where(Expr::col(assignment::Column::AgentId).eq(agent_id))
        .and_where(Expr::col(assignment::Column::State).is_in(states.iter().copied()))
        .to_owned()
}
