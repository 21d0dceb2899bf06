//! Which Telegram message shows what to whom: one live message per task, or dialogue, and person.

use std::fmt;

use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use ::entity::card;

use crate::{Result, Store, Tx};

/// What a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Task(i64),
    Leave(i64),
    Swap(i64),
    Emergency(i64),
    /// The word that nobody comes to an emergency.
    Alert(i64),
    Broadcast(i64),
    /// Who has answered a broadcast.
    RollCall(i64),
    /// A broadcast in a group.
    Post(i64),
    /// An emergency in a topic of its own.
    Topic(i64),
    /// Which unit a topic of a group, or with zero the group itself, belongs to.
    Spot(i64),
    /// Whether somebody is well.
    CheckIn(i64),
    /// A file that is being made.
    Export(i64),
    /// What is kept of an album, by its first report.
    Album(i64),
    /// The step of the person's dialogue.
    Dialogue,
    /// A list that can be paged.
    List,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(id) => write!(f, "task:{id}"),
            Self::Leave(id) => write!(f, "leave:{id}"),
            Self::Swap(id) => write!(f, "swap:{id}"),
            Self::Emergency(id) => write!(f, "emergency:{id}"),
            Self::Alert(id) => write!(f, "alert:{id}"),
            Self::Broadcast(id) => write!(f, "broadcast:{id}"),
            Self::RollCall(id) => write!(f, "roll_call:{id}"),
            Self::Post(id) => write!(f, "post:{id}"),
            Self::Topic(id) => write!(f, "topic:{id}"),
            Self::Spot(thread) => write!(f, "spot:{thread}"),
            Self::CheckIn(id) => write!(f, "check_in:{id}"),
            Self::Export(id) => write!(f, "export:{id}"),
            Self::Album(id) => write!(f, "album:{id}"),
            Self::Dialogue => f.write_str("dialogue"),
            Self::List => f.write_str("list"),
        }
    }
}

/// The message that shows a subject in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub subject: Subject,
    pub message_id: i64,
    /// A digest of what it shows, so that an edit that changes nothing is not sent.
    pub hash: String,
}

/// The message that shows `subject` in this chat.
pub async fn find(store: &Store, chat_id: i64, subject: Subject) -> Result<Option<Shown>> {
    let row = card::Entity::find_by_id((chat_id, subject.to_string()))
        .one(store.reader())
        .await?;
    Ok(row.map(|row| Shown {
        subject,
        message_id: row.message_id,
        hash: row.hash,
    }))
}

/// Remembers which message shows the subject from now on.
pub async fn record(tx: &Tx, chat_id: i64, shown: Shown) -> Result<()> {
    let row = card::ActiveModel {
        chat_id: Set(chat_id),
        subject: Set(shown.subject.to_string()),
        message_id: Set(shown.message_id),
        hash: Set(shown.hash),
        updated_at: Set(tx.now()),
    };
    let latest = OnConflict::columns([card::Column::ChatId, card::Column::Subject])
        .update_columns([
            card::Column::MessageId,
            card::Column::Hash,
            card::Column::UpdatedAt,
        ])
        .to_owned();
    card::Entity::insert(row)
        .on_conflict(latest)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Forgets it: the next time a new message is sent.
pub async fn forget(tx: &Tx, chat_id: i64, subject: Subject) -> Result<()> {
    card::Entity::delete_by_id((chat_id, subject.to_string()))
        .exec(tx.db())
        .await?;
    Ok(())
}
