//! Which crate may know which: entity <- domain <- { bot, api } <- root.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Normal and build dependencies of every member, by name.
fn dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let metadata = MetadataCommand::new()
        .manifest_path("../../Cargo.toml")
        .no_deps()
        .exec()?;
    let known = metadata.workspace_packages();
    Ok(known
        .into_iter()
        .map(|package| (package.name.to_string(), used_by(package)))
        .collect())
}

fn used_by(package: &Package) -> BTreeSet<String> {
    let shipped = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development);
    shipped.map(|dependency| dependency.name.clone()).collect()
}

/// What a member of the house may use of the house, and of the data layer.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("entity", &["sea-orm"]),
    ("migration", &["sea-orm-migration"]),
    ("locales", &[]),
    ("domain", &["entity", "sea-orm"]),
    ("papers", &["domain", "locales"]),
    ("bot", &["domain", "locales", "papers"]),
    ("api", &["domain", "locales", "papers"]),
    ("junk", &[]),
    ("patience", &[]),
    ("telegram", &["patience"]),
    (
        "gad",
        &[
            "api",
            "bot",
            "domain",
            "locales",
            "migration",
            "papers",
            "sea-orm",
            "telegram",
        ],
    ),
];

#[test]
fn dependencies_point_inwards() -> Result<()> {
    let used = dependencies()?;
    let ours: BTreeSet<&str> = used
        .keys()
        .map(String::as_str)
        .chain(["sea-orm", "sea-orm-migration", "sqlx"])
        .collect();
    for (member, allowed) in ALLOWED {
        let uses = used
            .get(member)
            .with_context(|| format!("{member} has left the house"))?;
        let forbidden: Vec<_> = uses
            .iter()
            .filter(|name| ours.contains(name.as_str()) && !allowed.contains(&name.as_str()))
            .collect();
        assert!(forbidden.is_empty(), "{member} must not use {forbidden:?}");
    }
    Ok(())
}

#[test]
fn every_member_has_its_place() -> Result<()> {
    let placed: BTreeSet<&str> = ALLOWED
        .iter()
        .map(|(member, _)| *member)
        .chain(["fuzz", "it", "objects", "rig"])
        .collect();
    let members = dependencies()?;
    assert_eq!(
        members.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        placed
    );
    Ok(())
}

/// What is translated three times is said somewhere.
#[test]
fn every_sentence_is_said() -> Result<()> {
    let said: String = ["api", "bot", "locales", "papers", "."]
        .iter()
        .map(|member| sources(&format!("../../{member}/src")))
        .collect::<Result<_>>()?;
    let mut silent = Vec::new();
    for file in std::fs::read_dir("../../locales/es")? {
        let words = std::fs::read_to_string(file?.path())?;
        let ids = words.lines().filter_map(|line| line.split_once(" = "));
        let ids = ids
            .map(|(id, _)| id)
            .filter(|id| id.starts_with(|letter: char| letter.is_ascii_lowercase()));
        silent.extend(
            ids.filter(|id| !said.contains(&variant(id)))
                .map(str::to_owned),
        );
    }
    assert!(silent.is_empty(), "nothing says {silent:?}");
    Ok(())
}

/// `button-en-route` is `Sentence::ButtonEnRoute`, followed by something that is no letter.
fn variant(id: &str) -> String {
    let words = id.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    format!("Sentence::{} ", words.collect::<String>())
}

/// All that is written in a folder, with a blank for everything that is no part of a name.
fn sources(folder: &str) -> Result<String> {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all += &sources(path.to_str().context("a name")?)?;
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(path)?;
            let named = |letter: char| letter.is_alphanumeric() || letter == ':' || letter == '_';
            all.extend(text.chars().map(|one| if named(one) { one } else { ' ' }));
            all.push(' ');
        }
    }
    Ok(all)
}
