//! What became of messages that were taken.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use ::entity::outbox;
use ::entity::outbox::OutboxStatus;

use super::{Message, Notice, push, queue::Outgoing, word};
use crate::{
    Result, Store, Tx, assignment, broadcast, calendar,
    card::Shown,
    check_in, emergency, group,
    lease::{self, Fence},
    nudge,
    task::load,
};

/// What became of one message.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Telegram has it; `message_id` of the message that shows it.
    Sent { message_id: Option<i64> },
    /// There was nothing to send any more.
    Dropped,
    /// To be tried again, not before then.
    Later {
        not_before: DateTime<Utc>,
        error: String,
    },
    /// Telegram will never take it.
    Failed { error: String },
    /// The person blocked the bot or is gone.
    Unreachable { error: String },
    /// The chat has another number from now on.
    Moved { to: i64 },
}

impl Outcome {
    /// Whether nobody has read it, nor will.
    fn is_lost(&self) -> bool {
        matches!(
            self,
            Self::Dropped | Self::Failed { .. } | Self::Unreachable { .. }
        )
    }
}

/// A message and what became of it; `shown` says which message now shows which subject.
#[derive(Clone, Debug)]
pub struct Settled {
    pub message: Outgoing,
    pub outcome: Outcome,
    pub shown: Option<Shown>,
}

