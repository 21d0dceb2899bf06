//! The letters of papers and pictures, which are part of the program.

use krilla::text::Font;

const PLAIN: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");

/// The name under which a picture asks for them.
pub const FAMILY: &str = "DejaVu Sans";

/// Both faces, for pictures.
pub const FACES: [&[u8]; 2] = [PLAIN, BOLD];

/// A face, and how wide its letters are.
pub struct Face {
    pub font: Font,
    widths: ttf_parser::Face<'static>,
}

impl Face {
    pub fn plain() -> Self {
        Self::of(PLAIN)
    }

    pub fn bold() -> Self {
        Self::of(BOLD)
    }

    fn of(bytes: &'static [u8]) -> Self {
        Self {
            font: Font::new(bytes.to_vec().into(), 0).expect("a font that was built in"),
            widths: ttf_parser::Face::parse(bytes, 0).expect("a font that was built in"),
        }
    }

    /// How wide a letter is at size 1.
    fn letter(&self, letter: char) -> f32 {
        let glyph = self.widths.glyph_index(letter);
        let advance = glyph.and_then(|glyph| self.widths.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or(self.widths.units_per_em()))
            / f32::from(self.widths.units_per_em())
    }

    /// How wide a text is.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.letter(letter) * size).sum()
    }

    /// As much of a text as there is room for, in one line.
    pub fn fit(&self, text: &str, size: f32, room: f32) -> String {
        let line: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if self.width(&line, size) <= room {
            return line;
        }
        let mut left = room - self.letter('…') * size;
        let kept = line.chars().take_while(|letter| {
            left -= self.letter(*letter) * size;
            left >= 0.0
        });
        kept.chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut() {
        let face = Face::plain();
        assert_eq!(face.fit("Ñandú", 8.0, 400.0), "Ñandú");
        let cut = face.fit(&"Recorrida ".repeat(20), 8.0, 100.0);
        assert!(
            cut.ends_with('…') && face.width(&cut, 8.0) <= 100.0,
            "{cut}"
        );
        assert_eq!(face.fit("a\nb", 8.0, 100.0), "a b");
    }
}
