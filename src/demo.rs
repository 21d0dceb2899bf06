//! gad demo: the whole system on this machine, with phones to tap on and people who work.

mod book;
mod cast;
mod life;
mod stage;
mod work;

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::{
    Store,
    agent::{self, AgentFilter},
    availability::Availability,
    page::Window,
    user,
};
use telegram::Paper;

use crate::{App, config::Config, open};

use book::Book;
use cast::{Cast, Job};
use life::Life;
use stage::{Player, Stage};
use work::Shop;

/// The bot of the demo; neither exists at Telegram.
const BOT: &str = "gad_demo_bot";
const TOKEN: &str = "700000000:demo";

/// What the caller of the demo chooses.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the board; 0 takes a free one. The phones are on the next.
    pub port: u16,
    pub folder: PathBuf,
    pub agents: usize,
    /// Whether people work by themselves.
    pub alive: bool,
    /// Settings that are not the demo's own matter.
    pub config: Option<PathBuf>,
}

/// A running demo.
pub struct Demo {
    pub app: App,
    pub paper: Paper,
    pub book: Book,
}

impl Demo {
    /// Starts where the folder left off, or sets the stage. Nothing listens, or calls, beyond loopback.
    pub async fn start(options: &Options) -> Result<Self> {
        open::folder(&options.folder)?;
        let page = options.folder.join("demo.json");
        let known = Book::read(&page)?;
        if known.is_none() {
            clear(&options.folder)?;
        }
        let paper = paper(options).await?;
        let app = App::start(settings(options, &paper)?).await?;
        let cast = Cast::read();
        let (mut book, players) = match known {
            Some(book) => resume(app.store(), &paper, &cast, book).await?,
            None => set(app.store(), &paper, &cast, options.agents).await?,
        };
        book.base_url = format!("http://{}", app.addr());
        book.phone_url = paper.phone_url();
        offer_enrolment(app.store(), &mut book).await?;
        book.write(&page)?;
        let mut life = Life::new(app.store().clone(), paper.clone(), cast, players.clone());
        life.share_all()?;
        if options.alive {
            app.tasks().spawn(
                "the life of the demo",
                life.run(pace(players.len()), app.tasks().stopping().clone()),
            );
        }
        Ok(Self { app, paper, book })
    }

    /// Runs until a signal or a failure.
    pub async fn run(self) -> Result<()> {
        let outcome = self.app.run().await;
        self.paper.stop().await;
        outcome
    }
}

/// About one act in four seconds for a dozen people, more for a city.
fn pace(people: usize) -> Duration {
    Duration::from_secs(48)
        .div_f64(people.max(1) as f64)
        .max(Duration::from_millis(300))
}

/// Removes what a first start left behind that did not get to its end.
fn clear(folder: &Path) -> Result<()> {
    for name in ["demo.db", "demo.db-wal", "demo.db-shm"] {
        gone(fs::remove_file(folder.join(name)))?;
    }
    gone(fs::remove_dir_all(folder.join("telegram")))
}

fn gone(removed: io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).context("the demo's folder cannot be cleared")
        }
        _ => Ok(()),
    }
}

async fn paper(options: &Options) -> Result<Paper> {
    let config = telegram::Config {
        folder: Some(options.folder.join("telegram")),
        ..telegram::Config::default()
    };
    let next = if options.port == 0 {
        0
    } else {
        options.port.saturating_add(1)
    };
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let paper = match Paper::start_with(at(next), config.clone()).await {
        Ok(paper) => paper,
        Err(_) => Paper::start_with(at(0), config).await?,
    };
    paper.add_bot(TOKEN, BOT);
    Ok(paper)
}

/// The settings of this machine, but for everything that would lead elsewhere.
fn settings(options: &Options, paper: &Paper) -> Result<Config> {
    let folder = options
        .folder
        .to_str()
        .context("the folder's name is no text")?;
    let fixed = [
        ("ENVIRONMENT", "development".to_owned()),
        ("HOST", Ipv4Addr::LOCALHOST.to_string()),
        ("PORT", options.port.to_string()),
        (
            "DATABASE_URL",
            format!("sqlite://{folder}/demo.db?mode=rwc"),
        ),
        ("GAD_SERVER__DATA_FOLDER", folder.to_owned()),
        ("GAD_FILES__TARGET", format!("{folder}/files")),
        ("TELEGRAM_BOT_TOKEN", TOKEN.to_owned()),
        ("TELEGRAM_BOT_USERNAME", BOT.to_owned()),
        ("TELEGRAM_API_URL", paper.api_url()),
        // The paper Telegram has no limits, and nobody likes to wait for a demo.
        ("GAD_SERVER__NOTICE_SECONDS", "0".to_owned()),
        ("GAD_BACKUP__DAILY", "false".to_owned()),
        ("GAD_TELEGRAM__SENDS", "1000".to_owned()),
        ("GAD_TELEGRAM__PERSON_SENDS", "100".to_owned()),
    ];
    let elsewhere = [
        "PUBLIC_URL",
        "REDIS_URL",
        "REDIS_HOST",
        "TELEGRAM_WEBHOOK_URL",
        "MAP_STYLE_URL",
        "TRUSTED_PROXIES",
    ];
    Ok(Config::load_but(
        options.config.as_deref(),
        &fixed,
        &elsewhere,
    )?)
}

async fn set(
    store: &Store,
    paper: &Paper,
    cast: &Cast,
    agents: usize,
) -> Result<(Book, Vec<Player>)> {
    let (book, players) = Stage {
        store,
        paper,
        cast,
        agents,
    }
    .set()
    .await?;
    for unit in 0..cast.units.len() {
        let jobs: Vec<&Job> = cast.tasks.iter().filter(|job| job.unit == unit).collect();
        let shop = Shop::open(store, cast, &players, unit).await?;
        shop.begin(&jobs).await?;
        if unit == 0 {
            shop.interrupt(jobs[0]).await?;
        }
    }
    Ok((book, players))
}

/// The same people as before; whose duty is over begins another.
async fn resume(
    store: &Store,
    paper: &Paper,
    cast: &Cast,
    book: Book,
) -> Result<(Book, Vec<Player>)> {
    let mut players = Vec::new();
    for part in cast.parts(book.agents.len()) {
        let known = user::by_username(store, &part.username).await?;
        let found = known.and_then(|user| Some((user.id, user.agent_id?)));
        let (user_id, agent_id) = found
            .with_context(|| format!("{} is not in the database of the demo", part.username))?;
        // The person is known to the paper Telegram already; a lost one is made again.
        let _ = paper.person(part.telegram_id, &part.name, "es");
        players.push(Player {
            user_id,
            agent_id,
            part,
        });
    }
    let off = AgentFilter {
        availability: Some(Availability::OffShift),
        ..AgentFilter::default()
    };
    for agent in agent::list(store, &stage::system(), off, Window::first(200))
        .await?
        .items
    {
        // Refused for whoever has a duty planned: that one stays off.
        let _ = stage::duty(store, agent.id, TimeDelta::zero()).await;
    }
    Ok((book, players))
}

/// A fresh link for the newcomer, as long as he has not enrolled.
async fn offer_enrolment(store: &Store, book: &mut Book) -> Result<()> {
    let user_id = book.newcomer.user_id;
    let enrolled = user::find(store, &stage::system(), user_id)
        .await?
        .telegram_id
        .is_some();
    book.newcomer.invite_url = if enrolled {
        None
    } else {
        Some(stage::invite(store, user_id).await?)
    };
    Ok(())
}
