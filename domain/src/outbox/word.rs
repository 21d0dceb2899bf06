//! Words that must reach somebody: that one does not answer, that nobody comes. One that is lost is passed on to whoever can
//! hear it, by what it is about; while nobody can, that is known there, and nobody counts as told.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use ::entity::outbox;

use super::{Notice, OutboxStatus, Outgoing};
use crate::{Result, Tx, assignment, broadcast, check_in, emergency};

/// Telegram did not take it, or its reader is gone. Where it was `refused` to whoever can hear, he is told again only later: at
/// once it would be refused again, without end.
pub(crate) async fn lost(tx: &mut Tx, word: &Outgoing, refused: bool) -> Result<()> {
    match word.notice {
        Notice::NoAnswer { .. } | Notice::Unreachable { .. } => {
            assignment::word_lost(tx, word, refused).await
        }
        Notice::EmergencyEscalated { .. } => emergency::word_lost(tx, word, refused).await,
        Notice::BroadcastSilent { .. } => broadcast::word_lost(tx, word).await,
        Notice::BroadcastHelp { .. } if !refused => broadcast::help_lost(tx, word).await,
        Notice::CheckInSilent { .. } => check_in::word_lost(tx, word, refused).await,
        _ => Ok(()),
    }
}

/// Another message that is there, or may yet be: who reads it, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub user_id: i64,
    pub notice: Notice,
    pub at: DateTime<Utc>,
}

/// Those about the same task that were made no earlier than this moment.
pub(crate) async fn of_task(tx: &Tx, lost: &Outgoing, since: DateTime<Utc>) -> Result<Vec<Heard>> {
    let same = outbox::Entity::find()
        .filter(outbox::Column::TaskId.eq(lost.task_id))
        .filter(outbox::Column::Status.is_in(ARRIVES))
        .filter(outbox::Column::CreatedAt.gte(since));
    but(tx, lost, same).await
}

/// Those in its lane in these chats that wait, or were made no earlier than this moment.
pub(crate) async fn in_chats(
    tx: &Tx,
    lost: &Outgoing,
    since: DateTime<Utc>,
    chat_ids: Vec<i64>,
) -> Result<Vec<Heard>> {
    let later = Condition::all()
        .add(outbox::Column::Status.eq(OutboxStatus::Sent))
        .add(outbox::Column::CreatedAt.gte(since));
    let arrives = Condition::any()
        .add(outbox::Column::Status.is_in([OutboxStatus::Queued, OutboxStatus::Sending]))
        .add(later);
    let same = outbox::Entity::find()
        .filter(outbox::Column::ChatId.is_in(chat_ids))
        .filter(outbox::Column::Lane.eq(lost.lane))
        .filter(arrives);
    but(tx, lost, same).await
}

const ARRIVES: [OutboxStatus; 3] = [
    OutboxStatus::Queued,
    OutboxStatus::Sending,
    OutboxStatus::Sent,
];

async fn but(tx: &Tx, lost: &Outgoing, which: Select<outbox::Entity>) -> Result<Vec<Heard>> {
    let rows = which
        .filter(outbox::Column::Id.ne(lost.id))
        .all(tx.db())
        .await?;
    // What only another release can read is none of ours.
    let read = |row: outbox::Model| {
        let notice = serde_json::from_value(row.notice).ok()?;
        let user_id = row.user_id?;
        let at = row.created_at;
        Some(Heard {
            user_id,
            notice,
            at,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
