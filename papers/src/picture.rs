//! A picture of what was done: a bar for each day, in time and late apart.

use std::{
    fmt::Write,
    sync::{Arc, LazyLock},
};

use domain::figures::Figures;
use locales::{Lang, Sentence};
use resvg::{tiny_skia, usvg};

use crate::{
    PaperError, Result,
    font::{FACES, FAMILY},
};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 96.0;
const BOTTOM: f64 = 56.0;

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    for face in FACES {
        fonts.load_font_data(face.to_vec());
    }
    Arc::new(fonts)
});

/// Draws the figures as PNG. Takes some ten milliseconds: not for the threads that wait.
pub fn png(title: &str, figures: &Figures, lang: Lang) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| PaperError::Written(error.to_string());
    let options = usvg::Options {
        fontdb: Arc::clone(&FONTS),
        font_family: FAMILY.into(),
        ..usvg::Options::default()
    };
    let drawing = svg(title, figures, lang);
    let tree = usvg::Tree::from_str(&drawing, &options).map_err(|error| failed(&error))?;
    let size = tree.size().to_int_size();
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| PaperError::Written("a picture without a size".into()))?;
    resvg::render(&tree, tiny_skia::Transform::default(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(&error))
}

fn svg(title: &str, figures: &Figures, lang: Lang) -> String {
    let most = figures.days.values().map(|day| day.completed).max();
    let step = step(most.unwrap_or_default());
    let top = most.unwrap_or_default().div_ceil(step).max(1) * step;
    let height = HEIGHT - TOP - BOTTOM;
    let y = |count: u64| TOP + height - height * count as f64 / top as f64;
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="{FAMILY}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="{LEFT}" y="36" font-size="22" font-weight="bold" fill="#1a2430">{}</text>"##,
        escaped(title)
    );
    legend(&mut out, lang);
    for count in (0..=top).step_by(usize::try_from(step).unwrap_or(1)) {
        let line = y(count);
        let end = WIDTH - RIGHT;
        let number = LEFT - 8.0;
        let text = line + 5.0;
        draw(
            &mut out,
            format_args!(
                r##"<line x1="{LEFT}" y1="{line:.1}" x2="{end}" y2="{line:.1}" stroke="#d9dee4"/><text x="{number}" y="{text:.1}" font-size="14" text-anchor="end" fill="#4a5663">{count}</text>"##
            ),
        );
    }
    bars(&mut out, figures, y);
    out.push_str("</svg>");
    out
}

const ON_TIME: &str = "#1f6fb2";
const LATE: &str = "#d9822b";
const OTHER: &str = "#9aa7b4";

fn legend(out: &mut String, lang: Lang) {
    let mut x = LEFT;
    for (colour, label) in [
        (ON_TIME, Sentence::PictureOnTime),
        (LATE, Sentence::PictureLate),
        (OTHER, Sentence::PictureUntimed),
    ] {
        let label = label.to(lang);
        let text = x + 20.0;
        draw(
            out,
            format_args!(
                r##"<rect x="{x}" y="54" width="14" height="14" fill="{colour}"/><text x="{text}" y="67" font-size="15" fill="#1a2430">{}</text>"##,
                escaped(&label)
            ),
        );
        x += 50.0 + label.chars().count() as f64 * 9.0;
    }
}

/// A bar for each day, and the date under some of them.
fn bars(out: &mut String, figures: &Figures, y: impl Fn(u64) -> f64) {
    let room = (WIDTH - LEFT - RIGHT) / figures.days.len().max(1) as f64;
    let every = figures.days.len().div_ceil(10).max(1);
    for (number, (day, sums)) in figures.days.iter().enumerate() {
        let left = LEFT + room * number as f64;
        let late = sums.timed - sums.on_time;
        let mut below = 0;
        for (count, colour) in [
            (sums.on_time, ON_TIME),
            (late, LATE),
            (sums.completed - sums.timed.min(sums.completed), OTHER),
        ] {
            let (from, to) = (y(below + count), y(below));
            below += count;
            if count > 0 {
                draw(
                    out,
                    format_args!(
                        r##"<rect x="{:.1}" y="{from:.1}" width="{:.1}" height="{:.1}" fill="{colour}"/>"##,
                        left + room * 0.12,
                        room * 0.76,
                        to - from
                    ),
                );
            }
        }
        if number % every == 0 {
            let (middle, foot) = (left + room / 2.0, HEIGHT - BOTTOM + 24.0);
            draw(
                out,
                format_args!(
                    r##"<text x="{middle:.1}" y="{foot}" font-size="14" text-anchor="middle" fill="#4a5663">{}</text>"##,
                    day.format("%d/%m")
                ),
            );
        }
    }
}

fn draw(out: &mut String, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what).expect("a string grows");
    out.push('\n');
}

/// The distance between lines, so that there are about five.
fn step(most: u64) -> u64 {
    let rough = (most / 5).max(1);
    let ten = 10u64.pow(rough.ilog10());
    [1, 2, 5, 10]
        .map(|by| by * ten)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(rough)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_round() {
        for (most, wanted) in [(0, 1), (4, 1), (9, 1), (12, 2), (48, 10), (730, 200)] {
            assert_eq!(step(most), wanted, "{most}");
        }
        assert_eq!(escaped("<a & b>"), "&lt;a &amp; b&gt;");
    }
}
