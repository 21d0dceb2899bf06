//! The short answers: mostly one sentence each.

use domain::Result;
use locales::Sentence;

use crate::{
    broadcasts::{end, spoken, told},
    by_phone,
    dialogues::{assign, create::kept},
    menu::Menu,
    not_back,
    reply::Reply,
    screen::Screen,
    text,
    view::{View, plain, with},
    wording,
};

mod calls;
mod create;
mod cry;
mod sentences;
mod which;

/// The answer as a message, with a button where a task is short of people.
pub async fn answer(view: &View, reply: Reply) -> Result<Screen> {
    let (reply, cried) = match reply {
        Reply::Cried { answer } => (*answer, true),
        reply => (reply, false),
    };
    let (short, put) = (short(&reply), put_on(&reply));
    let screen = words(view, reply).await?;
    if cried {
        return Ok(cry::answered(view, screen));
    }
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
            task_id, not_back, ..
        }
        | Reply::Undone {
            task_id, not_back, ..
        } if !not_back.is_empty() => Some((*task_id, Sentence::ButtonReplace)),
        Reply::Reopened {
            task_id, back: 0, ..
        } => Some((*task_id, Sentence::ButtonAssign)),
        _ => None,
    }
}

async fn words(view: &View, reply: Reply) -> Result<Screen> {
    let code = code(view, &reply).await;
    match reply {
        Reply::Refused { refusal, .. } => Ok(plain(wording::refusal(
            &refusal, &code, view.lang, view.zone, view.now,
        ))),
        Reply::Reopened {
            task_id,
            back,
            not_back,
            known,
        } => {
            let (code, count) = (code.into(), back.into());
            let head = Sentence::ReopenDone { code, count };
            not_back::below(view, task_id, &head, (&not_back, known)).await
        }
        Reply::Undone {
            task_id,
            status,
            not_back,
            known,
        } => {
            let (code, status) = (code.into(), text::status(status, view.lang).into());
            let head = Sentence::UndoDone { code, status };
            not_back::below(view, task_id, &head, (&not_back, known)).await
        }
        Reply::SosReported {
            kind,
            names,
            drill,
            quiet,
            over,
            ..
        } => {
            let kept = sentences::reported(kind, code);
            let hears = calls::hears(names, quiet);
            Ok(calls::reported(view, &kept, &hears, (drill, over)))
        }
        Reply::SosAnswered { id, going } => calls::answered(view, id, going).await,
        Reply::SosWhich {
            going,
            calls,
            tasks,
            broadcast,
        } => which::asked(view, going, (&calls, &tasks), broadcast).await,
        Reply::SosInstead { id, from } => which::instead(view, id, from).await,
        Reply::BroadcastNoted {
            id,
            names,
            drill,
            quiet,
        } => told::noted(view, id, &names, (drill, quiet)).await,
        Reply::CreateLeft => Ok(kept::left(view)),
        Reply::BroadcastSpoken {
            id,
            names,
            missed,
            drill,
            quiet,
        } => spoken::heard(view, id, (&names, missed), (drill, quiet)).await,
        other => one_sentence(view, other, code).await,
    }
}

/// The sentence, marked where it is about a drill; whoever is switched off is left without commands.
async fn one_sentence(view: &View, reply: Reply, code: String) -> Result<Screen> {
    let drill = matches!(
        reply,
        Reply::BroadcastLeaves { drill: true } | Reply::DrillPlanned { .. } | Reply::DrillOff
    );
    let planned = match reply {
        Reply::DrillPlanned { id, .. } => id,
        _ => None,
    };
    let counting = match &reply {
        Reply::Unavailable { tasks, .. } if !tasks.is_empty() => Some(tasks.join(", ")),
        _ => None,
    };
    let sentence = sentences::sentence(view, reply, code).await?;
    let off = matches!(sentence, Sentence::StartDisabled);
    let mut lines = vec![view.say(&sentence)];
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(counting.map(|tasks| {
        view.say(&Sentence::StateCounting {
            tasks: tasks.into(),
        })
    }));
    let screen = Screen {
        menu: off.then(Menu::of_strangers),
        ..plain(lines.join("\n"))
    };
    Ok(match planned {
        Some(id) => with(end::call_off_drill(view, id), screen),
        None => screen,
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
        | Reply::ReportCried { task_id, .. }
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
