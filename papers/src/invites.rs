//! A sheet of invitations to print and cut: a name, a code to scan and the address in letters.

use krilla::{Document, metadata::Metadata, page::PageSettings, surface::Surface};
use locales::{Lang, Sentence};
use qrcode::{Color, QrCode};

use crate::{
    PaperError, Result,
    font::Face,
    pdf::{fill, write},
};

/// Whom a link is for.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub name: String,
    /// What he signs in with, or his badge.
    pub who: String,
    pub url: String,
    /// Until when it works, as it is read.
    pub until: String,
}

/// A4 upright, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 36.0;
const DOWN: usize = 5;
const ACROSS: usize = 2;
const CODE: f32 = 96.0;

/// The sheet, ten invitations to a page.
pub fn sheet(invitations: &[Invitation], lang: Lang) -> Result<Vec<u8>> {
    let failed = |why: String| PaperError::Written(why);
    let (plain, bold) = (Face::plain(), Face::bold());
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(Sentence::PaperInvitations.to(lang)));
    for page_of in invitations.chunks(DOWN * ACROSS) {
        let settings =
            PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("no such paper".into()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for (number, one) in page_of.iter().enumerate() {
            let (width, height) = (
                (WIDTH - 2.0 * MARGIN) / ACROSS as f32,
                (HEIGHT - 2.0 * MARGIN) / DOWN as f32,
            );
            let place = (
                MARGIN + width * (number % ACROSS) as f32,
                MARGIN + height * (number / ACROSS) as f32,
            );
            card(
                &mut surface,
                (&plain, &bold),
                place,
                width - CODE - 20.0,
                one,
                lang,
            )?;
        }
        surface.finish();
        page.finish();
    }
    document
        .finish()
        .map_err(|error| failed(format!("{error:?}")))
}

fn card(
    surface: &mut Surface<'_>,
    (plain, bold): (&Face, &Face),
    (x, y): (f32, f32),
    room: f32,
    one: &Invitation,
    lang: Lang,
) -> Result<()> {
    code(surface, (x, y), &one.url)?;
    let left = x + CODE + 8.0;
    write(
        surface,
        bold,
        (left, y + 14.0),
        11.0,
        &bold.fit(&one.name, 11.0, room),
    );
    write(
        surface,
        plain,
        (left, y + 29.0),
        9.0,
        &plain.fit(&one.who, 9.0, room),
    );
    let how = Sentence::PaperInvitationHow.to(lang);
    write(
        surface,
        plain,
        (left, y + 46.0),
        7.0,
        &plain.fit(&how, 7.0, room),
    );
    let until = Sentence::PaperInvitationUntil {
        time: one.until.clone().into(),
    }
    .to(lang);
    write(
        surface,
        plain,
        (left, y + 57.0),
        7.0,
        &plain.fit(&until, 7.0, room),
    );
    for (number, line) in broken(&one.url, 34).into_iter().enumerate() {
        write(
            surface,
            plain,
            (left, y + 74.0 + 9.0 * number as f32),
            7.0,
            &line,
        );
    }
    Ok(())
}

/// Addresses are broken anywhere.
fn broken(url: &str, most: usize) -> Vec<String> {
    let letters: Vec<char> = url.chars().collect();
    letters
        .chunks(most)
        .map(|line| line.iter().collect())
        .collect()
}

fn code(surface: &mut Surface<'_>, (x, y): (f32, f32), url: &str) -> Result<()> {
    let code = QrCode::new(url).map_err(|error| PaperError::Written(error.to_string()))?;
    let width = code.width();
    let dot = CODE / width as f32;
    for (number, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let at = (
                x + dot * (number % width) as f32,
                y + dot * (number / width) as f32,
            );
            fill(surface, at, (dot, dot));
        }
    }
    Ok(())
}
