//! Silence: ask again, then tell whoever was responsible when it left, then name the phones to call.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{broadcast, broadcast_recipient, user};

use super::{
    BroadcastStatus, PAGE, RecipientState, SILENT, UNHEARD, callers,
    escalation::{count, escalate, escalate_anew, unknown},
    hearing, lock, next_round, progress,
    reach::with_account,
    read::counts_in,
    set_status, tell,
};
use crate::{
    Result, Tx,
    outbox::{self, Message, Notice},
    timer::{self, Due},
};

/// For so long after his answer nobody is rung anew.
const JUST_ANSWERED: TimeDelta = TimeDelta::seconds(30);

/// The time to answer is over.
pub(crate) async fn round_over(tx: &mut Tx, id: i64) -> Result<()> {
    let row = lock(tx, id).await?;
    if row.status != BroadcastStatus::Active {
        return Ok(());
    }
    let round = row.round + 1;
    let update = broadcast::ActiveModel {
        id: Set(id),
        round: Set(round),
        ..Default::default()
    };
    broadcast::Entity::update(update).exec(tx.db()).await?;
    let rings = tx.rules().ack.rings as i32;
    if round < rings {
        escalate(tx, &row, &[RecipientState::Unreachable], false).await?;
        ask(tx, id).await?;
        // Also when only those are left whom Telegram does not reach: somebody has to call them in the end.
        if unheard(tx, id).await? {
            next_round(tx, id).await?;
        }
        return progress(tx, id).await;
    }
    let phones = round > rings;
    let unknown = count(tx, unknown(id)).await? > 0;
    match round <= rings + 1 {
        true => escalate(tx, &row, &UNHEARD, phones).await?,
        // Whom to call was said: again for as long as nobody has heard of somebody.
        false => escalate_anew(tx, &row).await?,
    }
    if unknown || (!phones && unheard(tx, id).await?) {
        next_round(tx, id).await?;
    }
    progress(tx, id).await
}

/// Whether there is anybody of whom nothing was heard.
async fn unheard(tx: &Tx, id: i64) -> Result<bool> {
    let counts = counts_in(tx.db(), id).await?;
    Ok(UNHEARD.iter().any(|state| counts.of(*state) > 0))
}

/// Asks those again who have not answered, with a sound: a page of them now, the rest by and by.
pub(super) async fn ask(tx: &mut Tx, id: i64) -> Result<()> {
    let rest = Due::BroadcastAsk {
        broadcast_id: id,
        after: 0,
    };
    timer::cancel(tx, &rest).await?;
    ask_page(tx, id, 0).await
}

/// Asks the next of them, unless it has ended or enough have answered meanwhile.
pub(crate) async fn ask_on(tx: &mut Tx, id: i64, after: i64) -> Result<()> {
    if lock(tx, id).await?.status != BroadcastStatus::Active {
        return Ok(());
    }
    ask_page(tx, id, after).await
}

async fn ask_page(tx: &mut Tx, id: i64, after: i64) -> Result<()> {
    let silent = silent(tx, id, after).await?;
    let last = silent.last().map(|one| one.0);
    let full = silent.len() as u64 == PAGE;
    let rings = Expr::col(broadcast_recipient::Column::Rings).add(1);
    broadcast_recipient::Entity::update_many()
        .col_expr(broadcast_recipient::Column::Rings, rings)
        .filter(broadcast_recipient::Column::Id.is_in(silent.iter().map(|one| one.0)))
        .exec(tx.db())
        .await?;
    let rings = silent
        .into_iter()
        .filter_map(|(_, user_id, chat)| Some(Message::broadcast(chat?, Some(user_id), id, true)));
    outbox::push_in_order(tx, rings.collect()).await?;
    let Some(after) = last.filter(|_| full) else {
        return Ok(());
    };
    let broadcast_id = id;
    let next = Due::BroadcastAsk {
        broadcast_id,
        after,
    };
    let now = tx.now();
    timer::set(tx, &next, now).await
}

