//! What somebody still has to do: nobody is erased who is waited for.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use ::entity::{
    assignment, emergency,
    emergency::EmergencyStatus,
    shift,
    shift::ShiftStatus,
    task::{self, TaskStatus},
};

use super::Person;
use crate::{Refusal, Result, Tx, availability::HELD};

/// The most codes that are named.
const NAMED: u64 = 5;

const OPEN: [TaskStatus; 3] = [
    TaskStatus::Scheduled,
    TaskStatus::InProgress,
    TaskStatus::Paused,
];

/// # Errors
/// [`Refusal::OpenWork`] while there is something.
pub(super) async fn refuse(tx: &Tx, person: &Person) -> Result<()> {
    let mut codes = tasks(tx, person).await?;
    codes.extend(calls(tx, person).await?);
    codes.sort();
    codes.dedup();
    let shifts = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(person.agent_id))
        .filter(shift::Column::Status.ne(ShiftStatus::Ended))
        .filter(shift::Column::EndsAt.gt(tx.now()))
        .count(tx.db())
        .await?;
    match codes.is_empty() && shifts == 0 {
        true => Ok(()),
        false => Err(Refusal::OpenWork { codes, shifts }.into()),
    }
}

/// Those he is asked for, works at or leads.
async fn tasks(tx: &Tx, person: &Person) -> Result<Vec<String>> {
    let his = Condition::any()
        .add(task::Column::LeadAgentId.eq(person.agent_id))
        .add(
            Condition::all()
                .add(assignment::Column::AgentId.eq(person.agent_id))
                .add(assignment::Column::State.is_in(HELD)),
        );
    Ok(task::Entity::find()
        .select_only()
        .column(task::Column::Code)
        .distinct()
        .join(
            JoinType::LeftJoin,
            task::Entity::belongs_to(assignment::Entity)
                .from(task::Column::Id)
                .to(assignment::Column::TaskId)
                .into(),
        )
        .filter(task::Column::Status.is_in(OPEN))
        .filter(his)
        .order_by_asc(task::Column::Code)
        .limit(NAMED)
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// Calls for help that are still open; one that waits for its place has no code yet.
async fn calls(tx: &Tx, person: &Person) -> Result<Vec<String>> {
    let his = Condition::any()
        .add(emergency::Column::RaisedBy.eq(person.user.id))
        .add(emergency::Column::AgentId.eq(person.agent_id));
    let open = [
        EmergencyStatus::Waiting,
        EmergencyStatus::Active,
        EmergencyStatus::Answered,
    ];
    let codes: Vec<Option<String>> = emergency::Entity::find()
        .select_only()
        .column(task::Column::Code)
        .join(
            JoinType::LeftJoin,
            emergency::Entity::belongs_to(task::Entity)
                .from(emergency::Column::TaskId)
                .to(task::Column::Id)
                .into(),
        )
        .filter(emergency::Column::Status.is_in(open))
        .filter(his)
        .order_by_asc(emergency::Column::Id)
        .limit(NAMED)
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(codes
        .into_iter()
        .map(|code| code.unwrap_or_else(|| "SOS".into()))
        .collect())
}
