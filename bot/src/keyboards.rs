//! Buttons: what a press means, and the few bytes Telegram carries for it. They say what was pressed, never
//! who may: that is judged when the press comes.

use domain::broadcast::Reply as Said;
use locales::{Lang, Sentence};
use serde::{Deserialize, Serialize};
use teloxide::types::{
    ButtonRequest, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup,
};

use crate::{screen::Keyboard, text::cut};

/// What a press means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Button {
    /// Consent to be enrolled with this code.
    Accept {
        code: String,
    },
    /// No consent.
    Refuse,
    /// Something with a task.
    Task {
        verb: Verb,
        id: i64,
    },
    /// A choice in the step with this number.
    Step {
        serial: i64,
        choice: String,
    },
    /// Something with an emergency.
    Help {
        verb: Help,
        id: i64,
    },
    /// An answer to a broadcast.
    Broadcast {
        said: Said,
        id: i64,
    },
    /// The end of a broadcast.
    BroadcastEnd {
        how: Ending,
        id: i64,
    },
    Page {
        list: List,
        page: u32,
    },
    Language(Lang),
    /// To be available again, or not.
    Available(bool),
    /// Something with a shift, a leave or an exchange.
    Duty {
        verb: DutyVerb,
        id: i64,
    },
    /// More people for a task, or not.
    Suggest {
        accept: bool,
        id: i64,
    },
    /// Somebody else shall take a task that a leave breaks.
    Reassign {
        leave_id: i64,
        task_id: i64,
    },
}

/// How a broadcast is ended by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Close,
    Cancel,
}

const SAID: [(Said, &str); 4] = [
    (Said::Acknowledged, "ack"),
    (Said::OnTheWay, "go"),
    (Said::NeedsHelp, "help"),
    (Said::Declined, "no"),
];

fn said_word(said: Said) -> &'static str {
    SAID.iter()
        .find(|(one, _)| *one == said)
        .map_or("", |(_, word)| word)
}

fn said_of(word: &str) -> Option<Said> {
    SAID.iter()
        .find(|(_, one)| *one == word)
        .map(|(said, _)| *said)
}

/// What can be done on the card of an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    Go,
    Decline,
    Withdraw,
}

const HELP: [(Help, &str); 3] = [
    (Help::Go, "go"),
    (Help::Decline, "no"),
    (Help::Withdraw, "off"),
];

impl Help {
    fn word(self) -> &'static str {
        HELP.iter()
            .find(|(verb, _)| *verb == self)
            .map_or("", |(_, word)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        HELP.iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}

/// What can be done on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Acknowledge,
    Decline,
    EnRoute,
    OnSite,
    Start,
    Pause,
    Resume,
    Report,
    Finish,
    Undo,
    Reopen,
    Cancel,
    /// Shows the card anew.
    Show,
    /// Half an hour more.
    Extend,
    /// Asks for more people.
    Reinforce,
}

const VERBS: [(Verb, &str); 15] = [
    (Verb::Acknowledge, "ack"),
    (Verb::Decline, "no"),
    (Verb::EnRoute, "go"),
    (Verb::OnSite, "at"),
    (Verb::Start, "run"),
    (Verb::Pause, "hold"),
    (Verb::Resume, "cont"),
    (Verb::Report, "rep"),
    (Verb::Finish, "end"),
    (Verb::Undo, "undo"),
    (Verb::Reopen, "open"),
    (Verb::Cancel, "off"),
    (Verb::Show, "show"),
    (Verb::Extend, "more"),
    (Verb::Reinforce, "help"),
];

/// What can be done with shifts, leave and exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DutyVerb {
    Present,
    EndShift,
    SwapShift,
    ApproveLeave,
    RejectLeave,
    CancelLeave,
    RestoreLeave,
    Certificate,
    AcceptSwap,
    DeclineSwap,
    ApproveSwap,
    RejectSwap,
    CancelSwap,
    OpenCalendar,
    CloseCalendar,
}

