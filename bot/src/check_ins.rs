//! "Are you well?" in Telegram: the question and who hears of silence (`card`), how it ended without an answer (`ended`), who has
//! answered and how often to ask (`roll`), what is pressed and said (`presses`).

use locales::Sentence;

use crate::view::View;

mod card;
mod ended;
mod presses;
mod roll;

pub use card::{called, card, fine, silent};
pub use ended::ended;
pub use presses::{acknowledged, every, heard, pressed};
pub use roll::{alone, choose_alone, roll};

/// The most people that one message names.
const NAMED: usize = 20;

fn code(task: Option<&(String, bool)>) -> String {
    task.map(|(code, _)| code.clone()).unwrap_or_default()
}

/// The sentence without the gap that a missing code leaves at its end.
fn trimmed(view: &View, sentence: &Sentence) -> String {
    view.say(sentence).trim_end().to_owned()
}

fn more(view: &View, count: usize) -> Option<String> {
    (count > NAMED).then(|| {
        view.say(&Sentence::CheckInLineMore {
            count: (count - NAMED).into(),
        })
    })
}
