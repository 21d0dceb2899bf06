//! Who was asked, who answered and when: the silent first.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};

use ::entity::{agent, check_in, check_in_person, task, user};

use super::{CheckInStatus, LEAD, PersonState, silence::UNHEARD};
use crate::{
    Actor, Result, Store, Tx,
    task::{UserRef, load},
};

/// A check and its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckIn {
    pub id: i64,
    pub running: bool,
    pub every_minutes: u32,
    pub started_by: Option<UserRef>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When everybody is asked next.
    pub next_at: Option<DateTime<Utc>>,
    /// Until when one who works alone is asked.
    pub until: Option<DateTime<Utc>>,
    /// The silent first.
    pub people: Vec<Person>,
}

/// One of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub agent_id: i64,
    pub name: String,
    pub state: PersonState,
    /// How far silence went: 0 asked, 1 asked again, 2 the lead heard of it, 3 those in command did.
    pub step: i32,
    pub asked_at: DateTime<Utc>,
    /// The last answer.
    pub answered_at: Option<DateTime<Utc>>,
    /// Since when others know of his silence, or knew of the last.
    pub escalated_at: Option<DateTime<Utc>>,
    pub emergency_id: Option<i64>,
}

/// The newest check of a task that this person may see.
///
/// # Errors
/// [`crate::Refusal::NotFound`] when he may not see the task.
pub async fn of_task(store: &Store, actor: &Actor, task_id: i64) -> Result<Option<CheckIn>> {
    load::find(store, actor, task_id).await?;
    newest(store.reader(), check_in::Column::TaskId.eq(task_id)).await
}

/// The same from inside a transaction.
pub async fn of_task_in(tx: &Tx, actor: &Actor, task_id: i64) -> Result<Option<CheckIn>> {
    load::find_in(tx, actor, task_id).await?;
    newest(tx.db(), check_in::Column::TaskId.eq(task_id)).await
}

/// What runs for an agent who works alone.
pub async fn alone_of(store: &Store, agent_id: i64) -> Result<Option<CheckIn>> {
    let found = newest(store.reader(), check_in::Column::AgentId.eq(agent_id)).await?;
    Ok(found.filter(|one| one.running))
}

/// After how many minutes the people of a task are asked again; nothing when they are not asked.
pub async fn every(store: &Store, task_id: i64) -> Result<Option<u32>> {
    let minutes: Option<i32> = check_in::Entity::find()
        .select_only()
        .column(check_in::Column::EveryMinutes)
        .filter(check_in::Column::TaskId.eq(task_id))
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .order_by_desc(check_in::Column::Id)
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(minutes.map(i32::unsigned_abs))
}

async fn newest(
    db: &impl ConnectionTrait,
    of: sea_orm::sea_query::SimpleExpr,
) -> Result<Option<CheckIn>> {
    let row = check_in::Entity::find()
        .filter(of)
        .order_by_desc(check_in::Column::Id)
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let running = row.status == CheckInStatus::Active;
    let last = row.round_at.unwrap_or(row.created_at);
    let next = last + TimeDelta::minutes(row.every_minutes.into());
    Ok(Some(CheckIn {
        people: people(db, row.id).await?,
        started_by: starter(db, row.started_by).await?,
        running,
        next_at: running.then_some(next),
        id: row.id,
        every_minutes: row.every_minutes.unsigned_abs(),
        started_at: row.created_at,
        ended_at: row.ended_at,
        until: row.until_at,
    }))
}

async fn starter(db: &impl ConnectionTrait, user_id: Option<i64>) -> Result<Option<UserRef>> {
    let Some(user_id) = user_id else {
        return Ok(None);
    };
    let user = user::Entity::find_by_id(user_id).one(db).await?;
    Ok(user.map(|user| UserRef {
        user_id,
        name: user.name,
    }))
}

async fn people(db: &impl ConnectionTrait, id: i64) -> Result<Vec<Person>> {
    let rows = check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .all(db)
        .await?;
    let found = named(db, rows).await?;
    let mut people: Vec<Person> = found.into_iter().map(|(_, one)| one).collect();
    people.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.name.cmp(&b.name)));
    Ok(people)
}

/// These people by name, each with his check.
pub(super) async fn named(
    db: &impl ConnectionTrait,
    rows: Vec<check_in_person::Model>,
) -> Result<Vec<(i64, Person)>> {
    let names: HashMap<i64, String> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::Name)
        .filter(agent::Column::Id.is_in(rows.iter().map(|row| row.agent_id)))
        .into_tuple::<(i64, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let person = |row: check_in_person::Model| Person {
        name: names.get(&row.agent_id).cloned().unwrap_or_default(),
        agent_id: row.agent_id,
        state: row.state,
        step: row.step,
        asked_at: row.asked_at,
        answered_at: row.answered_at,
        escalated_at: row.escalated_at,
        emergency_id: row.emergency_id,
    };
    Ok(rows
        .into_iter()
        .map(|row| (row.check_in_id, person(row)))
        .collect())
}

/// The silent, the longest first, then who needs help, who is well, and who is no longer asked.
fn order(one: &Person) -> (u8, bool, i32, DateTime<Utc>) {
    let rank = match one.state {
        PersonState::Unreachable | PersonState::Waiting => 0,
        PersonState::Help => 1,
        PersonState::Well => 2,
        PersonState::Released => 3,
    };
    (rank, !one.is_silent(), -one.step, one.asked_at)
}

