//! The command `gad` again, because cargo tells tests only where the programs of their own package are. Its server can
//! be told to have a task that ends, which none of its own ever does.

use std::process::ExitCode;

use gad::{App, commands};

fn main() -> ExitCode {
    commands::main_beside(ends)
}

/// A task that ends as `TESTED_TASK` says.
#[expect(clippy::disallowed_methods, reason = "a test tells it how")]
fn ends(app: &App) {
    let Ok(how) = std::env::var("TESTED_TASK") else {
        return;
    };
    app.tasks().spawn("tested", async move {
        match how.as_str() {
            "panics" => panic!("a defect"),
            "fails" => anyhow::bail!("no luck"),
            _ => Ok(()),
        }
    });
}
