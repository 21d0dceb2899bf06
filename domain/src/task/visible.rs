//! Which tasks somebody may see, as a condition on the table.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent_unit, assignment, task};

use super::AssignmentState;
use crate::{Actor, actor::Level, availability::HELD};

/// The tasks that this person may see, as a condition on the table: the same table as
/// [`Actor::may`] with [`Act::See`].
pub(crate) fn to(actor: &Actor) -> Condition {
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
