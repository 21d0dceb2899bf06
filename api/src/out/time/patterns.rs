//! Many shifts at once: those that can be planned, and what stands against the others.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::{
    error::{Clash, ClashKind},
    shift::{Import, Lot, Planned},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error::wrong, out::words};

words! {
    /// What stands against a shift: another shift, approved leave, or clocks that go forward over it.
    ClashWord as ClashKind = ClashKind { Shift, Leave, Gap }
}

/// A shift as it would be, or was, planned.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlannedOut {
    pub agent_id: i64,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub starts_local: NaiveDateTime,
    pub ends_local: NaiveDateTime,
    pub zone: String,
}

impl From<Planned> for PlannedOut {
    fn from(one: Planned) -> Self {
        Self {
            agent_id: one.agent_id,
            starts_at: one.starts_at,
            ends_at: one.ends_at,
            starts_local: one.starts_local,
            ends_local: one.ends_local,
            zone: one.zone.name().into(),
        }
    }
}

/// A shift that cannot be planned.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClashOut {
    pub agent_id: i64,
    pub name: String,
    /// The local day on which it would begin.
    pub day: NaiveDate,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub because: ClashWord,
}

impl From<Clash> for ClashOut {
    fn from(clash: Clash) -> Self {
        Self {
            agent_id: clash.agent_id,
            name: clash.agent,
            day: clash.day,
            starts_at: clash.starts_at,
            ends_at: clash.ends_at,
            because: clash.because.into(),
        }
    }
}

/// Shifts that can be planned together, and those that cannot.
#[derive(Serialize, ToSchema)]
pub(crate) struct LotOut {
    pub planned: Vec<PlannedOut>,
    pub clashes: Vec<ClashOut>,
}

impl From<Lot> for LotOut {
    fn from(lot: Lot) -> Self {
        Self {
            planned: lot.planned.into_iter().map(PlannedOut::from).collect(),
            clashes: lot.clashes.into_iter().map(ClashOut::from).collect(),
        }
    }
}

/// One thing that is wrong with one line of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineError {
    /// The first line is the names of the columns.
    pub line: u64,
    pub field: String,
    /// Stable, such as `unknown` or `malformed`.
    pub code: String,
}

/// What a file would plan, or has planned.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportOut {
    pub rows: usize,
    pub errors: Vec<LineError>,
    pub planned: Vec<PlannedOut>,
    pub clashes: Vec<ClashOut>,
    /// False for a preview: nothing was stored.
    pub stored: bool,
}

impl ImportOut {
    pub fn of(import: Import, stored: bool) -> Self {
        let LotOut { planned, clashes } = import.lot.into();
        let errors = import.errors.into_iter().map(|error| LineError {
            line: error.line,
            field: error.field,
            code: wrong::code(error.problem).into(),
        });
        Self {
            rows: import.rows,
            errors: errors.collect(),
            planned,
            clashes,
            stored,
        }
    }
}
