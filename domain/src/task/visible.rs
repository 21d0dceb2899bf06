//! Which tasks somebody may see, as a condition on the table.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use ::entity::{agent_unit, assignment, task};

use super::AssignmentState;
use crate::{Actor, actor::Level, availability::HELD};

/// How a task is found among those that a statement about assignments names.
type Among = fn(SelectStatement) -> Expr;

/// The tasks that this person may see, as a condition on the table: the same table as
/// [`Actor::may`] with [`Act::See`].
pub(crate) fn to(actor: &Actor) -> Condition {
    visible(actor, listed)
}

/// The same for a few tasks that were found otherwise: each is asked about by itself, for a planner takes the list of
/// all to be made anew for each of them, and would rather read the whole table.
pub(crate) fn of_few(actor: &Actor) -> Condition {
    visible(actor, looked_up)
}

fn visible(actor: &Actor, among: Among) -> Condition {
    if actor.level == Level::Admin {
        return Condition::all();
    }
    let mut any = Condition::any();
    if actor.level == Level::Supervisor {
        any = any.add(task::Column::UnitId.is_in(actor.unit_ids.iter().copied()));
    }
    let any = business(actor, among).into_iter().fold(any, Condition::add);
    // An empty "any" means "all" to the query builder.
    any.add(Expr::value(false))
}

/// What makes a task a person's business, wherever it belongs: it is his own, or he supervises somebody who is on it.
pub(super) fn stakes(actor: &Actor) -> Vec<Condition> {
    business(actor, listed)
}

fn business(actor: &Actor, among: Among) -> Vec<Condition> {
    let mut stakes = of_his_own(actor, among);
    if actor.level == Level::Supervisor {
        stakes.push(Condition::all().add(among(held_in(&actor.unit_ids))));
    }
    stakes
}

/// What makes a task a person's own: he created it, leads it, is or was on it.
pub(super) fn own(actor: &Actor) -> Vec<Condition> {
    of_his_own(actor, listed)
}

fn of_his_own(actor: &Actor, among: Among) -> Vec<Condition> {
    let mut stakes = Vec::new();
    if let Some(user_id) = actor.user_id {
        stakes.push(task::Column::CreatedBy.eq(user_id));
    }
    if let Some(agent_id) = actor.agent_id {
        stakes.push(task::Column::LeadAgentId.eq(agent_id));
        stakes.push(among(ever_by(agent_id)));
    }
    stakes
        .into_iter()
        .map(|one| Condition::all().add(one))
        .collect()
}

fn listed(ids: SelectStatement) -> Expr {
    task::Column::Id.in_subquery(ids)
}

fn looked_up(mut ids: SelectStatement) -> Expr {
    let of_this = Expr::col((assignment::Entity, assignment::Column::TaskId))
        .equals((task::Entity, task::Column::Id));
    Expr::exists(ids.and_where(of_this).take())
}

/// The numbers of one's own tasks: a set, not a choice, so that each part has its index.
pub(crate) fn own_ids(actor: &Actor) -> SelectStatement {
    let ids = |one: Condition| {
        Query::select()
            .column(task::Column::Id)
            .from(task::Entity)
            .cond_where(one)
            .to_owned()
    };
    let all = own(actor)
        .into_iter()
        .map(ids)
        .reduce(|mut all, one| all.union(UnionType::Distinct, one).to_owned());
    // No task is without a number.
    all.unwrap_or_else(|| ids(Condition::all().add(task::Column::Id.is_null())))
}

/// The tasks that an agent leads, and those that he is on.
pub(super) fn of_agent(agent_id: i64) -> Vec<Condition> {
    let held = held()
        .and_where(Expr::col((assignment::Entity, assignment::Column::AgentId)).eq(agent_id))
        .to_owned();
    [
        task::Column::LeadAgentId.eq(agent_id),
        task::Column::Id.in_subquery(held),
    ]
    .map(|one| Condition::all().add(one))
    .into()
}

/// The tasks with an offer that nobody has answered.
pub(super) fn unanswered() -> Expr {
    let offered = assigned()
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::State)).eq(AssignmentState::Offered),
        )
        .to_owned();
    task::Column::Id.in_subquery(offered)
}

/// The tasks of assignments that this agent holds or held, and did not decline.
fn ever_by(agent_id: i64) -> SelectStatement {
    assigned()
        .and_where(Expr::col((assignment::Entity, assignment::Column::AgentId)).eq(agent_id))
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::State))
                .ne(AssignmentState::Declined),
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

fn held() -> SelectStatement {
    assigned()
        .and_where(Expr::col((assignment::Entity, assignment::Column::State)).is_in(HELD))
        .to_owned()
}

fn assigned() -> SelectStatement {
    Query::select()
        .column((assignment::Entity, assignment::Column::TaskId))
        .from(assignment::Entity)
        .to_owned()
}
