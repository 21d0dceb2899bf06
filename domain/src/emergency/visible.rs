//! Which emergencies somebody may see, as a condition on the table.

use sea_orm::{
    ColumnTrait, Condition, Iterable,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent_unit, emergency, emergency_offer, outbox, outbox::Lane, task};

use super::OfferState;
use crate::{
    Actor,
    actor::{Level, Permission},
    task::visible,
};

/// Admins and dispatchers all; everybody his own, those he was asked for, and those whose task he may see; those in command
/// also those for which their people were asked, and what they were told of because nobody else could be.
pub(super) fn to(actor: &Actor) -> Condition {
    if actor.level == Level::Admin || actor.has(Permission::Broadcast) {
        return Condition::all();
    }
    let mut any = Condition::any().add(Expr::value(false));
    if let Some(user_id) = actor.user_id {
        any = any.add(emergency::Column::RaisedBy.eq(user_id));
    }
    if let Some(agent_id) = actor.agent_id {
        any = any.add(asked(
            Expr::col(emergency_offer::Column::AgentId).eq(agent_id),
        ));
    }
    let seen = Query::select()
        .expr(Expr::cust("1"))
        .from(task::Entity)
        .and_where(
            Expr::col((task::Entity, task::Column::Id))
                .equals((emergency::Entity, emergency::Column::TaskId)),
        )
        .cond_where(visible::to(actor))
        .to_owned();
    any = any.add(there_is(seen));
    if actor.level == Level::Supervisor {
        any = any.add(asked(is_of(&actor.unit_ids)));
    }
    match actor.user_id.filter(|_| actor.may_command()) {
        Some(user_id) => any.add(there_is(told(user_id))),
        None => any,
    }
}

/// Asked for each emergency by itself: a set of all tasks that somebody may see is a whole table, and that is what
/// PostgreSQL makes of EXISTS or IN beside an OR.
fn there_is(one: SelectStatement) -> Expr {
    Expr::from(one).eq(Expr::cust("1"))
}

/// The emergencies for which one of these agents was asked.
fn asked(agents: Expr) -> Expr {
    let asked = OfferState::iter().filter(|state| *state != OfferState::Passed);
    let theirs = Query::select()
        .column(emergency_offer::Column::EmergencyId)
        .from(emergency_offer::Entity)
        .and_where(agents)
        .and_where(Expr::col(emergency_offer::Column::State).is_in(asked))
        .to_owned();
    emergency::Column::Id.in_subquery(theirs)
}

/// Whether an agent is of one of these units.
fn is_of(unit_ids: &[i64]) -> Expr {
    let people = Query::select()
        .column(agent_unit::Column::AgentId)
        .from(agent_unit::Entity)
        .and_where(Expr::col(agent_unit::Column::UnitId).is_in(unit_ids.iter().copied()))
        .to_owned();
    Expr::col(emergency_offer::Column::AgentId).in_subquery(people)
}

/// What this person was told of an emergency.
fn told(user_id: i64) -> SelectStatement {
    Query::select()
        .expr(Expr::cust("1"))
        .from(outbox::Entity)
        .and_where(
            Expr::col((outbox::Entity, outbox::Column::TaskId))
                .equals((emergency::Entity, emergency::Column::TaskId)),
        )
        .and_where(Expr::col((outbox::Entity, outbox::Column::UserId)).eq(user_id))
        .and_where(Expr::col((outbox::Entity, outbox::Column::Lane)).eq(Lane::Emergency))
        .limit(1)
        .to_owned()
}
