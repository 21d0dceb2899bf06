//! Who is asked, and who hears of silence.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{agent, check_in, check_in_person, user};

use super::{is_under_way, task_of, told};
use crate::{
    Result, Tx, duty, emergency,
    outbox::{self, Lane, Message, Notice},
    reach::hears,
    task::{AssignmentState, Task},
};

/// Somebody who is to be asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub agent_id: i64,
    /// Chat and account, as far as Telegram reaches him.
    pub reader: Option<(i64, i64)>,
}

/// Those who belong to it now: whoever is alone, or who has acknowledged the task.
pub(super) async fn asked(tx: &Tx, row: &check_in::Model) -> Result<Vec<Asked>> {
    let ids = match task_of(tx, row).await? {
        Some(task) => crew(&task),
        None => row.agent_id.into_iter().collect(),
    };
    let readers = readers(tx, &ids).await?;
    Ok(ids
        .into_iter()
        .map(|agent_id| Asked {
            agent_id,
            reader: readers.get(&agent_id).copied(),
        })
        .collect())
}

fn crew(task: &Task) -> Vec<i64> {
    if !is_under_way(task) {
        return Vec::new();
    }
    let there = task
        .held()
        .filter(|one| one.state != AssignmentState::Offered);
    there.map(|one| one.agent.agent_id).collect()
}

/// Chat and account of those of these agents whom Telegram reaches.
async fn readers(tx: &Tx, agent_ids: &[i64]) -> Result<HashMap<i64, (i64, i64)>> {
    let accounts: Vec<(i64, Option<i64>)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::UserId)
        .filter(agent::Column::Id.is_in(agent_ids.iter().copied()))
        .into_tuple()
        .all(tx.db())
        .await?;
    let chats: HashMap<i64, Option<i64>> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(user::Column::Id.is_in(accounts.iter().filter_map(|(_, account)| *account)))
        .filter(hears())
        .into_tuple::<(i64, Option<i64>)>()
        .all(tx.db())
        .await?
        .into_iter()
        .collect();
    let reader = |account: Option<i64>| {
        let user_id = account?;
        Some((chats.get(&user_id).copied().flatten()?, user_id))
    };
    Ok(accounts
        .into_iter()
        .filter_map(|(agent_id, account)| Some((agent_id, reader(account)?)))
        .collect())
}

/// Asks these with a sound.
pub(super) async fn ring(tx: &mut Tx, id: i64, people: &[Asked]) -> Result<()> {
    let rings = people.iter().filter_map(|one| {
        let (chat_id, user_id) = one.reader?;
        Some(Message::check_in(chat_id, Some(user_id), id, true))
    });
    let rings = rings.collect();
    outbox::push(tx, rings).await
}

/// Those of these whose question has left, or was tried in vain: nothing of it waits for its first try.
pub(super) async fn tried(tx: &Tx, id: i64, people: &[Asked]) -> Result<Vec<i64>> {
    let chats = people.iter().filter_map(|one| Some(one.reader?.0));
    let ring = Notice::CheckIn {
        check_in_id: id,
        ring: true,
    };
    let waits: Vec<i64> = outbox::untried(tx, chats.collect())
        .await?
        .into_iter()
        .filter_map(|(chat, notice)| (notice == ring).then_some(chat))
        .collect();
    let left = |one: &&Asked| one.reader.is_none_or(|(chat, _)| !waits.contains(&chat));
    Ok(people.iter().filter(left).map(|one| one.agent_id).collect())
}

/// The lead of its task, as agent, chat and account, when Telegram reaches him.
pub(super) async fn lead(tx: &Tx, row: &check_in::Model) -> Result<Option<(i64, (i64, i64))>> {
    let lead = task_of(tx, row).await?.and_then(|task| task.lead);
    let Some(lead) = lead else { return Ok(None) };
    let readers = readers(tx, &[lead.agent_id]).await?;
    Ok(readers
        .get(&lead.agent_id)
        .map(|reader| (lead.agent_id, *reader)))
}

/// Chats by account of those in command of it: as for a call for help, but for whoever is silent himself and whom Telegram
/// does not reach; when nobody is left, all who command.
pub(super) async fn command(tx: &Tx, row: &check_in::Model) -> Result<BTreeMap<i64, i64>> {
    let task = task_of(tx, row).await?;
    let unit = task.and_then(|task| task.unit).map(|unit| unit.id);
    let units = match (unit, row.agent_id) {
        (Some(unit_id), _) => vec![unit_id],
        (None, Some(agent_id)) => duty::units_of(tx.db(), agent_id).await?,
        (None, None) => Vec::new(),
    };
    let near = emergency::watchers(tx, &units, None, false).await?;
    let near = hearing(tx, row.id, near).await?;
    if !near.is_empty() {
        return Ok(near);
    }
    let all = emergency::commanders(tx).await?;
    hearing(tx, row.id, all).await
}

/// Without those who are silent in it, and those whom Telegram does not reach.
async fn hearing(tx: &Tx, id: i64, mut people: BTreeMap<i64, i64>) -> Result<BTreeMap<i64, i64>> {
    let silent = Query::select()
        .column((agent::Entity, agent::Column::UserId))
        .from(agent::Entity)
        .inner_join(
            check_in_person::Entity,
            Expr::col((agent::Entity, agent::Column::Id))
                .equals((check_in_person::Entity, check_in_person::Column::AgentId)),
        )
        .and_where(check_in_person::Column::CheckInId.eq(id))
        .and_where(check_in_person::Column::State.is_in(super::silence::UNHEARD))
        .and_where(agent::Column::UserId.is_not_null())
        .to_owned();
    let deaf: Vec<i64> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(people.keys().copied()))
        .filter(
            Condition::any()
                .add(hears().not())
                .add(user::Column::Id.in_subquery(silent)),
        )
        .into_tuple()
        .all(tx.db())
        .await?;
    people.retain(|id, _| !deaf.contains(id));
    Ok(people)
}

/// Tells one person, or those in command, something about it in the lane of emergencies.
pub(super) async fn tell(
    tx: &mut Tx,
    people: impl IntoIterator<Item = (i64, i64)>,
    notice: Notice,
) -> Result<()> {
    let told = people.into_iter().map(|(chat_id, user_id)| {
        Message::news(chat_id, Some(user_id), notice.clone()).in_lane(Lane::Emergency)
    });
    let told = told.collect();
    outbox::push(tx, told).await
}

/// Everybody else who commands and can hear it.
pub(super) async fn further(
    tx: &Tx,
    id: i64,
    near: &BTreeMap<i64, i64>,
) -> Result<BTreeMap<i64, i64>> {
    let mut all = hearing(tx, id, emergency::commanders(tx).await?).await?;
    all.retain(|user_id, _| !near.contains_key(user_id));
    Ok(all)
}

/// Tells these who is silent or cannot be reached, and whom to call.
pub(super) async fn call(tx: &mut Tx, id: i64, people: BTreeMap<i64, i64>) -> Result<()> {
    let notice = Notice::CheckInSilent {
        check_in_id: id,
        phones: true,
    };
    let user_ids: Vec<i64> = people.keys().copied().collect();
    let chats = people.into_iter().map(|(user_id, chat)| (chat, user_id));
    tell(tx, chats, notice).await?;
    told::record(tx, id, &user_ids).await
}
