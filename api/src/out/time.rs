//! Shifts, leave, exchanges and calendar links as they are sent.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::{
    attachment::{Attachment, FetchState},
    calendar::{Calendar, Whose},
    error::{Clash, ClashKind, Problem as Wrong},
    leave::{Broken, Leave, LeaveStatus},
    report::ReportKind,
    shift::{Import, Lot, Note, Observed, Planned, Shift, ShiftStatus},
    swap::{Swap, SwapStatus},
    unavailability::Unavailability,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    TaskStatus, UnitRef,
    tasks::{AttachmentOut, EvidenceKind, Place},
    words,
};

words! {
    /// State of an on-duty window.
    ShiftWord as ShiftStatus = ShiftStatus { Planned, Active, Ended }
}

words! {
    /// State of a request for leave.
    LeaveWord as LeaveStatus = LeaveStatus { Requested, Approved, Rejected, Cancelled }
}

words! {
    /// How far an exchange of shifts has come.
    SwapWord as SwapStatus = SwapStatus { Proposed, Accepted, Approved, Declined, Rejected, Cancelled }
}

words! {
    /// What a report consists of.
    ReportWord as ReportKind = ReportKind { Text, Photo, Video, Voice, Document, Place }
}

words! {
    /// What stands against a shift: another shift, approved leave, or clocks that go forward over it.
    ClashWord as ClashKind = ClashKind { Shift, Leave, Gap }
}

impl From<Attachment> for AttachmentOut {
    fn from(file: Attachment) -> Self {
        Self {
            id: file.id,
            kind: EvidenceKind::of(&file.mime),
            content_type: file.mime,
            size: file.bytes,
            name: file.name,
            stored: file.state == FetchState::Stored,
        }
    }
}

fn files(attachments: Vec<Attachment>) -> Vec<AttachmentOut> {
    attachments.into_iter().map(AttachmentOut::from).collect()
}

/// An on-duty window of an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShiftOut {
    pub id: i64,
    pub agent_id: i64,
    pub name: String,
    pub unit: Option<UnitRef>,
    pub status: ShiftWord,
    pub starts_at: DateTime<Utc>,
    /// As planned, or when it was ended by hand before.
    pub ends_at: DateTime<Utc>,
    /// What the wall clock of `zone` shows: the plan.
    pub starts_local: NaiveDateTime,
    pub ends_local: NaiveDateTime,
    pub zone: String,
    pub present_at: Option<DateTime<Utc>>,
    /// The account that said so, when it was not his own.
    pub present_by: Option<i64>,
    /// When it was ended by hand.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the next shift has to know.
    pub note: Option<String>,
    pub note_at: Option<DateTime<Utc>>,
    pub attachments: Vec<AttachmentOut>,
}

impl From<Shift> for ShiftOut {
    fn from(shift: Shift) -> Self {
        Self {
            id: shift.id,
            agent_id: shift.agent_id,
            name: shift.agent,
            unit: shift.unit.map(UnitRef::from),
            status: shift.status.into(),
            starts_at: shift.starts_at,
            ends_at: shift.ends_at,
            starts_local: shift.starts_local,
            ends_local: shift.ends_local,
            zone: shift.zone,
            present_at: shift.present_at,
            present_by: shift.present_by,
            ended_at: shift.ended_at,
            note: shift.note,
            note_at: shift.note_at,
            attachments: files(shift.attachments),
        }
    }
}

/// What a shift before has left to be known.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoteOut {
    pub shift_id: i64,
    pub name: String,
    pub at: DateTime<Utc>,
    pub text: Option<String>,
    pub attachments: Vec<AttachmentOut>,
}

impl From<Note> for NoteOut {
    fn from(note: Note) -> Self {
        Self {
            shift_id: note.shift_id,
            name: note.agent,
            at: note.at,
            text: note.text,
            attachments: files(note.attachments),
        }
    }
}

/// A report on a shift.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShiftReportOut {
    pub id: i64,
    /// Whose shift it is: nobody else reports on it.
    pub name: String,
    pub at: DateTime<Utc>,
    pub kind: ReportWord,
    pub text: Option<String>,
    pub place: Option<Place>,
    pub attachments: Vec<AttachmentOut>,
}

impl From<Observed> for ShiftReportOut {
    fn from(report: Observed) -> Self {
        Self {
            id: report.id,
            name: report.agent,
            at: report.at,
            kind: report.kind.into(),
            text: report.text,
            place: report.place.map(Place::at),
            attachments: files(report.attachments),
        }
    }
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
            code: wrong_word(error.problem).into(),
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

pub(crate) fn wrong_word(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Required => "required",
        Wrong::Unknown => "unknown",
        Wrong::OutOfRange => "out_of_range",
        Wrong::TooLong => "too_long",
        Wrong::TooShort => "too_short",
        Wrong::TooCommon => "too_common",
        Wrong::InThePast => "in_the_past",
        Wrong::Taken => "taken",
        Wrong::Order => "order",
        Wrong::AgentsOnly => "agents_only",
        Wrong::Malformed => "malformed",
    }
}

