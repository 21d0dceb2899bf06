//! Drills as people see them: what is planned, what became of it, and how well people answered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::{
    broadcast, broadcast::BroadcastStatus, drill, emergency, emergency::EmergencyStatus,
};

use super::{DrillStatus, MissedWhy, Score, score, sos};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    broadcast::Audience,
    error::Thing,
    page::Window,
};

/// A drill.
#[derive(Clone, Debug, PartialEq)]
pub struct Drill {
    pub id: i64,
    pub status: DrillStatus,
    pub protocol: Option<String>,
    /// What people read; the code of a call.
    pub words: String,
    /// None for a call: who is asked is found by the search.
    pub audience: Option<Audience>,
    /// The zone it was planned in; none for one that was sent by hand.
    pub zone: Option<String>,
    pub starts_at: DateTime<Utc>,
    /// None for a call.
    pub ends_at: Option<DateTime<Utc>>,
    /// What it became.
    pub broadcast: Option<Held>,
    /// The call for help that was practised.
    pub call: Option<Called>,
    pub why: Option<MissedWhy>,
    pub created_by: Option<i64>,
    pub created_at: DateTime<Utc>,
}

/// The broadcast of a drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: i64,
    pub status: BroadcastStatus,
    pub ended_at: Option<DateTime<Utc>>,
    /// As it stands now, or was when it ended.
    pub score: Score,
}

/// A call for help that was practised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    pub id: i64,
    pub status: EmergencyStatus,
    pub ended_at: Option<DateTime<Utc>>,
    /// As it stands now, or was when it ended.
    pub score: Score,
}

impl Drill {
    /// How well it was answered; none before it is held.
    pub fn score(&self) -> Option<Score> {
        let held = self.broadcast.as_ref().map(|held| held.score);
        held.or(self.call.as_ref().map(|call| call.score))
    }
}

/// Which drills are wanted.
#[derive(Clone, Debug, Default)]
pub struct DrillFilter {
    pub statuses: Vec<DrillStatus>,
}

/// The drills, the latest first: those to come, then those that were.
///
/// # Errors
/// Needs the permission `broadcast` or level 3.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: DrillFilter,
    window: Window,
) -> Result<Page<Drill>> {
    may_look(actor)?;
    let mut select = drill::Entity::find().filter(behind(&window)?);
    if !filter.statuses.is_empty() {
        select = select.filter(drill::Column::Status.is_in(filter.statuses));
    }
    let rows = select
        .order_by_desc(drill::Column::StartsAt)
        .order_by_desc(drill::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| (row.starts_at, row.id));
    Ok(Page {
        items: shown(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

/// What lies behind this page; the first term says where in the index to begin.
fn behind(window: &Window) -> Result<Condition> {
    let Some((starts_at, id)) = window.after::<(DateTime<Utc>, i64)>()? else {
        return Ok(Condition::all());
    };
    let same = Condition::all()
        .add(drill::Column::StartsAt.eq(starts_at))
        .add(drill::Column::Id.lt(id));
    let earlier = Condition::any()
        .add(drill::Column::StartsAt.lt(starts_at))
        .add(same);
    Ok(Condition::all()
        .add(drill::Column::StartsAt.lte(starts_at))
        .add(earlier))
}

/// One drill.
///
/// # Errors
/// Needs the permission `broadcast` or level 3.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Drill> {
    one(store.reader(), actor, id).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Drill> {
    one(tx.db(), actor, id).await
}

async fn one(db: &impl ConnectionTrait, actor: &Actor, id: i64) -> Result<Drill> {
    may_look(actor)?;
    let rows = drill::Entity::find_by_id(id).all(db).await?;
    let found = shown(db, rows).await?.pop();
    found.ok_or_else(|| Refusal::missing(Thing::Drill).into())
}

fn may_look(actor: &Actor) -> Result<(), Refusal> {
    match actor.level == Level::Admin || actor.has(Permission::Broadcast) {
        true => Ok(()),
        false => Err(Refusal::NotAllowed),
    }
}

/// Six statements at most, whatever the number: what is over brings its score along.
async fn shown(db: &impl ConnectionTrait, rows: Vec<drill::Model>) -> Result<Vec<Drill>> {
    let mut held = held(db, &rows).await?;
    let mut called = called(db, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let call = row.emergency_id.and_then(|id| called.remove(&id));
            let sent = row.emergency_id.is_none();
            let audience = sent.then(|| serde_json::from_value(row.audience));
            Ok(Drill {
                id: row.id,
                status: row.status,
                protocol: row.protocol,
                words: row.words,
                audience: audience.transpose()?,
                zone: row.zone,
                starts_at: row.starts_at,
                ends_at: sent.then_some(row.ends_at),
                broadcast: row.broadcast_id.and_then(|id| held.remove(&id)),
                call,
                why: row.why,
                created_by: row.created_by,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// The scores that were kept, and what has none yet.
fn kept(
    rows: &[drill::Model],
    which: impl Fn(&drill::Model) -> Option<i64>,
) -> Result<(HashMap<i64, Score>, Vec<i64>)> {
    let (mut scores, mut left) = (HashMap::new(), Vec::new());
    for row in rows {
        match (which(row), &row.score) {
            (Some(id), Some(score)) => {
                scores.insert(id, serde_json::from_value(score.clone())?);
            }
            (Some(id), None) => left.push(id),
            (None, _) => {}
        }
    }
    Ok((scores, left))
}

async fn held(db: &impl ConnectionTrait, drills: &[drill::Model]) -> Result<HashMap<i64, Held>> {
    let (mut scores, left) = kept(drills, |row| row.broadcast_id)?;
    scores.extend(score::of(db, &left).await?);
    let ids = drills.iter().filter_map(|row| row.broadcast_id);
    let rows: Vec<(i64, BroadcastStatus, Option<DateTime<Utc>>)> = broadcast::Entity::find()
        .select_only()
        .column(broadcast::Column::Id)
        .column(broadcast::Column::Status)
        .column(broadcast::Column::EndedAt)
        .filter(broadcast::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let held = rows.into_iter().map(|(id, status, ended_at)| Held {
        id,
        status,
        ended_at,
        score: scores.get(&id).copied().unwrap_or_default(),
    });
    Ok(held.map(|one| (one.id, one)).collect())
}

async fn called(
    db: &impl ConnectionTrait,
    drills: &[drill::Model],
) -> Result<HashMap<i64, Called>> {
    let (mut scores, left) = kept(drills, |row| row.emergency_id)?;
    scores.extend(sos::of(db, &left).await?);
    let ids = drills.iter().filter_map(|row| row.emergency_id);
    let rows: Vec<(i64, EmergencyStatus, Option<DateTime<Utc>>)> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .column(emergency::Column::Status)
        .column(emergency::Column::EndedAt)
        .filter(emergency::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let called = rows.into_iter().map(|(id, status, ended_at)| Called {
        id,
        status,
        ended_at,
        score: scores.get(&id).copied().unwrap_or_default(),
    });
    Ok(called.map(|one| (one.id, one)).collect())
}
