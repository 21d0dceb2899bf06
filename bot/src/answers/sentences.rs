//! One sentence for every answer that is no more than that.

use domain::{Result, report::ReportKind};
use locales::Sentence;

use super::create;
use crate::{reply::Reply, view::View, wording};

/// What the answer says; `code` names the task that it is about. Answers that are more than a sentence have none here.
pub(super) async fn sentence(view: &View, reply: Reply, code: String) -> Result<Sentence> {
    Ok(match reply {
        Reply::Stranger { .. } => Sentence::StartStranger,
        Reply::Disabled { .. } => Sentence::StartDisabled,
        Reply::ConsentDeclined { .. } => Sentence::StartConsentDeclined,
        Reply::Link { problem, .. } => wording::link(problem),
        Reply::Dropped => Sentence::CancelDropped,
        Reply::NothingToCancel => Sentence::CancelNothing,
        Reply::Outdated => Sentence::DialogueOutdated,
        Reply::Expired => Sentence::DialogueExpired,
        Reply::ButtonGone => Sentence::DialogueButtonGone,
        Reply::FindUsage => Sentence::FindUsage,
        Reply::NotUnderstood => Sentence::DialogueNotUnderstood,
        Reply::UnknownCommand => Sentence::DialogueUnknownCommand,
        Reply::Unsupported => Sentence::ErrorUnsupported,
        Reply::Choose => Sentence::DialogueChoose,
        Reply::Write => Sentence::DialogueWrite,
        Reply::SharePlace => Sentence::DialogueSharePlace,
        Reply::Created { crew, .. } => {
            let title = title(view, &code).await.into();
            Sentence::CreateCreated {
                code: code.into(),
                title,
                count: crew.into(),
            }
        }
        Reply::Assigned { crew, .. } => Sentence::AssignDone {
            code: code.into(),
            count: crew.into(),
        },
        Reply::Finished { freed, .. } => Sentence::FinishDone {
            code: code.into(),
            time: view.clock(view.now).into(),
            count: freed.into(),
        },
        Reply::NothingToFinish => Sentence::FinishNone,
        Reply::FinishUnknown { code } => Sentence::DonePhraseUnknown { code: code.into() },
        Reply::Declined { reason, .. } => Sentence::DeclineDone {
            code: code.into(),
            reason: reason.into(),
        },
        Reply::Paused { reason, .. } => Sentence::PauseDone {
            code: code.into(),
            reason: reason.into(),
        },
        Reply::TaskCancelled { .. } => Sentence::CancelTaskDone { code: code.into() },
        Reply::Reported { kind, .. } => reported(kind, code),
        Reply::ReportCried { names, .. } => Sentence::ReportCried {
            code: code.into(),
            names: names.join(", ").into(),
        },
        Reply::ReportedAlbum { first, .. } => Sentence::ReportSavedAlbum {
            code: code.into(),
            count: domain::report::parts(&view.store, first).await?.into(),
        },
        Reply::ShiftReported => Sentence::ReportSavedShift,
        Reply::ShiftReportedAlbum { first } => Sentence::ReportSavedShiftAlbum {
            count: domain::report::parts(&view.store, first).await?.into(),
        },
        Reply::ShiftCorrected => Sentence::ReportCorrectedShift,
        Reply::ShiftReportHow => Sentence::ReportShiftHow,
        Reply::Corrected { .. } => Sentence::ReportCorrected { code: code.into() },
        Reply::NotCorrected => Sentence::ReportNotCorrected,
        Reply::ReportWaits => Sentence::ReportWaits,
        Reply::ReportLeft => Sentence::ReportLeft,
        Reply::ReportNone => Sentence::ReportNone,
        Reply::ReportNowhere => Sentence::ReportNowhere,
        Reply::ReportSend => Sentence::ReportAsk,
        Reply::ReportDropped => Sentence::ReportDropped,
        Reply::ReportTooLarge { megabytes } => Sentence::ReportTooLarge {
            megabytes: megabytes.into(),
        },
        Reply::Unavailable {
            reason,
            until: Some(until),
            ..
        } => Sentence::StateUnavailableUntil {
            reason: reason.into(),
            until: view.clock(until).into(),
        },
        Reply::Unavailable {
            reason,
            until: None,
            ..
        } => Sentence::StateUnavailable {
            reason: reason.into(),
        },
        Reply::AvailableAgain => Sentence::StateAvailable {
            availability: mine(view).await?.into(),
        },
        Reply::NoAgent => Sentence::StateNoAgent,
        Reply::PositionSaved => Sentence::LocationSaved,
        Reply::PositionKnown => Sentence::LocationKnown,
        Reply::CreateProblem { problem } => create::wrong(problem),
        Reply::CreateUsage => Sentence::CreateUsage,
        Reply::CreateLeft => Sentence::CreateLeft,
        Reply::ShiftEnded { noted: true } => Sentence::ShiftEndedNote,
        Reply::ShiftEnded { noted: false } => Sentence::ShiftEnded,
        Reply::SwapSent { name } => Sentence::SwapSent { name: name.into() },
        Reply::Extended { until, .. } => Sentence::Extended {
            code: code.into(),
            until: view.clock(until).into(),
        },
        Reply::CrewGrew { names, .. } => Sentence::CrewGrew {
            code: code.into(),
            names: names.join(", ").into(),
        },
        Reply::SuggestionRejected { .. } => Sentence::SuggestionRejected { code: code.into() },
        Reply::NobodyFree { .. } => Sentence::SuggestionNobody { code: code.into() },
        Reply::ReinforceNobody { .. } => Sentence::ReinforceNobody { code: code.into() },
        Reply::ReinforceSent { .. } => Sentence::ReinforceSent { code: code.into() },
        Reply::CalendarClosed => Sentence::CalendarClosed,
        Reply::NoHandOver => Sentence::ShiftNotesNone,
        Reply::NoMates => Sentence::SwapNoMates,
        Reply::LeaveSent { heard: true } => Sentence::LeaveSent,
        Reply::LeaveSent { heard: false } => Sentence::LeaveSentUnheard,
        Reply::LeavePast => Sentence::LeavePast,
        Reply::LeaveAnswer => Sentence::LeaveAnswer,
        Reply::LeaveRejected { name, reason } => Sentence::LeaveRejected {
            name: name.into(),
            reason: reason.into(),
        },
        Reply::Reassigned { name, .. } => Sentence::TakeoverDone {
            code: code.into(),
            name: name.into(),
        },
        Reply::CheckInStopped => Sentence::CheckInStopped,
        Reply::BroadcastLeaves { .. } => Sentence::BroadcastLeaves,
        Reply::BroadcastAwaits { told: true } => Sentence::BroadcastAwaits,
        Reply::BroadcastAwaits { told: false } => Sentence::BroadcastAwaitsNobody,
        Reply::DrillPlanned { at, .. } => Sentence::DrillPlanned {
            time: view.clock(at).into(),
        },
        Reply::DrillOff => Sentence::DrillOff,
        Reply::DrillWordsOnly => Sentence::DrillWordsOnly,
        Reply::BroadcastWord => Sentence::BroadcastWordWrong,
        Reply::BroadcastNobody => Sentence::BroadcastNobody,
        Reply::BroadcastText => Sentence::BroadcastTextWrong,
        Reply::BroadcastNumber => Sentence::BroadcastNumberWrong,
        Reply::Prompt
        | Reply::Cried { .. }
        | Reply::Refused { .. }
        | Reply::Reopened { .. }
        | Reply::Undone { .. }
        | Reply::SosReported { .. }
        | Reply::SosAnswered { .. }
        | Reply::SosWhich { .. }
        | Reply::SosInstead { .. }
        | Reply::BroadcastNoted { .. }
        | Reply::BroadcastSpoken { .. }
        | Reply::Explained { .. }
        | Reply::Silent { .. }
        | Reply::CheckIns { .. }
        | Reply::BroadcastNeed { .. }
        | Reply::BroadcastKnown { .. }
        | Reply::BroadcastEndAsk { .. }
        | Reply::AloneAsk
        | Reply::ExtendAsk { .. }
        | Reply::Menu { .. }
        | Reply::Consent { .. }
        | Reply::Listing { .. }
        | Reply::Counted { .. }
        | Reply::Found { .. }
        | Reply::History { .. }
        | Reply::Figures { .. }
        | Reply::Papers { .. }
        | Reply::Spot { .. }
        | Reply::MyGroups { .. }
        | Reply::MyState
        | Reply::MyData
        | Reply::MyFile
        | Reply::Help
        | Reply::Languages
        | Reply::MyShifts
        | Reply::Present { .. }
        | Reply::Certificate { .. }
        | Reply::SosAsk { .. }
        | Reply::SosAgain
        | Reply::SosWithdrawn
        | Reply::LanguageSet => Sentence::DialogueMenu,
    })
}

async fn title(view: &View, code: &str) -> String {
    let system = domain::Actor::system(domain::actor::Channel::Bot);
    domain::task::load::by_code(&view.store, &system, code)
        .await
        .map(|task| task.title)
        .unwrap_or_default()
}

/// What was kept.
pub(super) fn reported(kind: ReportKind, code: String) -> Sentence {
    let code = code.into();
    match kind {
        ReportKind::Text => Sentence::ReportSavedText { code },
        ReportKind::Photo => Sentence::ReportSavedPhoto { code },
        ReportKind::Video => Sentence::ReportSavedVideo { code },
        ReportKind::Voice => Sentence::ReportSavedVoice { code },
        ReportKind::Document => Sentence::ReportSavedDocument { code },
        ReportKind::Place => Sentence::ReportSavedPlace { code },
    }
}

/// Whether the reader is free.
async fn mine(view: &View) -> Result<String> {
    let Some((reader, id)) = view
        .reader
        .as_ref()
        .and_then(|reader| Some((reader, reader.agent_id?)))
    else {
        return Ok(String::new());
    };
    let me = domain::agent::find(&view.store, reader, id).await?;
    Ok(view.availability(&me))
}
