//! The lines of a file of comma or semicolon separated values, whatever they are about.

use serde::de::DeserializeOwned;

use crate::{Refusal, Result, error::Problem};

/// The largest file, in bytes.
pub const BYTES_MOST: usize = 512 * 1024;

/// What was read from a cell, or the name of its column and what is wrong with it.
pub(crate) type Cell<T> = Result<T, (&'static str, Problem)>;

/// The lines with their numbers; a line that cannot be read stands for itself.
pub(crate) fn lines<L: DeserializeOwned>(
    file: &[u8],
    required: &[&str],
    most: u32,
) -> Result<Vec<(u64, Cell<L>)>, Refusal> {
    let wrong = |problem| Refusal::invalid("file", problem);
    if file.len() > BYTES_MOST {
        return Err(wrong(Problem::TooLong));
    }
    let text = std::str::from_utf8(file).map_err(|_| wrong(Problem::Malformed))?;
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default().to_lowercase();
    let delimiter = if head.contains(';') { b';' } else { b',' };
    if required.iter().any(|name| {
        !head
            .split(char::from(delimiter))
            .any(|one| one.trim().trim_matches('"') == *name)
    }) {
        return Err(wrong(Problem::Required));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names = reader.headers().map_err(|_| wrong(Problem::Malformed))?;
    let names: csv::StringRecord = names.iter().map(str::to_lowercase).collect();
    let mut lines = Vec::new();
    let mut lines_so_far = Lines {
        text,
        read: 0,
        number: 1,
    };
    for record in reader.into_records() {
        if lines.len() >= most as usize {
            return Err(wrong(Problem::TooLong));
        }
        let record = record.map_err(|_| wrong(Problem::Malformed))?;
        lines_so_far.reach(record.position());
        let number = lines_so_far.number;
        let line = record
            .deserialize(Some(&names))
            .map_err(|_| ("line", Problem::Malformed));
        lines.push((number, line));
    }
    Ok(lines)
}

/// Counts lines as an editor does: empty ones too, which the reader of records leaves out.
struct Lines<'a> {
    text: &'a str,
    /// Bytes that were looked at.
    read: usize,
    /// Of the line that follows them.
    number: u64,
}

impl Lines<'_> {
    /// Goes on to the first character of a record.
    fn reach(&mut self, record: Option<&csv::Position>) {
        let begins = record.and_then(|at| usize::try_from(at.byte()).ok());
        let begins = begins.unwrap_or(self.read).min(self.text.len());
        let bytes = self.text.as_bytes();
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes[begins..].iter().take_while(is_end).count();
        let ends = bytes[self.read..begins + skipped].iter();
        self.number += ends.filter(|byte| **byte == b'\n').count() as u64;
        self.read = begins + skipped;
    }
}

/// A cell that has to be there and is no formula of a spreadsheet.
pub(crate) fn cell<'a>(field: &'static str, text: &'a str) -> Cell<&'a str> {
    match text.chars().next() {
        None => Err((field, Problem::Required)),
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => Err((field, Problem::Malformed)),
        Some(_) => Ok(text),
    }
}
