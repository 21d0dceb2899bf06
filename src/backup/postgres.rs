//! A PostgreSQL database, through pg_dump and pg_restore.

use std::path::Path;

use anyhow::{Context, Result};
use domain::{Store, secret};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    TransactionTrait,
};
use secrecy::SecretString;

use super::{Room, census, manifest::Census};
use crate::config::Config;

mod programs;

pub use programs::Programs;
use programs::{Address, finish};

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
        self.address.whole()
    }

    pub async fn drop(self) -> Result<()> {
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        let dropped = self.beside.execute_unprepared(&drop).await;
        dropped.with_context(|| format!("the trial database {} stays behind", self.name))?;
        Ok(())
    }
}
