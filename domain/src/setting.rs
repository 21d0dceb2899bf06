//! Facts about this installation that must outlive a process.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use ::entity::setting::{ActiveModel, Column, Entity};

use crate::{Result, Store, Tx};

/// What stands under a key.
pub async fn get(store: &Store, key: &str) -> Result<Option<String>> {
    get_in(store.reader(), key).await
}

pub(crate) async fn get_in(db: &impl ConnectionTrait, key: &str) -> Result<Option<String>> {
    let row = Entity::find_by_id(key).one(db).await?;
    Ok(row.map(|row| row.value))
}

/// Writes down a fact unless something stands under the key: of several at once, one is told that it was first.
pub(crate) async fn first(tx: &Tx, key: &str, value: &str) -> Result<bool> {
    let row = ActiveModel {
        key: Set(key.into()),
        value: Set(value.into()),
    };
    let new = OnConflict::column(Column::Key).do_nothing().to_owned();
    let done = Entity::insert(row)
        .on_conflict(new)
        .exec_without_returning(tx.db())
        .await;
    match done {
        Ok(rows) => Ok(rows == 1),
        Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Writes down a fact; an earlier one under the key is forgotten.
pub async fn set(tx: &Tx, key: &str, value: String) -> Result<()> {
    let row = ActiveModel {
        key: Set(key.into()),
        value: Set(value),
    };
    let known = OnConflict::column(Column::Key)
        .update_column(Column::Value)
        .to_owned();
    Entity::insert(row)
        .on_conflict(known)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}
