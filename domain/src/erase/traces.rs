//! How somebody came in and what was sent to him: sessions, links, messages both ways, and where he was.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LikeExpr, Query},
};

use ::entity::{
    calendar, card, dialogue, enrolment, inbox, inbox::InboxStatus, kept_answer, last_position,
    login_attempt, nudge_day, outbox, outbox::OutboxStatus, position, session, socket_ticket,
};

use super::Person;
use crate::{Result, Tx, login, outbox::Outgoing, task::load};

/// What is still to be said, or is being said.
const WAITS: [OutboxStatus; 2] = [OutboxStatus::Queued, OutboxStatus::Sending];

/// Locks the tasks of what waits for him, as whoever answers does, before anything else of them.
pub(super) async fn hold(tx: &Tx, user_id: i64) -> Result<()> {
    let task_ids: Vec<Option<i64>> = outbox::Entity::find()
        .select_only()
        .distinct()
        .column(outbox::Column::TaskId)
        .filter(outbox::Column::UserId.eq(user_id))
        .filter(outbox::Column::Status.is_in(WAITS))
        .into_tuple()
        .all(tx.db())
        .await?;
    load::lock_rows(tx, task_ids.into_iter().flatten().collect()).await
}

/// What he did not hear comes back: others are to be told of it.
pub(super) async fn forget(tx: &mut Tx, person: &Person) -> Result<Vec<Outgoing>> {
    sessions(tx, person).await?;
    let unheard = messages(tx, person).await?;
    let (user_id, agent_id) = (person.user.id, person.agent_id);
    remove::<enrolment::Entity>(tx, enrolment::Column::UserId.eq(user_id)).await?;
    remove::<kept_answer::Entity>(tx, kept_answer::Column::UserId.eq(user_id)).await?;
    remove::<nudge_day::Entity>(tx, nudge_day::Column::UserId.eq(user_id)).await?;
    remove::<calendar::Entity>(tx, calendar::Column::AgentId.eq(agent_id)).await?;
    remove::<position::Entity>(tx, position::Column::AgentId.eq(agent_id)).await?;
    remove::<last_position::Entity>(tx, last_position::Column::AgentId.eq(agent_id)).await?;
    calendar::Entity::update_many()
        .col_expr(calendar::Column::RevokedAt, Expr::value(tx.now()))
        .filter(calendar::Column::CreatedBy.eq(user_id))
        .filter(calendar::Column::RevokedAt.is_null())
        .exec(tx.db())
        .await?;
    Ok(unheard)
}

async fn remove<E: EntityTrait>(tx: &Tx, which: Expr) -> Result<()> {
    E::delete_many().filter(which).exec(tx.db()).await?;
    Ok(())
}

async fn sessions(tx: &Tx, person: &Person) -> Result<()> {
    let his = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::UserId.eq(person.user.id))
        .to_owned();
    remove::<socket_ticket::Entity>(tx, socket_ticket::Column::SessionId.in_subquery(his)).await?;
    remove::<session::Entity>(tx, session::Column::UserId.eq(person.user.id)).await?;
    let keys = login::keys(&person.user.username, person.user.telegram_id);
    remove::<login_attempt::Entity>(tx, login_attempt::Column::NameHash.is_in(keys)).await
}

/// The chat with the bot; what was sent to another phone of his goes by his account.
async fn messages(tx: &mut Tx, person: &Person) -> Result<Vec<Outgoing>> {
    let mut sent = Condition::any().add(outbox::Column::UserId.eq(person.user.id));
    if let Some(chat_id) = person.user.telegram_id {
        sent = sent.add(outbox::Column::ChatId.eq(chat_id));
        remove::<dialogue::Entity>(tx, dialogue::Column::ChatId.eq(chat_id)).await?;
        remove::<card::Entity>(tx, card::Column::ChatId.eq(chat_id)).await?;
        updates(tx, chat_id).await?;
    }
    let unheard = outbox::Entity::delete_many()
        .filter(sent.clone())
        .filter(outbox::Column::Status.is_in(WAITS))
        .exec_with_returning(tx.db())
        .await?;
    outbox::Entity::delete_many()
        .filter(sent)
        .exec(tx.db())
        .await?;
    told_others(tx, &person.user.name).await?;
    // What only another release can read is none of ours.
    Ok(unheard
        .into_iter()
        .filter_map(|row| Outgoing::try_from(row).ok())
        .collect())
}

/// That they came stays known, so that none is handled when Telegram brings it again.
async fn updates(tx: &Tx, chat_id: i64) -> Result<()> {
    // By the index: every state.
    let states = [InboxStatus::Pending, InboxStatus::Done, InboxStatus::Dead];
    inbox::Entity::update_many()
        .col_expr(inbox::Column::Actor, Expr::value(0_i64))
        .col_expr(inbox::Column::Payload, Expr::value(""))
        .col_expr(inbox::Column::Error, Expr::value(Option::<String>::None))
        .col_expr(inbox::Column::Status, Expr::value(InboxStatus::Done))
        .col_expr(inbox::Column::DoneAt, Expr::value(tx.now()))
        .filter(inbox::Column::Status.is_in(states))
        .filter(inbox::Column::Actor.eq(chat_id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// What others were told long since that names him.
async fn told_others(tx: &Tx, name: &str) -> Result<()> {
    let name = serde_json::to_string(name)?
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    let named = LikeExpr::new(format!("%{name}%")).escape('\\');
    let over = [
        OutboxStatus::Sent,
        OutboxStatus::Failed,
        OutboxStatus::Unreachable,
        OutboxStatus::Dropped,
    ];
    outbox::Entity::delete_many()
        .filter(outbox::Column::Status.is_in(over))
        .filter(
            Expr::col(outbox::Column::Notice)
                .cast_as("text")
                .like(named),
        )
        .exec(tx.db())
        .await?;
    Ok(())
}
