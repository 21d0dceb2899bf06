//! What commands print: answers to standard output, errors with their causes to standard error.

use std::{
    error, fmt,
    io::{self, Write},
};

use anyhow::{Result, anyhow};
use domain::{Refusal, error::Problem};

/// The caller asked for something that cannot be; exit code 2.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Usage {}

/// Prints a line; a reader that went away ends the command.
pub fn line(text: impl fmt::Display) -> Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// Prints an error and what caused it.
pub fn error(error: &anyhow::Error) {
    // Where nobody reads errors any more, there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "error: {error:#}");
}

/// Prints what is done otherwise than it was said.
pub fn warning(text: impl fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "warning: {text}");
}

/// A refusal of the domain in words; what the caller typed wrong is a matter of usage.
pub fn refusal(error: domain::Error) -> anyhow::Error {
    match error.refusal() {
        Some(Refusal::Invalid { errors }) => {
            let fields = errors
                .iter()
                .map(|one| format!("{} {}", one.field, words(one.problem)));
            Usage(fields.collect::<Vec<_>>().join("; ")).into()
        }
        Some(Refusal::Taken { field }) => anyhow!("this {field} belongs to somebody else already"),
        Some(Refusal::Inactive) => anyhow!("this account is switched off"),
        _ => error.into(),
    }
}

/// What is wrong with a value.
pub fn words(problem: Problem) -> &'static str {
    match problem {
        Problem::Required => "is missing",
        Problem::TooShort => "is too short",
        Problem::TooLong => "is too long",
        Problem::OutOfRange => "is out of range",
        Problem::Unknown => "is not known",
        Problem::Malformed => "has a form that is not allowed",
        Problem::TooCommon => "is among the commonest: choose another",
        Problem::InThePast => "lies in the past",
        Problem::Taken => "belongs to somebody else already",
        Problem::Order => "ends before it starts",
        Problem::AgentsOnly => "is for agents alone, at level 1: leave it out",
    }
}
