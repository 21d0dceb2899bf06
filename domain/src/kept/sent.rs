//! What somebody sent to many, and the files that he put in with it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::Serialize;
use serde_json::{Value, json};

use ::entity::{attachment, broadcast};

use super::ROWS_MOST;
use crate::{Result, Store};

#[derive(Serialize, FromQueryResult)]
struct SentRow {
    id: i64,
    text: String,
    status: String,
    drill: bool,
    created_at: DateTime<Utc>,
}

#[derive(Serialize, FromQueryResult)]
struct FileRow {
    #[serde(skip)]
    broadcast_id: i64,
    name: Option<String>,
    mime: String,
    bytes: Option<i64>,
}

/// His broadcasts, the newest first.
pub(super) async fn broadcasts(store: &Store, user_id: i64) -> Result<Vec<Value>> {
    use broadcast::{Column, Entity};
    let rows: Vec<SentRow> = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::Text,
            Column::Status,
            Column::Drill,
            Column::CreatedAt,
        ])
        .filter(Column::CreatedBy.eq(user_id))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?;
    let files = files(store, user_id).await?;
    let sent = rows.into_iter().map(|row| {
        let file = files.get(&row.id);
        json!({ "text": row.text, "status": row.status, "drill": row.drill, "created_at": row.created_at, "file": file })
    });
    Ok(sent.collect())
}

async fn files(store: &Store, user_id: i64) -> Result<HashMap<i64, FileRow>> {
    use attachment::{Column, Entity};
    let his = Query::select()
        .column(broadcast::Column::Id)
        .from(broadcast::Entity)
        .and_where(Expr::col(broadcast::Column::CreatedBy).eq(user_id))
        .to_owned();
    let rows: Vec<FileRow> = Entity::find()
        .select_only()
        .columns([
            Column::BroadcastId,
            Column::Name,
            Column::Mime,
            Column::Bytes,
        ])
        .filter(Column::BroadcastId.is_not_null())
        .filter(Column::BroadcastId.in_subquery(his))
        .order_by_desc(Column::Id)
        .limit(ROWS_MOST)
        .into_model()
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.broadcast_id, row))
        .collect())
}
