//! On-duty windows of agents: planned as wall time in a zone, never overlapping.

pub(crate) mod absence;
mod handover;
pub(crate) mod import;
mod lot;
mod observed;
mod pattern;
mod plan;
mod presence;
mod removed;
mod uncovered;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

pub use ::entity::shift::ShiftStatus;
use ::entity::{agent, attachment as files, shift, unit};

pub use absence::{Missing, missing};
pub(crate) use handover::bring;
pub use handover::{HandOver, Note, check_end, end, notes_for};
pub use import::{BYTES_MOST, Import, RowError, plan_import, preview_import};
pub use lot::{Lot, Planned, Rest};
pub use observed::{Observed, observe, observed, running};
pub use pattern::{Pattern, plan_pattern, preview_pattern};
pub use plan::{NewShift, ShiftPatch, broken, create, edit, remove};
pub use presence::present;

pub(crate) use observed::{correct, settled};
pub(crate) use plan::overlapping;
pub(crate) use removed::end_all_of;

use crate::{
    Actor, Page, Refusal, Result, Store,
    agent::within_scope,
    attachment::{self, Attachment, Owner},
    error::Thing,
    page::Window,
    task::UnitRef,
};

/// An on-duty window of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    pub id: i64,
    pub agent_id: i64,
    pub agent: String,
    pub unit: Option<UnitRef>,
    pub status: ShiftStatus,
    pub starts_at: DateTime<Utc>,
    /// The plan, or when it was ended by hand before.
    pub ends_at: DateTime<Utc>,
    pub starts_local: NaiveDateTime,
    pub ends_local: NaiveDateTime,
    pub zone: String,
    pub present_at: Option<DateTime<Utc>>,
    /// Who said so, when it was somebody else.
    pub present_by: Option<i64>,
    /// When it was ended by hand.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the next shift has to know.
    pub note: Option<String>,
    pub note_at: Option<DateTime<Utc>>,
    pub attachments: Vec<Attachment>,
}

/// Which shifts are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct ShiftFilter {
    pub agent_id: Option<i64>,
    pub unit_id: Option<i64>,
    /// Those that end after.
    pub from: Option<DateTime<Utc>>,
    /// Those that start before.
    pub to: Option<DateTime<Utc>>,
    pub ids: Option<Vec<i64>>,
    /// Only those whose agents should be there by now and do not say so.
    pub missing: bool,
}

/// A page of shifts, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: ShiftFilter,
    window: Window,
) -> Result<Page<Shift>> {
    let rows = filtered(filter, store.now())
        .filter(within_scope(actor, shift::Column::AgentId))
        .filter(behind(&window)?)
        .order_by_desc(shift::Column::StartsAt)
        .order_by_desc(shift::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| (row.starts_at, row.id));
    Ok(Page {
        items: load(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

/// The last second that both databases can tell, in the year 9999.
const END_OF_TIME: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).unwrap();

/// What lies behind this page of a list whose latest is first; the first term says where in the index to begin.
fn behind(window: &Window) -> Result<Condition> {
    let last = window.after::<(DateTime<Utc>, i64)>()?;
    let (starts_at, id) = last.unwrap_or((END_OF_TIME, i64::MAX));
    let same = Condition::all()
        .add(shift::Column::StartsAt.eq(starts_at))
        .add(shift::Column::Id.lt(id));
    let earlier = Condition::any()
        .add(shift::Column::StartsAt.lt(starts_at))
        .add(same);
    Ok(Condition::all()
        .add(shift::Column::StartsAt.lte(starts_at))
        .add(earlier))
}

fn filtered(filter: ShiftFilter, now: DateTime<Utc>) -> sea_orm::Select<shift::Entity> {
    let mut query = shift::Entity::find();
    if let Some(id) = filter.agent_id {
        query = query.filter(shift::Column::AgentId.eq(id));
    }
    if let Some(id) = filter.unit_id {
        query = query.filter(shift::Column::UnitId.eq(id));
    }
    if let Some(from) = filter.from {
        query = query.filter(shift::Column::EndsAt.gt(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(shift::Column::StartsAt.lt(to));
    }
    if let Some(ids) = filter.ids {
        query = query.filter(shift::Column::Id.is_in(ids));
    }
    if filter.missing {
        query = query.filter(absence::by(now));
    }
    query
}

/// A shift that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Shift> {
    let filter = ShiftFilter {
        ids: Some(vec![id]),
        ..ShiftFilter::default()
    };
    let mut page = list(store, actor, filter, Window::first(1)).await?;
    page.items
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Shift).into())
}

/// The shifts of an agent that are not over, the next first.
pub async fn coming(store: &Store, agent_id: i64, most: u64) -> Result<Vec<Shift>> {
    let rows = shift::Entity::find()
        .filter(shift::Column::AgentId.eq(agent_id))
        .filter(shift::Column::EndsAt.gt(store.now()))
        .order_by_asc(shift::Column::StartsAt)
        .limit(most)
        .all(store.reader())
        .await?;
    load(store.reader(), rows).await
}

/// Shifts in the order of their rows, in a fixed number of statements.
pub(crate) async fn load(db: &impl ConnectionTrait, rows: Vec<shift::Model>) -> Result<Vec<Shift>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = names(db, rows.iter().map(|row| row.agent_id)).await?;
    let units: HashMap<i64, UnitRef> = unit::Entity::find()
        .filter(unit::Column::Id.is_in(rows.iter().filter_map(|row| row.unit_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| {
            (
                row.id,
                UnitRef {
                    id: row.id,
                    name: row.name,
                },
            )
        })
        .collect();
    let with_notes = rows.iter().filter(|row| row.note_at.is_some());
    let files = attachment::of(
        db,
        files::Column::ShiftId,
        with_notes.map(|row| row.id).collect::<Vec<_>>(),
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Shift {
            agent: names.get(&row.agent_id).cloned().unwrap_or_default(),
            unit: row.unit_id.and_then(|id| units.get(&id).cloned()),
            attachments: files
                .iter()
                .filter(|file| file.owner == Owner::Shift(row.id))
                .cloned()
                .collect(),
            id: row.id,
            agent_id: row.agent_id,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            starts_local: row.starts_local,
            ends_local: row.ends_local,
            zone: row.zone,
            present_at: row.present_at,
            present_by: row.present_by,
            ended_at: row.ended_at,
            note: row.note,
            note_at: row.note_at,
        })
        .collect())
}

pub(crate) async fn names(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, String>> {
    let ids: BTreeSet<i64> = ids.into_iter().collect();
    let rows: Vec<(i64, String)> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::Name)
        .filter(agent::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// One shift of an agent who is locked already, locked after him: it may have changed hands before he was.
async fn locked_of(tx: &crate::Tx, id: i64, agent_id: i64) -> Result<shift::Model> {
    let row = shift::Entity::find_by_id(id)
        .filter(shift::Column::AgentId.eq(agent_id))
        .lock_exclusive()
        .one(tx.db())
        .await?;
    row.ok_or_else(|| Refusal::missing(Thing::Shift).into())
}

async fn reload(tx: &crate::Tx, id: i64) -> Result<Shift> {
    let row = shift::Entity::find_by_id(id).one(tx.db()).await?;
    let mut found = load(tx.db(), row.into_iter().collect()).await?;
    found
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Shift).into())
}
