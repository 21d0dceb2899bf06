//! Messages to many: who shall get one, what became of it with each of them, and who has answered.
//!
//! ```text
//! draft --sent--> active --as many answered as were wanted--> acknowledged
//! acknowledged --nobody of them is under way in time--> active
//! active | acknowledged --its time is over--> expired; --called off--> cancelled; --closed--> closed
//! ```
//! Whatever changes a broadcast holds the lock of its row; an answer changes only the answerer's row.

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType,
};
use serde::{Deserialize, Serialize};

use ::entity::{broadcast, card, user};
pub use ::entity::{broadcast::BroadcastStatus, broadcast_recipient::RecipientState};

use crate::{
    Actor, Refusal, Result, Tx,
    actor::Permission,
    card::Subject as Shown,
    error::Thing,
    event::{Event, Scope},
    outbox::{self, Lane, Message, Notice},
    timer::{self, Due},
};

mod anew;
mod answer;
mod audience;
mod back;
mod callers;
mod cry;
mod draft;
mod end;
mod escalation;
mod files;
mod hearing;
mod lately;
mod needing;
mod order;
mod posts;
mod protocol;
mod reach;
mod read;
mod remark;
mod round;
mod send;
mod silent;
mod wanted;
mod word;

pub use anew::Anew;
pub use answer::{
    Reply, Standing, acknowledged_by, answer, note_of, shown_by, standing, waiting_of,
};
pub use audience::{Audience, Missed, Preview, preview, specialties};
pub(crate) use audience::{check as check_audience, reaches_anybody};
pub(crate) use back::{ring_page, telegram_is_back};
pub use cry::{Cry, Spoken, cried, cry_in, speak};
pub use draft::{Confirmation, TakenBack, confirm, draft, shortened, take_back, who_may_confirm};
pub use end::{cancel, close};
pub(crate) use end::{expired, show_end};
pub use files::{File, FileState, file, uploaded};
pub(crate) use files::{files_on, upload_over};
pub(crate) use hearing::help_lost;
pub use hearing::{Hearers, PASSED_ON, pass_on, who_hears};
pub use lately::{
    Needs, Taking, asked_for_help_at, is_answer_practised, latest_of, needs_of, taking,
};
pub(crate) use lately::{in_need, in_need_since};
pub use needing::{Needing, calling, needing};
pub(crate) use posts::posted;
pub use posts::{Post, PostState, Wave, post, posts};
pub use protocol::{Protocol, find as protocol, protocols};
pub(crate) use reach::{delivered, hold, reachable, replaced, unreachable, with_account};
pub use read::{
    Broadcast, BroadcastFilter, Counts, Mine, Note, Recipient, find, find_in, list, mine,
    recipient, recipients, show,
};
pub use remark::remark;
pub(crate) use round::{ask_on, held_over, round_over};
pub use send::{broken, check, send};
pub(crate) use send::{send_planned, worded};
pub use silent::{Silent, Unheard, silent};
pub use wanted::{AckMode, Attached, NewBroadcast};
pub(crate) use word::{word_arrived, word_lost};

/// The longest text, in characters: it has to fit one message with what stands around it.
pub const TEXT_MOST: usize = 3000;

/// How long a broadcast awaits answers when nothing is said, in hours.
const HOURS: i64 = 12;

/// Rows in one statement.
const CHUNK: usize = 1000;

/// So many people are written to in one transaction that holds the row of a broadcast: whoever answers, and the sender, wait
/// for it no longer than that takes.
const PAGE: u64 = 500;

/// Those who have not answered and may still.
const SILENT: [RecipientState; 2] = [RecipientState::Queued, RecipientState::Sent];

/// Those of whom nothing was heard, whatever the reason.
pub(crate) const UNHEARD: [RecipientState; 3] = [
    RecipientState::Queued,
    RecipientState::Sent,
    RecipientState::Unreachable,
];

/// Whoever heard nothing of it.
const NEVER_TOLD: [RecipientState; 2] = [RecipientState::Queued, RecipientState::Unreachable];

/// Whether answers are still waited for or welcome.
pub fn is_open(status: BroadcastStatus) -> bool {
    matches!(
        status,
        BroadcastStatus::Active | BroadcastStatus::Acknowledged
    )
}

