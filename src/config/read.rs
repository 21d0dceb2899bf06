//! Typed values out of the layers; what is wrong is noted and the default stands in, so that all problems come at once.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use reqwest::Url;
use secrecy::SecretString;

use super::layers::Layers;

/// Reads settings and notes problems.
pub struct Reader<'a> {
    layers: &'a Layers,
    problems: &'a mut Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(layers: &'a Layers, problems: &'a mut Vec<String>) -> Self {
        Self { layers, problems }
    }

    /// Notes what is wrong with a setting, naming it as it was given.
    pub fn problem(&mut self, key: &str, trouble: impl Display) {
        let name = &self.layers.get(key).given_as;
        self.problems.push(format!("{name}: {trouble}"));
    }

    /// A text; `None` when it is empty.
    pub fn text(&self, key: &str) -> Option<String> {
        Some(self.layers.get(key).value.clone()).filter(|text| !text.is_empty())
    }

    /// A text that must not be shown.
    pub fn secret(&self, key: &str) -> Option<SecretString> {
        self.text(key).map(SecretString::from)
    }

    /// Whatever `read` makes of the value; `wanted` completes the sentence "… is wanted".
    pub fn value<T>(&mut self, key: &str, wanted: &str, read: impl Fn(&str) -> Option<T>) -> T {
        let entry = self.layers.get(key);
        read(&entry.value).unwrap_or_else(|| {
            self.problem(
                key,
                format!("{:?} is not right, {wanted} is wanted", entry.value),
            );
            read(&entry.default).unwrap_or_else(|| panic!("the default of {key} is not right"))
        })
    }

    pub fn number<T>(&mut self, key: &str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display,
    {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        self.value(key, &wanted, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    pub fn flag(&mut self, key: &str) -> bool {
        self.value(key, "true or false", |text| {
            match text.to_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            }
        })
    }

    /// An http or https address; `None` when it is empty.
    pub fn url(&mut self, key: &str) -> Option<Url> {
        self.value(
            key,
            "an address that begins with https:// or http://",
            |text| {
                if text.is_empty() {
                    return Some(None);
                }
                let url = Url::parse(text).ok()?;
                (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(Some(url))
            },
        )
    }
}
