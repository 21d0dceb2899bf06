//! The settings of this process. The only reader of the environment.

mod backup;
mod bucket;
mod database;
mod evidence;
mod http;
mod keys;
mod layers;
mod read;
mod redis;
mod telegram;

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use api::Network;
use domain::{
    Rules,
    rules::{AckRules, CheckInRules, EmergencyRules, ShiftRules},
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

pub use self::redis::RedisAccess;
pub use backup::Backup;
pub use bucket::{Place, S3};
pub use database::Database;
pub use evidence::Evidence;
pub use keys::{GivenKeys, Keys};
pub use telegram::{Telegram, is_loopback};

use layers::Layers;
use read::Reader;

/// Everything an installation can set; `config.default.toml` says what each means.
#[derive(Clone, Debug)]
pub struct Config {
    pub environment: Environment,
    pub server: Server,
    pub database: Database,
    pub redis: Option<RedisAccess>,
    pub telegram: Telegram,
    pub keys: GivenKeys,
    pub map_style_url: Option<Url>,
    pub limits: api::Limits,
    pub token_minutes: u32,
    pub rules: Rules,
    pub backup: Backup,
    pub evidence: Evidence,
}

/// What kind of installation this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Development,
    Staging,
    Production,
}

/// Where it listens and what it keeps beside the database.
#[derive(Clone, Debug)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub public_url: Option<Url>,
    pub trusted_proxies: Vec<Network>,
    pub log_level: String,
    pub data_folder: PathBuf,
    /// Between not being ready and closing the door.
    pub notice: Duration,
    pub drain: Duration,
    /// The most bytes of all uploads under way together.
    pub upload_bytes: usize,
}

/// All that is wrong with the settings.
#[derive(Debug)]
pub struct Problems(Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not usable:")?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Reads the defaults, the file and the environment of this process.
    pub fn load(file: Option<&Path>) -> Result<Self, Problems> {
        Self::from_parts(file, variables())
    }

    /// The same, with some variables `fixed` and some left `out`.
    pub fn load_but(
        file: Option<&Path>,
        fixed: &[(&str, String)],
        out: &[&str],
    ) -> Result<Self, Problems> {
        let kept = variables().filter(|(name, _)| !out.contains(&name.as_str()));
        let fixed = fixed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        Self::from_parts(file, kept.chain(fixed))
    }

    /// The same with an environment that is handed in.
    pub fn from_parts(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let layers = Layers::collect(file, environment, &mut problems);
        let config = Self::read(&mut Reader::new(&layers, &mut problems));
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(Problems(problems))
        }
    }

    /// What proves that an update comes from Telegram: as given, else derived from the key of this installation.
    pub fn webhook_secret(&self) -> std::io::Result<SecretString> {
        if let Some(secret) = &self.telegram.webhook_secret {
            return Ok(secret.clone());
        }
        let keys = self.keys.resolve()?;
        Ok(SecretString::from(domain::secret::hash(&format!(
            "telegram webhook {}",
            keys.key.expose_secret()
        ))))
    }

    fn read(reader: &mut Reader) -> Self {
        let environment = reader.value(
            "server.environment",
            "development, staging or production",
            Environment::named,
        );
        let server = Server::read(reader);
        Self {
            environment,
            database: Database::read(reader),
            redis: redis::read(reader),
            telegram: Telegram::read(reader),
            keys: GivenKeys::read(reader, environment, &server.data_folder),
            map_style_url: reader.url("map.style_url"),
            limits: limits(reader),
            token_minutes: reader.number("access.token_minutes", 1..=1440),
            rules: rules(reader),
            backup: Backup::read(reader),
            evidence: Evidence::read(reader),
            server,
        }
    }
}

