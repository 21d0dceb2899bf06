//! How it ended for those of whom nothing was heard, for whoever had been told of their silence.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{agent, check_in, user};

use super::{CheckInStatus, read::about};
use crate::{Result, Store};

/// That nobody waits for somebody any more, although he has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Code of the task, and whether it is a drill; nothing for one who works alone.
    pub task: Option<(String, bool)>,
    /// Those who have not answered, but for who ended it.
    pub names: Vec<String>,
    /// When it ended; nothing while it goes on without them.
    pub at: Option<DateTime<Utc>>,
    /// Who ended it, if anybody did.
    pub by: Option<String>,
    /// He was silent himself.
    pub himself: bool,
}

/// How a check ended for these; nothing when there is none.
pub async fn ending(store: &Store, id: i64, agent_ids: &[i64]) -> Result<Option<Ending>> {
    let db = store.reader();
    let row = check_in::Entity::find_by_id(id).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    let ended = row.status == CheckInStatus::Ended;
    let by = row.ended_by.filter(|_| ended);
    let (his, others): (Vec<_>, Vec<_>) = silent(db, agent_ids)
        .await?
        .into_iter()
        .partition(|(_, user_id)| by.is_some() && *user_id == by);
    Ok(Some(Ending {
        task: about(db, row.task_id).await?,
        names: others.into_iter().map(|(name, _)| name).collect(),
        at: row.ended_at.filter(|_| ended),
        by: name_of(db, by).await?,
        himself: !his.is_empty(),
    }))
}

/// Name and account of each.
async fn silent(
    db: &impl ConnectionTrait,
    agent_ids: &[i64],
) -> Result<Vec<(String, Option<i64>)>> {
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Name)
        .column(agent::Column::UserId)
        .filter(agent::Column::Id.is_in(agent_ids.iter().copied()))
        .order_by_asc(agent::Column::Name)
        .into_tuple()
        .all(db)
        .await?)
}

async fn name_of(db: &impl ConnectionTrait, user_id: Option<i64>) -> Result<Option<String>> {
    let Some(id) = user_id else { return Ok(None) };
    let user = user::Entity::find_by_id(id).one(db).await?;
    Ok(user.map(|user| user.name))
}
