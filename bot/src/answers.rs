//! The short answers: one sentence each.

use domain::{Result, broadcast::PASSED_ON, report::ReportKind};
use locales::Sentence;

use crate::{
    broadcasts::told,
    by_phone,
    dialogues::assign,
    keyboards::{Button, Rows},
    menu::Menu,
    reply::{CreateProblem, Reply},
    screen::Screen,
    text,
    view::{View, plain, with},
    wording,
};

/// The answer as a message, with a button where a task is short of people.
pub async fn answer(view: &View, reply: Reply) -> Result<Screen> {
    let (short, put) = (short(&reply), put_on(&reply));
    let screen = words(view, reply).await?;
    let screen = match put {
        Some(task_id) => by_phone::below(view, task_id, screen).await?,
        None => screen,
    };
    match short {
        Some((task_id, label)) => Ok(with(assign::offered(view, task_id, &label).await?, screen)),
        None => Ok(screen),
    }
}

/// The task on which people were put.
fn put_on(reply: &Reply) -> Option<i64> {
    match reply {
        Reply::Created { task_id, .. }
        | Reply::Assigned { task_id, .. }
        | Reply::Reassigned { task_id, .. } => Some(*task_id),
        _ => None,
    }
}

/// The task on which somebody is missing by what the answer says.
fn short(reply: &Reply) -> Option<(i64, Sentence)> {
    match reply {
        Reply::Created { task_id, crew: 0 } | Reply::Assigned { task_id, crew: 0 } => {
            Some((*task_id, Sentence::ButtonAssign))
        }
        Reply::Reopened {
            task_id, missing, ..
        }
        | Reply::Undone {
            task_id, missing, ..
        } if !missing.is_empty() => Some((*task_id, Sentence::ButtonReplace)),
        _ => None,
    }
}

async fn words(view: &View, reply: Reply) -> Result<Screen> {
    let code = code(view, &reply).await;
    let drill = matches!(
        reply,
        Reply::BroadcastLeaves { drill: true } | Reply::DrillPlanned { .. }
    );
    let sentence = match reply {
        Reply::Refused { refusal, .. } => {
            return Ok(plain(wording::refusal(
                &refusal, &code, view.lang, view.zone, view.now,
            )));
        }
        Reply::Reopened { back, missing, .. } => {
            return Ok(with_missing(
                view,
                &Sentence::ReopenDone {
                    code: code.into(),
                    count: back.into(),
                },
                &missing,
            ));
        }
        Reply::Undone {
            status, missing, ..
        } => {
            let status = text::status(status, view.lang).into();
            return Ok(with_missing(
                view,
                &Sentence::UndoDone {
                    code: code.into(),
                    status,
                },
                &missing,
            ));
        }
        Reply::SosReported {
            kind,
            names,
            drill,
            quiet,
            over,
            ..
        } => {
            let hears = hears(names, quiet);
            let screen = with_hearers(view, &reported(kind, code), &hears, (drill, over));
            return Ok(match over {
                true => with(again(view), screen),
                false => screen,
            });
        }
        Reply::SosAnswered { id, going } => return answered_call(view, id, going).await,
        Reply::BroadcastNoted {
            id,
            names,
            drill,
            quiet,
        } => return told::noted(view, id, &names, (drill, quiet)).await,
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
        } => Sentence::StateUnavailableUntil {
            reason: reason.into(),
            until: view.clock(until).into(),
        },
        Reply::Unavailable {
            reason,
            until: None,
        } => Sentence::StateUnavailable {
            reason: reason.into(),
        },
        Reply::AvailableAgain => Sentence::StateAvailable {
            availability: mine(view).await?.into(),
        },
        Reply::NoAgent => Sentence::StateNoAgent,
        Reply::PositionSaved => Sentence::LocationSaved,
        Reply::PositionKnown => Sentence::LocationKnown,
        Reply::CreateProblem { problem } => problem_words(problem),
        Reply::CreateUsage => Sentence::CreateUsage,
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
        Reply::DrillPlanned { at } => Sentence::DrillPlanned {
            time: view.clock(at).into(),
        },
        Reply::DrillWordsOnly => Sentence::DrillWordsOnly,
        Reply::BroadcastWord => Sentence::BroadcastWordWrong,
        Reply::BroadcastNobody => Sentence::BroadcastNobody,
        Reply::BroadcastText => Sentence::BroadcastTextWrong,
        Reply::BroadcastNumber => Sentence::BroadcastNumberWrong,
        Reply::Prompt
        | Reply::Explained { .. }
        | Reply::Silent { .. }
        | Reply::CheckIns { .. }
        | Reply::BroadcastNeed { .. }
        | Reply::BroadcastKnown { .. }
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
    };
    let off = matches!(sentence, Sentence::StartDisabled);
    let mut lines = vec![view.say(&sentence)];
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(Screen {
        menu: off.then(Menu::of_strangers),
        ..plain(lines.join("\n"))
    })
}

