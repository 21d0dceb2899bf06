//! Who sent a broadcast, and who agreed, by name: whoever sees it reads that in his chat too.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::user;

use super::Broadcast;
use crate::Result;

pub(super) async fn add(db: &impl ConnectionTrait, found: &mut [Broadcast]) -> Result<()> {
    let all = found
        .iter()
        .flat_map(|one| [one.created_by, one.approved_by]);
    let ids: Vec<i64> = all.flatten().collect();
    let rows: Vec<(i64, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let names: HashMap<i64, String> = rows.into_iter().collect();
    let name = |id: Option<i64>| names.get(&id?).cloned();
    for one in found {
        one.created_by_name = name(one.created_by);
        one.approved_by_name = name(one.approved_by);
    }
    Ok(())
}
