//! A database full of work, a paper Telegram, and the settings that bring GAD to them.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use it::{Database, process::Process};
use telegram::{Config, Paper, Person};

use crate::force::{self, PHONES};

const BOT: &str = "gad_bench_bot";
const TOKEN: &str = "900000001:bench";

/// Everything around the server.
pub struct House {
    program: String,
    variables: Vec<(String, String)>,
    pub paper: Paper,
    /// The phones of the agents.
    pub people: Vec<Person>,
    /// The file, or the database on the server.
    pub database: Database,
}

impl House {
    /// Fills the database and starts the paper Telegram.
    pub async fn build(program: &str, database: Database) -> Result<Self> {
        force::fill(&database).await?;
        let config = Config {
            // Every call of a run is looked at.
            log_entries: 100_000,
            ..Config::default()
        };
        let paper = Paper::start_with(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), config).await?;
        paper.add_bot(TOKEN, BOT);
        let people = PHONES
            .map(|phone| paper.person(phone, &format!("Agente {phone}"), "es"))
            .collect();
        Ok(Self {
            program: program.to_owned(),
            variables: variables(&database, &paper)?,
            paper,
            people,
            database,
        })
    }

    /// Where the database is.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Starts GAD.
    pub async fn open(&self) -> Result<Process> {
        Process::serve(&self.program, &self.variables).await
    }
}

fn variables(database: &Database, paper: &Paper) -> Result<Vec<(String, String)>> {
    let folder = database
        .folder()
        .to_str()
        .context("the folder's name is no text")?;
    Ok([
        ("PORT", "0"),
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", folder),
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_BOT_USERNAME", BOT),
        ("TELEGRAM_API_URL", &paper.api_url()),
        ("GAD_LIMITS__ENABLED", "false"),
        // What is measured is GAD, not how long it waits for Telegram's limits.
        ("GAD_TELEGRAM__SENDS", "10000"),
        ("GAD_TELEGRAM__PERSON_SENDS", "1000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into())
}
