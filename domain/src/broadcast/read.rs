//! What a broadcast looks like: to whoever sent it, to those who got it, and to those who have to call.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, Func, Query},
};

use ::entity::{broadcast, broadcast_recipient, unit_member, user};

use super::{AckMode, Attached, Audience, BroadcastStatus, RecipientState, UNHEARD};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    error::Thing,
    geo::Point,
    page::Window,
};

/// How many are in each state; `escalated` counts beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub by_state: BTreeMap<RecipientState, i64>,
    pub escalated: i64,
    /// When somebody's state changed last.
    pub changed_at: Option<DateTime<Utc>>,
}

impl Counts {
    pub fn of(&self, state: RecipientState) -> i64 {
        self.by_state.get(&state).copied().unwrap_or(0)
    }

    /// All its people.
    pub fn all(&self) -> i64 {
        self.by_state.values().sum()
    }

    /// Those who said that they have it or come.
    pub(super) fn answered_well(&self) -> i64 {
        self.of(RecipientState::Acknowledged) + self.of(RecipientState::OnTheWay)
    }
}

pub(super) async fn counts_in(db: &impl ConnectionTrait, id: i64) -> Result<Counts> {
    let named = CaseStatement::new()
        .case(broadcast_recipient::Column::EscalatedAt.is_not_null(), 1)
        .finally(0);
    let rows: Vec<(RecipientState, i64, i64, Option<DateTime<Utc>>)> =
        broadcast_recipient::Entity::find()
            .select_only()
            .column(broadcast_recipient::Column::State)
            .column_as(broadcast_recipient::Column::Id.count(), "people")
            .column_as(Expr::from(Func::sum(named)), "escalated")
            .column_as(broadcast_recipient::Column::StateAt.max(), "changed_at")
            .filter(broadcast_recipient::Column::BroadcastId.eq(id))
            .group_by(broadcast_recipient::Column::State)
            .into_tuple()
            .all(db)
            .await?;
    Ok(Counts {
        escalated: rows.iter().map(|(_, _, escalated, _)| escalated).sum(),
        changed_at: rows.iter().filter_map(|(.., at)| *at).max(),
        by_state: rows
            .into_iter()
            .map(|(state, people, ..)| (state, people))
            .collect(),
    })
}

/// A broadcast and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Broadcast {
    pub id: i64,
    pub protocol: Option<String>,
    pub text: String,
    pub audience: Audience,
    pub status: BroadcastStatus,
    pub ack: AckMode,
    pub drill: bool,
    pub place: Option<Point>,
    pub media: Option<Attached>,
    pub closing: Option<String>,
    pub created_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub counts: Counts,
}

/// One of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub id: i64,
    pub user_id: i64,
    pub name: String,
    pub state: RecipientState,
    pub at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    pub escalated_at: Option<DateTime<Utc>>,
}

/// A broadcast for whoever may send them, and for whoever sent it.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Broadcast> {
    seen(store.reader(), actor, id).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Broadcast> {
    seen(tx.db(), actor, id).await
}

/// The same for messages of the system itself, whoever reads them.
pub async fn show(store: &Store, id: i64) -> Result<Broadcast> {
    let row = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?
        .ok_or(Refusal::missing(Thing::Broadcast))?;
    let counts = counts_in(store.reader(), id).await?;
    shown(row, counts)
}

async fn seen(db: &impl ConnectionTrait, actor: &Actor, id: i64) -> Result<Broadcast> {
    let row = broadcast::Entity::find_by_id(id).one(db).await?;
    let row = row
        .filter(|row| {
            actor.level == Level::Admin
                || actor.has(Permission::Broadcast)
                || (row.created_by.is_some() && row.created_by == actor.user_id)
        })
        .ok_or(Refusal::missing(Thing::Broadcast))?;
    let counts = counts_in(db, id).await?;
    shown(row, counts)
}

fn shown(row: broadcast::Model, counts: Counts) -> Result<Broadcast> {
    Ok(Broadcast {
        id: row.id,
        protocol: row.protocol,
        text: row.text,
        audience: serde_json::from_value(row.audience)?,
        status: row.status,
        ack: AckMode::of(row.quorum),
        drill: row.drill,
        place: Point::of(row.lat, row.lon),
        media: row.media.map(serde_json::from_value).transpose()?,
        closing: row.closing,
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
        counts,
    })
}

/// A broadcast as one of its people sees it, with what he said.
pub async fn mine(
    store: &Store,
    user_id: i64,
    id: i64,
) -> Result<Option<(Broadcast, RecipientState)>> {
    let row = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    let own = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .one(store.reader())
        .await?;
    row.zip(own)
        .map(|(row, own)| Ok((shown(row, Counts::default())?, own.state)))
        .transpose()
}

/// A page of its people, the latest listed first.
pub async fn recipients(
    store: &Store,
    actor: &Actor,
    id: i64,
    state: Option<RecipientState>,
    window: Window,
) -> Result<Page<Recipient>> {
    find(store, actor, id).await?;
    let mut select = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(window.before(broadcast_recipient::Column::Id)?);
    if let Some(state) = state {
        select = select.filter(broadcast_recipient::Column::State.eq(state));
    }
    let rows = select
        .order_by_desc(broadcast_recipient::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    let names = names(store, page.items.iter().map(|row| row.user_id)).await?;
    Ok(page.map(|row| Recipient {
        id: row.id,
        user_id: row.user_id,
        name: names.get(&row.user_id).cloned().unwrap_or_default(),
        state: row.state,
        at: row.state_at,
        sent_at: row.sent_at,
        answered_at: row.answered_at,
        escalated_at: row.escalated_at,
    }))
}

async fn names(
    store: &Store,
    user_ids: impl Iterator<Item = i64>,
) -> Result<BTreeMap<i64, String>> {
    let rows: Vec<(i64, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(user_ids))
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Somebody of whom nothing was heard.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Silent {
    pub name: String,
    pub phone: Option<String>,
    pub state: RecipientState,
}

/// Those of whom nothing was heard, by name; of these units only, when some are given.
pub async fn silent(
    store: &Store,
    id: i64,
    units: Option<&[i64]>,
    most: u64,
) -> Result<Vec<Silent>> {
    let mut select = broadcast_recipient::Entity::find()
        .select_only()
        .column(user::Column::Name)
        .column(user::Column::Phone)
        .column(broadcast_recipient::Column::State)
        .join(
            sea_orm::JoinType::InnerJoin,
            broadcast_recipient::Entity::belongs_to(user::Entity)
                .from(broadcast_recipient::Column::UserId)
                .to(user::Column::Id)
                .into(),
        )
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::State.is_in(UNHEARD));
    if let Some(units) = units {
        let theirs = Query::select()
            .column(unit_member::Column::UserId)
            .from(unit_member::Entity)
            .and_where(Expr::col(unit_member::Column::UnitId).is_in(units.iter().copied()))
            .to_owned();
        select = select.filter(broadcast_recipient::Column::UserId.in_subquery(theirs));
    }
    Ok(select
        .order_by_asc(user::Column::Name)
        .limit(most)
        .into_model()
        .all(store.reader())
        .await?)
}
