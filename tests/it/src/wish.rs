//! How a test wants its GAD, and the settings that follow.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use domain::Clock;
use telegram::Paper;

use crate::{
    app::TestApp,
    database::{Backend, Database},
};

/// The bot of the tests.
pub const BOT: &str = "gad_test_bot";
pub(crate) const TOKEN: &str = "900000000:test";

/// How a test wants its GAD.
#[derive(Clone)]
pub struct Wish {
    pub(crate) backend: Backend,
    pub(crate) webhook: bool,
    pub(crate) clock: Option<Clock>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) paper: telegram::Config,
}

impl Wish {
    /// By webhook instead of long polling.
    #[must_use]
    pub fn webhook(self) -> Self {
        Self {
            webhook: true,
            ..self
        }
    }

    /// With a clock of the test's own.
    #[must_use]
    pub fn clock(self, clock: &Clock) -> Self {
        Self {
            clock: Some(clock.clone()),
            ..self
        }
    }

    /// With a setting, as a variable of the environment.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another paper Telegram.
    #[must_use]
    pub fn paper(self, paper: telegram::Config) -> Self {
        Self { paper, ..self }
    }

    /// Starts it; `None` where PostgreSQL is wished for and the tests run without.
    pub async fn start(self) -> Result<Option<TestApp>> {
        match Database::migrated(self.backend).await? {
            Some(database) => TestApp::start(database, self).await.map(Some),
            None => Ok(None),
        }
    }

    /// Starts it on a database that is there already, with what is in it.
    pub async fn start_with(self, database: Database) -> Result<TestApp> {
        TestApp::start(database, self).await
    }
}

/// The paper Telegram with the bot of the tests.
pub(crate) async fn paper(config: telegram::Config) -> Result<Paper> {
    let paper = Paper::start_with(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), config).await?;
    paper.add_bot(TOKEN, BOT);
    Ok(paper)
}

/// What a GAD on this database beside this Telegram is told.
pub(crate) fn settings(
    database: &Database,
    paper: &Paper,
    wish: &Wish,
) -> Result<Vec<(String, String)>> {
    let folder = database
        .folder()
        .to_str()
        .context("the folder's name is no text")?;
    let mut settings: Vec<(String, String)> = [
        ("PORT", "0"),
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", folder),
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_BOT_USERNAME", BOT),
        ("TELEGRAM_API_URL", &paper.api_url()),
        ("GAD_LIMITS__ENABLED", "false"),
        // The machine that runs the tests may be busy.
        ("GAD_DATABASE__ACQUIRE_SECONDS", "30"),
        ("GAD_DATABASE__LOCK_SECONDS", "30"),
        // Nobody is balanced to it, and days pass in seconds.
        ("GAD_SERVER__NOTICE_SECONDS", "0"),
        ("GAD_BACKUP__DAILY", "false"),
        // The paper Telegram keeps no limits unless a test wishes so.
        ("GAD_TELEGRAM__SENDS", "10000"),
        ("GAD_TELEGRAM__PERSON_SENDS", "1000"),
        ("GAD_TELEGRAM__GROUP_SENDS", "1000"),
        // What is registered is the real port, which is not known yet.
        (
            "TELEGRAM_WEBHOOK_URL",
            if wish.webhook {
                "http://127.0.0.1/telegram/webhook"
            } else {
                ""
            },
        ),
        ("TELEGRAM_WEBHOOK_SECRET", "test-secret"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    settings.extend(wish.settings.iter().cloned());
    Ok(settings)
}
