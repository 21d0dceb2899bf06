//! Comma separated values that a spreadsheet opens without running anything.

use crate::{Cell, Column, PaperError, Result};

/// Tells spreadsheets that the text is UTF-8.
const MARK: &str = "\u{feff}";

/// The first line.
pub fn head(columns: &[Column]) -> Result<Vec<u8>> {
    let titles = columns.iter().map(|column| safe(&column.title));
    let mut bytes = MARK.as_bytes().to_vec();
    bytes.extend(line(titles)?);
    Ok(bytes)
}

/// One line.
pub fn row(cells: &[Cell]) -> Result<Vec<u8>> {
    line(cells.iter().map(|cell| match cell {
        Cell::Text(text) => safe(text),
        other => other.shown(),
    }))
}

fn line(cells: impl Iterator<Item = String>) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| PaperError::Written(error.to_string());
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells).map_err(|error| failed(&error))?;
    writer.into_inner().map_err(|error| failed(&error))
}

/// A text that would be taken for a formula gets an apostrophe in front, which makes it a text again. Where a semicolon
/// parts cells, what follows one would begin a cell.
fn safe(text: &str) -> String {
    let text = &text.replace(';', ",");
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@') => format!("'{text}"),
        _ if text.starts_with(['\t', '\r', '\n']) => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula() {
        let written = |text: &str| {
            let bytes = row(&[Cell::text(text), Cell::Number(-3)]).expect("a line");
            String::from_utf8(bytes).expect("UTF-8")
        };
        assert_eq!(
            written("=HYPERLINK(\"x\")"),
            "\"'=HYPERLINK(\"\"x\"\")\",-3\r\n"
        );
        for text in ["+1", "-1", "@a", " =1", "\t=1"] {
            assert!(written(text).contains(&format!("'{text}")), "{text:?}");
        }
        assert!(!written("x;=HYPERLINK(1)").contains(';'));
        assert_eq!(written("Plaza, norte"), "\"Plaza, norte\",-3\r\n");
    }
}
