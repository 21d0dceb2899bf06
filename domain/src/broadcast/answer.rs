//! What people answer: a later answer replaces an earlier one, and both stay in the log.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{broadcast, broadcast_answer, broadcast_recipient};

use super::{
    BroadcastStatus, RecipientState, TEXT_MOST, UNHEARD, hearing, is_open, lately::wants_reports,
    lock, progress, read::counts_in, round::too_few, set_status, share, tell,
};
use crate::{
    Actor, Refusal, Result, Store, Tx,
    error::Thing,
    outbox::{self, Message, Notice},
    task::create::text,
    timer::{self, Due},
};

/// What somebody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Acknowledged,
    OnTheWay,
    NeedsHelp,
    Declined,
}

impl Reply {
    pub(super) fn of(state: RecipientState) -> Option<Self> {
        [
            Self::Acknowledged,
            Self::OnTheWay,
            Self::NeedsHelp,
            Self::Declined,
        ]
        .into_iter()
        .find(|reply| reply.state() == state)
    }

    pub(super) fn state(self) -> RecipientState {
        match self {
            Self::Acknowledged => RecipientState::Acknowledged,
            Self::OnTheWay => RecipientState::OnTheWay,
            Self::NeedsHelp => RecipientState::NeedsHelp,
            Self::Declined => RecipientState::Declined,
        }
    }
}

/// Records an answer of one of its people, with what was written beside it. False when nothing changed.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever did not get it.
pub async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    reply: Reply,
    note: Option<&str>,
) -> Result<bool> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    let note = cut(note);
    let noted = note.is_some();
    let Asked { row, state } = asked(tx, id, user_id).await?;
    // Many press again to be sure: they hold nobody up, and wait for nobody.
    if state == reply.state() && !noted {
        return Ok(false);
    }
    // Only who counts against a number waits for the others, and in a drill whoever answers for its end, and it for him.
    let row = match (row.quorum, row.drill) {
        (Some(_), _) => lock(tx, id).await?,
        (None, true) => share(tx, id).await?,
        (None, false) => row,
    };
    if !change(tx, id, user_id, reply.state(), noted).await? {
        return Ok(false);
    }
    let said = log(tx, &row, (user_id, reply.state()), note).await?;
    if let Some(chat_id) = actor.telegram_id {
        let card = Message::broadcast(chat_id, actor.user_id, id, false);
        outbox::push(tx, vec![card]).await?;
    }
    let (broadcast_id, answer_id) = (id, Some(said));
    let notice = match reply {
        Reply::NeedsHelp => Some(Notice::BroadcastHelp {
            broadcast_id,
            user_id,
            answer_id,
        }),
        _ => noted.then_some(Notice::BroadcastSaid {
            broadcast_id,
            user_id,
            answer_id,
        }),
    };
    if let Some(notice) = notice
        && !hearing::is_quiet(tx, id, user_id, Some(reply)).await?
    {
        let these = hearing::in_charge(tx, &row, user_id).await?;
        tell(tx, these, notice).await?;
    }
    enough(tx, &row).await?;
    too_few(tx, &row, user_id).await?;
    progress(tx, id).await?;
    Ok(true)
}

/// A broadcast, and how one of its people stands with it.
#[derive(FromQueryResult)]
struct Asked {
    #[sea_orm(nested)]
    row: broadcast::Model,
    state: RecipientState,
}

async fn asked(tx: &Tx, id: i64, user_id: i64) -> Result<Asked> {
    broadcast::Entity::find_by_id(id)
        .column_as(broadcast_recipient::Column::State, "state")
        .join(JoinType::InnerJoin, people())
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .into_model::<Asked>()
        .one(tx.db())
        .await?
        .ok_or_else(|| Refusal::missing(Thing::Broadcast).into())
}

fn people() -> RelationDef {
    broadcast::Entity::belongs_to(broadcast_recipient::Entity)
        .from(broadcast::Column::Id)
        .to(broadcast_recipient::Column::BroadcastId)
        .into()
}

/// As much of a note as is kept.
pub(super) fn cut(note: Option<&str>) -> Option<String> {
    text(note).map(|note| note.chars().take(TEXT_MOST).collect())
}

/// Puts down what somebody said, and how he stands with it.
pub(super) async fn log(
    tx: &Tx,
    row: &broadcast::Model,
    (user_id, state): (i64, RecipientState),
    note: Option<String>,
) -> Result<i64> {
    let said = broadcast_answer::ActiveModel {
        broadcast_id: Set(row.id),
        user_id: Set(user_id),
        state: Set(state),
        note: Set(note),
        at: Set(heard_at(tx, row)),
        ..Default::default()
    };
    let said = broadcast_answer::Entity::insert(said)
        .exec_with_returning(tx.db())
        .await?;
    Ok(said.id)
}

/// One that waited for the end of a drill came after it.
fn heard_at(tx: &Tx, row: &broadcast::Model) -> DateTime<Utc> {
    let after = row.ended_at.map(|end| end + TimeDelta::microseconds(1));
    let after = after.filter(|_| row.drill);
    after.map_or(tx.now(), |after| Ord::max(after, tx.now()))
}

