//! Whom Telegram brings nothing, and by which phone he hears of it instead.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::user;

use super::{AgentFilter, list};
use crate::{
    Actor, Result, Store,
    page::{self, Window},
};

/// Somebody whom Telegram brings nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByPhone {
    pub agent_id: i64,
    pub name: String,
    pub phone: Option<String>,
}

/// Those of these agents whom Telegram brings nothing, by name, as far as this person commands and sees them.
pub async fn by_phone(store: &Store, actor: &Actor, ids: &[i64]) -> Result<Vec<ByPhone>> {
    if ids.is_empty() || !actor.may_command() {
        return Ok(Vec::new());
    }
    let filter = AgentFilter {
        ids: Some(ids.to_vec()),
        ..AgentFilter::default()
    };
    let mut people = list(store, actor, filter, Window::first(page::MOST))
        .await?
        .items;
    people.retain(|one| !one.linked || one.blocked);
    let user_ids = people.iter().filter_map(|one| one.user_id).collect();
    let phones = phones(store, user_ids).await?;
    let known = |user_id: Option<i64>| phones.get(&user_id?).cloned();
    Ok(people
        .into_iter()
        .map(|one| ByPhone {
            agent_id: one.id,
            phone: known(one.user_id),
            name: one.name,
        })
        .collect())
}

/// The phones of those of these accounts that have one.
async fn phones(store: &Store, user_ids: Vec<i64>) -> Result<HashMap<i64, String>> {
    if user_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Option<String>)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Phone)
        .filter(user::Column::Id.is_in(user_ids))
        .into_tuple()
        .all(store.reader())
        .await?;
    let known = rows.into_iter();
    Ok(known.filter_map(|(id, phone)| Some((id, phone?))).collect())
}