/// Records what became of messages.
///
/// # Errors
/// [`crate::Error::Away`] also when another sender has taken over.
pub async fn settle_all(store: &Store, fence: Fence, mut settled: Vec<Settled>) -> Result<()> {
    // In the order in which everybody else refreshes what waits for chats.
    settled.sort_by_key(|one| one.message.chat_id);
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::guard(tx, &fence).await?;
                load::lock_rows(tx, rung(&settled)).await?;
                broadcast::hold(tx, told(&settled)).await?;
                check_in::hold(tx, asked(&settled), unheard(&settled)).await?;
                for one in settled {
                    settle(tx, one).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The tasks on which a delivered ring, or a word that is lost, leaves a mark.
fn rung(settled: &[Settled]) -> Vec<i64> {
    settled.iter().filter_map(marked).collect()
}

fn marked(one: &Settled) -> Option<i64> {
    match (&one.outcome, &one.message.notice) {
        (
            Outcome::Sent { .. },
            Notice::Card {
                task_id,
                ring: true,
            },
        ) => Some(*task_id),
        (
            Outcome::Sent { .. },
            Notice::Emergency { ring: true, .. } | Notice::EmergencyEscalated { .. },
        ) => one.message.task_id,
        (outcome, notice) if notice.is_word() && outcome.is_lost() => one.message.task_id,
        _ => None,
    }
}

/// The broadcasts on which a delivered ring, or what becomes of a word, leaves a mark.
fn told(settled: &[Settled]) -> Vec<i64> {
    let ids = settled
        .iter()
        .filter_map(|one| match (&one.outcome, &one.message.notice) {
            (
                Outcome::Sent { .. },
                Notice::Broadcast {
                    broadcast_id,
                    ring: true,
                }
                | Notice::BroadcastPost { broadcast_id, .. }
                | Notice::BroadcastSilent { broadcast_id, .. },
            ) => Some(*broadcast_id),
            (outcome, Notice::BroadcastSilent { broadcast_id, .. }) if outcome.is_lost() => {
                Some(*broadcast_id)
            }
            _ => None,
        });
    ids.collect()
}

/// The checks of which a word about somebody is lost.
fn unheard(settled: &[Settled]) -> Vec<i64> {
    let lost = settled.iter().filter(|one| one.outcome.is_lost());
    lost.filter_map(|one| match one.message.notice {
        Notice::CheckInSilent { check_in_id, .. } => Some(check_in_id),
        _ => None,
    })
    .collect()
}

/// Who was asked whether he is well, as check and chat.
fn asked(settled: &[Settled]) -> Vec<(i64, i64)> {
    let delivered = settled
        .iter()
        .filter(|one| matches!(one.outcome, Outcome::Sent { .. }));
    delivered
        .filter_map(|one| match one.message.notice {
            Notice::CheckIn {
                check_in_id,
                ring: true,
            } => Some((check_in_id, one.message.chat_id)),
            _ => None,
        })
        .collect()
}

async fn settle(tx: &mut Tx, settled: Settled) -> Result<()> {
    let Settled {
        message,
        outcome,
        shown,
    } = settled;
    let now = tx.now();
    let mut row = outbox::ActiveModel::default();
    match outcome {
        Outcome::Sent { message_id } => {
            row.status = Set(OutboxStatus::Sent);
            row.message_id = Set(message_id);
            row.sent_at = Set(Some(now));
            arrived(tx, &message).await?;
        }
        Outcome::Dropped => {
            row.status = Set(OutboxStatus::Dropped);
            word::lost(tx, &message, false).await?;
        }
        Outcome::Later { not_before, error } => {
            row.status = Set(OutboxStatus::Queued);
            row.tries = Set(message.tries + 1);
            row.not_before = Set(Some(not_before));
            row.error = Set(Some(error));
        }
        Outcome::Failed { error } => {
            row.status = Set(OutboxStatus::Failed);
            row.error = Set(Some(error));
            word::lost(tx, &message, true).await?;
        }
        Outcome::Unreachable { error } => {
            row.status = Set(OutboxStatus::Unreachable);
            row.error = Set(Some(error));
            crate::reach::lost(tx, message.chat_id).await?;
            word::lost(tx, &message, false).await?;
        }
        Outcome::Moved { to } => {
            row.status = Set(OutboxStatus::Queued);
            row.chat_id = Set(to);
            row.tries = Set(message.tries + 1);
            group::moved(tx, message.chat_id, to).await?;
        }
    }
    if over(&row) {
        ended(tx, &message, &row).await?;
    }
    if let Notice::Calendar { calendar_id, .. } = message.notice {
        forget(tx, &mut row, calendar_id).await?;
    }
    // An answer to somebody unknown may carry the code of his link.
    if matches!(message.notice, Notice::Reply { .. }) && message.user_id.is_none() && over(&row) {
        let reply = serde_json::Value::Null;
        row.notice = Set(serde_json::to_value(Notice::Reply { reply })?);
    }
    let leaves_nothing = matches!(
        message.notice,
        Notice::Farewell { .. } | Notice::PassedOn { .. }
    );
    if leaves_nothing && over(&row) {
        return remove(tx, message.id).await;
    }
    let known = outbox::Entity::update_many()
        .set(row)
        .filter(outbox::Column::Id.eq(message.id))
        .exec(tx.db())
        .await?;
    // Whoever was erased meanwhile has neither messages nor cards.
    if let Some(shown) = shown.filter(|_| known.rows_affected == 1) {
        broadcast::replaced(tx, &message, &shown).await?;
        emergency::replaced(tx, &message, &shown).await?;
        crate::card::record(tx, message.chat_id, shown).await?;
    }
    Ok(())
}

/// Telegram has it: what that means for what it is about.
async fn arrived(tx: &mut Tx, message: &Outgoing) -> Result<()> {
    match message.notice {
        Notice::Card {
            task_id,
            ring: true,
        } => assignment::delivered(tx, task_id, message).await,
        Notice::Broadcast { broadcast_id, ring } => {
            broadcast::delivered(tx, broadcast_id, message.chat_id, ring).await
        }
        Notice::Emergency {
            emergency_id,
            ring: true,
        } => emergency::delivered(tx, emergency_id, message.chat_id).await,
        Notice::EmergencyEscalated { emergency_id, .. } => {
            emergency::somebody_knows(tx, emergency_id).await
        }
        Notice::BroadcastSilent { broadcast_id, .. } => {
            broadcast::word_arrived(tx, broadcast_id, message).await
        }
        Notice::CheckIn {
            check_in_id,
            ring: true,
        } => {
            check_in::delivered(tx, check_in_id, message.chat_id).await?;
            push(tx, again(message).into_iter().collect()).await
        }
        Notice::Reminder { task_id, .. } => {
            nudge::left(tx, message.user_id, task_id, message.created_at).await
        }
        _ => push(tx, again(message).into_iter().collect()).await,
    }
}

/// What waits for how it ended learns that.
async fn ended(tx: &mut Tx, message: &Outgoing, row: &outbox::ActiveModel) -> Result<()> {
    let error = row.error.try_as_ref().cloned().flatten();
    let status = *row.status.as_ref();
    match message.notice {
        Notice::BroadcastPost { post_id, .. } => {
            broadcast::posted(tx, post_id, status, error).await
        }
        Notice::BroadcastUpload {
            broadcast_id,
            pilot,
            nth,
        } => broadcast::upload_over(tx, broadcast_id, (pilot, nth), (status, error)).await,
        Notice::EmergencyTopic {
            emergency_id,
            topic_id,
        } => emergency::topic_shown(tx, (emergency_id, topic_id), status, error).await,
        _ => Ok(()),
    }
}

/// What changed between wording a new card and knowing that it is there found no message to bring up to date.
fn again(message: &Outgoing) -> Option<Message> {
    let (chat, user) = (message.chat_id, message.user_id);
    Some(match message.notice {
        Notice::Leave {
            leave_id,
            ring: true,
        } => Message::leave(chat, user, leave_id, false),
        Notice::Swap {
            swap_id,
            ring: true,
        } => Message::swap(chat, user, swap_id, false),
        Notice::RollCall {
            broadcast_id,
            ring: true,
        } => Message::roll_call(chat, user, broadcast_id, false),
        Notice::CheckIn {
            check_in_id,
            ring: true,
        } => Message::check_in(chat, user, check_in_id, false),
        _ => return None,
    })
}

/// Whether nothing more is to be done about a message.
fn over(row: &outbox::ActiveModel) -> bool {
    !matches!(
        row.status.as_ref(),
        OutboxStatus::Queued | OutboxStatus::Sending
    )
}

/// Of whoever has left nothing stays, not even the number of his chat; nor whose file it was that went from one to another.
async fn remove(tx: &Tx, id: i64) -> Result<()> {
    outbox::Entity::delete_by_id(id).exec(tx.db()).await?;
    Ok(())
}

/// The secret of a link is kept only until it is sent; a link that nobody has got opens nothing.
async fn forget(tx: &Tx, row: &mut outbox::ActiveModel, calendar_id: i64) -> Result<()> {
    if !over(row) {
        return Ok(());
    }
    if *row.status.as_ref() != OutboxStatus::Sent {
        calendar::unsent(tx, calendar_id).await?;
    }
    let token = String::new();
    let notice = Notice::Calendar { calendar_id, token };
    row.notice = Set(serde_json::to_value(notice)?);
    Ok(())
}

/// The wait before try number `tries + 1`: one second, doubled each time, at most a minute.
pub fn backoff(tries: i32) -> TimeDelta {
    TimeDelta::seconds(1 << tries.clamp(0, 6)).min(TimeDelta::seconds(60))
}
