//! What somebody hears who reports on his own call for help, or answers one with a word.

use domain::{Result, broadcast::PASSED_ON};
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

/// Which call for help he answered.
pub(super) async fn answered(view: &View, id: i64, going: bool) -> Result<Screen> {
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
