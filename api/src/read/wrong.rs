//! What is wrong with one value, in words of JSON: no names of our types.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::error::FieldError;

/// Said of a word that names nothing.
pub(crate) const NOT_KNOWN: &str = "is not known";

/// Why a value is not what is wanted.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Where it stands, as soon as that is known.
    path: Option<String>,
    /// The field of that place, where the place itself has no fault.
    field: Option<String>,
    code: &'static str,
    message: String,
}

impl Wrong {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            path: None,
            field: None,
            code,
            message: message.into(),
        }
    }

    /// One of these words is wanted.
    pub fn other_than(words: &[&str]) -> Self {
        Self::new("unknown", format!("must be one of {}", words.join(", ")))
    }

    fn of(self, field: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..self
        }
    }

    /// The same at this place; what knows its own place better keeps it.
    pub fn at(self, path: String) -> Self {
        Self {
            path: self.path.or(Some(path)),
            ..self
        }
    }

    pub fn told(self) -> FieldError {
        let path = self.path.unwrap_or_default();
        let field = match self.field {
            Some(field) => join(&path, &field),
            None if path.is_empty() => "body".into(),
            None => path,
        };
        FieldError {
            field,
            message: self.message,
            code: self.code.into(),
        }
    }
}

/// The path of a field.
pub(super) fn join(path: &str, field: &str) -> String {
    match path.is_empty() {
        true => field.to_owned(),
        false => format!("{path}.{field}"),
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        // chrono says at which letter it gave up, and not what it had hoped for.
        if message.contains("input") {
            let example =
                "must be a date such as 2026-11-22 or a moment such as 2026-11-22T12:00:00-03:00";
            return Self::new("malformed", example);
        }
        match message == NOT_KNOWN {
            true => Self::new("unknown", message),
            false => Self::new("malformed", message),
        }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new("malformed", format!("must be {}", wanted(expected)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => {
                Self::new("out_of_range", "is out of range")
            }
            _ => Self::invalid_type(found, expected),
        }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new("malformed", format!("must be {}", wanted(expected)))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::other_than(expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        unknown(expected).of(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("required", "is needed").of(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("malformed", "stands there twice").of(field)
    }
}

/// A field that nobody knows, where these are known.
pub(super) fn unknown(known: &[&str]) -> Wrong {
    let message = match known.is_empty() {
        true => "is no known field".to_owned(),
        false => format!("is no known field; there are {}", known.join(", ")),
    };
    Wrong::new("unknown_field", message)
}

/// serde says what it wants in words of Rust.
fn wanted(expected: &dyn Expected) -> String {
    let words = expected.to_string();
    match words.as_str() {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => {
            "a whole number".into()
        }
        "f32" | "f64" => "a number".into(),
        "a sequence" => "a list".into(),
        "a boolean" => "true or false".into(),
        words if words.contains("RFC 3339") => "a moment such as 2026-11-22T12:00:00-03:00".into(),
        words if words.contains("date") => "a date such as 2026-11-22".into(),
        words if words.contains("identifier") => "a known word".into(),
        words if words.contains("struct ") || words.contains("enum ") => "an object".into(),
        words => words.to_owned(),
    }
}
