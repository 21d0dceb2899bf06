//! Who is free: derived, never stored. One predicate for lists, ranking and nearest search.

use chrono::{DateTime, Utc};
use sea_orm::{
    Condition,
    sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};
use serde::{Deserialize, Serialize};

use ::entity::{
    agent,
    assignment::{self, AssignmentState},
    emergency::{self, EmergencyStatus},
    leave::{self, LeaveStatus},
    shift,
    shift_swap::{self, SwapStatus},
    task::{self, TaskStatus},
};

/// Whether an agent can be sent, and if not, why: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    OnLeave,
    OnTask,
    /// Set by hand.
    Unavailable,
    OffShift,
    Available,
}

impl Availability {
    pub const ALL: [Self; 5] = [
        Self::OnLeave,
        Self::OnTask,
        Self::Unavailable,
        Self::OffShift,
        Self::Available,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnLeave => "on_leave",
            Self::OnTask => "on_task",
            Self::Unavailable => "unavailable",
            Self::OffShift => "off_shift",
            Self::Available => "available",
        }
    }

    pub(crate) fn from_column(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

impl std::str::FromStr for Availability {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::from_column(word).ok_or_else(|| format!("{word:?} is no availability"))
    }
}

/// The states of an assignment in which the agent still belongs to the task.
pub(crate) const HELD: [AssignmentState; 4] = [
    AssignmentState::Offered,
    AssignmentState::Acknowledged,
    AssignmentState::EnRoute,
    AssignmentState::OnSite,
];

/// The availability of the agent of the current row at `now`, as a word.
pub(crate) fn expression(now: DateTime<Utc>) -> SimpleExpr {
    CaseStatement::new()
        .case(found(approved_leave(now)), Availability::OnLeave.as_str())
        .case(at_work(), Availability::OnTask.as_str())
        .case(switched_off(now), Availability::Unavailable.as_str())
        .case(off_shift(now), Availability::OffShift.as_str())
        .finally(Availability::Available.as_str())
        .into()
}

/// Whether the phone of the agent of the current row stays silent at `now`: the same, whatever else he does.
pub(crate) fn off_duty(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(found(approved_leave(now)))
        .add(off_shift(now))
}

/// Whether a message to those on duty is meant for the agent of the current row at `now`: he is on his shift, or still at
/// work after it. That somebody says he cannot keeps nothing from him.
pub(crate) fn on_duty(now: DateTime<Utc>) -> Condition {
    let here = at_work().add(off_shift(now).not());
    Condition::all()
        .add(found(approved_leave(now)).not())
        .add(here)
}

/// Whether the agent of the current row is on a task that runs, or calls for help himself: then that is his task.
fn at_work() -> Condition {
    Condition::any()
        .add(found(running_task()))
        .add(found(own_call()))
}

/// Whether the agent of the current row has shifts, and none at `now`.
pub(crate) fn off_shift(now: DateTime<Utc>) -> Condition {
    // Whoever gave his only shift away, or lost it from the plan, had one planned all the same.
    let ever_planned = Condition::any()
        .add(found(any_shift()))
        .add(found(given_away()))
        .add(Expr::col((agent::Entity, agent::Column::UnplannedAt)).is_not_null());
    Condition::all()
        .add(ever_planned)
        .add(found(current_shift(now)).not())
}

/// Whether the agent of the current row is on duty at `at` and does not say that he cannot, whatever else he does.
pub(crate) fn on_hand(at: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(off_duty(at).not())
        .add(switched_off(at).not())
}

/// Whether the agent of the current row is just that at `now`.
pub(crate) fn is(wanted: Availability, now: DateTime<Utc>) -> SimpleExpr {
    // Of a choice PostgreSQL expects that it holds for half of the rows; of an equation, for one in two hundred, and
    // then it would rather sort all agents by distance than walk outwards.
    CaseStatement::new()
        .case(expression(now).eq(wanted.as_str()), true)
        .finally(false)
        .into()
}

/// Whether there is such a row. PostgreSQL may answer EXISTS for all agents at once by reading the whole table; this
/// it looks up by index, for the agents of the page.
fn found(mut row: SelectStatement) -> SimpleExpr {
    let row = row.limit(1).to_owned().into();
    SimpleExpr::SubQuery(None, Box::new(row)).is_not_null()
}