const DUTY_VERBS: [(DutyVerb, &str); 15] = [
    (DutyVerb::Present, "here"),
    (DutyVerb::EndShift, "end"),
    (DutyVerb::SwapShift, "swap"),
    (DutyVerb::ApproveLeave, "lyes"),
    (DutyVerb::RejectLeave, "lno"),
    (DutyVerb::CancelLeave, "loff"),
    (DutyVerb::RestoreLeave, "lback"),
    (DutyVerb::Certificate, "lfile"),
    (DutyVerb::AcceptSwap, "stake"),
    (DutyVerb::DeclineSwap, "spass"),
    (DutyVerb::ApproveSwap, "syes"),
    (DutyVerb::RejectSwap, "sno"),
    (DutyVerb::CancelSwap, "soff"),
    (DutyVerb::OpenCalendar, "cal"),
    (DutyVerb::CloseCalendar, "caloff"),
];

impl DutyVerb {
    fn word(self) -> &'static str {
        DUTY_VERBS
            .iter()
            .find(|(verb, _)| *verb == self)
            .map_or("here", |(_, word)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        DUTY_VERBS
            .iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}

/// A list that can be paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    Tasks,
    Available,
}

impl Button {
    /// At most 64 bytes.
    pub fn data(&self) -> String {
        match self {
            Self::Accept { code } => format!("a.{code}"),
            Self::Refuse => "n".into(),
            Self::Task { verb, id } => format!("t.{}.{id:x}", verb.word()),
            Self::Broadcast { said, id } => format!("b.{}.{id:x}", said_word(*said)),
            Self::BroadcastEnd {
                how: Ending::Close,
                id,
            } => format!("c.close.{id:x}"),
            Self::BroadcastEnd {
                how: Ending::Cancel,
                id,
            } => format!("c.stop.{id:x}"),
            Self::Help { verb, id } => format!("e.{}.{id:x}", verb.word()),
            Self::Step { serial, choice } => format!("d.{serial:x}.{choice}"),
            Self::Page {
                list: List::Tasks,
                page,
            } => format!("p.t.{page:x}"),
            Self::Page {
                list: List::Available,
                page,
            } => format!("p.a.{page:x}"),
            Self::Language(lang) => format!("l.{}", lang.as_str()),
            Self::Available(true) => "s.on".into(),
            Self::Available(false) => "s.off".into(),
            Self::Duty { verb, id } => format!("h.{}.{id:x}", verb.word()),
            Self::Suggest { accept: true, id } => format!("m.yes.{id:x}"),
            Self::Suggest { accept: false, id } => format!("m.no.{id:x}"),
            Self::Reassign { leave_id, task_id } => format!("r.{leave_id:x}.{task_id:x}"),
        }
    }

    /// What these bytes mean; nothing when they are not ours.
    pub fn parse(data: &str) -> Option<Self> {
        let mut parts = data.splitn(3, '.');
        match (parts.next()?, parts.next(), parts.next()) {
            ("a", Some(code), None) => Some(Self::Accept { code: code.into() }),
            ("n", None, None) => Some(Self::Refuse),
            ("t", Some(verb), Some(id)) => Some(Self::Task {
                verb: Verb::from_word(verb)?,
                id: number(id)?,
            }),
            ("b", Some(said), Some(id)) => Some(Self::Broadcast {
                said: said_of(said)?,
                id: number(id)?,
            }),
            ("c", Some(how), Some(id)) => Some(Self::BroadcastEnd {
                how: match how {
                    "close" => Ending::Close,
                    "stop" => Ending::Cancel,
                    _ => return None,
                },
                id: number(id)?,
            }),
            ("e", Some(verb), Some(id)) => Some(Self::Help {
                verb: Help::from_word(verb)?,
                id: number(id)?,
            }),
            ("d", Some(serial), Some(choice)) => Some(Self::Step {
                serial: number(serial)?,
                choice: choice.into(),
            }),
            ("p", Some("t"), Some(page)) => Some(Self::Page {
                list: List::Tasks,
                page: number(page)?.try_into().ok()?,
            }),
            ("p", Some("a"), Some(page)) => Some(Self::Page {
                list: List::Available,
                page: number(page)?.try_into().ok()?,
            }),
            ("l", Some(lang), None) => lang.parse().ok().map(Self::Language),
            ("s", Some("on"), None) => Some(Self::Available(true)),
            ("s", Some("off"), None) => Some(Self::Available(false)),
            ("h", Some(verb), Some(id)) => Some(Self::Duty {
                verb: DutyVerb::from_word(verb)?,
                id: number(id)?,
            }),
            ("m", Some("yes"), Some(id)) => Some(Self::Suggest {
                accept: true,
                id: number(id)?,
            }),
            ("m", Some("no"), Some(id)) => Some(Self::Suggest {
                accept: false,
                id: number(id)?,
            }),
            ("r", Some(leave), Some(task)) => Some(Self::Reassign {
                leave_id: number(leave)?,
                task_id: number(task)?,
            }),
            _ => None,
        }
    }
}

