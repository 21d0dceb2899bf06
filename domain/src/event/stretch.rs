//! What is read of the log at once.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::event;

use super::{Logged, Scope, Topic};
use crate::{Result, Store};

/// A stretch of the log, as this release reads it.
#[derive(Debug, Default)]
pub struct Stretch {
    pub events: Vec<Logged>,
    /// The number of its last event, also of one that cannot be read; nothing at the end of the log.
    pub until: Option<i64>,
    /// How many are left out: a newer release wrote them, and this one has no words for them.
    pub unread: usize,
}

/// At most `limit` events after `seq`, in order.
pub async fn since(store: &Store, seq: i64, limit: u64) -> Result<Stretch> {
    let rows = event::Entity::find()
        .filter(event::Column::Seq.gt(seq))
        .order_by_asc(event::Column::Seq)
        .limit(limit)
        .all(store.reader())
        .await?;
    let mut stretch = Stretch {
        until: rows.last().map(|row| row.seq),
        ..Stretch::default()
    };
    for row in rows {
        match logged(row) {
            Some(event) => stretch.events.push(event),
            None => stretch.unread += 1,
        }
    }
    Ok(stretch)
}

fn logged(row: event::Model) -> Option<Logged> {
    let event = serde_json::json!({ "event_type": row.kind, "data": row.data });
    Some(Logged {
        seq: row.seq,
        topic: Topic::from_column(&row.topic)?,
        at: row.created_at,
        event: serde_json::from_value(event).ok()?,
        scope: Scope {
            unit_ids: serde_json::from_value(row.unit_ids).ok()?,
            user_ids: serde_json::from_value(row.user_ids).ok()?,
        },
    })
}
