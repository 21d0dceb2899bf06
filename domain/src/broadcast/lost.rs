//! A word about the silent that Telegram did not take: whom it named to nobody else is not escalated, and others are told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query, SelectStatement},
};

use ::entity::{
    broadcast, broadcast_recipient,
    outbox::{self as outbox_row, Lane, OutboxStatus},
    user,
};

use super::{
    BroadcastStatus, Chain, RecipientState, UNHEARD,
    escalation::{Before, Watcher, orphans, people, tell_of},
    progress,
};
use crate::{
    Result, Tx,
    actor::Level,
    outbox::{Notice, Outgoing},
};

/// Another word of the same broadcast.
struct Word {
    reader: Watcher,
    at: DateTime<Utc>,
    phones: bool,
    /// Telegram has brought it, or may yet.
    arrives: bool,
}

/// Takes back that those are escalated whom no other word names, and tells whoever was not tried yet of those who are left.
pub(crate) async fn word_lost(tx: &mut Tx, lost: &Outgoing) -> Result<()> {
    let Notice::BroadcastSilent {
        broadcast_id,
        phones,
    } = lost.notice
    else {
        return Ok(());
    };
    let row = broadcast::Entity::find_by_id(broadcast_id)
        .one(tx.db())
        .await?;
    let Some(row) = row else { return Ok(()) };
    let words = others(tx, &row, lost).await?;
    let back = take_back(tx, broadcast_id, &words).await?;
    if back > 0 {
        progress(tx, broadcast_id).await?;
    }
    let states = due(tx, &row);
    let before = before(lost, &words, phones);
    if row.status != BroadcastStatus::Active
        || (back == 0 && !phones)
        || !orphans(tx, broadcast_id, states, &before.have, phones).await?
    {
        return Ok(());
    }
    tell_of(tx, &row, (states, phones), before).await
}

/// Those who are due to be named by now.
fn due(tx: &Tx, row: &broadcast::Model) -> &'static [RecipientState] {
    match row.round < tx.rules().ack.rings as i32 {
        true => &[RecipientState::Unreachable],
        false => &UNHEARD,
    }
}

fn before(lost: &Outgoing, words: &[Word], phones: bool) -> Before {
    let same = || words.iter().filter(|word| word.phones == phones);
    let have = same().filter(|word| word.arrives).map(|word| word.reader);
    let tried = same().map(|word| word.reader.user_id);
    Before {
        have: have.collect(),
        tried: tried.chain(lost.user_id).collect(),
    }
}

/// Nobody is escalated whom no word names that arrives: those of whoever reads it who were escalated by then.
async fn take_back(tx: &Tx, id: i64, words: &[Word]) -> Result<u64> {
    let mut readers: BTreeMap<DateTime<Utc>, Vec<Watcher>> = BTreeMap::new();
    for word in words.iter().filter(|word| word.arrives) {
        readers.entry(word.at).or_default().push(word.reader);
    }
    let mut unnamed =
        people(id, &UNHEARD, None).add(broadcast_recipient::Column::EscalatedAt.is_not_null());
    for (at, readers) in readers {
        let named = people(id, &UNHEARD, Some(&readers[..]))
            .add(broadcast_recipient::Column::EscalatedAt.lte(at));
        unnamed = unnamed.add(named.not());
    }
    let done = broadcast_recipient::Entity::update_many()
        .col_expr(
            broadcast_recipient::Column::EscalatedAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(unnamed)
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected)
}

/// The other words about the silent of this broadcast, to whoever is active still.
async fn others(tx: &Tx, row: &broadcast::Model, lost: &Outgoing) -> Result<Vec<Word>> {
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let told = Condition::any()
        .add(user::Column::Id.is_in(chain.user_ids))
        .add(user::Column::Level.eq(Level::Admin as i16));
    let levels: Vec<(i64, i16)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Level)
        .filter(user::Column::Active.eq(true))
        .filter(told.clone())
        .into_tuple()
        .all(tx.db())
        .await?;
    let levels: BTreeMap<i64, i16> = levels.into_iter().collect();
    let rows = outbox_row::Entity::find()
        .filter(outbox_row::Column::ChatId.in_subquery(chats_of(told)))
        .filter(outbox_row::Column::Lane.eq(Lane::Broadcast))
        .filter(outbox_row::Column::CreatedAt.gte(row.created_at))
        .filter(outbox_row::Column::Id.ne(lost.id))
        .all(tx.db())
        .await?;
    let word = |one: outbox_row::Model| {
        let user_id = one.user_id?;
        let level = *levels.get(&user_id)?;
        let Ok(Notice::BroadcastSilent {
            broadcast_id,
            phones,
        }) = serde_json::from_value(one.notice)
        else {
            return None;
        };
        (broadcast_id == row.id).then_some(Word {
            reader: Watcher { user_id, level },
            at: one.created_at,
            phones,
            arrives: matches!(
                one.status,
                OutboxStatus::Queued | OutboxStatus::Sending | OutboxStatus::Sent
            ),
        })
    };
    Ok(rows.into_iter().filter_map(word).collect())
}

fn chats_of(who: Condition) -> SelectStatement {
    Query::select()
        .column(user::Column::TelegramId)
        .from(user::Entity)
        .cond_where(who)
        .to_owned()
}
