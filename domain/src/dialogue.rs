//! The step a person is in. Written in the transaction of the step itself; transports only read it.

use sea_orm::{
    ActiveValue::Set,
    EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde_json::Value;

use ::entity::dialogue;

use crate::{Result, Store, Tx};

/// A step as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    pub name: String,
    /// The form of `state`, which changes with releases.
    pub version: i32,
    pub state: Value,
    /// Rises with every step: a button of an earlier step carries an earlier number.
    pub nonce: i32,
}

/// The step this chat is in.
pub async fn find(store: &Store, chat_id: i64) -> Result<Option<Saved>> {
    Ok(dialogue::Entity::find_by_id(chat_id)
        .one(store.reader())
        .await?
        .map(saved))
}

/// The same from inside a transaction.
pub async fn current(tx: &Tx, chat_id: i64) -> Result<Option<Saved>> {
    Ok(dialogue::Entity::find_by_id(chat_id)
        .one(tx.db())
        .await?
        .map(saved))
}

fn saved(row: dialogue::Model) -> Saved {
    Saved {
        name: row.name,
        version: row.version,
        state: row.state,
        nonce: row.nonce,
    }
}

/// Moves the chat to a step.
pub async fn put(tx: &Tx, chat_id: i64, name: &str, version: i32, state: Value) -> Result<()> {
    let row = dialogue::ActiveModel {
        chat_id: Set(chat_id),
        name: Set(name.into()),
        version: Set(version),
        state: Set(state),
        nonce: Set(1),
        updated_at: Set(tx.now()),
    };
    let next = OnConflict::column(dialogue::Column::ChatId)
        .update_columns([
            dialogue::Column::Name,
            dialogue::Column::Version,
            dialogue::Column::State,
            dialogue::Column::UpdatedAt,
        ])
        .value(
            dialogue::Column::Nonce,
            Expr::col((dialogue::Entity, dialogue::Column::Nonce)).add(1),
        )
        .to_owned();
    dialogue::Entity::insert(row)
        .on_conflict(next)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Ends the dialogue of this chat, whatever it was. True when there was one.
pub async fn clear(tx: &Tx, chat_id: i64) -> Result<bool> {
    Ok(dialogue::Entity::delete_by_id(chat_id)
        .exec(tx.db())
        .await?
        .rows_affected
        == 1)
}
