//! What only one process may do at a time; the fence rises with each new holder.

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use ::entity::lease;

use crate::{Result, Store, Tx};

/// Takes or prolongs a lease. `None` while somebody else holds it, else the fence.
pub async fn hold(
    store: &Store,
    name: String,
    holder: String,
    span: Duration,
) -> Result<Option<i64>> {
    store
        .write(move |tx| Box::pin(async move { take(tx, name, holder, span).await }))
        .await
}

async fn take(tx: &Tx, name: String, holder: String, span: Duration) -> Result<Option<i64>> {
    let expires_at = tx.now() + span;
    let fresh = lease::ActiveModel {
        name: Set(name.clone()),
        holder: Set(holder.clone()),
        fence: Set(1),
        expires_at: Set(expires_at),
    };
    lease::Entity::insert(fresh)
        .on_conflict_do_nothing_on([lease::Column::Name])
        .exec_without_returning(tx.db())
        .await?;
    let Some(row) = lease::Entity::find_by_id(&name)
        .lock_exclusive()
        .one(tx.db())
        .await?
    else {
        return Ok(None);
    };
    if row.holder != holder && row.expires_at > tx.now() {
        return Ok(None);
    }
    let fence = if row.holder == holder {
        row.fence
    } else {
        row.fence + 1
    };
    let next = lease::ActiveModel {
        name: Set(name),
        holder: Set(holder),
        fence: Set(fence),
        expires_at: Set(expires_at),
    };
    lease::Entity::update(next).exec(tx.db()).await?;
    Ok(Some(fence))
}

/// Gives a lease back, so that the next holder need not wait.
pub async fn release(store: &Store, name: String, holder: String) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                lease::Entity::update_many()
                    .col_expr(
                        lease::Column::ExpiresAt,
                        sea_orm::sea_query::Expr::value(tx.now()),
                    )
                    .filter(lease::Column::Name.eq(name))
                    .filter(lease::Column::Holder.eq(holder))
                    .exec(tx.db())
                    .await?;
                Ok(())
            })
        })
        .await
}
