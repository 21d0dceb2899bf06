//! Buttons in rows under a message, and the keyboards below the text field.

use locales::{Lang, Sentence};
use teloxide::types::{
    ButtonRequest, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup,
};

use super::Button;
use crate::{screen::Keyboard, text::cut};

/// The longest label, in characters: more is cut by phones.
const LABEL: usize = 48;

/// Rows of buttons under a message.
#[derive(Debug, Default)]
pub struct Rows(Vec<Vec<InlineKeyboardButton>>);

impl Rows {
    /// Adds a row; nothing when there are no buttons.
    pub fn row(mut self, buttons: impl IntoIterator<Item = (String, Button)>) -> Self {
        let row: Vec<_> = buttons
            .into_iter()
            .map(|(label, button)| {
                InlineKeyboardButton::callback(cut(&label, LABEL), button.data())
            })
            .collect();
        if !row.is_empty() {
            self.0.push(row);
        }
        self
    }

    /// Adds each button in a row of its own.
    pub fn column(self, buttons: impl IntoIterator<Item = (String, Button)>) -> Self {
        buttons
            .into_iter()
            .fold(self, |rows, button| rows.row([button]))
    }

    /// Adds buttons, two to a row.
    pub fn pairs(self, buttons: &[(String, Button)]) -> Self {
        buttons
            .chunks(2)
            .fold(self, |rows, pair| rows.row(pair.to_vec()))
    }
}

/// Puts a button in front of the last row.
pub fn in_front(mut keyboard: Keyboard, (label, button): (String, Button)) -> Keyboard {
    if let Keyboard::Inline(markup) = &mut keyboard
        && let Some(last) = markup.inline_keyboard.last_mut()
    {
        last.insert(0, InlineKeyboardButton::callback(label, button.data()));
    }
    keyboard
}

impl From<Rows> for Keyboard {
    fn from(rows: Rows) -> Self {
        if rows.0.is_empty() {
            Self::None
        } else {
            Self::Inline(InlineKeyboardMarkup::new(rows.0))
        }
    }
}

/// The permanent menu of a level, which stays below the text field.
pub fn menu(lang: Lang, commands: bool, agent: bool) -> Keyboard {
    let label = |sentence: &Sentence| KeyboardButton::new(sentence.to(lang));
    let mut rows = vec![
        vec![label(&Sentence::ButtonMenuSos)],
        vec![
            label(&Sentence::ButtonMenuTasks),
            label(&Sentence::ButtonMenuReport),
        ],
    ];
    if commands {
        rows.push(vec![
            label(&Sentence::ButtonMenuCreate),
            label(&Sentence::ButtonMenuAvailable),
        ]);
    }
    let mut last = vec![label(&Sentence::ButtonMenuHelp)];
    if agent {
        last.insert(0, label(&Sentence::ButtonMenuState));
    }
    rows.push(last);
    let mut keyboard = KeyboardMarkup::new(rows).resize_keyboard();
    keyboard.is_persistent = true;
    Keyboard::Reply(keyboard)
}

/// Asks for the place where somebody is, or to take the call back.
pub fn place(lang: Lang) -> Keyboard {
    let share = KeyboardButton::new(Sentence::ButtonShareLocation.to(lang))
        .request(ButtonRequest::Location);
    let rows = vec![
        vec![share],
        vec![KeyboardButton::new(Sentence::ButtonWithdraw.to(lang))],
    ];
    Keyboard::Reply(KeyboardMarkup::new(rows).resize_keyboard())
}
