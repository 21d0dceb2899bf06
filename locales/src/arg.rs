//! What stands in a placeholder: text as it is, or a number that also picks plurals.

use fluent_bundle::FluentValue;
use std::borrow::Cow;

/// The value of one placeholder; made with `.into()` from text and numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Shown as it is.
    Text(String),
    /// A count: picks the plural.
    Count(i64),
    /// A measure, shown with the decimal mark of the language.
    Measure(f64),
}

impl Arg {
    pub(crate) fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::from(text.as_str()),
            Self::Count(count) => FluentValue::from(*count),
            Self::Measure(measure) => FluentValue::from(*measure),
        }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Cow<'_, str>> for Arg {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<char> for Arg {
    fn from(letter: char) -> Self {
        Self::Text(letter.to_string())
    }
}

impl From<i64> for Arg {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<i32> for Arg {
    fn from(count: i32) -> Self {
        Self::Count(count.into())
    }
}

impl From<u32> for Arg {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<u64> for Arg {
    fn from(count: u64) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Arg {
    fn from(measure: f64) -> Self {
        Self::Measure(measure)
    }
}
