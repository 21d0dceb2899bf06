//! The languages there are, and how a tag such as `pt-BR` finds its own.

use std::{fmt, str::FromStr};

/// A language in which every sentence exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Spanish, spoken when nothing else is known.
    #[default]
    Es,
    /// English.
    En,
    /// Portuguese.
    Pt,
}

impl Lang {
    /// Every language, the default first.
    pub const ALL: [Self; 3] = [Self::Es, Self::En, Self::Pt];

    /// The language of an IETF tag such as `pt-BR` or `en_US`; Spanish for none and for others.
    #[must_use]
    pub fn from_tag(tag: Option<&str>) -> Self {
        let primary = tag
            .unwrap_or_default()
            .split(['-', '_'])
            .next()
            .unwrap_or_default();
        primary
            .trim()
            .to_ascii_lowercase()
            .parse()
            .unwrap_or_default()
    }

    /// The two letters of the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    /// What the language calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Es => "Español",
            Self::En => "English",
            Self::Pt => "Português",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The two letters are none of es, en, pt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLang;

impl fmt::Display for UnknownLang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected es, en or pt")
    }
}

impl std::error::Error for UnknownLang {}

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        Self::ALL
            .into_iter()
            .find(|lang| lang.as_str() == text)
            .ok_or(UnknownLang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_find_their_language() {
        let cases = [
            (None, Lang::Es),
            (Some(""), Lang::Es),
            (Some("es-AR"), Lang::Es),
            (Some("pt-BR"), Lang::Pt),
            (Some("en_US"), Lang::En),
            (Some("EN"), Lang::En),
            (Some("qu"), Lang::Es),
        ];
        for (tag, lang) in cases {
            assert_eq!(Lang::from_tag(tag), lang, "{tag:?}");
        }
    }

    #[test]
    fn letters_lead_there_and_back() {
        for lang in Lang::ALL {
            assert_eq!(lang.to_string().parse(), Ok(lang));
        }
        assert_eq!("de".parse::<Lang>(), Err(UnknownLang));
    }
}