impl Person {
    /// Whether he does not answer, and others know of it or Telegram does not reach him; also while he is asked anew.
    pub fn is_silent(&self) -> bool {
        match self.state {
            PersonState::Unreachable => true,
            PersonState::Waiting => self.step >= LEAD || self.escalated_at.is_some(),
            PersonState::Well | PersonState::Help | PersonState::Released => false,
        }
    }
}

/// The same as a part of a statement.
pub(super) fn is_silent() -> Condition {
    let known = Condition::any()
        .add(check_in_person::Column::Step.gte(LEAD))
        .add(check_in_person::Column::EscalatedAt.is_not_null());
    let waits = Condition::all()
        .add(check_in_person::Column::State.eq(PersonState::Waiting))
        .add(known);
    Condition::any()
        .add(check_in_person::Column::State.eq(PersonState::Unreachable))
        .add(waits)
}

/// How one person stands, for the message that asks him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub state: PersonState,
    pub step: i32,
    pub answered_at: Option<DateTime<Utc>>,
    pub running: bool,
    pub every_minutes: u32,
    pub until: Option<DateTime<Utc>>,
    /// Code of the task, and whether it is a drill; nothing for one who works alone.
    pub task: Option<(String, bool)>,
}

/// How a person stands in a check; nothing when he was never asked.
pub async fn standing(store: &Store, id: i64, agent_id: i64) -> Result<Option<Standing>> {
    let db = store.reader();
    let person = check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::AgentId.eq(agent_id))
        .one(db)
        .await?;
    let row = check_in::Entity::find_by_id(id).one(db).await?;
    let Some((person, row)) = person.zip(row) else {
        return Ok(None);
    };
    Ok(Some(Standing {
        task: about(db, row.task_id).await?,
        state: person.state,
        step: person.step,
        answered_at: person.answered_at,
        running: row.status == CheckInStatus::Active,
        every_minutes: row.every_minutes.unsigned_abs(),
        until: row.until_at,
    }))
}

pub(super) async fn about(
    db: &impl ConnectionTrait,
    task_id: Option<i64>,
) -> Result<Option<(String, bool)>> {
    let Some(id) = task_id else { return Ok(None) };
    Ok(task::Entity::find_by_id(id)
        .select_only()
        .column(task::Column::Code)
        .column(task::Column::Drill)
        .into_tuple()
        .one(db)
        .await?)
}

/// The newest check that waits for an answer of this agent, and since when; also one that he was asked in while Telegram was
/// away.
pub async fn waiting_of(store: &Store, agent_id: i64) -> Result<Option<(i64, DateTime<Utc>)>> {
    Ok(check_in_person::Entity::find()
        .select_only()
        .column(check_in_person::Column::CheckInId)
        .column(check_in_person::Column::AskedAt)
        .join(JoinType::InnerJoin, of_check())
        .filter(check_in_person::Column::AgentId.eq(agent_id))
        .filter(check_in_person::Column::State.is_in(UNHEARD))
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .order_by_desc(check_in_person::Column::AskedAt)
        .into_tuple()
        .one(store.reader())
        .await?)
}

/// From one of its people to the check.
pub(super) fn of_check() -> RelationDef {
    check_in_person::Entity::belongs_to(check_in::Entity)
        .from(check_in_person::Column::CheckInId)
        .to(check_in::Column::Id)
        .into()
}

/// Those of whom nothing was heard although lead or command were told, for whoever has to look for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silent {
    /// Code of the task, and whether it is a drill.
    pub task: Option<(String, bool)>,
    pub unit_id: Option<i64>,
    /// Name, phone, whether Telegram does not reach him, and since when he was asked in vain.
    pub people: Vec<(String, Option<String>, bool, DateTime<Utc>)>,
}

/// The silent of a check at this moment; none once it is over.
pub async fn silent(store: &Store, id: i64) -> Result<Silent> {
    let db = store.reader();
    let row = check_in::Entity::find_by_id(id).one(db).await?;
    let Some(row) = row.filter(|row| row.status == CheckInStatus::Active) else {
        return Ok(Silent::default());
    };
    let unheard: Vec<Person> = people(db, id)
        .await?
        .into_iter()
        .filter(Person::is_silent)
        .collect();
    let phones = phones(db, unheard.iter().map(|one| one.agent_id).collect()).await?;
    let units = match row.task_id {
        Some(id) => {
            let task = task::Entity::find_by_id(id).one(db).await?;
            task.and_then(|task| task.unit_id)
        }
        None => {
            let own = row.agent_id.unwrap_or_default();
            crate::duty::units_of(db, own).await?.first().copied()
        }
    };
    Ok(Silent {
        task: about(db, row.task_id).await?,
        unit_id: units,
        people: unheard
            .into_iter()
            .map(|one| {
                let phone = phones.get(&one.agent_id).cloned().flatten();
                let lost = one.state == PersonState::Unreachable;
                // Who is asked anew is silent since others know of it.
                let since = one
                    .escalated_at
                    .map_or(one.asked_at, |at| at.min(one.asked_at));
                (one.name, phone, lost, since)
            })
            .collect(),
    })
}

async fn phones(
    db: &impl ConnectionTrait,
    agent_ids: Vec<i64>,
) -> Result<HashMap<i64, Option<String>>> {
    let of_user: RelationDef = agent::Entity::belongs_to(user::Entity)
        .from(agent::Column::UserId)
        .to(user::Column::Id)
        .into();
    let rows: Vec<(i64, Option<String>)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(user::Column::Phone)
        .join(JoinType::InnerJoin, of_user)
        .filter(agent::Column::Id.is_in(agent_ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
