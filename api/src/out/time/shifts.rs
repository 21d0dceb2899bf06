//! On-duty windows, what is left at their end and what is reported on them.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    report::ReportKind,
    shift::{Note, Observed, Shift, ShiftStatus},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::out::{
    UnitRef,
    evidence::{AttachmentOut, files},
    tasks::Place,
    words,
};

words! {
    /// State of an on-duty window.
    ShiftWord as ShiftStatus = ShiftStatus { Planned, Active, Ended }
}

words! {
    /// What a report consists of.
    ReportWord as ReportKind = ReportKind { Text, Photo, Video, Voice, Document, Place }
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
