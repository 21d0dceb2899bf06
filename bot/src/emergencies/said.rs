//! What whoever called reports, or somebody who helps him or commands, for the others of them.

use domain::{
    Actor, Error, Result,
    actor::{Channel, Level, Permission},
    emergency::{self, Emergency},
    report::{self, ReportKind, Told},
    task::AgentRef,
    user,
};
use locales::Sentence;

use super::{caller, ending, over};
use crate::{
    keyboards::Rows,
    screen::{Pin, Rendered, Screen},
    view::{View, headed, with},
};

/// The report in words, its place as a pin; a file follows by itself. Once it has ended that is said as well, and those in
/// command can open it again. Nothing for whoever may not see the emergency.
pub async fn said(view: &View, id: i64, report_id: i64) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let emergency = match emergency::find(&view.store, reader, id).await {
        Ok(emergency) => emergency,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let Some(report) = report::told(&view.store, report_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let Some(name) = author(view, &emergency, &report).await? else {
        return Ok(Rendered::Nothing);
    };
    let Some(words) = words(&emergency, &report, name) else {
        return Ok(Rendered::Nothing);
    };
    let mut lines = vec![view.say(&words)];
    let part = emergency::is_report_practised(&view.store, &emergency, report_id).await?;
    lines.extend(view.practised(emergency.drill, part));
    lines.extend(ending(view, &emergency));
    lines.extend(report.text.filter(|_| report.kind != ReportKind::Text));
    let on_board = &Sentence::EmergencySaidOnBoard;
    lines.extend(report.on_board.then(|| view.say(on_board)));
    let rows = match emergency.ended_at {
        Some(_) => over::buttons(view, &emergency).await?,
        None => Rows::default(),
    };
    Ok(Screen {
        location: report.place.map(Pin::of),
        ..with(rows, headed(&lines))
    }
    .into())
}

/// Whoever called by his name alone, somebody who helps or commands as that.
async fn author(view: &View, emergency: &Emergency, report: &Told) -> Result<Option<String>> {
    let Some(user_id) = report.user_id else {
        return Ok(None);
    };
    let raised_by = emergency.raised_by.as_ref().map(|user| user.user_id);
    if raised_by == Some(user_id) {
        return Ok(Some(caller(emergency)));
    }
    let system = Actor::system(Channel::Bot);
    let author = user::find(&view.store, &system, user_id).await?;
    let comes = |one: &emergency::Offer| one.agent.user_id == Some(user_id);
    let sent = |one: &AgentRef| one.user_id == Some(user_id);
    let helps = emergency.takers().any(comes) || emergency.silent.iter().any(sent);
    let commands =
        author.level >= Level::Supervisor || author.permissions.contains(&Permission::Broadcast);
    let name = author.name.into();
    Ok(Some(view.say(&match (helps, commands) {
        (false, true) => Sentence::EmergencyCommander { name },
        (false, false) if emergency.ended_at.is_none() => Sentence::EmergencyAsked { name },
        _ => Sentence::EmergencyHelper { name },
    })))
}

/// Nothing once the words are erased.
pub(super) fn words(emergency: &Emergency, report: &Told, name: String) -> Option<Sentence> {
    let name = name.into();
    let code = emergency.code.clone().unwrap_or_default().into();
    Some(match report.kind {
        ReportKind::Text => Sentence::EmergencySaidText {
            name,
            code,
            text: report.text.clone()?.into(),
        },
        ReportKind::Photo => Sentence::EmergencySaidPhoto { name, code },
        ReportKind::Video => Sentence::EmergencySaidVideo { name, code },
        ReportKind::Voice => Sentence::EmergencySaidVoice { name, code },
        ReportKind::Document => Sentence::EmergencySaidDocument { name, code },
        ReportKind::Place => Sentence::EmergencySaidPlace { name, code },
    })
}
