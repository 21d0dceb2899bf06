//! A wrong clock for one process: a library that is loaded before the C library's own.

use std::{path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

const SOURCE: &str = include_str!("skew.c");

/// The variables that put a process's clock so many seconds off. The library lies in this folder from then on.
pub(super) async fn variables(folder: &Path, seconds: i64) -> Result<Vec<(String, String)>> {
    let library = folder.join("skew.so");
    if !library.is_file() {
        compile(folder, &library).await?;
    }
    let library = std::path::absolute(library)?;
    let library = library.to_str().context("the folder's name is no text")?;
    Ok(vec![
        ("LD_PRELOAD".into(), library.into()),
        ("RIG_SKEW".into(), seconds.to_string()),
    ])
}

/// The linker of Rust programs compiles C too.
async fn compile(folder: &Path, library: &Path) -> Result<()> {
    let source = folder.join("skew.c");
    std::fs::write(&source, SOURCE)?;
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([library, &source])
        .stdin(Stdio::null())
        .output()
        .await
        .context("cc")?;
    let said = String::from_utf8_lossy(&compiled.stderr);
    ensure!(compiled.status.success(), "cc: {said}");
    Ok(())
}