/// The same answer again is none, unless something is written beside it.
async fn change(
    tx: &Tx,
    id: i64,
    user_id: i64,
    state: RecipientState,
    noted: bool,
) -> Result<bool> {
    let now = tx.now();
    let mut update = broadcast_recipient::Entity::update_many()
        .col_expr(broadcast_recipient::Column::State, Expr::value(state))
        .col_expr(broadcast_recipient::Column::StateAt, Expr::value(now))
        .col_expr(broadcast_recipient::Column::AnsweredAt, Expr::value(now))
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id));
    if !noted {
        update = update.filter(broadcast_recipient::Column::State.ne(state));
    }
    Ok(update.exec(tx.db()).await?.rows_affected > 0)
}

/// How one of its people stands.
pub(super) async fn state_of(tx: &Tx, id: i64, user_id: i64) -> Result<RecipientState> {
    broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .one(tx.db())
        .await?
        .map(|row| row.state)
        .ok_or_else(|| Refusal::missing(Thing::Broadcast).into())
}

/// As many as were wanted have answered: nobody is asked again while they get under way.
async fn enough(tx: &mut Tx, row: &broadcast::Model) -> Result<()> {
    let Some(quorum) = row.quorum.filter(|_| row.status == BroadcastStatus::Active) else {
        return Ok(());
    };
    let counts = counts_in(tx.db(), row.id).await?;
    if counts.answered_well() < i64::from(quorum) {
        return Ok(());
    }
    let broadcast_id = row.id;
    timer::cancel(tx, &Due::BroadcastRound { broadcast_id }).await?;
    let held = tx.now() + TimeDelta::seconds(tx.rules().ack.high_seconds.into());
    timer::set(tx, &Due::BroadcastHeld { broadcast_id }, held).await?;
    set_status(tx, broadcast_id, BroadcastStatus::Acknowledged).await
}

/// How somebody stands in a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What he answered last.
    pub reply: Option<Reply>,
    /// Answers are still awaited.
    pub open: bool,
    pub ended_at: Option<DateTime<Utc>>,
    /// Its end asked for reports, and they are still expected.
    pub wants_report: bool,
    pub drill: bool,
}

/// How a person stands in a broadcast that he got.
pub async fn standing(store: &Store, id: i64, user_id: i64) -> Result<Option<Standing>> {
    let row = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .one(store.reader())
        .await?;
    let of = broadcast::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    Ok(row.zip(of).map(|(row, of)| Standing {
        reply: Reply::of(row.state),
        open: is_open(of.status),
        ended_at: of.ended_at,
        wants_report: wants_reports(&of, store.now()),
        drill: of.drill,
    }))
}

/// The newest open broadcast this person got and has not answered, and when he got it.
pub async fn waiting_of(store: &Store, user_id: i64) -> Result<Option<(i64, DateTime<Utc>)>> {
    newest_of(store, user_id, &UNHEARD).await
}

/// The newest open broadcast this person has only said to have received.
pub async fn acknowledged_by(store: &Store, user_id: i64) -> Result<Option<i64>> {
    let newest = newest_of(store, user_id, &[RecipientState::Acknowledged]).await?;
    Ok(newest.map(|(id, _)| id))
}

async fn newest_of(
    store: &Store,
    user_id: i64,
    states: &[RecipientState],
) -> Result<Option<(i64, DateTime<Utc>)>> {
    let row = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .filter(broadcast_recipient::Column::State.is_in(states.to_vec()))
        .filter(broadcast_recipient::Column::BroadcastId.in_subquery(open()))
        .filter(broadcast_recipient::Column::SentAt.is_not_null())
        .order_by_desc(broadcast_recipient::Column::SentAt)
        .order_by_desc(broadcast_recipient::Column::Id)
        .one(store.reader())
        .await?;
    Ok(row.and_then(|row| Some((row.broadcast_id, row.sent_at?))))
}

/// What somebody wrote beside this answer of his, else what he wrote last.
pub async fn note_of(
    store: &Store,
    id: i64,
    user_id: i64,
    answer_id: Option<i64>,
) -> Result<Option<String>> {
    let which = match answer_id {
        Some(answer_id) => broadcast_answer::Column::Id.eq(answer_id),
        None => broadcast_answer::Column::Note.is_not_null(),
    };
    let row = broadcast_answer::Entity::find()
        .filter(broadcast_answer::Column::BroadcastId.eq(id))
        .filter(broadcast_answer::Column::UserId.eq(user_id))
        .filter(which)
        .order_by_desc(broadcast_answer::Column::Id)
        .one(store.reader())
        .await?;
    Ok(row.and_then(|row| row.note))
}

/// The broadcast that a message shows, also one whose buttons are gone.
pub async fn shown_by(store: &Store, chat_id: i64, message_id: i64) -> Result<Option<i64>> {
    let row = outbox::shown(store, chat_id, message_id).await?;
    Ok(
        match row.and_then(|row| serde_json::from_value(row.notice).ok()) {
            Some(
                Notice::Broadcast { broadcast_id, .. }
                | Notice::BroadcastEarlier { broadcast_id, .. }
                | Notice::BroadcastFile { broadcast_id }
                | Notice::BroadcastUpload { broadcast_id, .. },
            ) => Some(broadcast_id),
            _ => None,
        },
    )
}

/// The broadcasts that still await answers.
pub(super) fn open() -> SelectStatement {
    Query::select()
        .column(broadcast::Column::Id)
        .from(broadcast::Entity)
        .and_where(Expr::col(broadcast::Column::Status).is_in(["active", "acknowledged"]))
        .to_owned()
}
