//! What a broadcast looks like: to whoever sent it and to those who got it.

use std::slice;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{broadcast, broadcast_recipient};

use super::{
    AckMode, Anew, Attached, Audience, BroadcastStatus, RecipientState,
    files::{self, File},
};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
    error::Thing,
    geo::Point,
    page::Window,
};

mod counts;
mod names;
mod notes;
mod recipients;

pub use counts::Counts;
pub(super) use counts::counts_in;
use counts::counts_of;
pub use notes::Note;
pub use recipients::{Recipient, recipient, recipients};

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
    let mut items = files::with_files(store.reader(), items).await?;
    names::add(store.reader(), &mut items).await?;
    Ok(Page {
        items,
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
    /// For those who see it as its senders do.
    pub created_by_name: Option<String>,
    /// Sender, identifier and time of the alert it was made of.
    pub source: Option<String>,
    pub approved_by: Option<i64>,
    pub approved_by_name: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub counts: Counts,
}

impl Broadcast {
    /// As many as were wanted are on their way: what was said does not expire.
    pub fn is_under_way(&self) -> bool {
        let wanted = self.ack.quorum();
        wanted.is_some_and(|wanted| self.counts.of(RecipientState::OnTheWay) >= i64::from(wanted))
    }
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
    names::add(db, slice::from_mut(&mut found)).await?;
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
        created_by_name: None,
        source: row.source,
        approved_by: row.approved_by,
        approved_by_name: None,
        created_at: row.created_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
        counts,
    })
}

/// A broadcast as one of its people sees it, and how he stands with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mine {
    pub broadcast: Broadcast,
    pub state: RecipientState,
    /// What he said holds no more.
    pub anew: Option<Anew>,
}

/// A broadcast as one of its people sees it, with what he said.
pub async fn mine(store: &Store, user_id: i64, id: i64) -> Result<Option<Mine>> {
    let row = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    let own = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .one(store.reader())
        .await?;
    let mine = |(row, own): (broadcast::Model, broadcast_recipient::Model)| -> Result<Mine> {
        Ok(Mine {
            broadcast: shown_alone(row)?,
            state: own.state,
            anew: Anew::of(own.state, own.state_at, own.answered_at),
        })
    };
    row.zip(own).map(mine).transpose()
}
