//! Reads the sentences of every language, refuses the build when they disagree, and writes the typed entries.

#![expect(clippy::print_stdout, reason = "how a build script talks to cargo")]

mod check;
mod generate;
mod read;

use read::Catalog;
use std::{env, fs, io, path::Path, process::ExitCode};

/// The first language is the one the others are measured against.
const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

fn main() -> ExitCode {
    let problems = match build() {
        Ok(problems) => problems,
        Err(error) => vec![error.to_string()],
    };
    for problem in &problems {
        println!("cargo::error={problem}");
    }
    ExitCode::from(u8::from(!problems.is_empty()))
}

fn build() -> io::Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut catalogs = Vec::new();
    for language in LANGUAGES {
        println!("cargo::rerun-if-changed={language}");
        catalogs.push(read::catalog(Path::new(language), &mut problems)?);
    }
    problems.extend(check::differences(&catalogs));
    if problems.is_empty() {
        write(&catalogs)?;
    }
    Ok(problems)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how cargo speaks to a build script"
)]
fn write(catalogs: &[Catalog]) -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let out = Path::new(&out);
    for catalog in catalogs {
        fs::write(
            out.join(format!("{}.ftl", catalog.language)),
            &catalog.source,
        )?;
    }
    fs::write(out.join("sentence.rs"), generate::sentence(&catalogs[0]))
}
