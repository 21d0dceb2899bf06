//! Every refusal of the domain as status, code and sentence.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::{
    Refusal,
    agent::Need,
    error::{
        Clash, ClashKind, Invalid, LinkProblem, Problem as Wrong, SoftConflict, SoftKind, Thing,
    },
    task::Status,
};

use super::{Conflict, FieldError, Problem, wrong};

/// The problem a refusal is to the client. Sentences that name a task get its code later, by [`Problem::about`].
pub(crate) fn of_refusal(refusal: &Refusal) -> Problem {
    let problem = Problem::new(status(refusal), code(refusal), title(refusal));
    with_details(problem, refusal).said(refusal)
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::BadCredentials => StatusCode::UNAUTHORIZED,
        Refusal::NotAllowed | Refusal::NotLead { .. } | Refusal::Inactive => StatusCode::FORBIDDEN,
        Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
        Refusal::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Refusal::Invalid { .. }
        | Refusal::TooMany { .. }
        | Refusal::TooManyRows { .. }
        | Refusal::QuorumTooLarge { .. }
        | Refusal::TimeOrder
        | Refusal::RaisedOnly
        | Refusal::NeedsReason => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::AlreadyCompleted { .. }
        | Refusal::WrongStatus { .. }
        | Refusal::Soft { .. }
        | Refusal::OnLeave { .. }
        | Refusal::Overlap { .. }
        | Refusal::LeaveOverlap { .. }
        | Refusal::NoLinkedLead
        | Refusal::TooManyReports { .. }
        | Refusal::NotAssigned
        | Refusal::UndoOver
        | Refusal::AgentInactive { .. }
        | Refusal::Taken { .. }
        | Refusal::ShiftOverlap { .. }
        | Refusal::ShiftClashes { .. }
        | Refusal::NotNow { .. }
        | Refusal::Settled { .. }
        | Refusal::Link { .. }
        | Refusal::WithdrawOver
        | Refusal::Ended
        | Refusal::NeedsAnother
        | Refusal::OpenWork { .. }
        | Refusal::NoConsent { .. }
        | Refusal::PositionUnwanted => StatusCode::CONFLICT,
    }
}

fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotAllowed => "not_allowed",
        Refusal::NotFound { .. } => "not_found",
        Refusal::NotLead { .. } => "not_lead",
        Refusal::AlreadyCompleted { .. } => "already_completed",
        Refusal::WrongStatus { .. } => "wrong_status",
        Refusal::NeedsReason | Refusal::Soft { .. } => "needs_reason",
        Refusal::OnLeave { .. } => "on_leave",
        Refusal::Overlap { .. } => "overlap",
        Refusal::LeaveOverlap { .. } => "leave_overlap",
        Refusal::NoLinkedLead => "no_linked_lead",
        Refusal::NotAssigned => "not_assigned",
        Refusal::TimeOrder => "time_order",
        Refusal::UndoOver => "undo_over",
        Refusal::Inactive => "inactive",
        Refusal::AgentInactive { .. } => "agent_inactive",
        Refusal::TooMany { .. } => "too_many",
        Refusal::TooManyReports { .. } => "too_many_reports",
        Refusal::TooManyRows { .. } => "too_many_rows",
        Refusal::QuorumTooLarge { .. } => "quorum_too_large",
        Refusal::Invalid { .. } => "invalid",
        Refusal::Taken { .. } => "taken",
        Refusal::ShiftOverlap { .. } | Refusal::ShiftClashes { .. } => "shift_overlap",
        Refusal::NotNow { .. } => "not_now",
        Refusal::Settled { .. } => "settled",
        Refusal::Stale { .. } => "stale",
        Refusal::Link { problem } => link_code(*problem),
        Refusal::BadCredentials => "bad_credentials",
        Refusal::Locked { .. } => "locked",
        Refusal::WithdrawOver => "withdraw_over",
        Refusal::Ended => "ended",
        Refusal::NeedsAnother => "needs_another",
        Refusal::RaisedOnly => "raised_only",
        Refusal::PositionUnwanted => "position_unwanted",
        Refusal::OpenWork { .. } => "open_work",
        Refusal::NoConsent { .. } => "no_consent",
    }
}

fn link_code(problem: LinkProblem) -> &'static str {
    match problem {
        LinkProblem::Unknown => "link_unknown",
        LinkProblem::Used => "link_used",
        LinkProblem::Expired => "link_expired",
        LinkProblem::OtherUser => "link_other_user",
    }
}

