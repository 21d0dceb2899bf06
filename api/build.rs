//! Finds the built board, or puts a page in its place that tells how to build it.

use std::{env, fs, path::PathBuf};

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>GAD</title>
<p>The board is not built into this binary: run <code>make dashboard</code> and build again.
The API is here: <a href=\"/docs\">/docs</a>.</p>
</html>
";

#[expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment"
)]
fn main() -> std::io::Result<()> {
    let folder = |name| env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let built = folder("CARGO_MANIFEST_DIR").join("../dashboard/dist");
    println!("cargo::rerun-if-changed={}", built.display());
    let board = if built.join("index.html").is_file() {
        built
    } else {
        let placeholder = folder("OUT_DIR").join("board");
        fs::create_dir_all(&placeholder)?;
        fs::write(placeholder.join("index.html"), PLACEHOLDER)?;
        placeholder
    };
    println!("cargo::rustc-env=BOARD={}", board.display());
    Ok(())
}
