//! Who did not answer in time, by name: the silent, and those whom Telegram did not reach. Nobody is ranked.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{
    broadcast_answer, broadcast_recipient, emergency, emergency::EmergencyStatus, user,
};

use crate::{
    Page, Result, Store,
    broadcast::{Broadcast, UNHEARD, with_account},
    page::Window,
};

/// Somebody of whom nothing was heard in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    pub user_id: i64,
    pub name: String,
    pub why: Silence,
}

/// Why nothing was heard of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Telegram took the message, and he did not answer.
    Silent,
    /// Telegram took no message for him.
    Unreachable,
}

/// A page of those who did not answer a broadcast in time, by name, for whoever found it.
pub async fn unanswered(
    store: &Store,
    broadcast: &Broadcast,
    which: Option<Silence>,
    window: Window,
) -> Result<Page<Unanswered>> {
    let ended_at = broadcast.ended_at;
    let mut select = broadcast_recipient::Entity::find()
        .select_only()
        .column_as(user::Column::Id, "user_id")
        .column(user::Column::Name)
        .column(broadcast_recipient::Column::SentAt)
        .join(JoinType::InnerJoin, with_account())
        .filter(broadcast_recipient::Column::BroadcastId.eq(broadcast.id))
        .filter(
            broadcast_recipient::Column::UserId.not_in_subquery(answered(broadcast.id, ended_at)),
        )
        .filter(broadcast_recipient::Column::UserId.not_in_subquery(called(broadcast)))
        .filter(window.behind(user::Column::Name, user::Column::Id)?);
    select = match which {
        Some(Silence::Silent) => select.filter(reached(ended_at)),
        Some(Silence::Unreachable) => select.filter(missed(ended_at)),
        None => select,
    };
    let rows: Vec<(i64, String, Option<DateTime<Utc>>)> = select
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .limit(window.probe())
        .into_tuple()
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |(id, name, _)| (name.clone(), *id));
    Ok(page.map(|(user_id, name, sent_at)| Unanswered {
        user_id,
        name,
        why: why(sent_at, ended_at),
    }))
}

fn why(sent_at: Option<DateTime<Utc>>, ended_at: Option<DateTime<Utc>>) -> Silence {
    match (sent_at, ended_at) {
        (None, _) => Silence::Unreachable,
        (Some(sent_at), Some(ended_at)) if sent_at > ended_at => Silence::Unreachable,
        _ => Silence::Silent,
    }
}

fn reached(ended_at: Option<DateTime<Utc>>) -> Condition {
    let in_time = ended_at.map(|at| broadcast_recipient::Column::SentAt.lte(at));
    Condition::all()
        .add(broadcast_recipient::Column::SentAt.is_not_null())
        .add_option(in_time)
}

fn missed(ended_at: Option<DateTime<Utc>>) -> Condition {
    let too_late = ended_at.map(|at| broadcast_recipient::Column::SentAt.gt(at));
    Condition::any()
        .add(broadcast_recipient::Column::SentAt.is_null())
        .add_option(too_late)
}

/// Whoever called for help in earnest while it went on: nobody expects an answer of him.
fn called(broadcast: &Broadcast) -> SelectStatement {
    let asked = Query::select()
        .column(broadcast_recipient::Column::UserId)
        .from(broadcast_recipient::Entity)
        .and_where(Expr::col(broadcast_recipient::Column::BroadcastId).eq(broadcast.id))
        .to_owned();
    let mut called = Query::select()
        .column(emergency::Column::RaisedBy)
        .from(emergency::Entity)
        .and_where(Expr::col(emergency::Column::RaisedBy).in_subquery(asked))
        .and_where(Expr::col(emergency::Column::Drill).eq(false))
        .and_where(Expr::col(emergency::Column::Status).ne(EmergencyStatus::Cancelled))
        .to_owned();
    let lasts = Condition::any()
        .add(Expr::col(emergency::Column::Status).ne(EmergencyStatus::Resolved))
        .add(Expr::col(emergency::Column::EndedAt).gt(broadcast.created_at));
    called.cond_where(lasts);
    if let Some(at) = broadcast.ended_at {
        called.and_where(Expr::col(emergency::Column::CreatedAt).lte(at));
    }
    called
}

/// Whoever answered before it ended.
fn answered(broadcast_id: i64, ended_at: Option<DateTime<Utc>>) -> SelectStatement {
    let mut said = Query::select()
        .column(broadcast_answer::Column::UserId)
        .from(broadcast_answer::Entity)
        .and_where(Expr::col(broadcast_answer::Column::BroadcastId).eq(broadcast_id))
        // What was written without an answer is none.
        .and_where(Expr::col(broadcast_answer::Column::State).is_not_in(UNHEARD))
        .to_owned();
    if let Some(at) = ended_at {
        said.and_where(Expr::col(broadcast_answer::Column::At).lte(at));
    }
    said
}
