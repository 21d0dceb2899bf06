//! The first wave: a broadcast in the groups of the units it is meant for. What becomes of it there is recorded, and never
//! stands in the way of what people are sent themselves.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};

pub use ::entity::broadcast_post::PostState;
use ::entity::{broadcast, broadcast_post, unit_group};

use super::{Audience, Broadcast, CHUNK, is_open, one, read::shown_alone};
use crate::{
    Actor, Result, Store, Tx, group,
    outbox::{self, Message, OutboxStatus},
};

/// A broadcast in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: i64,
    pub unit_id: i64,
    /// Nothing for the group itself.
    pub thread_id: Option<i64>,
    pub title: String,
    pub state: PostState,
    pub at: DateTime<Utc>,
    /// Why Telegram did not take it.
    pub error: Option<String>,
}

fn shown(row: broadcast_post::Model) -> Post {
    Post {
        id: row.id,
        unit_id: row.unit_id,
        thread_id: (row.thread_id != 0).then_some(row.thread_id),
        title: row.title,
        state: row.state,
        at: row.state_at,
        error: row.error,
    }
}

/// The groups of the units that the audience names.
async fn groups_of(
    db: &impl ConnectionTrait,
    audience: &Audience,
) -> Result<Vec<unit_group::Model>> {
    match audience {
        Audience::All => group::rows_of(db, None).await,
        Audience::Unit { unit_id } => group::rows_of(db, Some(vec![*unit_id])).await,
        _ => Ok(Vec::new()),
    }
}

/// A group that gets the first wave of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    pub id: i64,
    pub unit_id: i64,
    pub title: String,
    /// Why Telegram did not take the last one there: this one may not arrive either.
    pub trouble: Option<String>,
}

/// The groups that would get it first.
pub(super) async fn wave(store: &Store, audience: &Audience) -> Result<Vec<Wave>> {
    let rows = groups_of(store.reader(), audience).await?;
    let wave = rows.into_iter().map(|row| Wave {
        id: row.id,
        unit_id: row.unit_id,
        title: row.title,
        trouble: row.trouble,
    });
    Ok(wave.collect())
}

/// Puts it into the groups of the units that the audience names: one message for each place.
pub(super) async fn begin(tx: &mut Tx, id: i64, audience: &Audience) -> Result<()> {
    let groups = groups_of(tx.db(), audience).await?;
    let now = tx.now();
    for some in groups.chunks(CHUNK) {
        let rows = some.iter().map(|group| broadcast_post::ActiveModel {
            broadcast_id: Set(id),
            unit_id: Set(group.unit_id),
            chat_id: Set(group.chat_id),
            thread_id: Set(group.thread_id),
            title: Set(group.title.clone()),
            state: Set(PostState::Queued),
            state_at: Set(now),
            ..Default::default()
        });
        broadcast_post::Entity::insert_many(rows)
            .exec_without_returning(tx.db())
            .await?;
    }
    show(tx, id, PostState::Queued).await
}

/// Those in this state are sent, or brought up to date.
async fn show(tx: &mut Tx, id: i64, state: PostState) -> Result<()> {
    let posts = broadcast_post::Entity::find()
        .filter(broadcast_post::Column::BroadcastId.eq(id))
        .filter(broadcast_post::Column::State.eq(state))
        .order_by_asc(broadcast_post::Column::Id)
        .all(tx.db())
        .await?;
    let messages = posts
        .into_iter()
        .map(|post| Message::broadcast_post(post.chat_id, id, post.id));
    outbox::push_in_order(tx, messages.collect()).await
}

/// The groups see how it ended.
pub(super) async fn show_end(tx: &mut Tx, id: i64) -> Result<()> {
    show(tx, id, PostState::Sent).await
}

/// What became of the message in a group.
pub(crate) async fn posted(
    tx: &mut Tx,
    post_id: i64,
    status: OutboxStatus,
    error: Option<String>,
) -> Result<()> {
    let state = match status {
        OutboxStatus::Queued | OutboxStatus::Sending => return Ok(()),
        OutboxStatus::Sent => PostState::Sent,
        OutboxStatus::Failed | OutboxStatus::Unreachable => PostState::Failed,
        OutboxStatus::Dropped => PostState::Dropped,
    };
    let done = broadcast_post::Entity::update_many()
        .col_expr(broadcast_post::Column::State, Expr::value(state))
        .col_expr(broadcast_post::Column::StateAt, Expr::value(tx.now()))
        .col_expr(broadcast_post::Column::Error, Expr::value(error.clone()))
        .filter(broadcast_post::Column::Id.eq(post_id))
        .filter(broadcast_post::Column::State.eq(PostState::Queued))
        .exec(tx.db())
        .await?;
    if done.rows_affected == 0 || state == PostState::Dropped {
        return Ok(());
    }
    let Some(post) = broadcast_post::Entity::find_by_id(post_id)
        .one(tx.db())
        .await?
    else {
        return Ok(());
    };
    group::posted(tx, (post.unit_id, post.chat_id, post.thread_id), error).await?;
    match state {
        PostState::Sent => arrived(tx, &post).await,
        _ => Ok(()),
    }
}

/// The text is there for the first time: its place follows; or its end, when it was called off while it was under way.
async fn arrived(tx: &mut Tx, post: &broadcast_post::Model) -> Result<()> {
    let broadcast = one(tx, post.broadcast_id).await?;
    if !is_open(broadcast.status) {
        return show_end(tx, broadcast.id).await;
    }
    if broadcast.lat.is_none() {
        return Ok(());
    }
    let pin = Message::broadcast_pin(post.chat_id, broadcast.id, post.id);
    outbox::push(tx, vec![pin]).await
}

/// A broadcast as a group sees it: nobody is counted or named.
pub async fn post(store: &Store, id: i64, post_id: i64) -> Result<Option<(Broadcast, Post)>> {
    let row = broadcast_post::Entity::find_by_id(post_id)
        .one(store.reader())
        .await?;
    let of = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    let row = match row.filter(|row| row.broadcast_id == id) {
        Some(row) if is_registered(store, &row).await? => Some(row),
        _ => None,
    };
    of.zip(row)
        .map(|(of, row)| Ok((shown_alone(of)?, shown(row))))
        .transpose()
}

/// What was a group of the unit once, hears nothing more.
async fn is_registered(store: &Store, row: &broadcast_post::Model) -> Result<bool> {
    let group = unit_group::Entity::find()
        .filter(unit_group::Column::UnitId.eq(row.unit_id))
        .filter(unit_group::Column::ChatId.eq(row.chat_id))
        .filter(unit_group::Column::ThreadId.eq(row.thread_id))
        .one(store.reader())
        .await?;
    Ok(group.is_some())
}

/// The groups that were to get it, for whoever may see the broadcast.
pub async fn posts(store: &Store, actor: &Actor, id: i64) -> Result<Vec<Post>> {
    super::find(store, actor, id).await?;
    let rows = broadcast_post::Entity::find()
        .filter(broadcast_post::Column::BroadcastId.eq(id))
        .order_by_asc(broadcast_post::Column::Id)
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().map(shown).collect())
}
