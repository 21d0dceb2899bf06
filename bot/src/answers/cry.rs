//! What somebody hears whose words cry for help where they are only kept: how it is called for.

use locales::Sentence;

use crate::{
    keyboards::{Button, Rows},
    screen::{Keyboard, Screen},
    view::{View, plain, with},
};

/// The answer with the SOS button below; one that has it already stands as it is.
pub(super) fn answered(view: &View, screen: Screen) -> Screen {
    if !matches!(screen.keyboard, Keyboard::None) {
        return screen;
    }
    let words = format!("{}\n{}", screen.text, view.say(&Sentence::ReportCry));
    let sos = Rows::default().row([(view.say(&Sentence::ButtonMenuSos), Button::Sos)]);
    with(
        sos,
        Screen {
            text: plain(words).text,
            ..screen
        },
    )
}
