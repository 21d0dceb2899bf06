//! Task codes such as `PAT-2026-0042`, counted per prefix and year.

use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use ::entity::code_counter;

use crate::{Result, Tx, zone};

/// The next code for a prefix. PostgreSQL counts beside the transaction: whoever creates waits for nobody, and a number
/// whose transaction fails is left out.
pub(crate) async fn next(tx: &Tx, prefix: &str) -> Result<String> {
    let year = zone::year(tx.now(), tx.rules().zone);
    let number = match tx.counter() {
        Some(beside) => count(beside, prefix, year).await?,
        None => count(tx.db(), prefix, year).await?,
    };
    Ok(format!("{prefix}-{year}-{number:04}"))
}

async fn count(db: &impl ConnectionTrait, prefix: &str, year: i32) -> Result<i64> {
    let first = code_counter::ActiveModel {
        prefix: Set(prefix.into()),
        year: Set(year),
        last: Set(1),
    };
    let count = OnConflict::columns([code_counter::Column::Prefix, code_counter::Column::Year])
        .value(
            code_counter::Column::Last,
            Expr::col((code_counter::Entity, code_counter::Column::Last)).add(1),
        )
        .to_owned();
    let row = code_counter::Entity::insert(first)
        .on_conflict(count)
        .exec_with_returning(db)
        .await?;
    Ok(row.last)
}
