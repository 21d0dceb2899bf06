//! gad migrate: the schema of the database.

use anyhow::Result;
use clap::{Args, Subcommand};
use domain::{Clock, bell::Bell};

use super::say;
use crate::{config::Config, open, schema};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gad migrate status\n  gad migrate up")]
pub struct Migrate {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Runs every migration that is pending
    #[command(after_help = "Example:\n  DATABASE_URL=postgres://gad@localhost/gad gad migrate up")]
    Up,
    /// Takes the newest migrations back, with their data
    #[command(after_help = "Example:\n  gad migrate down 1")]
    Down {
        /// How many
        #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Shows which migrations have run
    #[command(after_help = "Example:\n  gad migrate status")]
    Status,
}

impl Migrate {
    pub async fn run(self, config: &Config) -> Result<()> {
        let store = open::connect(config, Clock::running(), Bell::default()).await?;
        match self.action {
            Action::Up => {
                for name in schema::up(&store).await? {
                    say::line(format_args!("applied {name}"))?;
                }
                say::line(format_args!("{} is up to date", config.database))
            }
            Action::Down { steps } => {
                schema::down(&store, steps).await?;
                say::line(format_args!(
                    "{} applied",
                    schema::applied(&store).await?.len()
                ))
            }
            Action::Status => {
                for name in schema::applied(&store).await? {
                    say::line(format_args!("applied {name}"))?;
                }
                for name in schema::pending(&store).await? {
                    say::line(format_args!("pending {name}"))?;
                }
                Ok(())
            }
        }
    }
}