/// Leave of an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeaveOut {
    pub id: i64,
    pub agent_id: i64,
    pub name: String,
    pub status: LeaveWord,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_reason: Option<String>,
    /// Certificates.
    pub attachments: Vec<AttachmentOut>,
}

impl From<Leave> for LeaveOut {
    fn from(leave: Leave) -> Self {
        Self {
            id: leave.id,
            agent_id: leave.agent_id,
            name: leave.agent,
            status: leave.status.into(),
            starts_at: leave.starts_at,
            ends_at: leave.ends_at,
            reason: leave.reason,
            decided_by: leave.decided_by,
            decided_at: leave.decided_at,
            decided_reason: leave.decided_reason,
            attachments: files(leave.attachments),
        }
    }
}

/// A time in which somebody said that he could not.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnavailabilityOut {
    pub id: i64,
    pub agent_id: i64,
    pub name: String,
    pub starts_at: DateTime<Utc>,
    /// Until when it was said to last, or when it was taken back; none while no end is known.
    pub ends_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// The name of whoever said so: himself, or somebody in command.
    pub said_by: Option<String>,
}

impl From<Unavailability> for UnavailabilityOut {
    fn from(time: Unavailability) -> Self {
        Self {
            id: time.id,
            agent_id: time.agent_id,
            name: time.agent,
            starts_at: time.starts_at,
            ends_at: time.ends_at,
            reason: time.reason,
            said_by: time.said_by,
        }
    }
}

/// A task whose person would be away. Another one takes over by `PUT /tasks/{id}/assignments`.
#[derive(Serialize, ToSchema)]
pub(crate) struct BrokenOut {
    pub task_id: i64,
    pub code: String,
    pub title: String,
    pub status: TaskStatus,
    pub planned_start: Option<DateTime<Utc>>,
    /// Whether it would be without its lead.
    pub lead: bool,
}

impl From<Broken> for BrokenOut {
    fn from(task: Broken) -> Self {
        Self {
            task_id: task.task_id,
            code: task.code,
            title: task.title,
            status: task.status.into(),
            planned_start: task.planned_start,
            lead: task.lead,
        }
    }
}

/// Leave with the tasks that it breaks.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeaveDetail {
    #[serde(flatten)]
    pub leave: LeaveOut,
    pub breaks: Vec<BrokenOut>,
}

impl LeaveDetail {
    pub fn of(leave: Leave, broken: Vec<Broken>) -> Self {
        Self {
            leave: leave.into(),
            breaks: broken.into_iter().map(BrokenOut::from).collect(),
        }
    }
}

/// An exchange of shifts between two agents.
#[derive(Serialize, ToSchema)]
pub(crate) struct SwapOut {
    pub id: i64,
    pub status: SwapWord,
    pub from_agent_id: i64,
    pub from_name: String,
    pub to_agent_id: i64,
    pub to_name: String,
    /// Absent when it has been removed since.
    pub shift: Option<ShiftOut>,
    /// What the other gives in return, if anything.
    pub other_shift: Option<ShiftOut>,
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_reason: Option<String>,
}

impl From<Swap> for SwapOut {
    fn from(swap: Swap) -> Self {
        Self {
            id: swap.id,
            status: swap.status.into(),
            from_agent_id: swap.from_agent_id,
            from_name: swap.from,
            to_agent_id: swap.to_agent_id,
            to_name: swap.to,
            shift: swap.shift.map(ShiftOut::from),
            other_shift: swap.other_shift.map(ShiftOut::from),
            reason: swap.reason,
            decided_at: swap.decided_at,
            decided_reason: swap.decided_reason,
        }
    }
}

/// A secret link for calendar programs.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarOut {
    pub id: i64,
    pub agent_id: Option<i64>,
    pub unit_id: Option<i64>,
    pub created_at: DateTime<Utc>,
    /// Only when it has just been made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl CalendarOut {
    pub fn of(calendar: &Calendar, url: Option<String>) -> Self {
        let (agent_id, unit_id) = match calendar.whose {
            Whose::Agent(id) => (Some(id), None),
            Whose::Unit(id) => (None, Some(id)),
        };
        Self {
            id: calendar.id,
            agent_id,
            unit_id,
            created_at: calendar.created_at,
            url,
        }
    }
}
