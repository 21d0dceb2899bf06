//! What became of a word about the silent. Whom it names is escalated once Telegram has it, and not before; where it is lost, and
//! nobody else who answers for somebody gets it, the admins are told.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};

use ::entity::{broadcast, broadcast_recipient, user};

use super::{
    BroadcastStatus, Chain, NEVER_TOLD, RecipientState, UNHEARD,
    escalation::{Watcher, answered_for, due, is_admin, say, theirs, watchers},
    progress,
};
use crate::{
    Result, Tx,
    outbox::{self, Notice, Outgoing},
    reach::hears,
};

/// Telegram took it: those for whom its reader answers are escalated.
pub(crate) async fn word_arrived(tx: &mut Tx, id: i64, word: &Outgoing) -> Result<()> {
    let Some(row) = there(tx, id).await? else {
        return Ok(());
    };
    let himself = Condition::all().add(user::Column::Id.is_in(word.user_id));
    let reader = watchers(tx, himself).await?;
    let mut named = due(id, to_be_named(tx, &row), false);
    if let Some(theirs) = theirs(&reader) {
        named = named.add(broadcast_recipient::Column::UserId.in_subquery(theirs));
    }
    let done = broadcast_recipient::Entity::update_many()
        .col_expr(
            broadcast_recipient::Column::EscalatedAt,
            Expr::value(tx.now()),
        )
        .filter(named)
        .exec(tx.db())
        .await?;
    match done.rows_affected {
        0 => Ok(()),
        _ => progress(tx, id).await,
    }
}

/// Unless others who answer for them have it or get it, it is for the admins: who is told already, or has refused it as one of
/// these, hears it with the next round.
pub(crate) async fn word_lost(tx: &mut Tx, lost: &Outgoing) -> Result<()> {
    let Notice::BroadcastSilent {
        broadcast_id,
        phones,
    } = lost.notice
    else {
        return Ok(());
    };
    let Some(row) = there(tx, broadcast_id).await? else {
        return Ok(());
    };
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let its = user::Column::Id.is_in(chain.user_ids.iter().copied());
    let all = watchers(tx, Condition::any().add(its).add(is_admin())).await?;
    let have = reached(tx, lost, &all).await?;
    let named = due(broadcast_id, to_be_named(tx, &row), phones);
    if answered_for(tx, named, &have).await? {
        return Ok(());
    }
    let in_chain = |user_id: i64| chain.user_ids.contains(&user_id);
    let of_chain = lost.user_id.is_some_and(in_chain);
    let mut told = watchers(tx, is_admin().add(hears())).await?;
    told.retain(|one| of_chain && !in_chain(one.user_id));
    // He may have another phone by now.
    told.extend(all.iter().filter(|one| Some(one.user_id) == lost.user_id));
    told.retain(|one| {
        one.chat_id != lost.chat_id && !have.iter().any(|has| has.user_id == one.user_id)
    });
    say(tx, broadcast_id, &told, phones).await
}

/// One about which somebody has to hear.
async fn there(tx: &Tx, id: i64) -> Result<Option<broadcast::Model>> {
    let row = broadcast::Entity::find_by_id(id).one(tx.db()).await?;
    let nobody_waits = [BroadcastStatus::Draft, BroadcastStatus::Cancelled];
    Ok(row.filter(|row| !nobody_waits.contains(&row.status)))
}

/// Those whom a word that leaves now is to name.
fn to_be_named(tx: &Tx, row: &broadcast::Model) -> &'static [RecipientState] {
    match row.status {
        BroadcastStatus::Closed => &NEVER_TOLD,
        BroadcastStatus::Expired => &UNHEARD,
        _ if row.round < tx.rules().ack.rings as i32 => &[RecipientState::Unreachable],
        _ => &UNHEARD,
    }
}

/// Those of these who have the same word, or get it: also one with the phones to call is the same.
async fn reached(tx: &Tx, lost: &Outgoing, all: &[Watcher]) -> Result<Vec<Watcher>> {
    let chats = all.iter().map(|one| one.chat_id).collect();
    let others = outbox::in_chats(tx, lost, lost.created_at, chats).await?;
    let same = |notice: &Notice| match (notice, &lost.notice) {
        (
            Notice::BroadcastSilent {
                broadcast_id: one,
                phones: more,
            },
            Notice::BroadcastSilent {
                broadcast_id,
                phones,
            },
        ) => one == broadcast_id && (*more || !*phones),
        _ => false,
    };
    let readers: Vec<i64> = others
        .into_iter()
        .filter(|one| same(&one.notice))
        .map(|one| one.user_id)
        .collect();
    let has = |one: &&Watcher| readers.contains(&one.user_id);
    Ok(all.iter().filter(has).copied().collect())
}