/// Row, account and chat of the next who have not answered, in the order in which they were told; not whoever called for
/// help, nor who answered a moment ago what holds no more: he is asked with the next round.
async fn silent(tx: &Tx, id: i64, after: i64) -> Result<Vec<(i64, i64, Option<i64>)>> {
    let quiet = Condition::any()
        .add(broadcast_recipient::Column::AnsweredAt.is_null())
        .add(broadcast_recipient::Column::AnsweredAt.lte(tx.now() - JUST_ANSWERED));
    Ok(broadcast_recipient::Entity::find()
        .select_only()
        .column(broadcast_recipient::Column::Id)
        .column(broadcast_recipient::Column::UserId)
        .column(user::Column::TelegramId)
        .join(JoinType::InnerJoin, with_account())
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::Id.gt(after))
        .filter(broadcast_recipient::Column::State.is_in(SILENT))
        .filter(callers::not_calling())
        .filter(quiet)
        .order_by_asc(broadcast_recipient::Column::Id)
        .limit(PAGE)
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// Those who said that they have it had time to get under way. Too few did: what they said no longer counts, and
/// everybody is asked again.
pub(crate) async fn held_over(tx: &mut Tx, id: i64) -> Result<()> {
    let row = lock(tx, id).await?;
    let Some(quorum) = row
        .quorum
        .filter(|_| row.status == BroadcastStatus::Acknowledged)
    else {
        return Ok(());
    };
    let counts = counts_in(tx.db(), id).await?;
    if counts.of(RecipientState::OnTheWay) >= i64::from(quorum) {
        return Ok(());
    }
    begin_again(tx, id, true).await
}

/// Somebody took back what he had said: when too few are left, whoever sent it hears that, and the others are asked at once.
/// While those who said that they have it may still get under way they count, afterwards only who is.
pub(super) async fn too_few(tx: &mut Tx, row: &broadcast::Model, user_id: i64) -> Result<()> {
    let Some(quorum) = row
        .quorum
        .filter(|_| row.status == BroadcastStatus::Acknowledged)
    else {
        return Ok(());
    };
    let counts = counts_in(tx.db(), row.id).await?;
    let broadcast_id = row.id;
    let held = timer::waits(tx, &Due::BroadcastHeld { broadcast_id }).await?;
    let well = match held {
        true => counts.answered_well(),
        false => counts.of(RecipientState::OnTheWay),
    };
    if well >= i64::from(quorum) {
        return Ok(());
    }
    timer::cancel(tx, &Due::BroadcastHeld { broadcast_id }).await?;
    let these = hearing::in_charge(tx, row, user_id).await?;
    let short = Notice::BroadcastShort {
        broadcast_id,
        user_id,
    };
    tell(tx, these, short).await?;
    begin_again(tx, row.id, !held).await
}

/// Everybody who may still answer is asked; `afresh` those too whose answer has expired.
async fn begin_again(tx: &mut Tx, id: i64, afresh: bool) -> Result<()> {
    if afresh {
        forget_answers(tx, id).await?;
    }
    let update = broadcast::ActiveModel {
        id: Set(id),
        round: Set(0),
        ..Default::default()
    };
    broadcast::Entity::update(update).exec(tx.db()).await?;
    set_status(tx, id, BroadcastStatus::Active).await?;
    ask(tx, id).await?;
    next_round(tx, id).await?;
    progress(tx, id).await
}

/// Whoever was told of their silence before they answered knows nothing of the one that begins now.
async fn forget_answers(tx: &Tx, id: i64) -> Result<()> {
    let unknown = Expr::value(None::<DateTime<Utc>>);
    broadcast_recipient::Entity::update_many()
        .col_expr(broadcast_recipient::Column::EscalatedAt, unknown)
        .col_expr(
            broadcast_recipient::Column::State,
            Expr::value(RecipientState::Sent),
        )
        .col_expr(broadcast_recipient::Column::StateAt, Expr::value(tx.now()))
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::State.eq(RecipientState::Acknowledged))
        .exec(tx.db())
        .await?;
    Ok(())
}
