//! What a cluster shall be like, and how it comes to be.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use anyhow::{Context, Result};
use domain::{
    Actor, Clock, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    catalogue,
    store::Connect,
    user,
};
use futures::future::try_join_all;
use it::{Database, Http, app::PASSWORD};
use serde_json::json;
use telegram::Paper;

use super::{Cluster, node::Node, skew};
use crate::{proxy::Proxy, run::Bench, services::free_port};

const TOKEN: &str = "900000002:rig";
const BOT: &str = "gad_rig_bot";
pub const SECRET: &str = "rig-secret";
/// Who may do everything; his password is that of all.
pub const ADMIN: &str = "admin";

/// A cluster to be started: three instances with webhooks, unless wished otherwise.
pub struct Plan {
    nodes: usize,
    webhook: bool,
    /// How far the clock of each instance is off, in seconds.
    skews: Vec<i64>,
    settings: Vec<(String, String)>,
    paper: telegram::Config,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            nodes: 3,
            webhook: true,
            skews: Vec::new(),
            settings: Vec::new(),
            paper: telegram::Config {
                // Every call of a row is looked at.
                log_entries: 200_000,
                messages_per_chat: 5_000,
                ..telegram::Config::default()
            },
        }
    }
}

impl Plan {
    /// With so many instances.
    #[must_use]
    pub fn nodes(self, nodes: usize) -> Self {
        Self { nodes, ..self }
    }

    /// With long polling instead of webhooks.
    #[must_use]
    pub fn polling(self) -> Self {
        Self {
            webhook: false,
            ..self
        }
    }

    /// With wrong clocks, by so many seconds for each instance.
    #[must_use]
    pub fn skewed(self, seconds: &[i64]) -> Self {
        Self {
            skews: seconds.to_vec(),
            ..self
        }
    }

    /// With a setting for every instance, as a variable of the environment.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// With a paper Telegram changed so.
    #[must_use]
    pub fn paper(mut self, change: impl FnOnce(&mut telegram::Config)) -> Self {
        change(&mut self.paper);
        self
    }

    /// With Telegram's sending limits on both sides; without, rows are not about how long GAD waits for them.
    #[must_use]
    pub fn limited(self) -> Self {
        let mut limited = self.paper(|paper| paper.rates = Some(telegram::Rates::default()));
        limited
            .settings
            .retain(|(name, _)| !name.starts_with("GAD_TELEGRAM__"));
        limited
            .set("GAD_TELEGRAM__SENDS", "29")
            .set("GAD_TELEGRAM__PERSON_SENDS", "3")
    }

