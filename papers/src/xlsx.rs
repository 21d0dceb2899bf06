//! A workbook of one sheet, whose rows lie on disk while it is written.

use std::io::{BufWriter, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::{Cell, Column, PaperError, Result};

/// The most rows of a sheet, less its head and its last word.
pub const ROWS_MOST: u64 = 1_000_000;

/// A sheet being written.
pub struct Sheet {
    book: Workbook,
    sheet: Worksheet,
    next: u32,
    time: Format,
    decimal: Format,
}

impl Sheet {
    pub fn new(title: &str, columns: &[Column]) -> Result<Self> {
        let mut book = Workbook::new();
        let mut sheet = book.new_worksheet_with_constant_memory()?;
        sheet.set_name(name(title))?;
        let bold = Format::new().set_bold();
        for (number, column) in (0u16..).zip(columns) {
            sheet.set_column_width(number, f64::from(column.width))?;
            sheet.write_string_with_format(0, number, &column.title, &bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(Self {
            book,
            sheet,
            next: 1,
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            decimal: Format::new().set_num_format("0.0"),
        })
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        for (number, cell) in (0u16..).zip(cells) {
            self.cell(number, cell)?;
        }
        self.next += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let (sheet, row) = (&mut self.sheet, self.next);
        match cell {
            Cell::Nothing => Ok(()),
            Cell::Text(text) => sheet.write_string(row, column, cut(text)).map(drop),
            Cell::Number(number) => sheet.write_number(row, column, *number as f64).map(drop),
            Cell::Decimal(number) => sheet
                .write_number_with_format(row, column, *number, &self.decimal)
                .map(drop),
            Cell::Time(at) => sheet
                .write_datetime_with_format(row, column, at, &self.time)
                .map(drop),
        }
    }

    /// Packs the book; takes long for many rows.
    pub fn finish(mut self, out: impl Write + std::io::Seek + Send) -> Result<()> {
        self.book.push_worksheet(self.sheet);
        self.book.save_to_writer(BufWriter::new(out))?;
        Ok(())
    }
}

/// The most characters of a cell.
const CELL_MOST: usize = 32_000;

fn cut(text: &str) -> String {
    text.chars().take(CELL_MOST).collect()
}

/// A name of a sheet is short and without some characters.
fn name(title: &str) -> String {
    let allowed = title.chars().filter(|c| !r"[]:*?/\'".contains(*c));
    allowed.take(31).collect()
}

impl From<XlsxError> for PaperError {
    fn from(error: XlsxError) -> Self {
        Self::Written(error.to_string())
    }
}