/// Who was responsible when it left; later changes of units do not change it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Chain {
    /// Who sent it, then the supervisors of its people.
    user_ids: Vec<i64>,
}

/// Whether this person may send broadcasts and confirm them.
pub fn may_send(actor: &Actor) -> Result<(), Refusal> {
    may(actor)
}

fn may(actor: &Actor) -> Result<(), Refusal> {
    if actor.has(Permission::Broadcast) {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

async fn one(tx: &Tx, id: i64) -> Result<broadcast::Model> {
    Ok(broadcast::Entity::find_by_id(id)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Broadcast))?)
}

pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<broadcast::Model> {
    Ok(broadcast::Entity::find_by_id(id)
        // Answers refer to the row: they must not wait for whoever holds it.
        .lock(LockType::NoKeyUpdate)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Broadcast))?)
}

/// Keeps it from ending until this transaction does; others may do the same.
async fn share(tx: &Tx, id: i64) -> Result<broadcast::Model> {
    Ok(broadcast::Entity::find_by_id(id)
        .lock(LockType::Share)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Broadcast))?)
}

async fn set_status(tx: &Tx, id: i64, status: BroadcastStatus) -> Result<()> {
    let over = !is_open(status);
    let update = broadcast::ActiveModel {
        id: Set(id),
        status: Set(status),
        ended_at: Set(over.then(|| tx.now())),
        ..Default::default()
    };
    broadcast::Entity::update(update).exec(tx.db()).await?;
    Ok(())
}

/// When the silent are asked again, or those who are responsible are told.
async fn next_round(tx: &mut Tx, id: i64) -> Result<()> {
    let at = tx.now() + TimeDelta::seconds(tx.rules().ack.critical_seconds.into());
    timer::set(tx, &Due::BroadcastRound { broadcast_id: id }, at).await
}

/// Boards and the sender's card learn of it, about once in a second.
async fn progress(tx: &mut Tx, id: i64) -> Result<()> {
    let due = Due::BroadcastTold { broadcast_id: id };
    timer::gather(tx, &due, TimeDelta::seconds(1)).await
}

/// Says how far it is.
pub(crate) async fn tell_progress(tx: &mut Tx, id: i64) -> Result<()> {
    let row = one(tx, id).await?;
    let scope = scope(tx, row.created_by).await?;
    tx.log(Event::BroadcastProgress { id }, &scope);
    refresh_roll_calls(tx, id).await
}

/// Tells these people something about it, those of them whom Telegram can reach.
pub(crate) async fn tell(tx: &mut Tx, user_ids: Vec<i64>, notice: Notice) -> Result<()> {
    let chats: Vec<(i64, Option<i64>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(user::Column::Id.is_in(user_ids))
        .filter(user::Column::Active.eq(true))
        .into_tuple()
        .all(tx.db())
        .await?;
    let told = chats.into_iter().filter_map(|(user_id, chat)| {
        let news = Message::news(chat?, Some(user_id), notice.clone());
        Some(news.in_lane(match notice {
            // As pressing as any call for help; the rest waits its turn behind those.
            Notice::BroadcastHelp { .. } | Notice::BroadcastTold { .. } => Lane::Emergency,
            _ => Lane::Broadcast,
        }))
    });
    outbox::push(tx, told.collect()).await
}

/// Every roll-call of it is brought up to date.
async fn refresh_roll_calls(tx: &mut Tx, id: i64) -> Result<()> {
    let chats: Vec<i64> = card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(Shown::RollCall(id).to_string()))
        .into_tuple()
        .all(tx.db())
        .await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::roll_call(chat, None, id, false));
    outbox::push(tx, cards.collect()).await
}

/// Whom its events concern beside the admins: whoever sent it, and all who may send.
pub(crate) async fn scope(tx: &Tx, sender: Option<i64>) -> Result<Scope> {
    let mut user_ids: Vec<i64> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Active.eq(true))
        .filter(Permission::Broadcast.granted())
        .into_tuple()
        .all(tx.db())
        .await?;
    user_ids.extend(sender.filter(|id| !user_ids.contains(id)));
    Ok(Scope {
        unit_ids: Vec::new(),
        user_ids,
    })
}