/// The variables of this process; names and values that are no text mean nothing to us.
#[expect(
    clippy::disallowed_methods,
    reason = "the only reader of the environment"
)]
fn variables() -> impl Iterator<Item = (String, String)> {
    let all = std::env::vars_os();
    all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

impl Environment {
    fn named(name: &str) -> Option<Self> {
        match name {
            "development" => Some(Self::Development),
            "staging" => Some(Self::Staging),
            "production" => Some(Self::Production),
            _ => None,
        }
    }
}

impl Server {
    fn read(reader: &mut Reader) -> Self {
        Self {
            host: reader.text("server.host").unwrap_or_default(),
            port: reader.number("server.port", 0..=u16::MAX),
            public_url: reader.url("server.public_url"),
            trusted_proxies: reader.value(
                "server.trusted_proxies",
                "a list of addresses or networks such as 127.0.0.1,10.0.0.0/8",
                |text| {
                    text.split(',')
                        .map(str::trim)
                        .filter(|part| !part.is_empty())
                        .map(network)
                        .collect()
                },
            ),
            log_level: reader.value(
                "server.log_level",
                "error, warn, info, debug or trace, also per module,",
                log_level,
            ),
            data_folder: PathBuf::from(reader.text("server.data_folder").unwrap_or_default()),
            notice: Duration::from_secs(reader.number("server.notice_seconds", 0..=60)),
            drain: Duration::from_secs(reader.number("server.drain_seconds", 0..=600)),
            upload_bytes: reader.number("server.uploads_mib", 21..=65_536_usize) * 1024 * 1024,
        }
    }
}

fn network(text: &str) -> Option<Network> {
    let (address, length) = text
        .split_once('/')
        .map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Some(longest), |length| {
        length.parse().ok().filter(|length| *length <= longest)
    })?;
    Some(Network {
        address,
        prefix: length,
    })
}

fn log_level(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    text.parse::<tracing_subscriber::filter::Targets>()
        .ok()
        .map(|_| text)
}

fn limits(reader: &mut Reader) -> api::Limits {
    api::Limits {
        enabled: reader.flag("limits.enabled"),
        requests: reader.number("limits.requests", 1..=1_000_000),
        logins: reader.number("limits.logins", 1..=1_000_000),
        sockets: reader.number("limits.sockets", 1..=1_000_000),
    }
}

fn rules(reader: &mut Reader) -> Rules {
    let public_url = reader.url("server.public_url");
    Rules {
        public_origin: public_url.map(|url| url.origin().ascii_serialization()),
        zone: reader.value(
            "time.zone",
            "a zone such as America/Argentina/Buenos_Aires",
            |name| name.parse().ok(),
        ),
        ack: AckRules {
            critical_seconds: reader.number("ack.critical_seconds", 1..=86_400),
            urgent_seconds: reader.number("ack.urgent_seconds", 1..=86_400),
            high_seconds: reader.number("ack.high_seconds", 1..=86_400),
            default_seconds: reader.number("ack.default_seconds", 1..=86_400),
            rings: reader.number("ack.rings", 1..=10),
        },
        shift: ShiftRules {
            early_minutes: reader.number("shift.early_minutes", 0..=720),
            late_minutes: reader.number("shift.late_minutes", 0..=720),
            batch: reader.number("shift.batch", 1..=10_000),
        },
        emergency: EmergencyRules {
            offers: reader.number("emergency.offers", 1..=100),
            ring_seconds: reader.number("emergency.ring_seconds", 1..=86_400),
            wait_seconds: reader.number("emergency.wait_seconds", 1..=86_400),
            withdraw_seconds: reader.number("emergency.withdraw_seconds", 0..=3600),
        },
        check_in: CheckInRules {
            answer_seconds: reader.number("check_in.answer_seconds", 10..=3600),
        },
        second_approver: reader.flag("broadcast.second_approver"),
        outage_seconds: reader.number("broadcast.outage_seconds", 1..=3600),
        undo_seconds: reader.number("task.undo_seconds", 0..=3600),
        crew_limit: reader.number("task.crew_limit", 1..=300),
        link_hours: reader.number("access.link_hours", 1..=720),
        login_tries: reader.number("access.login_tries", 1..=100),
        login_lock_minutes: reader.number("access.login_lock_minutes", 1..=1440),
        session_days: reader.number("access.session_days", 1..=365),
        position_seconds: reader.number("position.seconds", 0..=3600),
        position_fresh_minutes: reader.number("position.fresh_minutes", 1..=1440),
        event_days: reader.number("retention.event_days", 1..=3650),
        inbox_hours: reader.number("retention.inbox_hours", 24..=8760),
        outbox_days: reader.number("retention.outbox_days", 1..=3650),
    }
}

#[cfg(test)]
mod tests;
