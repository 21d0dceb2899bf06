//! Open tasks, the most urgent first: late, nearly late, without an answer, and the others; among equals by
//! priority, then by the planned start.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

use ::entity::task;

use super::{
    Task,
    list::{TaskFilter, apply},
    rows::{self, Row},
    visible,
};
use crate::{Actor, Page, Result, Store, late::is_late, page::Window, stats::NEARLY};

/// How urgent a task can be, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Band {
    Late,
    NearlyLate,
    Unanswered,
    Other,
}

/// Where a page ended. Its moment stays that of the first page, or tasks that become late meanwhile would be
/// met twice or never.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Place {
    at: DateTime<Utc>,
    band: Band,
    priority: i16,
    start: DateTime<Utc>,
    id: i64,
}

/// A page of the open tasks that this person may see.
pub async fn most_urgent(
    store: &Store,
    actor: &Actor,
    filter: TaskFilter,
    window: Window,
) -> Result<Page<Task>> {
    let after = window.after::<Place>()?;
    let at = after.map_or_else(|| store.now(), |place| place.at);
    let mut rows: Vec<(Band, Row)> = Vec::new();
    for band in [Band::Late, Band::NearlyLate, Band::Unanswered, Band::Other] {
        let left = window.probe().saturating_sub(rows.len() as u64);
        if left == 0 || after.is_some_and(|place| place.band > band) {
            continue;
        }
        let place = after.filter(|place| place.band == band);
        let query = in_band(actor, &filter, band, at, place).limit(left);
        let some = rows::rows(store.reader(), query).await?;
        rows.extend(some.into_iter().map(|row| (band, row)));
    }
    let page = Page::cut(rows, &window, |(band, row)| Place {
        at,
        band: *band,
        priority: row.task.priority,
        start: row.task.planned_start_at.unwrap_or(row.task.created_at),
        id: row.task.id,
    });
    let rows = page.items.into_iter().map(|(_, row)| row).collect();
    Ok(Page {
        items: rows::many(store.reader(), rows).await?,
        next_cursor: page.next_cursor,
    })
}

/// What the index holds and in which order, in the very words of its migration.
const OPEN: &str = r#""tasks"."status" IN ('scheduled', 'in_progress', 'paused')"#;
const START: &str = r#"COALESCE("tasks"."planned_start_at", "tasks"."created_at")"#;

fn in_band(
    actor: &Actor,
    filter: &TaskFilter,
    band: Band,
    at: DateTime<Utc>,
    after: Option<Place>,
) -> sea_orm::Select<task::Entity> {
    let mut query = apply(task::Entity::find(), actor, filter, at)
        .filter(Expr::cust(OPEN))
        .filter(visible::to(actor))
        .filter(belongs(band, at));
    if let Some(place) = after {
        query = query.filter(behind(place));
    }
    query
        .order_by(task::Column::Priority, Order::Desc)
        .order_by(Expr::cust(START), Order::Asc)
        .order_by(task::Column::Id, Order::Asc)
}

fn belongs(band: Band, at: DateTime<Utc>) -> Condition {
    let late = || is_late(at);
    let nearly = || is_late(at + NEARLY);
    let unanswered = || Condition::all().add(visible::unanswered());
    match band {
        Band::Late => late(),
        Band::NearlyLate => Condition::all().add(nearly()).add(late().not()),
        Band::Unanswered => Condition::all().add(unanswered()).add(nearly().not()),
        Band::Other => Condition::all().add(unanswered().not()).add(nearly().not()),
    }
}

fn behind(place: Place) -> Condition {
    let start = || Expr::cust(START);
    let later = Condition::any().add(start().gt(place.start)).add(
        Condition::all()
            .add(start().eq(place.start))
            .add(task::Column::Id.gt(place.id)),
    );
    // The first part repeats what the second says, for the index.
    Condition::all()
        .add(task::Column::Priority.lte(place.priority))
        .add(
            Condition::any()
                .add(task::Column::Priority.lt(place.priority))
                .add(later),
        )
}
