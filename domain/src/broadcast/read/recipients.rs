//! The people of a broadcast, one by one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{broadcast_recipient, user};

use super::{
    find,
    notes::{Note, notes},
};
use crate::{
    Actor, Page, Refusal, Result, Store, actor::Permission, broadcast::RecipientState,
    error::Thing, page::Window,
};

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
    /// What he wrote beside his answers, or without one.
    pub notes: Vec<Note>,
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
    let mut notes = notes(store, id, page.items.iter().map(|row| row.user_id)).await?;
    let calls = calls(actor);
    Ok(page.map(|row| Recipient {
        notes: notes.remove(&row.user_id).unwrap_or_default(),
        ..one_of(&row, &known, calls)
    }))
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
    let mut notes = notes(store, id, std::iter::once(user_id)).await?;
    Ok(Recipient {
        notes: notes.remove(&user_id).unwrap_or_default(),
        ..one_of(&row, &known, calls(actor))
    })
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
        notes: Vec::new(),
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
