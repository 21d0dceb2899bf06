//! More people for a task that is planned with fewer than its kind usually takes: suggested once to whoever creates it,
//! never without data, and what he said is kept.

use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

pub use ::entity::suggestion::SuggestionStatus;
use ::entity::{suggestion, task_kind};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Act, Channel},
    agent::{self, AgentFilter},
    assignment::{self, Crew},
    audit::{self, Subject},
    availability::Availability,
    error::Thing,
    estimate,
    outbox::{self, Lane, Message, Notice},
    task::{Task, load},
    zone,
};

/// What was suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub id: i64,
    pub task_id: i64,
    pub status: SuggestionStatus,
    /// So many more people.
    pub people: i32,
    /// Finished tasks it rests on.
    pub count: i64,
    /// What three in four of them took at most, in seconds.
    pub p75_seconds: i64,
}

impl From<suggestion::Model> for Suggestion {
    fn from(row: suggestion::Model) -> Self {
        Self {
            id: row.id,
            task_id: row.task_id,
            status: row.status,
            people: row.people,
            count: row.count,
            p75_seconds: row.p75_seconds,
        }
    }
}

pub async fn find(store: &Store, id: i64) -> Result<Suggestion> {
    let row = suggestion::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    Ok(row.ok_or(Refusal::missing(Thing::Task))?.into())
}

/// Suggests more people to whoever creates a task from the chat, if its kind usually takes more and is known well enough.
pub(crate) async fn offer(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    let Some(chat_id) = actor.telegram_id.filter(|_| actor.channel == Channel::Bot) else {
        return Ok(());
    };
    let kind = task_kind::Entity::find_by_id(task.kind.id)
        .one(tx.db())
        .await?;
    let usual = kind.map_or(0, |kind| kind.crew);
    let people = usual - i32::try_from(task.held().count()).unwrap_or(i32::MAX);
    let start = task.planned_start.unwrap_or(tx.now());
    let zone = zone::parse(&task.zone)?;
    let known = match people > 0 {
        true => estimate::usual(tx.db(), task.kind.id, start, zone).await?,
        false => None,
    };
    let Some(known) = known else { return Ok(()) };
    let row = suggestion::ActiveModel {
        task_id: Set(task.id),
        status: Set(SuggestionStatus::Offered),
        people: Set(people),
        count: Set(known.count),
        p75_seconds: Set(known.p75_seconds),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = suggestion::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    let notice = Notice::Suggestion {
        suggestion_id: row.id,
    };
    let message = Message::about(chat_id, actor.user_id, task.id, notice).in_lane(Lane::Answer);
    outbox::push(tx, vec![message]).await
}

/// Who would be added: the best of those who are free now.
///
/// # Errors
/// Level 2 and above, and only who sees the task.
pub async fn best(store: &Store, actor: &Actor, id: i64) -> Result<Vec<i64>> {
    let suggested = find(store, id).await?;
    let task = load::find(store, actor, suggested.task_id).await?;
    let place = task.place.as_ref().and_then(|place| place.point);
    let on_it: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    let free = agent::candidates(store, actor, AgentFilter::default(), place).await?;
    Ok(free
        .into_iter()
        .filter(|one| one.agent.availability == Availability::Available)
        .map(|one| one.agent.id)
        .filter(|id| !on_it.contains(id))
        .take(usize::try_from(suggested.people).unwrap_or(0))
        .collect())
}

/// Adds these people; the names of those who were added. Answered before, or with nobody: nothing changes.
///
/// # Errors
/// What [`assignment::assign`] refuses.
pub async fn accept(tx: &mut Tx, actor: &Actor, id: i64, people: Vec<i64>) -> Result<Vec<String>> {
    let Some((suggested, task)) = open(tx, actor, id).await? else {
        return Ok(Vec::new());
    };
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let on_it = task.held().map(|one| one.agent.agent_id);
    let crew = Crew {
        agent_ids: on_it.chain(people.iter().copied()).collect(),
        lead_agent_id: task.lead.as_ref().map(|lead| lead.agent_id),
        override_reason: None,
    };
    let now = assignment::assign(tx, actor, task.id, crew).await?;
    answered(tx, actor, &suggested, SuggestionStatus::Accepted).await?;
    let added = now
        .held()
        .filter(|one| people.contains(&one.agent.agent_id));
    Ok(added.map(|one| one.agent.name.clone()).collect())
}

/// Nobody is added. Answered before: nothing changes.
///
/// # Errors
/// Only who may assign people to the task.
pub async fn reject(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    match open(tx, actor, id).await? {
        Some((suggested, _)) => answered(tx, actor, &suggested, SuggestionStatus::Rejected).await,
        None => Ok(()),
    }
}

/// The suggestion and its task, locked; nothing when somebody answered already.
async fn open(tx: &Tx, actor: &Actor, id: i64) -> Result<Option<(Suggestion, Task)>> {
    let missing = || Refusal::missing(Thing::Task);
    let row = suggestion::Entity::find_by_id(id).one(tx.db()).await?;
    let task = load::locked(tx, actor, row.ok_or_else(missing)?.task_id).await?;
    actor.check(Act::Assign, &task.stake())?;
    let row = suggestion::Entity::find_by_id(id).one(tx.db()).await?;
    let row = row.ok_or_else(missing)?;
    Ok((row.status == SuggestionStatus::Offered).then(|| (row.into(), task)))
}

async fn answered(
    tx: &Tx,
    actor: &Actor,
    suggested: &Suggestion,
    status: SuggestionStatus,
) -> Result<()> {
    let row = suggestion::ActiveModel {
        id: Set(suggested.id),
        status: Set(status),
        answered_by: Set(actor.user_id),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    suggestion::Entity::update(row).exec(tx.db()).await?;
    let data = json!({ "people": suggested.people, "answer": status });
    audit::record(
        tx,
        actor,
        "task.suggestion",
        Subject::Task(suggested.task_id),
        data,
    )
    .await
}
