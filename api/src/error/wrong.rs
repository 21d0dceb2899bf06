//! What may be wrong with one field: its stable code, and words for programs and their authors.

use domain::error::Problem as Wrong;

/// Stable, such as `unknown` or `malformed`.
pub(crate) fn code(wrong: Wrong) -> &'static str {
    code_and_words(wrong).0
}

pub(super) fn words(wrong: Wrong) -> &'static str {
    code_and_words(wrong).1
}

fn code_and_words(wrong: Wrong) -> (&'static str, &'static str) {
    match wrong {
        Wrong::Required => ("required", "is needed"),
        Wrong::TooShort => ("too_short", "is too short"),
        Wrong::TooLong => ("too_long", "is too long"),
        Wrong::OutOfRange => ("out_of_range", "is out of range"),
        Wrong::Unknown => ("unknown", "is not known"),
        Wrong::Malformed => ("malformed", "cannot be read"),
        Wrong::TooCommon => ("too_common", "is too easy to guess"),
        Wrong::InThePast => ("in_the_past", "lies in the past"),
        Wrong::Taken => ("taken", "belongs to somebody else"),
        Wrong::Order => ("order", "lies before the start"),
        Wrong::AgentsOnly => ("agents_only", "is for agents alone, at level 1"),
    }
}