fn title(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotAllowed => "Not allowed",
        Refusal::NotFound { what } => missing(*what),
        Refusal::NotLead { .. } => "Only the lead completes",
        Refusal::AlreadyCompleted { .. } => "Already completed",
        Refusal::WrongStatus { .. } => "Not possible in its present state",
        Refusal::NeedsReason => "A reason is needed",
        Refusal::Soft { .. } => "Somebody is off shift: repeat with override_reason",
        Refusal::OnLeave { .. } => "Somebody is on leave then",
        Refusal::Overlap { .. } => "Somebody has another task then",
        Refusal::LeaveOverlap { .. } => "Somebody asked for leave then before",
        Refusal::NoLinkedLead => "Starting needs a lead who is linked to Telegram",
        Refusal::NotAssigned => "Not on the task",
        Refusal::TimeOrder => "The end lies before the start",
        Refusal::UndoOver => "The time to undo is over",
        Refusal::Inactive => "The account is switched off",
        Refusal::AgentInactive { .. } => "Somebody is no longer in service",
        Refusal::TooMany { .. } => "Too many people",
        Refusal::TooManyReports { .. } => "Too many reports are being made",
        Refusal::TooManyRows { .. } => "The report is too long for this format",
        Refusal::QuorumTooLarge { .. } => "More answers are wanted than people whom it reaches",
        Refusal::Invalid { .. } => "Some fields are not valid",
        Refusal::Taken { .. } => "Taken already",
        Refusal::ShiftOverlap { .. } => "Somebody has another shift then",
        Refusal::ShiftClashes { .. } => "Some of the shifts cannot be planned",
        Refusal::NotNow { .. } => "It is too early or too late for that",
        Refusal::Settled { .. } => "It is decided or over already",
        Refusal::Stale { .. } => "It was changed meanwhile",
        Refusal::Link { .. } => "The link does not work",
        Refusal::BadCredentials => "Wrong name or password",
        Refusal::Locked { .. } => "Too many wrong tries: wait",
        Refusal::Ended => "It is over already",
        Refusal::NeedsAnother => "Somebody else has to confirm it",
        Refusal::RaisedOnly => "An emergency is raised, not created: POST /api/v1/emergencies",
        Refusal::WithdrawOver => "The time to take it back is over",
        Refusal::PositionUnwanted => "Positions are taken only on shift or on a task",
        Refusal::NoConsent { .. } => "The person took the consent to it back",
        Refusal::OpenWork { .. } => "Somebody still has open tasks or shifts",
    }
}

fn missing(what: Thing) -> &'static str {
    match what {
        Thing::Task => "No such task",
        Thing::Agent => "No such agent",
        Thing::User => "No such user",
        Thing::Unit => "No such unit",
        Thing::Kind => "No such kind of task",
        Thing::Session => "No such session",
        Thing::Attachment => "No such attachment",
        Thing::Shift => "No such shift",
        Thing::Leave => "No such leave",
        Thing::Swap => "No such exchange of shifts",
        Thing::Calendar => "No such calendar link",
        Thing::Emergency => "No such emergency",
        Thing::Broadcast => "No such broadcast",
        Thing::Drill => "No such drill",
    }
}

