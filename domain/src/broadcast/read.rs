//! What a broadcast looks like: to whoever sent it and to those who got it.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{CaseStatement, Expr, Func},
};

use ::entity::{broadcast, broadcast_recipient, user};

use super::{
    AckMode, Attached, Audience, BroadcastStatus, RecipientState, UNHEARD,
    files::{self, File},
};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    error::Thing,
    geo::Point,
    page::Window,
};

/// How many are in each state: everybody counts once, by what is known of him last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub by_state: BTreeMap<RecipientState, i64>,
    /// Those of whom nothing was heard and about whom somebody who answers for them was told: a sign beside their state, and
    /// none any more once they answered.
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
    Ok(counts_of(db, vec![id])
        .await?
        .remove(&id)
        .unwrap_or_default())
}

/// The counts of several, in one statement.
async fn counts_of(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, Counts>> {
    let named = CaseStatement::new()
        .case(broadcast_recipient::Column::EscalatedAt.is_not_null(), 1)
        .finally(0);
    type Row = (i64, RecipientState, i64, i64, Option<DateTime<Utc>>);
    let rows: Vec<Row> = broadcast_recipient::Entity::find()
        .select_only()
        .column(broadcast_recipient::Column::BroadcastId)
        .column(broadcast_recipient::Column::State)
        .column_as(broadcast_recipient::Column::Id.count(), "people")
        .column_as(Expr::from(Func::sum(named)), "escalated")
        .column_as(broadcast_recipient::Column::StateAt.max(), "changed_at")
        .filter(broadcast_recipient::Column::BroadcastId.is_in(ids))
        .group_by(broadcast_recipient::Column::BroadcastId)
        .group_by(broadcast_recipient::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<i64, Counts> = HashMap::new();
    for (id, state, people, escalated, changed_at) in rows {
        let one = counts.entry(id).or_default();
        one.by_state.insert(state, people);
        if UNHEARD.contains(&state) {
            one.escalated += escalated;
        }
        one.changed_at = Ord::max(one.changed_at, changed_at);
    }
    Ok(counts)
}

/// Which broadcasts are wanted.
#[derive(Clone, Debug, Default)]
pub struct BroadcastFilter {
    pub statuses: Vec<BroadcastStatus>,
    pub drill: Option<bool>,
}

/// The broadcasts, newest first: all of them for admins and for whoever may send, one's own for anybody else.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: BroadcastFilter,
    window: Window,
) -> Result<Page<Broadcast>> {
    let mut select = broadcast::Entity::find().filter(window.before(broadcast::Column::Id)?);
    if actor.level != Level::Admin && !actor.has(Permission::Broadcast) {
        select = select.filter(broadcast::Column::CreatedBy.eq(actor.user_id.unwrap_or_default()));
    }
    if !filter.statuses.is_empty() {
        select = select.filter(broadcast::Column::Status.is_in(filter.statuses));
    }
    if let Some(drill) = filter.drill {
        select = select.filter(broadcast::Column::Drill.eq(drill));
    }
    let rows = select
        .order_by_desc(broadcast::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    let ids = page.items.iter().map(|row| row.id).collect();
    let mut counts = counts_of(store.reader(), ids).await?;
    let items = page
        .items
        .into_iter()
        .filter_map(|row| {
            let (id, counts) = (row.id, counts.remove(&row.id).unwrap_or_default());
            // A newer release may know audiences that this one does not: it shows them.
            shown(row, counts)
                .inspect_err(|error| {
                    tracing::warn!(broadcast.id = id, %error, "a broadcast cannot be read");
                })
                .ok()
        })
        .collect();
    Ok(Page {
        items: files::with_files(store.reader(), items).await?,
        next_cursor: page.next_cursor,
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
    /// The file from the board that goes with it; none for whoever only gets it.
    pub file: Option<File>,
    pub closing: Option<String>,
    pub created_by: Option<i64>,
    /// Sender, identifier and time of the alert it was made of.
    pub source: Option<String>,
    pub approved_by: Option<i64>,
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
    /// For those who have to call him, as long as he neither has it nor comes.
    pub phone: Option<String>,
    pub telegram_username: Option<String>,
}

/// A broadcast for whoever may send them, and for whoever sent it.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Broadcast> {
    seen(store.reader(), actor, id).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Broadcast> {
    seen(tx.db(), actor, id).await
}

/// The same for messages of the system itself, whoever reads them; nobody is counted.
pub async fn show(store: &Store, id: i64) -> Result<Broadcast> {
    let row = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?
        .ok_or(Refusal::missing(Thing::Broadcast))?;
    shown(row, Counts::default())
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
    let mut found = shown(row, counts)?;
    let file = files::of(db, &[id]).await?.remove(&id);
    found.file = file.map(|file| file.seen(found.ended_at.is_some()));
    Ok(found)
}

/// The same of a row that was read already.
pub(super) fn shown_alone(row: broadcast::Model) -> Result<Broadcast> {
    shown(row, Counts::default())
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
        file: None,
        closing: row.closing,
        created_by: row.created_by,
        source: row.source,
        approved_by: row.approved_by,
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
    let known = known(store, page.items.iter().map(|row| row.user_id)).await?;
    let calls = calls(actor);
    Ok(page.map(|row| one_of(&row, &known, calls)))
}

/// One of its people, for whoever sees it.
pub async fn recipient(store: &Store, actor: &Actor, id: i64, user_id: i64) -> Result<Recipient> {
    find(store, actor, id).await?;
    let row = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .one(store.reader())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::User))?;
    let known = known(store, std::iter::once(user_id)).await?;
    Ok(one_of(&row, &known, calls(actor)))
}

/// Whether somebody may learn whom to call: as with the phones of an emergency.
fn calls(actor: &Actor) -> bool {
    actor.may_command() || actor.has(Permission::Broadcast)
}

/// Whether somebody may have to be called.
fn to_be_called(state: RecipientState) -> bool {
    !matches!(
        state,
        RecipientState::Acknowledged | RecipientState::OnTheWay
    )
}

fn one_of(
    row: &broadcast_recipient::Model,
    known: &BTreeMap<i64, Known>,
    calls: bool,
) -> Recipient {
    let known = known.get(&row.user_id).cloned().unwrap_or_default();
    let called = calls && to_be_called(row.state);
    Recipient {
        id: row.id,
        user_id: row.user_id,
        name: known.name,
        state: row.state,
        at: row.state_at,
        sent_at: row.sent_at,
        answered_at: row.answered_at,
        escalated_at: row.escalated_at,
        phone: known.phone.filter(|_| called),
        telegram_username: known.telegram_username.filter(|_| called),
    }
}

/// What is known of somebody who got it.
#[derive(Clone, Default, FromQueryResult)]
struct Known {
    id: i64,
    name: String,
    phone: Option<String>,
    telegram_username: Option<String>,
}

async fn known(store: &Store, user_ids: impl Iterator<Item = i64>) -> Result<BTreeMap<i64, Known>> {
    let rows: Vec<Known> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .column(user::Column::Phone)
        .column(user::Column::TelegramUsername)
        .filter(user::Column::Id.is_in(user_ids))
        .into_model()
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().map(|one| (one.id, one)).collect())
}
