//! Recognises a sentence in what a person typed or tapped, in whatever language it was shown.

use crate::{Lang, Sentence};
use unicode_normalization::UnicodeNormalization as _;

/// Between the alternatives of a `word-*` sentence.
const ALTERNATIVE: char = '|';

/// Whether `text` is `sentence` in any language, whatever its case, accents, emoji and outer blanks.
#[must_use]
pub fn matches(sentence: &Sentence, text: &str) -> bool {
    after(sentence, text).is_some_and(|rest| words(rest).is_empty())
}

/// What follows when `text` begins with `sentence` in any language: `PAT-2026-0042` of «Listo PAT-2026-0042».
#[must_use]
pub fn after<'t>(sentence: &Sentence, text: &'t str) -> Option<&'t str> {
    let heard = words(text);
    Lang::ALL
        .into_iter()
        .flat_map(|lang| alternatives(&sentence.to(lang)))
        .filter(|wanted| begins(&heard, wanted))
        .max_by_key(Vec::len)
        .map(|wanted| text[heard[wanted.len() - 1].end..].trim())
}

/// Whether `sentence` stands anywhere in `text`, in any language. What is said around it is not understood: «no necesito ayuda»
/// has it, too.
#[must_use]
pub fn within(sentence: &Sentence, text: &str) -> bool {
    let heard = words(text);
    let wanted: Vec<Vec<String>> = Lang::ALL
        .into_iter()
        .flat_map(|lang| alternatives(&sentence.to(lang)))
        .collect();
    (0..heard.len()).any(|from| wanted.iter().any(|wanted| begins(&heard[from..], wanted)))
}

fn alternatives(shown: &str) -> Vec<Vec<String>> {
    let folded = |alternative| {
        words(alternative)
            .into_iter()
            .map(|word| word.folded)
            .collect::<Vec<_>>()
    };
    shown
        .split(ALTERNATIVE)
        .map(folded)
        .filter(|words| !words.is_empty())
        .collect()
}

fn begins(heard: &[Word], wanted: &[String]) -> bool {
    heard.len() >= wanted.len()
        && heard
            .iter()
            .zip(wanted)
            .all(|(heard, wanted)| heard.folded == *wanted)
}

/// A word without case, accents, punctuation and emoji, and where it ends in the text.
struct Word {
    folded: String,
    end: usize,
}

fn words(text: &str) -> Vec<Word> {
    let start = text.as_ptr().addr();
    text.split_whitespace()
        .map(|word| Word {
            folded: fold(word),
            end: word.as_ptr().addr() - start + word.len(),
        })
        .filter(|word| !word.folded.is_empty())
        .collect()
}

fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_known_in_every_language_and_dress() {
        for text in [
            "Listo",
            "  lísto ✅",
            "LISTO.",
            "done",
            "Concluído",
            "✅ Listo",
        ] {
            assert!(matches(&Sentence::WordDone, text), "{text}");
        }
        for text in [
            "",
            "✅",
            "listón",
            "listo PAT-2026-0042",
            "no listo",
            "pronto",
        ] {
            assert!(!matches(&Sentence::WordDone, text), "{text}");
        }
    }

    #[test]
    fn what_follows_the_word_comes_back_as_written() {
        assert_eq!(
            after(&Sentence::WordDone, "¡Listo!  PAT-2026-0042 "),
            Some("PAT-2026-0042")
        );
        assert_eq!(after(&Sentence::WordDone, "✅ listo"), Some(""));
        assert_eq!(after(&Sentence::WordDone, "voy"), None);
    }

    #[test]
    fn a_cry_is_heard_within_what_is_written() {
        for text in [
            "auxilio",
            "¡AUXILIO, me disparan!",
            "estamos en la plaza y necesito  ayuda ya",
            "siguen disparando, manden refuerzos",
            "ayudenme por favor",
            "we need help at the gate",
            "socorro, estão atirando",
        ] {
            assert!(within(&Sentence::WordCry, text), "{text}");
        }
    }

    #[test]
    fn what_tells_of_help_is_no_cry() {
        for text in [
            "",
            "se prestó ayuda a la vecina",
            "sin novedad, gracias por la ayuda",
            "botiquín de primeros auxilios revisado",
            "llegaron los refuerzos",
            "se disparó la alarma del banco",
            "¿vos sos el de guardia?",
            "necesito cambiar el móvil, tengo ayuda",
            "helped a neighbour",
        ] {
            assert!(!within(&Sentence::WordCry, text), "{text}");
        }
    }

    #[test]
    fn no_sentence_is_hidden_in_a_pictogram() {
        assert!(!matches(&Sentence::ButtonPrevious, "⬅️"));
        assert!(matches(&Sentence::WordAnswer, "1️⃣"));
    }
}