fn with_details(mut problem: Problem, refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Invalid { errors } => {
            problem.details.errors = errors.iter().map(FieldError::from).collect();
        }
        Refusal::NeedsReason => {
            problem.details.errors = vec![plain_error("reason", Wrong::Required)];
        }
        Refusal::RaisedOnly => {
            let message = "is raised by POST /api/v1/emergencies".into();
            problem.details.errors = vec![FieldError {
                field: "kind".into(),
                message,
                code: "raised_only".into(),
            }];
        }
        Refusal::TimeOrder => problem.details.errors = vec![plain_error("at", Wrong::Order)],
        Refusal::TooMany { .. } => {
            problem.details.errors = vec![plain_error("agent_ids", Wrong::TooLong)];
        }
        Refusal::QuorumTooLarge { .. } => {
            problem.details.errors = vec![plain_error("ack_mode", Wrong::OutOfRange)];
        }
        Refusal::Taken { field } => {
            let message = format!("another one has this {field} already");
            problem.details.errors = vec![FieldError {
                field: field.clone(),
                message,
                code: "taken".into(),
            }];
        }
        Refusal::Soft { conflicts } => {
            problem.details.conflicts = conflicts.iter().map(soft).collect();
        }
        Refusal::OnLeave {
            agent_id,
            agent,
            until,
        } => {
            let message = format!("on leave until {}", day(*until));
            problem.details.conflicts = vec![Conflict {
                agent_id: *agent_id,
                until: Some(*until),
                ..conflict(agent, "on_leave", message)
            }];
        }
        Refusal::Overlap {
            agent_id,
            agent,
            code,
        } => {
            let message = format!("has {code} at that time");
            problem.details.conflicts = vec![Conflict {
                agent_id: *agent_id,
                ..conflict(agent, "overlap", message)
            }];
        }
        Refusal::LeaveOverlap { agent, from, until } => {
            let message = format!("has leave from {} until {}", day(*from), day(*until));
            problem.details.conflicts = vec![conflict(agent, "leave", message)];
        }
        Refusal::ShiftOverlap {
            agent_id,
            agent: Some(agent),
        } => {
            let message = "has another shift at that time".into();
            problem.details.conflicts = vec![Conflict {
                agent_id: *agent_id,
                ..conflict(agent, "shift", message)
            }];
        }
        Refusal::ShiftClashes { clashes } => {
            problem.details.conflicts = clashes.iter().map(clash).collect();
        }
        Refusal::AgentInactive { agent } => {
            problem.details.conflicts =
                vec![conflict(agent, "inactive", "no longer in service".into())];
        }
        Refusal::WrongStatus { status } => problem.details.state = Some(status_word(*status)),
        Refusal::AlreadyCompleted { .. } => {
            problem.details.state = Some(status_word(Status::Completed));
        }
        Refusal::Stale { version } => problem.details.version = Some(*version),
        _ => {}
    }
    problem
}

fn soft(one: &SoftConflict) -> Conflict {
    let (kind, message) = match &one.because {
        SoftKind::OffShift => ("off_shift", "outside of any shift at that time".into()),
        SoftKind::Unavailable { reason, until } => {
            let words = match until {
                Some(until) => format!("unavailable until {}", day(*until)),
                None => "unavailable".to_owned(),
            };
            let message = match reason {
                Some(reason) => format!("{words}: {reason}"),
                None => words,
            };
            ("unavailable", message)
        }
        SoftKind::Needs(need) => (need.as_str(), needs(need)),
    };
    let (reason, until) = match &one.because {
        SoftKind::OffShift | SoftKind::Needs(_) => (None, None),
        SoftKind::Unavailable { reason, until } => (reason.clone(), *until),
    };
    Conflict {
        agent_id: Some(one.agent_id),
        reason,
        until,
        ..conflict(&one.agent, kind, message)
    }
}

fn needs(need: &Need) -> String {
    match need {
        Need::Calling { code: Some(code) } => format!("calls for help: {code}"),
        Need::Calling { code: None } => "calls for help".into(),
        Need::Said => "said in a broadcast that they need help".into(),
    }
}

fn clash(one: &Clash) -> Conflict {
    let (kind, what) = match one.because {
        ClashKind::Shift => ("shift", "has another shift"),
        ClashKind::Leave => ("on_leave", "is on leave"),
        ClashKind::Gap => ("gap", "the clocks go forward over it"),
    };
    Conflict {
        agent_id: Some(one.agent_id),
        ..conflict(&one.agent, kind, format!("{}: {what}", one.day))
    }
}

fn conflict(agent: &str, kind: &str, message: String) -> Conflict {
    Conflict {
        agent_id: None,
        name: agent.into(),
        kind: kind.into(),
        message,
        reason: None,
        until: None,
    }
}

impl From<&Invalid> for FieldError {
    fn from(error: &Invalid) -> Self {
        plain_error(&error.field, error.problem)
    }
}

fn plain_error(field: &str, problem: Wrong) -> FieldError {
    FieldError {
        field: field.into(),
        message: wrong::words(problem).into(),
        code: wrong::code(problem).into(),
    }
}

/// For programs and their authors.
fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Scheduled => "scheduled",
        Status::InProgress => "in_progress",
        Status::Paused => "paused",
        Status::Completed => "completed",
        Status::Cancelled => "cancelled",
    }
}
