//! Those who said that they need help, and those who called for it, for whoever sees who has answered.

use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use ::entity::{broadcast_recipient, user};

use super::{Broadcast, RecipientState, UNHEARD, callers, silent::of_scope};
use crate::{Actor, Refusal, Result, Store};

/// Some of them by name, and how many there are beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needing {
    pub names: Vec<String>,
    pub more: u64,
}

/// At most so many of them, by name: of those whose silence this person may read of.
///
/// # Errors
/// As [`super::silent()`].
pub async fn needing(
    store: &Store,
    actor: &Actor,
    broadcast: &Broadcast,
    most: u64,
) -> Result<Needing> {
    named(store, most, || {
        of_scope(actor, broadcast, &[RecipientState::NeedsHelp])
    })
    .await
}

/// The same of those of whom nothing was heard because they called for help, while that goes on.
///
/// # Errors
/// As [`super::silent()`].
pub async fn calling(
    store: &Store,
    actor: &Actor,
    broadcast: &Broadcast,
    most: u64,
) -> Result<Needing> {
    named(store, most, || {
        Ok(of_scope(actor, broadcast, &UNHEARD)?.filter(callers::calling()))
    })
    .await
}

async fn named(
    store: &Store,
    most: u64,
    these: impl Fn() -> Result<Select<broadcast_recipient::Entity>, Refusal>,
) -> Result<Needing> {
    let names: Vec<String> = these()?
        .select_only()
        .column(user::Column::Name)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .limit(most)
        .into_tuple()
        .all(store.reader())
        .await?;
    let total = match names.len() as u64 == most {
        true => these()?.count(store.reader()).await?,
        false => names.len() as u64,
    };
    Ok(Needing {
        more: total.saturating_sub(names.len() as u64),
        names,
    })
}