/// The code of the task an answer is about.
async fn code(view: &View, reply: &Reply) -> String {
    let task_id = match reply {
        Reply::Refused { task_id, .. } => *task_id,
        Reply::Created { task_id, .. }
        | Reply::Assigned { task_id, .. }
        | Reply::Finished { task_id, .. }
        | Reply::Declined { task_id, .. }
        | Reply::Paused { task_id, .. }
        | Reply::TaskCancelled { task_id }
        | Reply::Reopened { task_id, .. }
        | Reply::Undone { task_id, .. }
        | Reply::Reported { task_id, .. }
        | Reply::SosReported { task_id, .. }
        | Reply::ReportedAlbum { task_id, .. }
        | Reply::Corrected { task_id }
        | Reply::Extended { task_id, .. }
        | Reply::ReinforceNobody { task_id }
        | Reply::ReinforceSent { task_id }
        | Reply::CrewGrew { task_id, .. }
        | Reply::SuggestionRejected { task_id }
        | Reply::NobodyFree { task_id }
        | Reply::Reassigned { task_id, .. } => Some(*task_id),
        _ => None,
    };
    let system = domain::Actor::system(domain::actor::Channel::Bot);
    wording::code_of(&view.store, &system, task_id).await
}

async fn title(view: &View, code: &str) -> String {
    let system = domain::Actor::system(domain::actor::Channel::Bot);
    domain::task::load::by_code(&view.store, &system, code)
        .await
        .map(|task| task.title)
        .unwrap_or_default()
}

fn with_missing(view: &View, head: &Sentence, missing: &[String]) -> Screen {
    let mut lines = vec![view.say(head)];
    if !missing.is_empty() {
        let gone = Sentence::ReopenMissing {
            names: missing.join(", ").into(),
            count: missing.len().into(),
        };
        lines.push(view.say(&gone));
    }
    plain(lines.join("\n"))
}

/// The most people that an answer names.
const NAMED: usize = 5;

/// Who hears what somebody reports on his own call.
fn hears(mut names: Vec<String>, quiet: bool) -> Sentence {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let mut named = names.join(", ");
    if more > 0 {
        named.push('…');
    }
    match names.is_empty() {
        true => Sentence::SosReportedNobody,
        false if quiet => Sentence::SosReportedQuiet {
            count: PASSED_ON.into(),
        },
        false => Sentence::SosReported {
            names: named.into(),
        },
    }
}

/// Which call for help he answered.
async fn answered_call(view: &View, id: i64, going: bool) -> Result<Screen> {
    let call = domain::emergency::show(&view.store, id).await?;
    let code = call.code.unwrap_or_default().into();
    let title = call.title.unwrap_or_default().into();
    let answer = match going {
        true => Sentence::EmergencyWordGo { code, title },
        false => Sentence::EmergencyWordCannot { code, title },
    };
    let mut lines = vec![view.say(&answer)];
    lines.extend(call.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(plain(lines.join("\n")))
}

/// The button to call for help again.
fn again(view: &View) -> Rows {
    Rows::default().row([(view.say(&Sentence::ButtonMenuSos), Button::Sos)])
}

fn with_hearers(
    view: &View,
    head: &Sentence,
    hears: &Sentence,
    (drill, over): (bool, bool),
) -> Screen {
    let mut lines = vec![view.say(head), view.say(hears)];
    lines.extend(over.then(|| view.say(&Sentence::EmergencyEndedAgain)));
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    plain(lines.join("\n"))
}

fn reported(kind: ReportKind, code: String) -> Sentence {
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

fn problem_words(problem: CreateProblem) -> Sentence {
    use domain::task::create::{DESCRIPTION_MOST, TITLE_MOST};
    match problem {
        CreateProblem::Kind { kind } => Sentence::CreateErrorKind { kind: kind.into() },
        CreateProblem::TitleShort => Sentence::CreateErrorTitleShort { min: 3.into() },
        CreateProblem::TitleLong => Sentence::CreateErrorTitleLong {
            max: TITLE_MOST.into(),
        },
        CreateProblem::TextLong => Sentence::CreateErrorTextLong {
            max: DESCRIPTION_MOST.into(),
        },
        CreateProblem::PlaceLong => Sentence::CreateErrorTextLong {
            max: TITLE_MOST.into(),
        },
        CreateProblem::TimePast { time } => Sentence::CreateErrorTimePast { time: time.into() },
        CreateProblem::TimeUnclear => Sentence::CreateErrorTimeUnclear,
        CreateProblem::People { name } => Sentence::CreateErrorPeople { name: name.into() },
        CreateProblem::Emergency => Sentence::RefusalRaisedOnly,
        CreateProblem::Person { name } => Sentence::CreateErrorPerson { name: name.into() },
        CreateProblem::NoKinds => Sentence::CreateNoKinds,
    }
}
