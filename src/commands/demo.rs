//! gad demo: the whole system on this machine, without an account anywhere.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::say;
use crate::{
    config::Environment,
    demo::{Demo, Options},
    telemetry,
};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gad demo --port 9000 --data /tmp/gad-demo")]
pub struct Command {
    /// Port of the board; the phones are on the next
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder of the demo; a second start with it goes on where the first ended
    #[arg(long, default_value = "data/demo", value_name = "DIR")]
    data: PathBuf,
    /// A dozen people, or three hundred
    #[arg(long, value_enum, default_value_t = Size::Small)]
    size: Size,
    /// Nobody works by himself
    #[arg(long)]
    still: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Size {
    Small,
    City,
}

impl Command {
    pub async fn run(self, config: Option<PathBuf>) -> Result<()> {
        telemetry::log(Environment::Development, "warn");
        let agents = match self.size {
            Size::Small => 12,
            Size::City => 300,
        };
        let options = Options {
            port: self.port,
            folder: self.data,
            agents,
            alive: !self.still,
            config,
        };
        let demo = Demo::start(&options).await?;
        tell(&demo, &options)?;
        demo.run().await
    }
}

fn tell(demo: &Demo, options: &Options) -> Result<()> {
    let book = &demo.book;
    say::line(format_args!("board   {}", book.base_url))?;
    say::line(format_args!("phones  {}", book.phone_url))?;
    say::line(format_args!("data    {}", options.folder.display()))?;
    say::line("")?;
    for login in &book.users {
        let rights = login.permissions.join(", ");
        say::line(format_args!(
            "login   {:<10} {}   level {} {:<16} {rights}",
            login.username, login.password, login.level, login.name
        ))?;
    }
    if let Some(link) = &book.newcomer.invite_url {
        say::line("")?;
        say::line(format_args!(
            "enrol   on the phone of {}, open {link}",
            book.newcomer.name
        ))?;
    }
    say::line("")?;
    say::line("ready   stop with Ctrl-C; the next start goes on from here")
}
