//! pg_dump, pg_restore and psql, and the address of a database in their words.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Url;
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;

use crate::{backup::census, config::Config};

/// The longest time either program may take.
const LONGEST: Duration = Duration::from_secs(4 * 3600);

/// What of an address libpq understands too.
const SHARED: [&str; 6] = [
    "host",
    "port",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
];

/// Where a database is, in the words of PostgreSQL's own programs; the password apart, for it must not be seen by others.
pub struct Address {
    url: Url,
    password: Option<SecretString>,
}

impl Address {
    pub fn of(config: &Config) -> Result<Self> {
        let mut url = Url::parse(config.database.url.expose_secret())
            .context("the address of the database cannot be read")?;
        let password = url.password().map(|encoded| {
            let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
            SecretString::from(decoded.into_owned())
        });
        // An address without a host has no place for a password either.
        let _ = url.set_password(None);
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| SHARED.contains(&name.as_ref()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
        Ok(Self { url, password })
    }

    /// With its password.
    pub fn whole(&self) -> Result<SecretString> {
        let mut url = self.url.clone();
        if let Some(password) = &self.password {
            let set = url.set_password(Some(password.expose_secret()));
            ensure!(set.is_ok(), "the address of the database takes no password");
        }
        Ok(SecretString::from(String::from(url)))
    }

    /// Another database of the same server.
    pub fn beside(&self, name: &str) -> Self {
        let mut url = self.url.clone();
        url.set_path(name);
        Self {
            url,
            password: self.password.clone(),
        }
    }
}

/// PostgreSQL's programs.
pub struct Programs(Option<PathBuf>);

impl Programs {
    /// Those of the settings, or on the path.
    ///
    /// # Errors
    /// When one is missing, or older than the server.
    pub async fn find(config: &Config, db: &impl ConnectionTrait) -> Result<Self> {
        let programs = Self(config.backup.programs.clone());
        let version = census::one(db, "SHOW server_version_num").await?;
        let number: String = version
            .context("the server's version")?
            .try_get("", "server_version_num")?;
        let server = number.parse::<u32>().unwrap_or_default() / 10_000;
        for name in ["pg_dump", "pg_restore"] {
            let found = programs.version(name).await?;
            ensure!(
                found >= server,
                "{name} is of version {found}, the server of {server}: install postgresql-client-{server} or name the \
                 folder of its programs in GAD_BACKUP__PROGRAMS"
            );
        }
        Ok(programs)
    }

    pub fn command(&self, name: &str) -> Command {
        let mut command = match &self.0 {
            Some(folder) => Command::new(folder.join(name)),
            None => Command::new(name),
        };
        command
            .kill_on_drop(true)
            .stdin(std::process::Stdio::null());
        command
    }

    async fn version(&self, name: &str) -> Result<u32> {
        let told = self.command(name).arg("--version").output().await;
        let told = told.with_context(|| {
            format!(
                "{name} is not there: install postgresql-client, or name the folder of PostgreSQL's programs in \
                 GAD_BACKUP__PROGRAMS"
            )
        })?;
        major(&String::from_utf8_lossy(&told.stdout))
            .with_context(|| format!("{name} --version tells no version"))
    }

    pub async fn run(&self, name: &str, address: &Address, arguments: &[&str]) -> Result<()> {
        let mut command = self.command(name);
        command
            .args(arguments)
            .arg(format!("--dbname={}", address.url));
        if let Some(password) = &address.password {
            command.env("PGPASSWORD", password.expose_secret());
        }
        finish(name, command).await
    }
}

/// Runs it to its end.
pub async fn finish(name: &str, mut command: Command) -> Result<()> {
    let output = tokio::time::timeout(LONGEST, command.output())
        .await
        .with_context(|| format!("{name} took more than {} s", LONGEST.as_secs()))?
        .with_context(|| format!("{name} cannot be run: install postgresql-client"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed: {}", said.trim());
    }
    Ok(())
}

/// The number in "pg_dump (PostgreSQL) 15.14 (Debian …)".
fn major(told: &str) -> Option<u32> {
    let version = told.split_whitespace().nth(2)?;
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_kept_apart_and_unknown_words_are_left_out() -> Result<()> {
        let variables = [(
            "DATABASE_URL".to_owned(),
            "postgres://gad:p%40ss@db:5433/gad?sslmode=require&statement-cache-capacity=0"
                .to_owned(),
        )];
        let address = Address::of(&Config::from_parts(None, variables)?)?;
        assert_eq!(
            address.url.as_str(),
            "postgres://gad@db:5433/gad?sslmode=require"
        );
        let password = address.password.as_ref().map(SecretString::expose_secret);
        assert_eq!(password, Some("p@ss"));
        assert_eq!(
            address.beside("other").url.as_str(),
            "postgres://gad@db:5433/other?sslmode=require"
        );
        Ok(())
    }

    #[test]
    fn versions_are_read_in_every_form() {
        let is = |told, version| assert_eq!(major(told), version, "{told}");
        is(
            "pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)",
            Some(15),
        );
        is("pg_dump (PostgreSQL) 17devel", Some(17));
        is("something else", None);
    }
}
