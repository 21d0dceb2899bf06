//! The commands: what they are called, which settings they get, how they end.

mod audit;
mod backup;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod healthcheck;
mod migrate;
mod say;
mod seed;
mod serve;
mod user;
mod webhook;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::{
    App,
    config::{Config, Environment, Problems},
    telemetry,
};

/// What else shall run beside a server, see [`App::tasks`].
pub type Beside = fn(&App);

/// GAD runs a field force from Telegram.
#[derive(Debug, Parser)]
#[command(
    name = "gad",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Cli {
    /// Settings in TOML, as config.default.toml has them; the environment wins
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs API, bot and workers until SIGINT or SIGTERM
    #[command(after_help = "Example:\n  DATABASE_URL=postgres://gad@localhost/gad gad serve")]
    Serve,
    /// Runs everything on this machine, with phones to tap on
    #[cfg(feature = "demo")]
    Demo(demo::Command),
    /// Changes or shows the schema of the database
    Migrate(migrate::Migrate),
    /// Fills the catalogue of task kinds
    Seed(seed::Seed),
    /// Makes, invites and switches off accounts
    User(user::User),
    /// Proves that nobody changed the record of who did what
    Audit(audit::Audit),
    /// Makes, tries out and restores safety copies
    Backup(backup::Backup),
    /// Tells Telegram where to send updates
    Webhook(webhook::Webhook),
    /// Looks for what is wrong and says how to mend it
    #[command(after_help = "Example:\n  gad doctor --config /etc/gad/gad.toml")]
    Doctor,
    /// Prints the OpenAPI document
    #[command(after_help = "Example:\n  gad openapi > openapi.json")]
    Openapi,
    /// Prints the AsyncAPI document of the socket
    #[command(after_help = "Example:\n  gad asyncapi > asyncapi.json")]
    Asyncapi,
    /// Asks the server on HOST and PORT whether it lives; for containers
    #[command(after_help = "Example:\n  gad healthcheck && echo alive")]
    Healthcheck,
}

const FAILURE: u8 = 1;
const USAGE: u8 = 2;

/// Runs the command line of this process; 2 for what the caller can correct, 1 for failures.
pub fn main() -> ExitCode {
    main_beside(|_| ())
}

/// The same with something beside the server.
pub fn main_beside(beside: Beside) -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => ended(run(cli, beside)),
        Err(refused) => {
            // Help goes to standard output and is no error.
            let _ = refused.print();
            ExitCode::from(if refused.use_stderr() { USAGE } else { 0 })
        }
    }
}

fn ended(result: Result<()>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    say::error(&error);
    let usage = error.is::<Problems>() || error.is::<say::Usage>();
    ExitCode::from(if usage { USAGE } else { FAILURE })
}

fn run(cli: Cli, beside: Beside) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    let outcome = runtime.block_on(dispatch(cli, beside));
    // What still blocks has nothing left to say to anybody.
    runtime.shutdown_background();
    outcome
}

async fn dispatch(cli: Cli, beside: Beside) -> Result<()> {
    let config = Config::load(cli.config.as_deref());
    match cli.command {
        Command::Serve => serve::run(config?, beside).await,
        #[cfg(feature = "demo")]
        Command::Demo(command) => command.run(cli.config).await,
        Command::Openapi => say::line(api::openapi()),
        Command::Asyncapi => say::line(api::asyncapi()),
        Command::Doctor => doctor::run(config).await,
        Command::Migrate(command) => command.run(&quiet(config)?).await,
        Command::Seed(command) => command.run(&quiet(config)?).await,
        Command::User(command) => command.run(&quiet(config)?).await,
        Command::Audit(command) => command.run(&quiet(config)?).await,
        Command::Backup(command) => command.run(&quiet(config)?).await,
        Command::Webhook(command) => command.run(&quiet(config)?).await,
        Command::Healthcheck => healthcheck::run(&quiet(config)?).await,
    }
}

/// Commands answer by themselves; of the log they show only warnings.
fn quiet(config: Result<Config, Problems>) -> Result<Config, Problems> {
    let config = config?;
    telemetry::log(Environment::Development, "warn");
    Ok(config)
}
