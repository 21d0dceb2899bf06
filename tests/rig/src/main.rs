//! `rig`: tries the faults of a night in production on the `gad` named by `GAD`, else on the one next to itself.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use rig::{
    faults::ROWS,
    run::{Row, Run},
};

/// Tries faults on three real instances and says what held. Exit 1: safety is broken, or in the short form a time is
/// worse than ten times its goal.
#[derive(Parser)]
#[command(after_help = "Example: rig --short --only kills --seed 7")]
struct Arguments {
    /// Repeats a run; a new one every time without
    #[arg(long)]
    seed: Option<u64>,
    /// Smaller counts
    #[arg(long)]
    short: bool,
    /// Only this row; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Says which rows there are
    #[arg(long)]
    list: bool,
    /// Where the figures go
    #[arg(long, value_name = "FILE", default_value = "target/rig.json")]
    json: PathBuf,
    /// Where the logs go, in a folder for each row
    #[arg(long, value_name = "FOLDER", default_value = "target/rig-logs")]
    logs: PathBuf,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.list {
        return list();
    }
    let run = Run {
        seed: arguments
            .seed
            .unwrap_or_else(|| u64::from(std::process::id())),
        short: arguments.short,
        program: program()?,
        rows: chosen(&arguments)?,
        logs: arguments.logs,
        json: arguments.json,
    };
    tokio::select! {
        well = run.all() => Ok(if well? { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        // What was started ends with its handles.
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
    }
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn list() -> Result<ExitCode> {
    for row in ROWS {
        println!("{:<14} {}", row.name, row.fault);
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen(arguments: &Arguments) -> Result<Vec<&'static Row>> {
    let only = &arguments.only;
    if let Some(unknown) = only
        .iter()
        .find(|name| ROWS.iter().all(|row| row.name != **name))
    {
        bail!("there is no row {unknown}; rig --list says which there are");
    }
    let wanted = |row: &&Row| only.is_empty() || only.iter().any(|name| name == row.name);
    Ok(ROWS.iter().filter(wanted).collect())
}

/// What is tried.
#[expect(
    clippy::disallowed_methods,
    reason = "the test command says what it built"
)]
fn program() -> Result<String> {
    let path = match std::env::var_os("GAD").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("gad"),
    };
    let shown = path.display();
    ensure!(
        path.is_file(),
        "there is no {shown}; cargo build --bin gad makes it"
    );
    Ok(path.to_str().context("its name is no text")?.to_owned())
}
