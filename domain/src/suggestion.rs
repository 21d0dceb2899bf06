//! More people for a task that is planned with fewer than its kind usually takes: suggested once to whoever creates it,
//! never without data, and what he said is kept.

use std::collections::HashMap;

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::json;

pub use ::entity::suggestion::SuggestionStatus;
use ::entity::{agent as agents, suggestion, task_kind};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Act, Channel},
    agent::{self, AgentFilter},
    assignment::{self, Crew},
    audit::{self, Subject},
    error::Thing,
    estimate,
    geo::Point,
    nearest::nearest_of,
    outbox::{self, Lane, Message, Notice},
    task::{Task, load, window},
    zone,
};

mod record;

pub use record::{Answers, Suggested, SuggestionFilter, answers, list};

/// The most people that are ranked.
const RANKED: u64 = 200;

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

/// Suggests more people to whoever creates a task, if its kind usually takes more and is known well enough: in the chat
/// from which it was created, else it stands with the task on the board.
pub(crate) async fn offer(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    let chat = actor.telegram_id.filter(|_| actor.channel == Channel::Bot);
    let on_board = actor.channel == Channel::Api && actor.user_id.is_some();
    if chat.is_none() && !on_board {
        return Ok(());
    }
    let people = missing(tx, task).await?;
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
    let Some(chat_id) = chat else { return Ok(()) };
    let notice = Notice::Suggestion {
        suggestion_id: row.id,
    };
    let message = Message::about(chat_id, actor.user_id, task.id, notice).in_lane(Lane::Answer);
    outbox::push(tx, vec![message]).await
}

/// What an answer changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The names of those who were added.
    Added(Vec<String>),
    /// Nobody is free when the task takes place: it stays as it is, and so does the question.
    Nobody,
    /// Nobody is added.
    Kept,
    /// It was answered before, the task is over, or it has its people by now: nothing changes.
    Before,
}

/// Adds the best of those who are free when the task takes place.
///
/// # Errors
/// What [`assignment::assign`] refuses.
pub async fn accept(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Answered> {
    let Some((suggested, task)) = open(tx, actor, id).await? else {
        return Ok(Answered::Before);
    };
    let wanted = suggested.people.min(missing(tx, &task).await?);
    let Ok(wanted @ 1..) = usize::try_from(wanted) else {
        return Ok(Answered::Before);
    };
    let people = best(tx, actor, &task, wanted).await?;
    if people.is_empty() {
        return Ok(Answered::Nobody);
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
    Ok(Answered::Added(
        added.map(|one| one.agent.name.clone()).collect(),
    ))
}

/// So many people fewer than its kind usually takes.
async fn missing(tx: &Tx, task: &Task) -> Result<i32> {
    let kind = task_kind::Entity::find_by_id(task.kind.id)
        .one(tx.db())
        .await?;
    let usual = kind.map_or(0, |kind| kind.crew);
    Ok(usual - i32::try_from(task.held().count()).unwrap_or(i32::MAX))
}

/// Of those who are free from the begin of the task to its end: near, few tasks, name.
async fn best(tx: &Tx, actor: &Actor, task: &Task, most: usize) -> Result<Vec<i64>> {
    let span = assignment::span(tx, task.id).await?;
    let on_it = task.held().map(|one| one.agent.agent_id);
    let free = agent::filtered(actor, &AgentFilter::default(), tx.now())
        .filter(window::free(span, task.id, tx.now()))
        .filter(agents::Column::Id.is_not_in(on_it));
    let near = match task.place.as_ref().and_then(|place| place.point) {
        Some(place) => near(tx, free.clone(), place).await?,
        None => HashMap::new(),
    };
    let mut rows: Vec<(i64, String)> = free
        .select_only()
        .columns([agents::Column::Id, agents::Column::Name])
        .order_by_desc(agents::Column::Id.is_in(near.keys().copied()))
        .order_by_asc(agents::Column::Name)
        .order_by_asc(agents::Column::Id)
        .limit(RANKED)
        .into_tuple()
        .all(tx.db())
        .await?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let loads = agent::loads(tx.db(), &ids).await?;
    rows.sort_by(|(one, a), (two, b)| {
        let away = |id: &i64| near.get(id).copied().unwrap_or(f64::MAX);
        let load = |id: &i64| loads.get(id).copied().unwrap_or(0);
        away(one)
            .total_cmp(&away(two))
            .then(load(one).cmp(&load(two)))
            .then(a.cmp(b))
    });
    Ok(rows.into_iter().map(|(id, _)| id).take(most).collect())
}

/// How far away those are who were seen lately, in metres.
async fn near(tx: &Tx, free: Select<agents::Entity>, place: Point) -> Result<HashMap<i64, f64>> {
    let minutes = tx.rules().position_fresh_minutes.into();
    let since = tx.now() - TimeDelta::minutes(minutes);
    let found = nearest_of(tx, free, place, RANKED, Some(since)).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.agent_id, one.distance_m))
        .collect())
}

/// Nobody is added.
///
/// # Errors
/// Only who may assign people to the task.
pub async fn reject(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Answered> {
    let Some((suggested, _)) = open(tx, actor, id).await? else {
        return Ok(Answered::Before);
    };
    answered(tx, actor, &suggested, SuggestionStatus::Rejected).await?;
    Ok(Answered::Kept)
}

/// The suggestion and its task, locked; nothing when somebody answered already or the task is over.
async fn open(tx: &Tx, actor: &Actor, id: i64) -> Result<Option<(Suggestion, Task)>> {
    let missing = || Refusal::missing(Thing::Task);
    let row = suggestion::Entity::find_by_id(id).one(tx.db()).await?;
    let task = load::locked(tx, actor, row.ok_or_else(missing)?.task_id).await?;
    actor.check(Act::Assign, &task.stake())?;
    let row = suggestion::Entity::find_by_id(id).one(tx.db()).await?;
    let row = row.ok_or_else(missing)?;
    let waits = row.status == SuggestionStatus::Offered && task.is_open();
    Ok(waits.then(|| (row.into(), task)))
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
