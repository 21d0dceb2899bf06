//! gad audit verify: proof that nobody changed the record.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use domain::audit::{
    seal::Head,
    verify::{self, Broken, Why},
};

use super::say;
use crate::{config::Config, open};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gad audit verify")]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Computes the chain over the record anew; fails and names the first entry that is not what it was
    #[command(after_help = "Example:\n  gad audit verify --head 1042:9f2c…")]
    Verify {
        /// The head that an earlier run printed, or a backup holds: shows also whether the whole chain was made anew
        #[arg(long, value_name = "NUMBER:HASH")]
        head: Option<Head>,
    },
}

impl Audit {
    pub async fn run(self, config: &Config) -> Result<()> {
        let Action::Verify { head } = self.action;
        let store = open::on_time(config).await?;
        let proof = verify::verify(&store, head.as_ref()).await?;
        if let Some(broken) = &proof.broken {
            bail!("{}", told(broken));
        }
        say::line(format_args!(
            "{} entries, nothing was changed; {} more wait to be sealed\nhead {}",
            proof.head.number, proof.unsealed, proof.head
        ))
    }
}

fn told(broken: &Broken) -> String {
    let Broken { number, id, why } = broken;
    let entry = match id {
        Some(id) => format!("entry {id} (number {number} of the chain)"),
        None => format!("number {number} of the chain"),
    };
    match why {
        Why::Changed => format!("{entry} was changed after it was sealed"),
        Why::Removed => format!("{entry} was removed"),
        Why::Inserted => format!("{entry} was put in between"),
        Why::Backdated => format!("{entry} is dated long before entries that were sealed earlier"),
        Why::Replaced => format!("at {entry} the chain is another one than the head that is known"),
    }
}
