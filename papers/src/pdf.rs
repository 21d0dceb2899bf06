//! A table on pages of paper.

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    text::TextDirection,
};

use crate::{Cell, Column, PaperError, Result, font::Face};

/// The most rows: a document lies in memory whole until its end. Longer reports are refused before they begin; what came since is cut.
pub const ROWS_MOST: u64 = domain::ledger::PDF_ROWS_MOST;

/// A4 across, in points.
const WIDTH: f32 = 842.0;
const HEIGHT: f32 = 595.0;
const MARGIN: f32 = 28.0;
const LINE: f32 = 12.0;
const SIZE: f32 = 6.2;
/// Where the first row begins.
const TOP: f32 = 62.0;
const LINES: usize = ((HEIGHT - TOP - MARGIN) / LINE) as usize;
/// Between columns.
const GAP: f32 = 4.0;

/// A table on its way; it becomes pages when all of it is there.
pub struct Table {
    title: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn new(title: &str, columns: &[Column]) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    pub fn row(&mut self, cells: &[Cell]) {
        self.rows.push(cells.to_vec());
    }

    /// The whole document, with a last word below its table.
    pub fn finish(&self, last: Option<&str>) -> Result<Vec<u8>> {
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(self.title.clone()));
        let faces = (Face::plain(), Face::bold());
        let places = self.places(&faces);
        let nothing: &[Vec<Cell>] = &[];
        let pages: Vec<&[Vec<Cell>]> = match self.rows.is_empty() {
            true => vec![nothing],
            false => self.rows.chunks(LINES - 1).collect(),
        };
        let all = pages.len();
        for (number, rows) in pages.into_iter().enumerate() {
            let last = last.filter(|_| number + 1 == all);
            let paper = (&faces, places.as_slice());
            self.page(&mut document, paper, (number + 1, rows), last)?;
        }
        let failed = |error| PaperError::Written(format!("{error:?}"));
        document.finish().map_err(failed)
    }

    /// Where each column begins and how much room it has.
    fn places(&self, (plain, bold): &(Face, Face)) -> Vec<(f32, f32)> {
        let wanted = self.columns.iter().enumerate().map(|(number, column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(number));
            let widest = cells.map(|cell| plain.width(&shown(cell), SIZE));
            widest.fold(bold.width(&column.title, SIZE), f32::max) + GAP
        });
        let wanted: Vec<f32> = wanted.collect();
        let mut left = MARGIN;
        let rooms = shared(&wanted, WIDTH - 2.0 * MARGIN).into_iter();
        let places = rooms.map(|room| {
            left += room;
            (left - room, room - GAP)
        });
        places.collect()
    }

    fn page(
        &self,
        document: &mut Document,
        ((plain, bold), places): (&(Face, Face), &[(f32, f32)]),
        (number, rows): (usize, &[Vec<Cell>]),
        last: Option<&str>,
    ) -> Result<()> {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT)
            .ok_or_else(|| PaperError::Written("no such paper".into()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let title = bold.fit(&self.title, 12.0, WIDTH - 2.0 * MARGIN - 40.0);
        write(&mut surface, bold, (MARGIN, 34.0), 12.0, &title);
        let foot = (WIDTH - MARGIN - 20.0, 34.0);
        write(&mut surface, plain, foot, 8.0, &number.to_string());
        for ((left, room), column) in places.iter().zip(&self.columns) {
            let title = bold.fit(&column.title, SIZE, *room);
            write(&mut surface, bold, (*left, TOP - 8.0), SIZE, &title);
        }
        rule(&mut surface, TOP - 4.0);
        let mut y = TOP + 7.0;
        for row in rows {
            for ((left, room), cell) in places.iter().zip(row) {
                let text = plain.fit(&shown(cell), SIZE, *room);
                write(&mut surface, plain, (*left, y), SIZE, &text);
            }
            y += LINE;
        }
        if let Some(last) = last {
            write(&mut surface, bold, (MARGIN, y + 2.0), SIZE, last);
        }
        surface.finish();
        page.finish();
        Ok(())
    }
}

/// The year stands over the table.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Time(at) => at.format("%d/%m %H:%M").to_string(),
        other => other.shown(),
    }
}

/// Shares the paper among columns that would like so much: whoever wants little gets it, the others the same.
fn shared(wanted: &[f32], mut all: f32) -> Vec<f32> {
    let mut by_need: Vec<(usize, f32)> = wanted.iter().copied().enumerate().collect();
    by_need.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut rooms = vec![0.0; wanted.len()];
    for (served, (column, wish)) in by_need.into_iter().enumerate() {
        let waiting = (wanted.len() - served) as f32;
        rooms[column] = wish.min(all / waiting);
        all -= rooms[column];
    }
    rooms
}

/// Writes a line; its place is that of its foot.
pub fn write(surface: &mut Surface<'_>, face: &Face, (x, y): (f32, f32), size: f32, text: &str) {
    if !text.is_empty() {
        surface.set_stroke(None);
        surface.set_fill(Some(black()));
        surface.draw_text(
            Point::from_xy(x, y),
            face.font.clone(),
            size,
            text,
            false,
            TextDirection::Auto,
        );
    }
}

/// A filled box.
pub fn fill(surface: &mut Surface<'_>, (x, y): (f32, f32), (width, height): (f32, f32)) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(black()));
        surface.draw_path(&path);
    }
}

fn rule(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(MARGIN, y);
    path.line_to(WIDTH - MARGIN, y);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke {
            paint: rgb::Color::black().into(),
            width: 0.6,
            ..Stroke::default()
        }));
        surface.draw_path(&path);
    }
}

fn black() -> Fill {
    Fill {
        paint: rgb::Color::black().into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_never_cut_for_what_is_long() {
        assert_eq!(shared(&[10.0, 500.0, 20.0], 130.0), [10.0, 100.0, 20.0]);
        assert_eq!(shared(&[90.0, 90.0], 100.0), [50.0, 50.0]);
        assert_eq!(shared(&[10.0, 20.0], 100.0), [10.0, 20.0]);
    }
}
