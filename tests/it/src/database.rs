//! A database for one test: a SQLite file, or a copy of a template on the server named by `TEST_POSTGRES_URL`.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database that goes away with this value.
pub struct Database {
    url: String,
    /// The folder of the file, and of everything else the test stores.
    folder: TempDir,
    drop_on: Option<Server>,
}

impl Database {
    /// A database without tables; `None` where PostgreSQL is asked for and the tests run without.
    pub async fn empty(backend: Backend) -> Result<Option<Self>> {
        match backend {
            Backend::Sqlite => Self::file().map(Some),
            Backend::Postgres => Self::on_server("template1").await,
        }
    }

    /// A database with every table, for [`Self::empty`]'s backends.
    pub async fn migrated(backend: Backend) -> Result<Option<Self>> {
        match backend {
            Backend::Sqlite => {
                let database = Self::file()?;
                let db = database.connect().await?;
                // In one transaction the disk is waited for once.
                let transaction = db.begin().await?;
                Migrator::up(&transaction, None).await?;
                transaction.commit().await?;
                db.close().await?;
                Ok(Some(database))
            }
            Backend::Postgres => match Server::from_environment() {
                Some(server) => Self::migrated_on(server).await.map(Some),
                None => Self::on_server("").await,
            },
        }
    }

    /// A database with every table on this server.
    pub async fn migrated_on(server: Server) -> Result<Self> {
        let template = template(&server).await?;
        Self::copied(server, &template).await
    }

    fn file() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}/gad.db?mode=rwc", folder.path().display());
        Ok(Self {
            url,
            folder,
            drop_on: None,
        })
    }

    async fn on_server(template: &str) -> Result<Option<Self>> {
        let Some(server) = Server::from_environment() else {
            tracing::warn!("TEST_POSTGRES_URL is not set: this test does nothing");
            return Ok(None);
        };
        Self::copied(server, template).await.map(Some)
    }

    async fn copied(server: Server, template: &str) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "gad_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        server.copy(template, &name).await?;
        let url = server.url_of(&name);
        Ok(Self {
            url,
            folder: tempfile::tempdir()?,
            drop_on: Some(server),
        })
    }

    /// Where GAD finds it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for the files of this test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A few connections of the test's own.
    pub async fn connect(&self) -> Result<DatabaseConnection> {
        connect(&self.url).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(server) = self.drop_on.take() else {
            return;
        };
        let name = self.url.rsplit('/').next().unwrap_or_default().to_owned();
        // The runtime of the test may be going down: a thread with one of its own outlives it.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime
                .block_on(server.run(&format!(r#"DROP DATABASE IF EXISTS "{name}" WITH (FORCE)"#)))
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            tracing::warn!("a test database stays behind");
        }
    }
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(4)
        .connect_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    sea_orm::Database::connect(options)
        .await
        .with_context(|| format!("{url} cannot be reached"))
}

/// A PostgreSQL server on which tests may create databases.
#[derive(Clone)]
pub struct Server {
    admin_url: String,
}

/// Any number that means "the template is being made".
const TEMPLATE_LOCK: &str = "SELECT pg_advisory_xact_lock(7232147002)";

impl Server {
    /// The server at the address of a superuser's database.
    pub fn at(admin_url: &str) -> Self {
        Self {
            admin_url: admin_url.to_owned(),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test command says where its server is"
    )]
    fn from_environment() -> Option<Self> {
        let admin_url = std::env::var("TEST_POSTGRES_URL")
            .ok()
            .filter(|url| !url.is_empty())?;
        Some(Self { admin_url })
    }

    fn url_of(&self, database: &str) -> String {
        let base = self
            .admin_url
            .rsplit_once('/')
            .map_or(self.admin_url.as_str(), |(base, _)| base);
        format!("{base}/{database}")
    }

    async fn run(&self, sql: &str) -> Result<()> {
        let db = connect(&self.admin_url).await?;
        db.execute_unprepared(sql).await?;
        Ok(db.close().await?)
    }

    async fn copy(&self, template: &str, name: &str) -> Result<()> {
        self.run(&format!(
            r#"CREATE DATABASE "{name}" TEMPLATE "{template}""#
        ))
        .await
    }
}

/// The name of a database with all migrations, made by the first test that asks.
async fn template(server: &Server) -> Result<String> {
    let newest = Migrator::migrations()
        .last()
        .map(|last| last.name().to_owned())
        .unwrap_or_default();
    let name = format!("gad_template_{newest}");
    let db = connect(&server.admin_url).await?;
    let lock = db.begin().await?;
    lock.execute_unprepared(TEMPLATE_LOCK).await?;
    let exists = Statement::from_sql_and_values(
        lock.get_database_backend(),
        "SELECT 1 FROM pg_database WHERE datname = $1",
        [name.clone().into()],
    );
    if lock.query_one_raw(exists).await?.is_none() {
        make_template(server, &name).await?;
    }
    lock.commit().await?;
    db.close().await?;
    Ok(name)
}

/// Built under another name, so that one that was interrupted is never taken for whole.
async fn make_template(server: &Server, name: &str) -> Result<()> {
    let building = format!("{name}_building");
    server
        .run(&format!(
            r#"DROP DATABASE IF EXISTS "{building}" WITH (FORCE)"#
        ))
        .await?;
    server.copy("template1", &building).await?;
    let db = connect(&server.url_of(&building)).await?;
    // Without it the searches fall back to plain columns, which the file database covers.
    let _ = db
        .execute_unprepared("CREATE EXTENSION IF NOT EXISTS postgis")
        .await;
    Migrator::up(&db, None).await?;
    db.close().await?;
    server
        .run(&format!(
            r#"ALTER DATABASE "{building}" RENAME TO "{name}""#
        ))
        .await
}
