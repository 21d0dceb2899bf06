//! Who needs help himself: whatever else he does, he is not free, and is sent only for a reason.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use serde::{Deserialize, Serialize};

use ::entity::{agent, emergency, task};

use super::{Agent, AgentFilter, filtered, load::load};
use crate::{Actor, Result, Store, availability, broadcast, page};

/// How somebody needs help himself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// His own call for help goes on; with its code once it has left.
    Calling { code: Option<String> },
    /// He said so in a broadcast that is open.
    Said,
}

impl Need {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Calling { .. } => "calling",
            Self::Said => "in_need",
        }
    }
}

/// For so long a need of now stands against work that begins later: as long as a task lasts of which nothing is known.
const LASTS: TimeDelta = TimeDelta::minutes(120);

/// For so long nobody who said so is asked to help somebody else.
const LATELY: TimeDelta = TimeDelta::minutes(30);

/// Whether a need of now stands against what begins at that moment.
pub(crate) fn matters(start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    start < now + LASTS
}

/// What these agents need; a call of his own counts before what somebody said.
pub(crate) async fn needs(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, Need>> {
    let said = said(db, ids).await?.into_iter();
    let mut needs: HashMap<i64, Need> = said.map(|id| (id, Need::Said)).collect();
    let calls = calls(db, ids).await?.into_iter();
    needs.extend(calls.map(|(id, code)| (id, Need::Calling { code })));
    Ok(needs)
}

/// Those of these agents who said so in a broadcast.
pub(crate) async fn said(db: &impl ConnectionTrait, ids: &[i64]) -> Result<BTreeSet<i64>> {
    let said: Vec<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .filter(says_so())
        .into_tuple()
        .all(db)
        .await?;
    Ok(said.into_iter().collect())
}

/// Those of these agents who said so in a broadcast that is open, or lately.
pub(crate) async fn said_lately(
    db: &impl ConnectionTrait,
    ids: &[i64],
    now: DateTime<Utc>,
) -> Result<BTreeSet<i64>> {
    let lately: Vec<i64> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .filter(agent::Column::Id.in_subquery(who_said_lately(now)))
        .into_tuple()
        .all(db)
        .await?;
    let mut said = said(db, ids).await?;
    said.extend(lately);
    Ok(said)
}

/// Those of these agents whose call for help goes on, and its code.
async fn calls(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<(i64, Option<String>)>> {
    let its_task: RelationDef = emergency::Entity::belongs_to(task::Entity)
        .from(emergency::Column::TaskId)
        .to(task::Column::Id)
        .into();
    Ok(emergency::Entity::find()
        .select_only()
        .column(emergency::Column::AgentId)
        .column(task::Column::Code)
        .join(JoinType::LeftJoin, its_task)
        .filter(emergency::Column::AgentId.is_in(ids.iter().copied()))
        .filter(availability::calls_that_go_on())
        .into_tuple()
        .all(db)
        .await?)
}

/// The agents of this person's scope who need help themselves, by name; the first of very many.
pub async fn in_need(store: &Store, actor: &Actor) -> Result<Vec<Agent>> {
    let now = store.now();
    let rows = filtered(actor, &AgentFilter::default(), now)
        .filter(agent::Column::Id.in_subquery(who_needs()))
        .order_by_asc(agent::Column::Name)
        .order_by_asc(agent::Column::Id)
        .limit(page::MOST)
        .all(store.reader())
        .await?;
    load(store.reader(), rows, now).await
}

/// The agents who need help themselves, one way or the other: one set, from which a planner can begin.
pub(crate) fn who_needs() -> SelectStatement {
    who_said()
        .union(UnionType::Distinct, who_calls())
        .to_owned()
}

/// The agents who said so in a broadcast.
pub(crate) fn who_said() -> SelectStatement {
    Query::select()
        .column((agent::Entity, agent::Column::Id))
        .from(agent::Entity)
        .and_where(says_so())
        .to_owned()
}

/// The agents who said so lately, whether that broadcast still asks or not: nobody knows that they are well.
pub(crate) fn who_said_lately(now: DateTime<Utc>) -> SelectStatement {
    let accounts = broadcast::in_need_since(now - LATELY);
    Query::select()
        .column((agent::Entity, agent::Column::Id))
        .from(agent::Entity)
        .and_where(Expr::col((agent::Entity, agent::Column::UserId)).in_subquery(accounts))
        .to_owned()
}

/// Whether the agent of the current row said so in a broadcast.
fn says_so() -> Expr {
    Expr::col((agent::Entity, agent::Column::UserId)).in_subquery(broadcast::in_need())
}

/// The agents whose own call for help goes on.
fn who_calls() -> SelectStatement {
    Query::select()
        .column((emergency::Entity, emergency::Column::AgentId))
        .from(emergency::Entity)
        .and_where(Expr::col((emergency::Entity, emergency::Column::AgentId)).is_not_null())
        .cond_where(availability::calls_that_go_on())
        .to_owned()
}
