//! The file that goes with a broadcast from the board: brought to Telegram once, behind the words of everybody; from then on
//! everybody gets it by the id that Telegram gave it. What goes wrong with it never holds back the words.
//!
//! ```text
//! waiting --the chat that gets it first has it--> taken; --Telegram or the file store says no--> failed
//! ```

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
};

use ::entity::{attachment as row, broadcast, broadcast_recipient, user};

use super::{
    Attached, Broadcast, PAGE, RecipientState, is_open, lock, one, progress, reach::with_account,
    tell,
};
use crate::{
    Actor, Result, Store, Tx,
    attachment::{self, Attachment, NewFile, Owner},
    outbox::{self, Message, Notice, OutboxStatus},
    timer::{self, Due},
};

/// In so many chats it is tried when Telegram does not reach the first.
const PILOTS: i32 = 5;

/// The file of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub attachment_id: i64,
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Option<i64>,
    /// Where it lies in the file store.
    pub path: Option<String>,
    pub state: FileState,
}

/// How far it is with Telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    Waiting,
    /// Telegram has it: whoever gets the broadcast gets it too.
    Taken,
    /// Nobody gets it.
    Failed,
}

impl From<Attachment> for File {
    fn from(one: Attachment) -> Self {
        Self {
            state: match (&one.telegram_file_id, &one.error) {
                (Some(_), _) => FileState::Taken,
                (None, Some(_)) => FileState::Failed,
                (None, None) => FileState::Waiting,
            },
            attachment_id: one.id,
            name: one.name,
            mime: one.mime,
            bytes: one.bytes,
            path: one.path,
        }
    }
}

impl File {
    /// What was not brought before its broadcast ended reaches nobody any more.
    pub(super) fn seen(self, over: bool) -> Self {
        match self.state {
            FileState::Waiting if over => Self {
                state: FileState::Failed,
                ..self
            },
            _ => self,
        }
    }
}

/// The files of some broadcasts, in one statement.
pub(super) async fn of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, File>> {
    let files = attachment::of(db, row::Column::BroadcastId, ids.iter().copied()).await?;
    let files = files.into_iter().filter_map(|one| match one.owner {
        Owner::Broadcast(id) => Some((id, File::from(one))),
        _ => None,
    });
    Ok(files.collect())
}

/// The file of a broadcast, if it has one from the board.
pub async fn file(store: &Store, id: i64) -> Result<Option<File>> {
    Ok(of(store.reader(), &[id]).await?.remove(&id))
}

pub(super) async fn keep(tx: &mut Tx, id: i64, file: NewFile) -> Result<()> {
    attachment::attach(tx, Owner::Broadcast(id), file).await
}

async fn waits(tx: &Tx, id: i64) -> Result<bool> {
    let file = of(tx.db(), &[id]).await?.remove(&id);
    Ok(file.is_some_and(|file| file.state == FileState::Waiting))
}

/// It leaves: whoever sends it gets the file first, so that nobody in the field waits for its bytes; one who is not linked leaves
/// that to the last of its people.
pub(super) async fn begin(tx: &mut Tx, id: i64, sender: &Actor) -> Result<()> {
    if !waits(tx, id).await? {
        return Ok(());
    }
    if let Some(chat_id) = sender.telegram_id {
        let first = Message::broadcast_upload(chat_id, sender.user_id, id, (i64::MAX, 1));
        return outbox::push(tx, vec![first]).await;
    }
    match bring(tx, id, i64::MAX, 1).await? {
        true => Ok(()),
        false => failed(tx, id, "nobody can be reached".into()).await,
    }
}

/// Brings it to the last of its people before this one whom Telegram reaches; false when there is nobody.
async fn bring(tx: &mut Tx, id: i64, before: i64, nth: i32) -> Result<bool> {
    let next: Option<(i64, i64, Option<i64>)> = reached(id)
        .filter(broadcast_recipient::Column::Id.lt(before))
        .order_by_desc(broadcast_recipient::Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx.db())
        .await?;
    let Some((pilot, user_id, Some(chat_id))) = next else {
        return Ok(false);
    };
    let first = Message::broadcast_upload(chat_id, Some(user_id), id, (pilot, nth));
    outbox::push(tx, vec![first]).await?;
    Ok(true)
}

/// Row, account and chat of its people whom Telegram reaches.
fn reached(id: i64) -> sea_orm::Select<broadcast_recipient::Entity> {
    broadcast_recipient::Entity::find()
        .select_only()
        .column(broadcast_recipient::Column::Id)
        .column(broadcast_recipient::Column::UserId)
        .column(user::Column::TelegramId)
        .join(JoinType::InnerJoin, with_account())
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::State.ne(RecipientState::Unreachable))
        .filter(user::Column::TelegramId.is_not_null())
}

