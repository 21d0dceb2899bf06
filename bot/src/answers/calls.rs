//! What somebody hears who reports on his own call for help, or answers one with a word.

use domain::{
    Result,
    broadcast::PASSED_ON,
    emergency::{self, Emergency, OfferState},
};
use locales::Sentence;

use crate::{
    keyboards::{Button, Rows},
    screen::Screen,
    view::{View, plain, with},
};

/// The most people that an answer names.
const NAMED: usize = 5;

/// That his report is kept, and who hears it; when the call has ended, the button to call again.
pub(super) fn reported(
    view: &View,
    kept: &Sentence,
    hears: &Sentence,
    (drill, over): (bool, bool),
) -> Screen {
    let mut lines = vec![view.say(kept), view.say(hears)];
    lines.extend(over.then(|| view.say(&Sentence::EmergencyEndedAgain)));
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let screen = plain(lines.join("\n"));
    match over {
        true => with(again(view), screen),
        false => screen,
    }
}

/// Who hears what somebody reports on his own call.
pub(super) fn hears(mut names: Vec<String>, quiet: bool) -> Sentence {
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

/// The button to call for help again.
fn again(view: &View) -> Rows {
    Rows::default().row([(view.say(&Sentence::ButtonMenuSos), Button::Sos)])
}

/// Which call for help he answered, or that his word changes nothing: enough come, or it is over.
pub(super) async fn answered(view: &View, id: i64, going: bool) -> Result<Screen> {
    let call = emergency::show(&view.store, id).await?;
    let code = call.code.clone().unwrap_or_default();
    let title = call.title.clone().unwrap_or_default();
    let mut lines = match (late(view, &call, going), going) {
        (Some(late), _) => vec![format!("{code} · {title}"), view.say(&late)],
        (None, true) => vec![view.say(&Sentence::EmergencyWordGo {
            code: code.into(),
            title: title.into(),
        })],
        (None, false) => vec![view.say(&Sentence::EmergencyWordCannot {
            code: code.into(),
            title: title.into(),
        })],
    };
    lines.extend(call.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(plain(lines.join("\n")))
}

/// Why his word does not stand, where it does not.
fn late(view: &View, call: &Emergency, going: bool) -> Option<Sentence> {
    let his = view.reader.as_ref().and_then(|reader| reader.agent_id);
    let state = his.and_then(|id| call.offer_to(id)).map(|one| one.state);
    let stands = match going {
        true => state == Some(OfferState::Taken),
        false => state == Some(OfferState::Declined),
    };
    if !emergency::is_open(call.status) {
        return (!stands).then_some(Sentence::EmergencyOver);
    }
    let goers = call.offers.iter().filter(|one| one.counts());
    let names: Vec<String> = goers.map(|one| one.agent.name.clone()).collect();
    let full = going && !stands && !names.is_empty();
    full.then(|| Sentence::EmergencyFull {
        count: names.len().into(),
        names: names.join(", ").into(),
    })
}
