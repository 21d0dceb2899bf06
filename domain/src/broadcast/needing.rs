//! Those who said that they need help, for whoever sees who has answered.

use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect};

use ::entity::user;

use super::{Broadcast, RecipientState, silent::of_scope};
use crate::{Actor, Result, Store};

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
    let named = || of_scope(actor, broadcast, &[RecipientState::NeedsHelp]);
    let names: Vec<String> = named()?
        .select_only()
        .column(user::Column::Name)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .limit(most)
        .into_tuple()
        .all(store.reader())
        .await?;
    let total = match names.len() as u64 == most {
        true => named()?.count(store.reader()).await?,
        false => names.len() as u64,
    };
    Ok(Needing {
        more: total.saturating_sub(names.len() as u64),
        names,
    })
}