fn number(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 16)
        .ok()
        .filter(|number| *number >= 0)
}

impl Verb {
    fn word(self) -> &'static str {
        VERBS
            .iter()
            .find(|(verb, _)| *verb == self)
            .map_or("show", |(_, word)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        VERBS
            .iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hostile_presses_mean_nothing_or_what_they_say(data in junk::text(), serial in any::<i64>(), page in any::<u32>()) {
            let texts = [
                format!("d.{serial:x}.{data}"), format!("t.ack.{data}"), format!("t.{data}.1"),
                format!("p.t.{page:x}"), format!("l.{data}"), format!("a.{data}"), data,
            ];
            for button in texts.iter().filter_map(|text| Button::parse(text)) {
                prop_assert_eq!(Button::parse(&button.data()), Some(button));
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut buttons = vec![
            Button::Accept {
                code: "0".repeat(32),
            },
            Button::Refuse,
            Button::Step {
                serial: i64::MAX,
                choice: "people:9223372036854775807".into(),
            },
            Button::Page {
                list: List::Tasks,
                page: 3,
            },
            Button::Page {
                list: List::Available,
                page: 0,
            },
            Button::Language(Lang::Pt),
            Button::Available(true),
            Button::Available(false),
            Button::Suggest {
                accept: true,
                id: i64::MAX,
            },
            Button::Suggest {
                accept: false,
                id: i64::MAX,
            },
            Button::Reassign {
                leave_id: i64::MAX,
                task_id: i64::MAX,
            },
        ];
        buttons.extend(DUTY_VERBS.iter().map(|(verb, _)| Button::Duty {
            verb: *verb,
            id: i64::MAX,
        }));
        buttons.extend(VERBS.iter().map(|(verb, _)| Button::Task {
            verb: *verb,
            id: i64::MAX,
        }));
        buttons.extend(SAID.iter().map(|(said, _)| Button::Broadcast {
            said: *said,
            id: i64::MAX,
        }));
        buttons.extend(
            [Ending::Close, Ending::Cancel].map(|how| Button::BroadcastEnd { how, id: i64::MAX }),
        );
        buttons.extend(HELP.iter().map(|(verb, _)| Button::Help {
            verb: *verb,
            id: i64::MAX,
        }));
        for button in buttons {
            let data = button.data();
            assert!(data.len() <= 64, "{data}");
            assert_eq!(Button::parse(&data), Some(button));
        }
    }

    #[test]
    fn foreign_bytes_mean_nothing() {
        for data in [
            "",
            "t",
            "t.ack",
            "t.ack.-1",
            "t.steal.1",
            "d.x.y",
            "p.t.99999999999",
            "l.xx",
            "s",
            "🙂.🙂.🙂",
        ] {
            assert_eq!(Button::parse(data), None, "{data:?}");
        }
    }
}
