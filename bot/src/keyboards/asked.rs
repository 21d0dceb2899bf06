//! What lists and files are asked for by presses, in a few letters.

use chrono::{DateTime, Utc};
use domain::{
    export::{ReportFormat, ReportName},
    task::Task,
};
use serde::{Deserialize, Serialize};

use super::number;

/// Which part of the history is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    pub end: PastEnd,
    pub span: Span,
    /// Only one's own, not that of one's units.
    pub own: bool,
}

/// The last task of a page of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// When it ended, in microseconds since 1970.
    pub micros: i64,
    pub id: i64,
}

impl Behind {
    /// Nothing for a task that goes on.
    pub fn of(task: &Task) -> Option<Self> {
        let micros = task.ended_at?.timestamp_micros();
        Some(Self {
            micros,
            id: task.id,
        })
    }

    pub fn at(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.micros)
    }

    pub(super) fn word(self) -> String {
        format!("{:x}-{:x}", self.micros, self.id)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        let (micros, id) = word.split_once('-')?;
        Some(Self {
            micros: number(micros)?,
            id: number(id)?,
        })
    }
}

/// How the tasks of the history ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastEnd {
    #[default]
    Any,
    Completed,
    Cancelled,
}

/// How far one looks back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    Week,
    #[default]
    Month,
    Year,
    Always,
}

/// A figure of an overview that opens its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    OnShift,
    Free,
    Busy,
    Running,
    Planned,
    Late,
    Unanswered,
    Leaves,
}

impl Counted {
    pub const ALL: [Self; 8] = [
        Self::OnShift,
        Self::Free,
        Self::Busy,
        Self::Running,
        Self::Planned,
        Self::Late,
        Self::Unanswered,
        Self::Leaves,
    ];

    pub(super) fn letter(self) -> char {
        letter(&COUNTED, self)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        meant(&COUNTED, single(word)?)
    }
}

const COUNTED: [(Counted, char); 8] = [
    (Counted::OnShift, 's'),
    (Counted::Free, 'f'),
    (Counted::Busy, 'b'),
    (Counted::Running, 'r'),
    (Counted::Planned, 'p'),
    (Counted::Late, 'l'),
    (Counted::Unanswered, 'u'),
    (Counted::Leaves, 'v'),
];

/// Of whom a file of figures is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// All units of whoever asks.
    All,
    Unit(i64),
}

impl Whose {
    fn word(self) -> String {
        match self {
            Self::All => "*".into(),
            Self::Unit(id) => format!("{id:x}"),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "*" => Some(Self::All),
            id => number(id).map(Self::Unit),
        }
    }

    pub fn unit_id(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::Unit(id) => Some(id),
        }
    }
}

/// What is chosen of a file, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub report: Option<ReportName>,
    #[serde(default)]
    pub whose: Option<Whose>,
    /// Which page of the units is shown, before one is chosen.
    #[serde(default)]
    pub page: u32,
    pub span: Option<Span>,
    pub format: Option<ReportFormat>,
}

const REPORTS: [(ReportName, char); 3] = [
    (ReportName::Tasks, 't'),
    (ReportName::Response, 'r'),
    (ReportName::Shifts, 's'),
];

const FORMATS: [(ReportFormat, char); 3] = [
    (ReportFormat::Csv, 'c'),
    (ReportFormat::Xlsx, 'x'),
    (ReportFormat::Pdf, 'p'),
];

impl Asked {
    pub(super) fn word(self) -> String {
        let report = self.report.map(|one| letter(&REPORTS, one));
        let span = self.span.map(Span::letter);
        let format = self.format.map(|one| letter(&FORMATS, one));
        let letters: String = report.into_iter().chain(span).chain(format).collect();
        match (self.whose, self.page) {
            (Some(whose), _) => format!("{letters}:{}", whose.word()),
            (None, 0) => letters,
            (None, page) => format!("{letters}@{page:x}"),
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        let (word, whose) = match word.split_once(':') {
            Some((word, whose)) => (word, Some(Whose::from_word(whose)?)),
            None => (word, None),
        };
        let (word, page): (&str, u32) = match word.split_once('@') {
            Some((word, page)) => (word, number(page)?.try_into().ok()?),
            None => (word, 0),
        };
        let mut letters = word.chars();
        let asked = Self {
            whose,
            page,
            report: chosen(&REPORTS, letters.next())?,
            span: chosen(&SPANS, letters.next())?,
            format: chosen(&FORMATS, letters.next())?,
        };
        // A page is one of the units before any is chosen.
        let sound = letters.next().is_none() && (whose.is_none() || page == 0);
        sound.then_some(asked)
    }
}

impl Span {
    pub(super) fn letter(self) -> char {
        letter(&SPANS, self)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        meant(&SPANS, single(word)?)
    }
}

const PAST_ENDS: [(PastEnd, char); 3] = [
    (PastEnd::Any, 'a'),
    (PastEnd::Completed, 'c'),
    (PastEnd::Cancelled, 'x'),
];

const SPANS: [(Span, char); 4] = [
    (Span::Week, 'w'),
    (Span::Month, 'm'),
    (Span::Year, 'y'),
    (Span::Always, 'z'),
];

impl Past {
    pub(super) fn word(self) -> String {
        let end = letter(&PAST_ENDS, self.end);
        let span = self.span.letter();
        format!("{end}{span}{}", whose(self.own))
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        let mut letters = word.chars();
        let past = Self {
            end: meant(&PAST_ENDS, letters.next()?)?,
            span: meant(&SPANS, letters.next()?)?,
            own: is_own(letters.as_str())?,
        };
        Some(past)
    }
}

pub(super) fn whose(own: bool) -> char {
    if own { 'o' } else { 'u' }
}

pub(super) fn is_own(word: &str) -> Option<bool> {
    match word {
        "o" => Some(true),
        "u" => Some(false),
        _ => None,
    }
}

fn single(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn letter<T: Copy + PartialEq>(letters: &[(T, char)], wanted: T) -> char {
    letters
        .iter()
        .find(|(one, _)| *one == wanted)
        .map_or('?', |(_, letter)| *letter)
}

fn meant<T: Copy>(letters: &[(T, char)], letter: char) -> Option<T> {
    letters
        .iter()
        .find(|(_, one)| *one == letter)
        .map(|(meaning, _)| *meaning)
}

/// Nothing is not chosen yet; what is none of the letters is none of ours.
fn chosen<T: Copy>(letters: &[(T, char)], letter: Option<char>) -> Option<Option<T>> {
    match letter {
        None => Some(None),
        Some(letter) => meant(letters, letter).map(Some),
    }
}
