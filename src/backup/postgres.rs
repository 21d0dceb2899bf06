//! A PostgreSQL database, through pg_dump and pg_restore.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use domain::{Store, secret};
use reqwest::Url;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    TransactionTrait,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;

use super::{Room, census, manifest::Census};
use crate::config::Config;

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

    /// Another database of the same server.
    fn beside(&self, name: &str) -> Self {
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

    fn command(&self, name: &str) -> Command {
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

    async fn run(&self, name: &str, address: &Address, arguments: &[&str]) -> Result<()> {
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

async fn finish(name: &str, mut command: Command) -> Result<()> {
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

/// Dumps the database of this store, and counts what is in the dump: both see the same moment.
pub async fn dump(config: &Config, store: &Store, to: &Path) -> Result<Census> {
    let programs = Programs::find(config, store.writer()).await?;
    let moment = moment(store.writer()).await?;
    let exported = census::one(&moment, "SELECT pg_export_snapshot() AS name").await?;
    let name: String = exported.context("a snapshot")?.try_get("", "name")?;
    let census = census::take(&moment).await?;
    let (snapshot, file) = (
        format!("--snapshot={name}"),
        format!("--file={}", to.display()),
    );
    let arguments = [
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--no-password",
        &snapshot,
        &file,
    ];
    let dumped = programs
        .run("pg_dump", &Address::of(config)?, &arguments)
        .await;
    moment.rollback().await?;
    dumped?;
    Ok(census)
}

/// A transaction that sees one moment for as long as it takes.
async fn moment(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let moment = db
        .begin_with_config(
            Some(IsolationLevel::RepeatableRead),
            Some(AccessMode::ReadOnly),
        )
        .await?;
    moment
        .execute_unprepared(
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
        )
        .await?;
    Ok(moment)
}

/// Puts a dump into a database that has none of our tables, whole or not at all.
async fn restore(programs: &Programs, address: &Address, from: &Path) -> Result<()> {
    let file = from.display().to_string();
    let arguments = [
        "--no-owner",
        "--no-privileges",
        "--no-password",
        "--exit-on-error",
        "--single-transaction",
        &file,
    ];
    programs.run("pg_restore", address, &arguments).await
}

/// The statements of a dump, for [`replace`].
async fn script(programs: &Programs, from: &Path, to: &Path) -> Result<()> {
    let mut command = programs.command("pg_restore");
    command
        .args(["--no-owner", "--no-privileges", "--file"])
        .args([to, from]);
    finish("pg_restore", command).await
}

/// What of ours is not a table; what belongs to an extension stays.
const DROP_ROUTINES: &str = "DO $$ DECLARE routine regprocedure; BEGIN \
    FOR routine IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS \
    (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e') \
    LOOP EXECUTE format('DROP ROUTINE %s CASCADE', routine); END LOOP; END $$";

/// Numbers of events are given out a second time: whoever has seen later ones must begin anew.
const OTHER_EPOCH: &str =
    "UPDATE public.settings SET value = gen_random_uuid()::text WHERE key = 'epoch';";

/// Puts a dump into the place of what is there of ours, in one transaction: a crash leaves what was there.
pub async fn replace(config: &Config, store: &Store, room: &Room, from: &Path) -> Result<()> {
    let programs = Programs::find(config, store.writer()).await?;
    let (drop, fill, renew) = (
        room.file("drop.sql"),
        room.file("fill.sql"),
        room.file("renew.sql"),
    );
    tokio::fs::write(&drop, clearing(store).await?).await?;
    script(&programs, from, &fill).await?;
    tokio::fs::write(&renew, OTHER_EPOCH).await?;
    let mut arguments = vec![
        "--no-psqlrc".to_owned(),
        "--quiet".to_owned(),
        "--no-password".to_owned(),
        "--single-transaction".to_owned(),
        "--set=ON_ERROR_STOP=1".to_owned(),
    ];
    arguments.extend([drop, fill, renew].map(|file| format!("--file={}", file.display())));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    programs
        .run("psql", &Address::of(config)?, &arguments)
        .await
}

/// What takes away our tables and routines.
async fn clearing(store: &Store) -> Result<String> {
    let tables = census::tables(store.writer()).await?;
    if tables.is_empty() {
        return Ok(String::new());
    }
    let names: Vec<String> = tables.iter().map(|name| format!("\"{name}\"")).collect();
    Ok(format!(
        "SET statement_timeout = 0; DROP TABLE {} CASCADE; {DROP_ROUTINES};",
        names.join(", ")
    ))
}

/// A database for trying a backup out, beside the real one.
pub struct Scratch {
    name: String,
    address: Address,
    programs: Programs,
    beside: DatabaseConnection,
}

impl Scratch {
    pub async fn create(config: &Config, store: &Store) -> Result<Self> {
        let programs = Programs::find(config, store.writer()).await?;
        let name = format!("gad_trial_{}", &secret::fresh()[..12]);
        let create = format!(
            "CREATE DATABASE \"{name}\" TEMPLATE \"{}\"",
            config.backup.scratch_template.replace('"', "")
        );
        let made = store.writer().execute_unprepared(&create).await;
        made.context(
            "a database for the trial cannot be made: give the role of DATABASE_URL that right (ALTER ROLE … CREATEDB)",
        )?;
        Ok(Self {
            address: Address::of(config)?.beside(&name),
            name,
            programs,
            beside: store.writer().clone(),
        })
    }

    pub async fn fill(&self, from: &Path) -> Result<()> {
        restore(&self.programs, &self.address, from).await
    }

    /// The whole address, password included.
    pub fn url(&self) -> Result<SecretString> {
        let mut url = self.address.url.clone();
        if let Some(password) = &self.address.password {
            let set = url.set_password(Some(password.expose_secret()));
            ensure!(set.is_ok(), "the address of the database takes no password");
        }
        Ok(SecretString::from(String::from(url)))
    }

    pub async fn drop(self) -> Result<()> {
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        let dropped = self.beside.execute_unprepared(&drop).await;
        dropped.with_context(|| format!("the trial database {} stays behind", self.name))?;
        Ok(())
    }
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
