//! What stands in a table.

use chrono::NaiveDateTime;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Nothing,
    /// What people wrote: never a formula, whatever it begins with.
    Text(String),
    Number(i64),
    /// With one digit behind the point.
    Decimal(f64),
    /// On the wall of the installation.
    Time(NaiveDateTime),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A text, or nothing.
    pub fn maybe(text: Option<String>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }

    /// As it is read on paper.
    pub fn shown(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(number) => format!("{number:.1}"),
            Self::Time(at) => at.format("%Y-%m-%d %H:%M").to_string(),
        }
    }
}

/// A column: what it is called, and how wide it is in comparison with the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub title: String,
    pub width: u16,
}
