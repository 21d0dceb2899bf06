//! The steps a person can be in, as they are stored.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    content::Content,
    dialogues::{broadcast::BroadcastDraft, create::Draft, leave::LeaveDraft, swap::SwapDraft},
    storage,
};

/// A step and the number its buttons carry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The update that led here: no button of an earlier step carries it.
    pub serial: i64,
    /// The number of the step that a press has just left: a quick second tap on it means nothing more.
    #[serde(default)]
    pub before: Option<i64>,
    /// When the person came to this step.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
    /// When he came to the first step of this dialogue; an earlier release did not keep that.
    #[serde(default)]
    pub began: Option<DateTime<Utc>>,
    /// The page of what can be chosen here.
    #[serde(default)]
    pub page: u32,
    pub stage: Stage,
    /// The new task that he left half-made for something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Box<Draft>>,
    /// The dialogue of the step he was in, which is too old by now.
    #[serde(skip)]
    pub expired: Option<&'static str>,
}

/// After this time, what somebody writes is no answer to what he was asked.
const LIFE: TimeDelta = TimeDelta::hours(6);

impl State {
    /// The form in which it is stored. The second is for what an instance of the release before would take for less: of an
    /// album it would keep the first part only, and nobody would hear of the rest.
    pub fn form(&self) -> i32 {
        match &self.stage {
            Stage::ReportWhich { more, .. } if !more.is_empty() => 2,
            _ => 1,
        }
    }
}

impl storage::Step for State {
    const FORMS: RangeInclusive<i32> = 1..=2;

    fn outdated() -> Self {
        Self {
            stage: Stage::Outdated,
            ..Self::default()
        }
    }

    fn aged(self, now: DateTime<Utc>) -> Self {
        let old = self.since.is_some_and(|since| since + LIFE <= now);
        let idle = matches!(self.stage, Stage::Idle | Stage::Outdated);
        match old {
            false => self,
            true if idle => Self { kept: None, ..self },
            true => Self {
                expired: Some(self.stage.name()),
                ..Self::default()
            },
        }
    }
}

/// Where in which dialogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "at", content = "with")]
pub enum Stage {
    /// In none.
    #[default]
    Idle,
    /// In one that this release cannot read.
    Outdated,
    Create(Box<Draft>),
    /// The people of a task that is there already are chosen.
    Assign(Box<Draft>),
    /// A reason is asked for.
    Reason {
        ask: Ask,
        task_id: Option<i64>,
    },
    /// Until when is he unavailable?
    Away {
        reason: String,
    },
    Finish {
        task_id: i64,
        step: FinishStep,
        reason: Option<String>,
        /// When it began, where that is told before the report.
        #[serde(default)]
        started_at: Option<DateTime<Utc>>,
    },
    /// The content of a report is awaited.
    Report {
        task_id: i64,
    },
    /// The content of a report on his shift is awaited.
    ReportShift {
        shift_id: i64,
    },
    /// A report is there; which task is it about?
    ReportWhich {
        content: Box<Content>,
        /// The rest of its album.
        #[serde(default)]
        more: Vec<Content>,
        /// When it was sent; an earlier release did not keep that.
        #[serde(default)]
        at: Option<DateTime<Utc>>,
    },
    /// Nothing is there yet; which task shall be reported on?
    ReportFor,
    FinishWhich,
    /// What the next shift has to know is awaited.
    HandOver {
        shift_id: i64,
    },
    Broadcast(Box<BroadcastDraft>),
    Swap(Box<SwapDraft>),
    Leave(Box<LeaveDraft>),
    /// Why a request for leave is rejected.
    RejectLeave {
        leave_id: i64,
    },
    /// Who takes a task that a leave breaks?
    Reassign {
        leave_id: i64,
        task_id: i64,
        page: u32,
        /// Chosen although outside of any shift, which waits for a word.
        #[serde(default)]
        off_shift: Option<i64>,
        /// It is rather that he says that he cannot.
        #[serde(default)]
        unavailable: bool,
    },
}

/// What needs a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    Decline,
    Pause,
    CancelTask,
    Reopen,
    ForceFinish,
    Unavailable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishStep {
    /// Is there anything to report?
    Outcome,
    /// The report is awaited.
    Report,
    /// When did it start, that was never started?
    Started,
    /// The same, and the report comes after it.
    Began,
    /// Whoever called for help wrote meanwhile: shall it end all the same?
    Sure,
}

impl Stage {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Outdated => "outdated",
            Self::Create(_) => "create",
            Self::Assign(_) => "assign",
            Self::Reason { .. } | Self::Away { .. } => "reason",
            Self::Finish { .. } | Self::FinishWhich => "finish",
            Self::Report { .. }
            | Self::ReportShift { .. }
            | Self::ReportWhich { .. }
            | Self::ReportFor => "report",
            Self::HandOver { .. } => "handover",
            Self::Broadcast(_) => "broadcast",
            Self::Swap(_) => "swap",
            Self::Leave(_) => "leave",
            Self::RejectLeave { .. } => "reject_leave",
            Self::Reassign { .. } => "reassign",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_earlier_release_held_is_still_held() {
        let photo = json!({"file": {"kind": "photo", "file_id": "F", "name": null, "mime": "image/jpeg",
            "bytes": 3, "caption": "la vidriera"}});
        let place = json!({"place": {"lat": -34.5, "lon": -58.5}});
        for content in [photo, place, json!({"text": "Vidrio roto"})] {
            let old =
                json!({"serial": 7, "stage": {"at": "report_which", "with": {"content": content}}});
            let state: State = serde_json::from_value(old).expect("readable");
            let Stage::ReportWhich { content, more, at } = &state.stage else {
                panic!("another step: {state:?}");
            };
            assert_eq!((content.album(), more.len(), *at), (None, 0, None));
            let again = serde_json::to_value(&state).expect("writable");
            let again: State = serde_json::from_value(again).expect("readable");
            assert_eq!(again, state);
        }
    }
}
