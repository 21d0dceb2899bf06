//! A word about the silent that Telegram did not take, or whose reader is gone: unless another says the same, somebody else is
//! told, and while nobody can be, nobody counts as told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use ::entity::{check_in, check_in_person};

use super::{
    COMMAND, CheckInStatus, announce, one,
    people::{self, call},
    read::is_silent,
    silence::{escalate, try_later},
    told,
};
use crate::{
    Result, Tx,
    outbox::{self, Notice, Outgoing},
};

/// Another word about it that is there, or may yet be.
struct Word {
    at: DateTime<Utc>,
    phones: bool,
}

/// Those in command hear it instead. What one of them has `refused` is for all others who command, once; after that it is tried
/// again later, because at once it would be refused again, without end.
pub(crate) async fn word_lost(tx: &mut Tx, lost: &Outgoing, refused: bool) -> Result<()> {
    let Notice::CheckInSilent {
        check_in_id,
        phones,
    } = lost.notice
    else {
        return Ok(());
    };
    let row = one(tx, check_in_id).await?;
    let Some(row) = row.filter(|row| row.status == CheckInStatus::Active) else {
        return Ok(());
    };
    let silent = silent(tx, check_in_id).await?;
    let others = others(tx, lost, check_in_id, &silent).await?;
    let same = |one: &Word| one.at >= lost.created_at && (one.phones || !phones);
    if silent.is_empty() || others.iter().any(same) {
        return Ok(());
    }
    let ids: Vec<i64> = silent.iter().map(|one| one.agent_id).collect();
    let told = instead(tx, &row, lost, refused && phones).await?;
    if told.is_empty() {
        take_back(tx, check_in_id, unknown(&silent, &others)).await?;
        try_later(tx, &row, &ids).await?;
    } else {
        escalate(tx, &row, &ids, COMMAND, None).await?;
        call(tx, check_in_id, told).await?;
    }
    announce(tx, &row).await
}

async fn silent(tx: &Tx, id: i64) -> Result<Vec<check_in_person::Model>> {
    Ok(check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(is_silent())
        .all(tx.db())
        .await?)
}

/// What those who were told of it have, since the first of these was told of.
async fn others(
    tx: &Tx,
    lost: &Outgoing,
    id: i64,
    silent: &[check_in_person::Model],
) -> Result<Vec<Word>> {
    let first = silent.iter().filter_map(|one| one.escalated_at).min();
    let since = first.map_or(lost.created_at, |first| first.min(lost.created_at));
    let chats = told::chats(tx, id).await?;
    let there = outbox::in_chats(tx, lost, since, chats).await?;
    let word = |one: outbox::Heard| match one.notice {
        Notice::CheckInSilent {
            check_in_id,
            phones,
        } if check_in_id == id => Some(Word { at: one.at, phones }),
        _ => None,
    };
    Ok(there.into_iter().filter_map(word).collect())
}

/// Those of these whom no other word names.
fn unknown(silent: &[check_in_person::Model], others: &[Word]) -> Vec<i64> {
    let named = |one: &check_in_person::Model| {
        let since = one.escalated_at;
        others
            .iter()
            .any(|word| since.is_some_and(|at| word.at >= at))
    };
    let unknown = silent.iter().filter(|one| !named(one));
    unknown.map(|one| one.agent_id).collect()
}

/// Who is told instead, as chats by account.
async fn instead(
    tx: &Tx,
    row: &check_in::Model,
    lost: &Outgoing,
    refused: bool,
) -> Result<BTreeMap<i64, i64>> {
    let near = people::command(tx, row).await?;
    let is_near = lost.user_id.is_some_and(|id| near.contains_key(&id));
    let mut told = match (refused, is_near) {
        (false, _) => near,
        (true, true) => people::further(tx, row.id, &near).await?,
        (true, false) => BTreeMap::new(),
    };
    // He may have another phone by now.
    told.retain(|_, chat_id| *chat_id != lost.chat_id);
    Ok(told)
}

async fn take_back(tx: &Tx, id: i64, agent_ids: Vec<i64>) -> Result<()> {
    check_in_person::Entity::update_many()
        .col_expr(
            check_in_person::Column::EscalatedAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::AgentId.is_in(agent_ids))
        .exec(tx.db())
        .await?;
    Ok(())
}
