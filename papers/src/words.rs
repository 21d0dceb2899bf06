//! What states are called on paper.

use domain::{
    shift::ShiftStatus,
    task::{AssignmentState, Status},
};
use locales::{Lang, Sentence};

pub fn status(one: Status, lang: Lang) -> String {
    let sentence = match one {
        Status::Scheduled => Sentence::StatusScheduled,
        Status::InProgress => Sentence::StatusInProgress,
        Status::Paused => Sentence::StatusPaused,
        Status::Completed => Sentence::StatusCompleted,
        Status::Cancelled => Sentence::StatusCancelled,
    };
    sentence.to(lang)
}

pub fn state(one: AssignmentState, lang: Lang) -> String {
    let sentence = match one {
        AssignmentState::Offered => Sentence::PaperOffered,
        AssignmentState::Acknowledged => Sentence::PaperAcknowledged,
        AssignmentState::Declined => Sentence::PaperDeclined,
        AssignmentState::EnRoute => Sentence::PaperEnRoute,
        AssignmentState::OnSite => Sentence::PaperOnSite,
        AssignmentState::Released => Sentence::PaperReleased,
    };
    sentence.to(lang)
}

pub fn priority(number: i16, lang: Lang) -> String {
    let sentence = match number {
        1 => Sentence::PriorityLow,
        2 => Sentence::PriorityMedium,
        3 => Sentence::PriorityHigh,
        4 => Sentence::PriorityUrgent,
        _ => Sentence::PriorityCritical,
    };
    sentence.to(lang)
}

pub fn shift(one: ShiftStatus, lang: Lang) -> String {
    let sentence = match one {
        ShiftStatus::Planned => Sentence::PaperShiftPlanned,
        ShiftStatus::Active => Sentence::PaperShiftActive,
        ShiftStatus::Ended => Sentence::PaperShiftEnded,
    };
    sentence.to(lang)
}
