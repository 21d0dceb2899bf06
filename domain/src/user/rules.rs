//! What names, addresses and numbers of accounts look like.

use super::LANGS;
use crate::{
    Refusal,
    actor::Level,
    error::{Invalid, Problem},
};

/// One space between words, none around.
pub(super) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing instead of an empty text.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Every problem at once.
pub(super) fn all<const N: usize>(found: [(&str, Option<Problem>); N]) -> Result<(), Refusal> {
    let errors: Vec<Invalid> = found
        .into_iter()
        .filter_map(|(field, problem)| {
            Some(Invalid {
                field: field.into(),
                problem: problem?,
            })
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid { errors })
    }
}

pub(super) fn username_problem(username: &str) -> Option<Problem> {
    let fits =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    match username.chars().count() {
        0 => Some(Problem::Required),
        1 | 2 => Some(Problem::TooShort),
        3..=64 => (!username.chars().all(fits)).then_some(Problem::Malformed),
        _ => Some(Problem::TooLong),
    }
}

pub(super) fn name_problem(name: &str) -> Option<Problem> {
    if name.is_empty() {
        return Some(Problem::Required);
    }
    if name.chars().any(char::is_control) {
        return Some(Problem::Malformed);
    }
    too_long(name, 120)
}

/// Only agents bear one.
pub(super) fn badge_problem(badge: &str, level: Level) -> Option<Problem> {
    match level {
        Level::Agent => too_long(badge, 40),
        _ => Some(Problem::AgentsOnly),
    }
}

pub(super) fn too_long(text: &str, most: usize) -> Option<Problem> {
    (text.chars().count() > most).then_some(Problem::TooLong)
}

/// Only the shape: whether an address works shows when something is sent there.
pub(super) fn email_problem(email: &str) -> Option<Problem> {
    let shaped = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if shaped && clean {
        too_long(email, 254)
    } else {
        Some(Problem::Malformed)
    }
}

pub(super) fn phone_problem(phone: &str) -> Option<Problem> {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/');
    let shaped = (3..=20).contains(&digits) && phone.len() <= 40 && phone.chars().all(fits);
    (!shaped).then_some(Problem::Malformed)
}

pub(super) fn lang_problem(lang: &str) -> Option<Problem> {
    (!LANGS.contains(&lang)).then_some(Problem::Unknown)
}
