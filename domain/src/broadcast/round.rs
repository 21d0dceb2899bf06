//! Silence: ask again, then tell whoever was responsible when it left, then name the phones to call.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{broadcast, broadcast_recipient, user};

use super::{
    BroadcastStatus, CHUNK, Chain, RecipientState, SILENT, lock, next_round, progress,
    read::counts_in, set_status, tell,
};
use crate::{
    Result, Tx,
    outbox::{self, Message, Notice},
};

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
        if ask(tx, id).await? > 0 {
            next_round(tx, id).await?;
        }
        return progress(tx, id).await;
    }
    let phones = round > rings;
    escalate(tx, &row, &super::UNHEARD, phones).await?;
    if !phones && unheard(tx, id).await? {
        next_round(tx, id).await?;
    }
    progress(tx, id).await
}

/// Marks those who are in these states as escalated, and tells whoever is responsible; with `phones` whom to call.
pub(super) async fn escalate(
    tx: &mut Tx,
    row: &broadcast::Model,
    states: &[RecipientState],
    phones: bool,
) -> Result<()> {
    let done = broadcast_recipient::Entity::update_many()
        .col_expr(
            broadcast_recipient::Column::EscalatedAt,
            Expr::value(tx.now()),
        )
        .filter(broadcast_recipient::Column::BroadcastId.eq(row.id))
        .filter(broadcast_recipient::Column::State.is_in(states.iter().copied()))
        .filter(broadcast_recipient::Column::EscalatedAt.is_null())
        .exec(tx.db())
        .await?;
    let still = phones && unheard(tx, row.id).await?;
    if done.rows_affected == 0 && !still {
        return Ok(());
    }
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let notice = Notice::BroadcastSilent {
        broadcast_id: row.id,
        phones,
    };
    tell(tx, chain.user_ids, notice).await
}

async fn unheard(tx: &Tx, id: i64) -> Result<bool> {
    let counts = counts_in(tx.db(), id).await?;
    Ok(super::UNHEARD.iter().any(|state| counts.of(*state) > 0))
}

/// Asks those again who have not answered, with a sound; says how many.
pub(super) async fn ask(tx: &mut Tx, id: i64) -> Result<usize> {
    let rings = Expr::col(broadcast_recipient::Column::Rings).add(1);
    broadcast_recipient::Entity::update_many()
        .col_expr(broadcast_recipient::Column::Rings, rings)
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::State.is_in(SILENT))
        .exec(tx.db())
        .await?;
    let silent: Vec<(i64, Option<i64>)> = broadcast_recipient::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .join(
            JoinType::InnerJoin,
            broadcast_recipient::Entity::belongs_to(user::Entity)
                .from(broadcast_recipient::Column::UserId)
                .to(user::Column::Id)
                .into(),
        )
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::State.is_in(SILENT))
        .into_tuple()
        .all(tx.db())
        .await?;
    for some in silent.chunks(CHUNK) {
        let rings = some.iter().filter_map(|(user_id, chat)| {
            Some(Message::broadcast((*chat)?, Some(*user_id), id, true))
        });
        outbox::push(tx, rings.collect()).await?;
    }
    Ok(silent.len())
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
    broadcast_recipient::Entity::update_many()
        .col_expr(
            broadcast_recipient::Column::State,
            Expr::value(RecipientState::Sent),
        )
        .col_expr(broadcast_recipient::Column::StateAt, Expr::value(tx.now()))
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::State.eq(RecipientState::Acknowledged))
        .exec(tx.db())
        .await?;
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
