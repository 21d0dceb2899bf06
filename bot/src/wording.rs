//! Refusals as sentences.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    Actor, Refusal, Store,
    availability::Availability,
    consent::Purpose,
    error::{Invalid, LinkProblem, SoftConflict, SoftKind},
    task::load,
};
use locales::{Lang, Sentence};

use crate::{
    text::{availability, availability_until, clock, need, status},
    view::View,
};

/// The code of the task something is about; a dash when that cannot be said.
pub async fn code_of(store: &Store, actor: &Actor, task_id: Option<i64>) -> String {
    match task_id {
        Some(id) => load::find(store, actor, id)
            .await
            .map(|task| task.code)
            .unwrap_or_else(|_| "—".into()),
        None => "—".into(),
    }
}

/// Why something was not done, and what to do instead.
pub fn refusal(refusal: &Refusal, code: &str, lang: Lang, zone: Tz, now: DateTime<Utc>) -> String {
    let time = |at: DateTime<Utc>| clock(at, zone, now);
    let sentence = match refusal {
        Refusal::NotAllowed => Sentence::RefusalNotAllowed,
        Refusal::NotFound { .. } => Sentence::RefusalNotFound,
        Refusal::NotLead { lead: Some(name) } => Sentence::RefusalNotLead {
            code: code.into(),
            name: name.into(),
        },
        Refusal::NotLead { lead: None } => Sentence::RefusalNoLead { code: code.into() },
        Refusal::AlreadyCompleted { by, at } => Sentence::RefusalAlreadyCompleted {
            code: code.into(),
            name: by.as_deref().unwrap_or("GAD").into(),
            time: time(*at).into(),
        },
        Refusal::WrongStatus { status: is } => Sentence::RefusalWrongState {
            code: code.into(),
            status: status(*is, lang).into(),
        },
        Refusal::NeedsReason => Sentence::RefusalReasonNeeded,
        Refusal::Soft { conflicts } if conflicts.iter().any(beside_shifts) => {
            Sentence::RefusalNotOnHand {
                who: each(conflicts, time, lang).into(),
            }
        }
        Refusal::Soft { conflicts } => Sentence::RefusalOffShift {
            name: names(conflicts).into(),
        },
        Refusal::OnLeave { agent, until, .. } => Sentence::RefusalOnLeave {
            name: agent.into(),
            until: time(*until).into(),
        },
        Refusal::LeaveOverlap { agent, from, until } => Sentence::RefusalLeaveOverlap {
            name: agent.into(),
            from: time(*from).into(),
            until: time(*until).into(),
        },
        Refusal::Overlap { agent, code, .. } => Sentence::RefusalOverlap {
            name: agent.into(),
            code: code.into(),
        },
        Refusal::NoLinkedLead => Sentence::RefusalStartNeedsLead { code: code.into() },
        Refusal::NotAssigned => Sentence::RefusalNotAssigned { code: code.into() },
        Refusal::TimeOrder => Sentence::RefusalInvalidField {
            field: Sentence::FieldWhen.to(lang).into(),
        },
        Refusal::UndoOver => Sentence::RefusalUndoOver { code: code.into() },
        Refusal::Inactive => Sentence::RefusalUserInactive,
        Refusal::AgentInactive { agent } => Sentence::RefusalAgentInactive { name: agent.into() },
        Refusal::TooMany { limit } => Sentence::RefusalTooManyPeople {
            max: (*limit).into(),
        },
        Refusal::TooManyReports { limit } => Sentence::RefusalTooManyReports {
            max: (*limit).into(),
        },
        Refusal::TooManyRows { limit } => Sentence::RefusalTooManyRows {
            max: (*limit).into(),
        },
        Refusal::QuorumTooLarge { recipients } => Sentence::RefusalQuorumTooLarge {
            people: (*recipients).into(),
        },
        Refusal::Invalid { errors } => Sentence::RefusalInvalidField {
            field: field(errors.first(), lang).into(),
        },
        Refusal::Taken { field: name } => Sentence::RefusalInvalidField { field: name.into() },
        Refusal::ShiftOverlap { agent, .. } => Sentence::RefusalShiftOverlap {
            name: agent
                .clone()
                .unwrap_or_else(|| Sentence::RefusalSomebody.to(lang))
                .into(),
        },
        Refusal::ShiftClashes { clashes } => Sentence::RefusalShiftClashes {
            count: clashes.len().into(),
        },
        Refusal::NotNow {
            until: Some(until), ..
        } => Sentence::RefusalNotNowUntil {
            until: time(*until).into(),
        },
        Refusal::NotNow { from, .. } => Sentence::RefusalNotNowFrom {
            from: time(*from).into(),
        },
        Refusal::Settled { .. } => Sentence::RefusalSettled,
        Refusal::Stale { .. } => Sentence::RefusalChangedMeanwhile { code: code.into() },
        Refusal::Link { problem } => link(*problem),
        Refusal::Ended => Sentence::RefusalEnded,
        Refusal::NeedsAnother => Sentence::RefusalNeedsAnother,
        Refusal::RaisedOnly => Sentence::RefusalRaisedOnly,
        Refusal::WithdrawOver => Sentence::RefusalWithdrawOver,
        Refusal::PositionUnwanted => Sentence::LocationRefused,
        Refusal::NoConsent { purpose } => match purpose {
            Purpose::Location => Sentence::RefusalNoConsentLocation,
            Purpose::Media => Sentence::RefusalNoConsentMedia,
        },
        Refusal::OpenWork { codes, shifts } => Sentence::RefusalOpenWork {
            codes: match codes.is_empty() {
                true => "—".into(),
                false => codes.join(", ").into(),
            },
            shifts: (*shifts).into(),
        },
        Refusal::BadCredentials | Refusal::Locked { .. } => Sentence::RefusalNotAllowed,
    };
    sentence.to(lang)
}

