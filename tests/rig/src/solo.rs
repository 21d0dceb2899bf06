//! One instance on a database file, without Telegram.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use domain::{
    Actor, Clock, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    catalogue,
    store::Connect,
    user,
};
use it::{Http, app::PASSWORD};

use crate::{cluster::node::Node, report::Findings, run::Bench, services::free_port};

const ADMIN: &str = "admin";

/// One instance.
pub struct Solo {
    pub node: Node,
    file: PathBuf,
}

impl Solo {
    /// Starts it with its data in this folder, with the catalogue and an admin.
    pub async fn start(bench: &Bench, folder: &Path) -> Result<Self> {
        let file = folder.join("gad.db");
        let port = free_port()?;
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let folder = folder.to_str().context("the folder's name is no text")?;
        let settings = [
            ("PORT", port.to_string().as_str()),
            ("DATABASE_URL", &url),
            ("GAD_SERVER__DATA_FOLDER", folder),
            ("GAD_BACKUP__DAILY", "false"),
            ("GAD_LIMITS__ENABLED", "false"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let log = bench.logs.join("gad.log");
        let node = Node::new(bench.program.clone(), port, settings.into(), log);
        node.start().await?;
        inhabit(&url).await?;
        Ok(Self { node, file })
    }

    /// The admin's client.
    pub async fn admin(&self) -> Result<Http> {
        Http::login(&self.node.base(), ADMIN, PASSWORD).await
    }

    /// Stops it; what must be true of every row, and of every file.
    pub async fn finish(&self, findings: &mut Findings) -> Result<Store> {
        findings.must(!self.node.has_died().await?, "it ended by itself");
        self.node.kill().await?;
        let panics = self.node.panics()?;
        findings.must(
            panics.is_empty(),
            format!("it panicked: {}", panics.join("; ")),
        );
        open(&format!("sqlite://{}?mode=rw", self.file.display())).await
    }
}

async fn open(url: &str) -> Result<Store> {
    let connect = Connect::new(url);
    let opened = Store::connect(
        &connect,
        Clock::running(),
        Bell::default(),
        Rules::default(),
    );
    Ok(opened.await?)
}

async fn inhabit(url: &str) -> Result<()> {
    let store = open(url).await?;
    store
        .write(|tx| Box::pin(async { catalogue::seed(tx, catalogue::Pack::Police).await }))
        .await?;
    let admin = user::NewUser {
        password: Some(PASSWORD.into()),
        ..user::NewUser::named(ADMIN, "Alma Admin", Level::Admin)
    };
    user::create(&store, &Actor::system(Channel::Cli), admin).await?;
    store.close().await;
    Ok(())
}
