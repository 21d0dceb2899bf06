//! Task codes such as `PAT-2026-0042`: counted per prefix and year, inside the transaction that uses them.

use sea_orm::{
    ActiveValue::Set,
    EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use ::entity::code_counter;

use crate::{Result, Tx, zone};

/// The next code for a prefix. A transaction that fails gives its number back; two at once wait for each other.
pub(crate) async fn next(tx: &Tx, prefix: &str) -> Result<String> {
    let year = zone::year(tx.now(), tx.rules().zone);
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
        .exec_with_returning(tx.db())
        .await?;
    Ok(format!("{prefix}-{year}-{:04}", row.last))
}