fn approved_leave(now: DateTime<Utc>) -> SelectStatement {
    leave_at(now)
        .and_where(
            Expr::col((leave::Entity, leave::Column::AgentId))
                .equals((agent::Entity, agent::Column::Id)),
        )
        .to_owned()
}

/// Whether the agent of the shift of the current row is on leave at `now`: then nobody waits for him.
pub(crate) fn excused(now: DateTime<Utc>) -> SimpleExpr {
    let own = leave_at(now)
        .and_where(
            Expr::col((leave::Entity, leave::Column::AgentId))
                .equals((shift::Entity, shift::Column::AgentId)),
        )
        .to_owned();
    found(own)
}

fn leave_at(now: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(leave::Entity)
        .and_where(Expr::col((leave::Entity, leave::Column::Status)).eq(LeaveStatus::Approved))
        .and_where(Expr::col((leave::Entity, leave::Column::StartsAt)).lte(now))
        .and_where(Expr::col((leave::Entity, leave::Column::EndsAt)).gt(now))
        .to_owned()
}

fn running_task() -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(assignment::Entity)
        .inner_join(
            task::Entity,
            Expr::col((task::Entity, task::Column::Id))
                .equals((assignment::Entity, assignment::Column::TaskId)),
        )
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::AgentId))
                .equals((agent::Entity, agent::Column::Id)),
        )
        .and_where(Expr::col((assignment::Entity, assignment::Column::State)).is_in(HELD))
        .and_where(
            Expr::col((task::Entity, task::Column::Status))
                .is_in([TaskStatus::InProgress, TaskStatus::Paused]),
        )
        .to_owned()
}

/// A call for help of his that goes on.
fn own_call() -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(emergency::Entity)
        .and_where(
            Expr::col((emergency::Entity, emergency::Column::RaisedBy))
                .equals((agent::Entity, agent::Column::UserId)),
        )
        .cond_where(calls_that_go_on())
        .to_owned()
}

/// Calls for help that go on. Whoever only practises can be asked.
pub(crate) fn calls_that_go_on() -> Condition {
    let open = [
        EmergencyStatus::Waiting,
        EmergencyStatus::Active,
        EmergencyStatus::Answered,
    ];
    Condition::all()
        .add(Expr::col((emergency::Entity, emergency::Column::Status)).is_in(open))
        .add(Expr::col((emergency::Entity, emergency::Column::Drill)).eq(false))
}

fn switched_off(now: DateTime<Utc>) -> Condition {
    let until = || Expr::col((agent::Entity, agent::Column::UnavailableUntil));
    Condition::all()
        .add(Expr::col((agent::Entity, agent::Column::UnavailableSince)).is_not_null())
        .add(Condition::any().add(until().is_null()).add(until().gt(now)))
}

/// Whether he says that he cannot at that moment: the same for a row that is at hand.
pub(crate) fn says_he_cannot(agent: &agent::Model, at: DateTime<Utc>) -> bool {
    let until = agent.unavailable_until;
    agent.unavailable_since.is_some() && until.is_none_or(|until| until > at)
}

fn any_shift() -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(shift::Entity)
        .and_where(
            Expr::col((shift::Entity, shift::Column::AgentId))
                .equals((agent::Entity, agent::Column::Id)),
        )
        .to_owned()
}

/// A shift that somebody else took over from him.
fn given_away() -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(shift_swap::Entity)
        .and_where(
            Expr::col((shift_swap::Entity, shift_swap::Column::FromAgentId))
                .equals((agent::Entity, agent::Column::Id)),
        )
        .and_where(
            Expr::col((shift_swap::Entity, shift_swap::Column::Status)).eq(SwapStatus::Approved),
        )
        .to_owned()
}

fn current_shift(now: DateTime<Utc>) -> SelectStatement {
    any_shift()
        .and_where(Expr::col((shift::Entity, shift::Column::StartsAt)).lte(now))
        .and_where(Expr::col((shift::Entity, shift::Column::EndsAt)).gt(now))
        .to_owned()
}