    /// Starts everything: a database of its own, the paper Telegram, the instances, the webhook.
    pub async fn start(self, bench: &Bench) -> Result<Cluster> {
        let database = Database::migrated_on(bench.services.postgres.server()).await?;
        let mut config = self.paper.clone();
        config.seed = bench.seed;
        let paper = Paper::start_with(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), config).await?;
        paper.add_bot(TOKEN, BOT);
        let rows = database.connect().await?;
        let store = open(database.url()).await?;
        let mut cluster = Cluster {
            nodes: Vec::new(),
            paper,
            store,
            rows,
            redis: Vec::new(),
            postgres: Vec::new(),
            database,
        };
        for n in 0..self.nodes {
            self.add(&mut cluster, bench, n).await?;
        }
        try_join_all((0..self.nodes).map(|n| cluster.start(n))).await?;
        if self.webhook {
            register_webhook(&cluster.paper).await?;
        }
        Ok(cluster)
    }

    async fn add(&self, cluster: &mut Cluster, bench: &Bench, n: usize) -> Result<()> {
        let redis = Proxy::to(bench.services.redis.port()).await?;
        let postgres = Proxy::to(bench.services.postgres.port()).await?;
        let port = free_port()?;
        let own = [
            ("PORT", port.to_string()),
            (
                "DATABASE_URL",
                moved(
                    cluster.database.url(),
                    bench.services.postgres.port(),
                    postgres.port(),
                ),
            ),
            ("REDIS_URL", bench.services.redis.url_at(redis.port())),
            ("TELEGRAM_API_URL", cluster.paper.api_url()),
            ("GAD_SERVER__DATA_FOLDER", text(cluster.database.folder())?),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        let skew = match self.skews.get(n) {
            Some(seconds) => skew::variables(&bench.logs, *seconds).await?,
            None => Vec::new(),
        };
        let variables = own
            .into_iter()
            .chain(skew)
            .chain(self.shared())
            .chain(self.settings.clone())
            .collect();
        let log = bench.logs.join(format!("gad-{n}.log"));
        cluster
            .nodes
            .push(Node::new(bench.program.clone(), port, variables, log));
        cluster.redis.push(redis);
        cluster.postgres.push(postgres);
        Ok(())
    }

    /// What all instances are told.
    fn shared(&self) -> impl Iterator<Item = (String, String)> {
        let webhook = if self.webhook {
            "https://rig.example/telegram/webhook"
        } else {
            ""
        };
        [
            ("TELEGRAM_BOT_TOKEN", TOKEN),
            ("TELEGRAM_BOT_USERNAME", BOT),
            ("TELEGRAM_WEBHOOK_URL", webhook),
            ("TELEGRAM_WEBHOOK_SECRET", SECRET),
            (
                "JWT_SECRET_KEY",
                "the rig's own key for tokens, 32 bytes or more",
            ),
            (
                "SECRET_KEY",
                "the rig's own key for the rest, 32 bytes or more",
            ),
            ("GAD_LIMITS__ENABLED", "false"),
            ("GAD_BACKUP__DAILY", "false"),
            ("GAD_TELEGRAM__SENDS", "10000"),
            ("GAD_TELEGRAM__PERSON_SENDS", "1000"),
            ("GAD_TELEGRAM__GROUP_SENDS", "1000"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
    }
}

/// The same address behind another port of loopback.
fn moved(url: &str, from: u16, to: u16) -> String {
    url.replace(&format!(":{from}/"), &format!(":{to}/"))
}

fn text(path: &Path) -> Result<String> {
    Ok(path
        .to_str()
        .context("the folder's name is no text")?
        .to_owned())
}

/// The data layer for the row itself, with the catalogue and an admin.
async fn open(url: &str) -> Result<Store> {
    let store = Store::connect(
        &Connect::new(url),
        Clock::running(),
        Bell::default(),
        Rules::default(),
    )
    .await?;
    store
        .write(|tx| Box::pin(async { catalogue::seed(tx, catalogue::Pack::Police).await }))
        .await?;
    let admin = user::NewUser {
        password: Some(PASSWORD.into()),
        ..user::NewUser::named(ADMIN, "Alma Admin", Level::Admin)
    };
    user::create(&store, &Actor::system(Channel::Cli), admin).await?;
    Ok(store)
}

async fn register_webhook(paper: &Paper) -> Result<()> {
    let set = json!({
        "url": "https://rig.example/telegram/webhook",
        "secret_token": SECRET,
        "max_connections": 100,
        "allowed_updates": bot::receive::ALLOWED_UPDATES,
    });
    let answer = Http::stranger(&paper.api_url())?
        .post(&format!("/bot{TOKEN}/setWebhook"), &set)
        .await?;
    answer.expect(200).map(drop)
}

impl Cluster {
    /// The webhook that Telegram knows; empty when there is none.
    pub async fn webhook(&self) -> Result<String> {
        let asked = Http::stranger(&self.paper.api_url())?
            .post(&format!("/bot{TOKEN}/getWebhookInfo"), &json!({}))
            .await?;
        let info = asked.expect(200)?;
        Ok(info["result"]["url"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// The admin's client of one instance.
    pub async fn admin(&self, n: usize) -> Result<Http> {
        Http::login(&self.base(n), ADMIN, PASSWORD).await
    }
}