/// Telegram has the file, in this chat: everybody else gets it by its id. Again: nothing, because a sender that ends before it
/// has noted this brings it a second time.
pub async fn uploaded(store: &Store, id: i64, chat_id: i64, file: Attached) -> Result<()> {
    store
        .write(move |tx| Box::pin(async move { taken(tx, id, chat_id, file).await }))
        .await
}

async fn taken(tx: &mut Tx, id: i64, chat_id: i64, file: Attached) -> Result<()> {
    let of_it = lock(tx, id).await?;
    if of_it.media.is_some() {
        return Ok(());
    }
    let named = row::ActiveModel {
        telegram_file_id: Set(Some(file.id().to_owned())),
        error: Set(None),
        ..Default::default()
    };
    row::Entity::update_many()
        .set(named)
        .filter(row::Column::BroadcastId.eq(id))
        .exec(tx.db())
        .await?;
    let update = broadcast::ActiveModel {
        id: Set(id),
        media: Set(Some(serde_json::to_value(&file)?)),
        ..Default::default()
    };
    broadcast::Entity::update(update).exec(tx.db()).await?;
    if is_open(of_it.status) {
        let rest = Due::BroadcastFiles {
            broadcast_id: id,
            after: 0,
            first: chat_id,
        };
        let now = tx.now();
        timer::set(tx, &rest, now).await?;
    }
    progress(tx, id).await
}

/// The next of its people get the file, but for the chat that had it first, unless it has ended meanwhile.
pub(crate) async fn files_on(tx: &mut Tx, id: i64, after: i64, first: i64) -> Result<()> {
    if !is_open(lock(tx, id).await?.status) {
        return Ok(());
    }
    let some: Vec<(i64, i64, Option<i64>)> = reached(id)
        .filter(broadcast_recipient::Column::Id.gt(after))
        .order_by_asc(broadcast_recipient::Column::Id)
        .limit(PAGE)
        .into_tuple()
        .all(tx.db())
        .await?;
    let last = some.last().map(|one| one.0);
    let full = some.len() as u64 == PAGE;
    let files = some.into_iter().filter_map(|(_, user_id, chat)| {
        let chat = chat.filter(|chat| *chat != first)?;
        Some(Message::broadcast_file(chat, user_id, id))
    });
    outbox::push_in_order(tx, files.collect()).await?;
    let Some(after) = last.filter(|_| full) else {
        return Ok(());
    };
    let next = Due::BroadcastFiles {
        broadcast_id: id,
        after,
        first,
    };
    let now = tx.now();
    timer::set(tx, &next, now).await
}

/// What became of bringing it: when Telegram has it, that is noted already. Who is out of reach, or has left the chat, leaves it to
/// another; a file that Telegram does not take is brought to nobody else, and whoever sent it learns that.
pub(crate) async fn upload_over(
    tx: &mut Tx,
    id: i64,
    (pilot, nth): (i64, i32),
    (status, error): (OutboxStatus, Option<String>),
) -> Result<()> {
    if !waits(tx, id).await? || !is_open(one(tx, id).await?.status) {
        return Ok(());
    }
    let not_there = matches!(status, OutboxStatus::Unreachable | OutboxStatus::Dropped);
    if not_there && nth < PILOTS && bring(tx, id, pilot, nth + 1).await? {
        return Ok(());
    }
    let why = error.unwrap_or_else(|| "the file store or Telegram has none".into());
    failed(tx, id, why).await
}

async fn failed(tx: &mut Tx, id: i64, why: String) -> Result<()> {
    tracing::warn!(
        broadcast.id = id,
        why,
        "nobody gets the file of a broadcast"
    );
    let update = row::ActiveModel {
        error: Set(Some(why)),
        ..Default::default()
    };
    row::Entity::update_many()
        .set(update)
        .filter(row::Column::BroadcastId.eq(id))
        .exec(tx.db())
        .await?;
    let sender = one(tx, id).await?.created_by.into_iter().collect();
    tell(tx, sender, Notice::BroadcastFileLost { broadcast_id: id }).await?;
    progress(tx, id).await
}

/// Whoever lists broadcasts sees their files.
pub(super) async fn with_files(
    db: &impl ConnectionTrait,
    mut broadcasts: Vec<Broadcast>,
) -> Result<Vec<Broadcast>> {
    let ids: Vec<i64> = broadcasts.iter().map(|one| one.id).collect();
    let mut files = of(db, &ids).await?;
    for one in &mut broadcasts {
        let over = one.ended_at.is_some();
        one.file = files.remove(&one.id).map(|file| file.seen(over));
    }
    Ok(broadcasts)
}
