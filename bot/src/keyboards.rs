//! Buttons: what a press means, and the few bytes Telegram carries for it. They say what was pressed, never
//! who may: that is judged when the press comes.

mod asked;
mod rows;
mod verbs;

pub use asked::{Asked, Behind, Counted, Past, PastEnd, Span, Whose};
pub use rows::{Rows, in_front, menu, place};
pub use verbs::{Check, DutyVerb, Ending, Help, Verb};

use domain::{broadcast::Reply as Said, consent::Purpose};
use locales::Lang;
use serde::{Deserialize, Serialize};

use asked::{is_own, whose};
use verbs::{ending_of, ending_word, purpose_of, purpose_word, said_of, said_word};

/// The most bytes of words that a button can carry beside a number.
pub const WORDS: usize = 44;

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
    /// To call for help.
    Sos,
    /// An answer to a broadcast.
    Broadcast {
        said: Said,
        id: i64,
    },
    /// An answer to "are you well?", or its end.
    CheckIn {
        verb: Check,
        id: i64,
    },
    /// How often the people of a task are asked, or oneself.
    CheckEvery {
        task_id: Option<i64>,
        minutes: u32,
    },
    /// The end of a broadcast.
    BroadcastEnd {
        how: Ending,
        id: i64,
    },
    /// Those who have not answered a broadcast, further on.
    Silent {
        id: i64,
        page: u32,
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
    /// A place in a group belongs to the unit with this number, or the group with this number to none.
    Group {
        on: bool,
        id: i64,
    },
    /// A page of units to choose from in a group, or of one's groups in private.
    Groups {
        page: u32,
    },
    /// Somebody else shall take a task that a leave breaks.
    Reassign {
        leave_id: i64,
        task_id: i64,
    },
    /// A page of what was found for these words, before this task; from the newest on without one.
    Found {
        words: String,
        before: Option<i64>,
    },
    /// What is kept about the person, as a file.
    MyFile,
    /// Agrees to a purpose, or takes it back.
    Consent {
        purpose: Purpose,
        granted: bool,
    },
    /// A page of what an overview counts, of one unit or of all of the reader's.
    Counted {
        what: Counted,
        unit_id: Option<i64>,
        page: u32,
    },
    /// A file of figures, as far as it is chosen.
    Papers(Asked),
    /// What was done in this time, by oneself or in one's units.
    Figures {
        span: Span,
        own: bool,
    },
    /// A page of the history behind this task.
    History {
        past: Past,
        behind: Option<Behind>,
    },
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
            Self::Sos => "x".into(),
            Self::Task { verb, id } => format!("t.{}.{id:x}", verb.word()),
            Self::Broadcast { said, id } => format!("b.{}.{id:x}", said_word(*said)),
            Self::BroadcastEnd { how, id } => format!("c.{}.{id:x}", ending_word(*how)),
            Self::CheckIn { verb, id } => format!("w.{}.{id:x}", verb.word()),
            Self::CheckEvery { task_id, minutes } => format!("v.{}.{minutes:x}", hex(*task_id)),
            Self::Silent { id, page } => format!("q.{id:x}.{page:x}"),
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
            Self::Group { on: true, id } => format!("u.on.{id:x}"),
            Self::Group { on: false, id } => format!("u.off.{id:x}"),
            Self::Groups { page } => format!("u.page.{page:x}"),
            Self::Reassign { leave_id, task_id } => format!("r.{leave_id:x}.{task_id:x}"),
            Self::Found { words, before } => format!("f.{}.{words}", hex(*before)),
            Self::MyFile => "k".into(),
            Self::Consent { purpose, granted } => {
                let said = if *granted { "yes" } else { "no" };
                format!("j.{said}.{}", purpose_word(*purpose))
            }
            Self::Counted {
                what,
                unit_id,
                page,
            } => format!("o.{}.{}:{page:x}", what.letter(), hex(*unit_id)),
            Self::Papers(asked) => format!("i.{}", asked.word()),
            Self::Figures { span, own } => format!("g.{}.{}", span.letter(), whose(*own)),
            Self::History { past, behind } => {
                let behind = behind.map(Behind::word).unwrap_or_default();
                format!("y.{}.{behind}", past.word())
            }
        }
    }

    /// What these bytes mean; nothing when they are not ours.
    pub fn parse(data: &str) -> Option<Self> {
        let mut parts = data.splitn(3, '.');
        match (parts.next()?, parts.next(), parts.next()) {
            ("a", Some(code), None) => Some(Self::Accept { code: code.into() }),
            ("n", None, None) => Some(Self::Refuse),
            ("k", None, None) => Some(Self::MyFile),
            ("x", None, None) => Some(Self::Sos),
            ("j", Some(said @ ("yes" | "no")), Some(word)) => Some(Self::Consent {
                purpose: purpose_of(word)?,
                granted: said == "yes",
            }),
            ("t", Some(verb), Some(id)) => Some(Self::Task {
                verb: Verb::from_word(verb)?,
                id: number(id)?,
            }),
            ("b", Some(said), Some(id)) => Some(Self::Broadcast {
                said: said_of(said)?,
                id: number(id)?,
            }),
            ("c", Some(how), Some(id)) => Some(Self::BroadcastEnd {
                how: ending_of(how)?,
                id: number(id)?,
            }),
            ("w", Some(verb), Some(id)) => Some(Self::CheckIn {
                verb: Check::from_word(verb)?,
                id: number(id)?,
            }),
            ("v", Some(task), Some(minutes)) => Some(Self::CheckEvery {
                task_id: optional(task)?,
                minutes: number(minutes)?.try_into().ok()?,
            }),
            ("q", Some(id), Some(page)) => Some(Self::Silent {
                id: number(id)?,
                page: number(page)?.try_into().ok()?,
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
            ("u", Some("on"), Some(id)) => Some(Self::Group {
                on: true,
                id: number(id)?,
            }),
            ("u", Some("off"), Some(id)) => Some(Self::Group {
                on: false,
                id: number(id)?,
            }),
            ("u", Some("page"), Some(page)) => Some(Self::Groups {
                page: number(page)?.try_into().ok()?,
            }),
            ("r", Some(leave), Some(task)) => Some(Self::Reassign {
                leave_id: number(leave)?,
                task_id: number(task)?,
            }),
            ("f", Some(before), Some(words)) if !words.is_empty() && words.len() <= WORDS => {
                Some(Self::Found {
                    words: words.into(),
                    before: optional(before)?,
                })
            }
            ("o", Some(what), Some(which)) => {
                let (unit, page) = which.split_once(':')?;
                Some(Self::Counted {
                    what: Counted::from_word(what)?,
                    unit_id: optional(unit)?,
                    page: number(page)?.try_into().ok()?,
                })
            }
            ("i", Some(asked), None) => Asked::from_word(asked).map(Self::Papers),
            ("g", Some(span), Some(own)) => Some(Self::Figures {
                span: Span::from_word(span)?,
                own: is_own(own)?,
            }),
            ("y", Some(past), Some(behind)) => Some(Self::History {
                past: Past::from_word(past)?,
                behind: match optional(behind) {
                    // The button of a release that went by the number alone begins anew.
                    Some(_) => None,
                    None => Some(Behind::from_word(behind)?),
                },
            }),
            _ => None,
        }
    }
}

fn hex(number: Option<i64>) -> String {
    number.map_or(String::new(), |number| format!("{number:x}"))
}

/// Nothing is nothing; what is no number is none of ours.
fn optional(text: &str) -> Option<Option<i64>> {
    match text {
        "" => Some(None),
        text => number(text).map(Some),
    }
}

fn number(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 16)
        .ok()
        .filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests;
