//! Those of whom nothing was heard, for whoever has to call them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{broadcast_recipient, unit_member, user};

use super::{Anew, Broadcast, RecipientState, UNHEARD, callers, reach::with_account};
use crate::{
    Actor, Refusal, Result, Store,
    actor::{Level, Permission},
    error::Thing,
};

/// Somebody of whom nothing was heard.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Silent {
    pub name: String,
    pub phone: Option<String>,
    pub state: RecipientState,
    pub state_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    /// When somebody who answers for him was told.
    pub escalated_at: Option<DateTime<Utc>>,
}

impl Silent {
    /// He had answered, and what he said holds no more.
    pub fn anew(&self) -> Option<Anew> {
        Anew::of(self.state, self.state_at, self.answered_at)
    }
}

/// Some of them by name, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unheard {
    pub people: Vec<Silent>,
    pub total: u64,
    /// How many stand on the pages before.
    pub before: u64,
}

impl Unheard {
    /// How many stand on later pages.
    pub fn more(&self) -> u64 {
        self.total
            .saturating_sub(self.before + self.people.len() as u64)
    }
}

/// A page of those of whom nothing was heard, by name: all of them for whoever sent it, may send or is an admin, those of his units for
/// a supervisor. Not himself: nobody calls himself; nor who called for help, see [`super::calling()`].
///
/// # Errors
/// [`Refusal::NotFound`] for anybody else.
pub async fn silent(
    store: &Store,
    actor: &Actor,
    broadcast: &Broadcast,
    (page, size): (u32, u64),
) -> Result<Unheard> {
    let before = u64::from(page) * size;
    let others = broadcast_recipient::Column::UserId.ne(actor.user_id.unwrap_or_default());
    let named = || -> Result<_, Refusal> {
        let all = of_scope(actor, broadcast, &UNHEARD)?;
        Ok(all.filter(others.clone()).filter(callers::not_calling()))
    };
    let people = named()?
        .select_only()
        .column(user::Column::Name)
        .column(user::Column::Phone)
        .column(broadcast_recipient::Column::State)
        .column(broadcast_recipient::Column::StateAt)
        .column(broadcast_recipient::Column::AnsweredAt)
        .column(broadcast_recipient::Column::EscalatedAt)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .offset(before)
        .limit(size)
        .into_model()
        .all(store.reader())
        .await?;
    let total = named()?.count(store.reader()).await?;
    Ok(Unheard {
        people,
        total,
        before,
    })
}

/// Those of its people who stand so, of whom this person may read.
pub(super) fn of_scope(
    actor: &Actor,
    broadcast: &Broadcast,
    states: &[RecipientState],
) -> Result<Select<broadcast_recipient::Entity>, Refusal> {
    let all = broadcast_recipient::Entity::find()
        .join(JoinType::InnerJoin, with_account())
        .filter(broadcast_recipient::Column::BroadcastId.eq(broadcast.id))
        .filter(broadcast_recipient::Column::State.is_in(states.iter().copied()));
    let own = actor.user_id.is_some() && broadcast.created_by == actor.user_id;
    if own || actor.level == Level::Admin || actor.has(Permission::Broadcast) {
        return Ok(all);
    }
    if !actor.may_command() {
        return Err(Refusal::missing(Thing::Broadcast));
    }
    let theirs = Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).is_in(actor.unit_ids.iter().copied()))
        .to_owned();
    Ok(all.filter(broadcast_recipient::Column::UserId.in_subquery(theirs)))
}
