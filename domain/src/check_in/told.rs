//! Who was told that somebody is silent: kept until he answers or nobody waits for him any more, so that the same people hear how
//! it ended, whoever leads or commands by then and however often he was asked since.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr},
};

use ::entity::{check_in_person, check_in_told, user};

use super::{people::tell, read::is_silent};
use crate::{
    Actor, Result, Tx,
    outbox::{self, Lane, Message, Notice},
    reach::hears,
};

/// Rows to a statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

/// Writes down that these accounts were told who of it is silent now.
pub(super) async fn record(tx: &Tx, id: i64, user_ids: &[i64]) -> Result<()> {
    let silent: Vec<i64> = check_in_person::Entity::find()
        .select_only()
        .column(check_in_person::Column::AgentId)
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(is_silent())
        .into_tuple()
        .all(tx.db())
        .await?;
    let pairs = silent
        .iter()
        .flat_map(|agent_id| user_ids.iter().map(move |user_id| (*agent_id, *user_id)));
    let rows: Vec<_> = pairs
        .map(|(agent_id, user_id)| check_in_told::ActiveModel {
            check_in_id: Set(id),
            agent_id: Set(agent_id),
            user_id: Set(user_id),
            told_at: Set(tx.now()),
            ..Default::default()
        })
        .collect();
    use check_in_told::Column;
    let again = OnConflict::columns([Column::CheckInId, Column::AgentId, Column::UserId])
        .update_column(Column::ToldAt)
        .to_owned();
    for some in rows.chunks(AT_ONCE) {
        check_in_told::Entity::insert_many(some.to_vec())
            .on_conflict(again.clone())
            .exec_without_returning(tx.db())
            .await?;
    }
    Ok(())
}

/// Who was told of his silence and can hear more of it, as chat and account.
pub(super) async fn readers(tx: &Tx, id: i64, agent_id: i64) -> Result<Vec<(i64, i64)>> {
    let told = Query::select()
        .column(check_in_told::Column::UserId)
        .from(check_in_told::Entity)
        .and_where(Expr::col(check_in_told::Column::CheckInId).eq(id))
        .and_where(Expr::col(check_in_told::Column::AgentId).eq(agent_id))
        .to_owned();
    hearing(tx, user::Column::Id.in_subquery(told)).await
}

async fn hearing(tx: &Tx, which: SimpleExpr) -> Result<Vec<(i64, i64)>> {
    let readers: Vec<(Option<i64>, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(which)
        .filter(hears())
        .into_tuple()
        .all(tx.db())
        .await?;
    let reader = |(chat, user_id): (Option<i64>, i64)| Some((chat?, user_id));
    Ok(readers.into_iter().filter_map(reader).collect())
}

/// The chats of whoever was told that somebody of it is silent, and can hear.
pub(super) async fn chats(tx: &Tx, id: i64) -> Result<Vec<i64>> {
    let told = Query::select()
        .column(check_in_told::Column::UserId)
        .from(check_in_told::Entity)
        .and_where(Expr::col(check_in_told::Column::CheckInId).eq(id))
        .to_owned();
    let readers = hearing(tx, user::Column::Id.in_subquery(told)).await?;
    Ok(readers.into_iter().map(|(chat_id, _)| chat_id).collect())
}

/// He, this person, is well: whoever was told of his silence hears that it is over.
pub(super) async fn relieve(tx: &mut Tx, actor: &Actor, id: i64, agent_id: i64) -> Result<()> {
    let mut readers = readers(tx, id, agent_id).await?;
    readers.retain(|(_, user_id)| Some(*user_id) != actor.user_id);
    forget(tx, id, &[agent_id]).await?;
    let notice = Notice::CheckInWell {
        check_in_id: id,
        agent_id,
    };
    tell(tx, readers, notice).await
}

/// Nobody has to hear any more what becomes of the silence of these.
pub(super) async fn forget(tx: &Tx, id: i64, agent_ids: &[i64]) -> Result<()> {
    check_in_told::Entity::delete_many()
        .filter(of(id, Some(agent_ids)))
        .exec(tx.db())
        .await?;
    Ok(())
}

fn of(id: i64, agent_ids: Option<&[i64]>) -> Condition {
    let all = Condition::all().add(check_in_told::Column::CheckInId.eq(id));
    match agent_ids {
        Some(ids) => all.add(check_in_told::Column::AgentId.is_in(ids.iter().copied())),
        None => all,
    }
}

/// Nobody waits any more for these, or for anybody of it, of whom nothing was heard: whoever was told of their silence hears
/// that, but for who did it.
pub(super) async fn close(
    tx: &mut Tx,
    by: Option<i64>,
    id: i64,
    agent_ids: Option<&[i64]>,
) -> Result<()> {
    let told: Vec<(i64, i64)> = check_in_told::Entity::find()
        .select_only()
        .column(check_in_told::Column::UserId)
        .column(check_in_told::Column::AgentId)
        .filter(of(id, agent_ids))
        .order_by_asc(check_in_told::Column::Id)
        .into_tuple()
        .all(tx.db())
        .await?;
    if told.is_empty() {
        return Ok(());
    }
    check_in_told::Entity::delete_many()
        .filter(of(id, agent_ids))
        .exec(tx.db())
        .await?;
    let mut silent: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (user_id, agent_id) in told {
        silent.entry(user_id).or_default().push(agent_id);
    }
    silent.retain(|user_id, _| Some(*user_id) != by);
    let ids: Vec<i64> = silent.keys().copied().collect();
    let readers = hearing(tx, user::Column::Id.is_in(ids)).await?;
    let messages = readers.into_iter().filter_map(|(chat_id, user_id)| {
        let notice = Notice::CheckInOver {
            check_in_id: id,
            agent_ids: silent.remove(&user_id)?,
        };
        Some(Message::news(chat_id, Some(user_id), notice).in_lane(Lane::Emergency))
    });
    let messages = messages.collect();
    outbox::push(tx, messages).await
}
