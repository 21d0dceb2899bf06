//! Writes `enum Sentence`: one variant per message, one field per placeholder.

use crate::read::{Catalog, Entered};
use std::fmt::Write;

/// The Rust source of `Sentence`, its ids and its arguments.
pub fn sentence(catalog: &Catalog) -> String {
    let of = |part: fn(&str, &Entered) -> String| -> String {
        catalog
            .messages
            .iter()
            .map(|(id, entered)| part(id, entered))
            .collect()
    };
    format!(
        "/// Everything the program says to a person, with what it says it about.\n\
         #[derive(Clone, Debug, PartialEq)]\npub enum Sentence {{\n{}}}\n\n\
         impl Sentence {{\n\
         /// The ids of all sentences.\npub const ALL_IDS: &'static [&'static str] = &[\n{}];\n\n\
         /// The id under which the sentence is written in every language.\n\
         #[must_use]\npub const fn id(&self) -> &'static str {{\nmatch self {{\n{}}}\n}}\n\n\
         fn args(&self) -> Vec<(&'static str, &Arg)> {{\nmatch self {{\n{}}}\n}}\n\n\
         #[cfg(test)]\nfn all(arg: &Arg) -> Vec<Self> {{\nvec![\n{}]\n}}\n}}\n",
        of(variant),
        of(|id, _| format!("\"{id}\",\n")),
        of(|id, entered| format!("Self::{}{} => \"{id}\",\n", camel(id), rest(entered))),
        of(args),
        of(sample),
    )
}

fn variant(id: &str, entered: &Entered) -> String {
    let mut out = String::new();
    for line in entered.text.lines() {
        let _ = writeln!(out, "/// {}", plain(line));
    }
    let fields: String = entered
        .placeholders
        .iter()
        .map(|name| format!("{}: Arg, ", snake(name)))
        .collect();
    let _ = writeln!(out, "{}{},", camel(id), braced(&fields));
    out
}

fn args(id: &str, entered: &Entered) -> String {
    let fields: String = entered
        .placeholders
        .iter()
        .map(|name| format!("{}, ", snake(name)))
        .collect();
    let pairs: String = entered
        .placeholders
        .iter()
        .map(|name| format!("(\"{name}\", {}), ", snake(name)))
        .collect();
    format!("Self::{}{} => vec![{pairs}],\n", camel(id), braced(&fields))
}

fn sample(id: &str, entered: &Entered) -> String {
    let fields: String = entered
        .placeholders
        .iter()
        .map(|name| format!("{}: arg.clone(), ", snake(name)))
        .collect();
    format!("Self::{}{},\n", camel(id), braced(&fields))
}

fn rest(entered: &Entered) -> &'static str {
    if entered.placeholders.is_empty() {
        ""
    } else {
        " { .. }"
    }
}

fn braced(fields: &str) -> String {
    if fields.is_empty() {
        String::new()
    } else {
        format!(" {{ {fields}}}")
    }
}

fn camel(id: &str) -> String {
    id.split('-')
        .flat_map(|part| {
            part.chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .chain(part.chars().skip(1))
        })
        .collect()
}

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// Keeps rustdoc from reading links and tags into a sentence.
fn plain(line: &str) -> String {
    line.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace('<', "\\<")
        .replace('*', "\\*")
        .replace('_', "\\_")
}
