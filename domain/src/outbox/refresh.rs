//! Cards that are there already are brought up to date.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{card, user};

use super::{Message, push};
use crate::{Result, Tx, card::Subject};

/// Has every message that shows this task brought up to date.
pub async fn refresh_cards(tx: &mut Tx, task_id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::Task(task_id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::card(chat, None, task_id));
    push(tx, cards.collect()).await
}

/// The same for the messages of these people only.
pub(crate) async fn refresh_cards_of(tx: &mut Tx, task_id: i64, user_ids: Vec<i64>) -> Result<()> {
    let shown: Vec<(i64, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(user_ids))
        .filter(user::Column::TelegramId.in_subquery(chats_showing(task_id)))
        .into_tuple()
        .all(tx.db())
        .await?;
    let cards = shown
        .into_iter()
        .map(|(chat_id, user_id)| Message::card(chat_id, Some(user_id), task_id));
    push(tx, cards.collect()).await
}

/// Has every message that shows this request for leave brought up to date.
pub(crate) async fn refresh_leave(tx: &mut Tx, id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::Leave(id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::leave(chat, None, id, false));
    push(tx, cards.collect()).await
}

/// Has every message that shows this exchange of shifts brought up to date.
pub(crate) async fn refresh_swap(tx: &mut Tx, id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::Swap(id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::swap(chat, None, id, false));
    push(tx, cards.collect()).await
}

/// Has every message that asks in this check brought up to date.
pub(crate) async fn refresh_check_in(tx: &mut Tx, id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::CheckIn(id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::check_in(chat, None, id, false));
    push(tx, cards.collect()).await
}

async fn chats_with(tx: &Tx, about: Subject) -> Result<Vec<i64>> {
    Ok(card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(about.to_string()))
        .into_tuple()
        .all(tx.db())
        .await?)
}

fn chats_showing(task_id: i64) -> SelectStatement {
    Query::select()
        .column(card::Column::ChatId)
        .from(card::Entity)
        .and_where(Expr::col(card::Column::Subject).eq(Subject::Task(task_id).to_string()))
        .to_owned()
}
