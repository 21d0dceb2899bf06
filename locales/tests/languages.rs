//! The build's own check, on the shipped files and on broken ones.

#[path = "../build/check.rs"]
mod check;
#[path = "../build/read.rs"]
mod read;

use read::Catalog;
use std::{fs, io, path::Path};

fn problems(sources: &[(&str, &str)]) -> io::Result<Vec<String>> {
    let root = tempfile::tempdir()?;
    let mut problems = Vec::new();
    let mut catalogs = Vec::new();
    for (language, source) in sources {
        let folder = root.path().join(language);
        fs::create_dir(&folder)?;
        fs::write(folder.join("area.ftl"), source)?;
        catalogs.push(read::catalog(&folder, &mut problems)?);
    }
    problems.extend(check::differences(&catalogs));
    Ok(problems)
}

#[test]
fn the_shipped_languages_agree() -> io::Result<()> {
    let mut problems = Vec::new();
    // Tests run in the folder of their crate; one baked in at build time would be of the clone that filled the cache.
    let catalogs = ["es", "en", "pt"]
        .map(|language| read::catalog(Path::new(language), &mut problems))
        .into_iter()
        .collect::<io::Result<Vec<Catalog>>>()?;
    problems.extend(check::differences(&catalogs));
    assert_eq!(problems, Vec::<String>::new());
    assert!(
        catalogs
            .iter()
            .all(|catalog| catalog.source.len() > 1_000 && catalog.messages.len() > 80)
    );
    assert!(
        catalogs
            .iter()
            .flat_map(|catalog| catalog.messages.values())
            .all(|entered| !entered.text.is_empty())
    );
    Ok(())
}

#[test]
fn a_sentence_that_one_language_lacks_is_named() -> io::Result<()> {
    let found = problems(&[("es", "a = uno\nb = dos"), ("en", "a = one\nc = three")])?;
    assert_eq!(found, ["en: b is missing", "en: c is not in es"]);
    Ok(())
}

#[test]
fn placeholders_are_compared_inside_plurals_too() -> io::Result<()> {
    let es = "a = { $n ->\n    [one] una de { $name }\n   *[other] { $n } tareas\n}";
    let same = "a = { $n ->\n    [one] one\n   *[other] { $n } of { $name }\n}";
    assert!(problems(&[("es", es), ("en", same)])?.is_empty());
    let found = problems(&[("es", es), ("en", "a = { $n } of { $nam }")])?;
    assert_eq!(
        found,
        [r#"en: a has the placeholders {"n", "nam"} instead of {"n", "name"}"#]
    );
    Ok(())
}

#[test]
fn what_cannot_be_shown_is_refused() -> io::Result<()> {
    let cases = [
        ("a = uno\na = dos", "es/area.ftl: a: is there twice"),
        (
            "a = { b }\nb = dos",
            "es/area.ftl: a: refers to b, a sentence stands alone",
        ),
        (
            "a = uno\n    .title = dos",
            "es/area.ftl: a: attributes are never shown, make it a message of its own",
        ),
        (
            "-a = uno",
            "es/area.ftl: -a: write the word out, sentences use no terms",
        ),
    ];
    for (source, problem) in cases {
        assert_eq!(problems(&[("es", source)])?, [problem]);
    }
    assert!(
        problems(&[("es", "ok = uno\n\na = { $n")])?
            .iter()
            .any(|found| found.contains("line 3"))
    );
    Ok(())
}
