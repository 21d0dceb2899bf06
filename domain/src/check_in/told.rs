//! Who was told that somebody is silent: kept until he answers, so that the same people hear of it, whoever leads or commands
//! by then and however often he was asked since.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use ::entity::{check_in_person, check_in_told, user};

use super::{people::tell, read::is_silent};
use crate::{Actor, Result, Tx, outbox::Notice};

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

/// He, this person, is well: whoever was told of his silence hears that it is over.
pub(super) async fn relieve(tx: &mut Tx, actor: &Actor, id: i64, agent_id: i64) -> Result<()> {
    let told = Query::select()
        .column(check_in_told::Column::UserId)
        .from(check_in_told::Entity)
        .and_where(Expr::col(check_in_told::Column::CheckInId).eq(id))
        .and_where(Expr::col(check_in_told::Column::AgentId).eq(agent_id))
        .to_owned();
    let readers: Vec<(Option<i64>, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(user::Column::Id.in_subquery(told))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::TelegramId.is_not_null())
        .into_tuple()
        .all(tx.db())
        .await?;
    forget(tx, id, &[agent_id]).await?;
    let notice = Notice::CheckInWell {
        check_in_id: id,
        agent_id,
    };
    let readers = readers
        .into_iter()
        .filter(|(_, user_id)| Some(*user_id) != actor.user_id)
        .filter_map(|(chat, user_id)| Some((chat?, user_id)));
    let readers: Vec<(i64, i64)> = readers.collect();
    tell(tx, readers, notice).await
}

/// Nobody has to hear any more what becomes of the silence of these.
pub(super) async fn forget(tx: &Tx, id: i64, agent_ids: &[i64]) -> Result<()> {
    check_in_told::Entity::delete_many()
        .filter(check_in_told::Column::CheckInId.eq(id))
        .filter(check_in_told::Column::AgentId.is_in(agent_ids.iter().copied()))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The same for everybody of it.
pub(super) async fn forget_all(tx: &Tx, id: i64) -> Result<()> {
    check_in_told::Entity::delete_many()
        .filter(check_in_told::Column::CheckInId.eq(id))
        .exec(tx.db())
        .await?;
    Ok(())
}
