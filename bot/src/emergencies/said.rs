//! What whoever called reports, for those who come and those who watch.

use domain::{
    Error, Result,
    emergency::{self, Emergency},
    report::{self, ReportKind, Told},
};
use locales::Sentence;

use super::caller;
use crate::{
    screen::{Pin, Rendered, Screen},
    view::{View, headed},
};

/// The report in words, its place as a pin; a file follows by itself. Nothing for whoever may not see the emergency.
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
    let Some(words) = words(&emergency, &report) else {
        return Ok(Rendered::Nothing);
    };
    let mut lines = vec![view.say(&words)];
    let part = emergency::is_practised(&view.store, &emergency, report_id).await?;
    lines.extend(view.practised(emergency.drill, part));
    lines.extend(report.text.filter(|_| report.kind != ReportKind::Text));
    Ok(Screen {
        location: report.place.map(Pin::of),
        ..headed(&lines)
    }
    .into())
}

/// Nothing once the words are erased.
fn words(emergency: &Emergency, report: &Told) -> Option<Sentence> {
    let name = caller(emergency).into();
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
