//! gad seed: the catalogue of a sort of force.

use anyhow::Result;
use clap::{Args, ValueEnum};
use domain::catalogue;

use super::say;
use crate::{config::Config, open};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  gad seed police\n\nMay be repeated: what was changed in the catalogue stays."
)]
pub struct Seed {
    /// Which catalogue
    pack: Pack,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pack {
    Police,
    Municipal,
}

impl Seed {
    pub async fn run(self, config: &Config) -> Result<()> {
        let store = open::on_time(config).await?;
        let pack = match self.pack {
            Pack::Police => catalogue::Pack::Police,
            Pack::Municipal => catalogue::Pack::Municipal,
        };
        let kinds = store
            .write(move |tx| Box::pin(async move { catalogue::seed(tx, pack).await }))
            .await?;
        say::line(format_args!("{kinds} kinds of task"))
    }
}