/// What is wrong with an enrolment link.
pub fn link(problem: LinkProblem) -> Sentence {
    match problem {
        LinkProblem::Unknown => Sentence::StartLinkUnknown,
        LinkProblem::Used => Sentence::StartLinkUsed,
        LinkProblem::Expired => Sentence::StartLinkExpired,
        LinkProblem::OtherUser => Sentence::StartAccountTaken,
    }
}

fn names(conflicts: &[SoftConflict]) -> String {
    conflicts
        .iter()
        .map(|one| one.agent.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether something else than his shifts speaks against somebody.
pub fn beside_shifts(one: &SoftConflict) -> bool {
    one.because != SoftKind::OffShift
}

/// These people, each with what speaks against him.
pub fn against(conflicts: &[SoftConflict], view: &View) -> String {
    each(conflicts, |at| view.clock(at), view.lang)
}

fn each(conflicts: &[SoftConflict], time: impl Fn(DateTime<Utc>) -> String, lang: Lang) -> String {
    let one = |one: &SoftConflict| {
        let words = match &one.because {
            SoftKind::OffShift => availability(Availability::OffShift, None, lang),
            SoftKind::Unavailable { reason, until } => {
                let (reason, until) = (reason.as_deref(), until.map(&time));
                availability_until(Availability::Unavailable, reason, until, lang)
            }
            SoftKind::Needs(needs) => need(needs, lang),
        };
        let name = one.agent.clone().into();
        let availability = words.into();
        Sentence::AvailabilityOf { name, availability }.to(lang)
    };
    conflicts.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn field(error: Option<&Invalid>, lang: Lang) -> String {
    let name = error.map(|error| error.field.as_str()).unwrap_or_default();
    let sentence = match name.split('.').next().unwrap_or_default() {
        "kind" => Sentence::FieldKind,
        "title" => Sentence::FieldTitle,
        "place" | "lat" | "lon" => Sentence::FieldPlace,
        "planned_start" | "at" | "zone" => Sentence::FieldWhen,
        "planned_end" => Sentence::FieldEnd,
        "agent_ids" => Sentence::FieldPeople,
        "lead_agent_id" => Sentence::FieldLead,
        "description" | "text" => Sentence::FieldDescription,
        "unit_id" => Sentence::FieldUnit,
        "reason" => Sentence::FieldReason,
        _ => return name.to_owned(),
    };
    sentence.to(lang)
}
