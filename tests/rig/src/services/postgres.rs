//! A PostgreSQL cluster in a folder, whose server can be stopped, killed and started again.

use std::{
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use it::{database, until::within};
use rustix::process::{Signal, getuid};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use tokio::process::Command;

use super::child::{Server, free_port};

/// How long it may take to accept connections again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Everything a commit says is kept over the end of the server's processes; the machine's power is not part of it.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
fsync = off
full_page_writes = off
track_commit_timestamp = on
timezone = 'UTC'
log_timezone = 'UTC'
";

/// One server.
pub struct Postgres {
    bin: PathBuf,
    data: PathBuf,
    log: PathBuf,
    port: u16,
    password: String,
    /// Whom it runs as when we are root, which it refuses to be.
    user: Option<(u32, u32)>,
    server: Server,
}

impl Postgres {
    /// Makes the cluster; it does not run yet.
    pub async fn create(home: &Path) -> Result<Self> {
        let postgres = Self {
            bin: programs()?,
            data: home.join("postgres"),
            log: home.join("postgres.log"),
            port: free_port()?,
            password: "rig".into(),
            user: if getuid().is_root() {
                Some(somebody()?)
            } else {
                None
            },
            server: Server::default(),
        };
        postgres.init(home).await?;
        Ok(postgres)
    }

    async fn init(&self, home: &Path) -> Result<()> {
        let password = home.join("password");
        fs::create_dir(&self.data)?;
        fs::write(&password, &self.password)?;
        fs::write(&self.log, "")?;
        if let Some((user, group)) = self.user {
            for path in [&self.data, &password, &self.log] {
                chown(path, Some(user), Some(group))?;
            }
        }
        let made = self
            .program("initdb")
            .args(["-U", "postgres", "--auth=md5", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--no-sync"])
            .arg(format!("--pwfile={}", password.display()))
            .output()
            .await?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "initdb: {said}");
        let file = self.data.join("postgresql.conf");
        let settings = fs::read_to_string(&file)? + SETTINGS;
        Ok(fs::write(&file, settings)?)
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.arg("-D").arg(&self.data).current_dir("/");
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it unless it runs; the time until it accepted connections.
    pub async fn start(&self) -> Result<Duration> {
        let begun = Instant::now();
        let log = fs::OpenOptions::new().append(true).open(&self.log)?;
        let mut command = self.program("postgres");
        command.args(["-p", &self.port.to_string()]);
        command.stdout(log.try_clone()?).stderr(log);
        self.server.start(&mut command).await?;
        within(PATIENCE, "PostgreSQL to accept connections", || async {
            Ok(self.accepts().await.then_some(()))
        })
        .await?;
        Ok(begun.elapsed())
    }

    async fn accepts(&self) -> bool {
        let mut options = ConnectOptions::new(self.url());
        options.max_connections(1).sqlx_logging(false);
        match Database::connect(options).await {
            Ok(db) => db.execute_unprepared("SELECT 1").await.is_ok(),
            Err(_) => false,
        }
    }

    /// Stops it as an operator does: what is under way is cut, then it ends in order.
    pub async fn stop(&self) -> Result<()> {
        self.server.end(Signal::INT).await
    }

    /// Ends it at once, with all its processes.
    pub async fn crash(&self) -> Result<()> {
        self.server.end(Signal::QUIT).await
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of the superuser's database.
    pub fn url(&self) -> String {
        format!(
            "postgres://postgres:{}@127.0.0.1:{}/postgres",
            self.password, self.port
        )
    }

    /// For databases of the rows' own.
    pub fn server(&self) -> database::Server {
        database::Server::at(&self.url())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The postmaster alone is killed with its handle; told so, it takes its children along.
        let file = self.data.join("postmaster.pid");
        super::home::tell(&file, Signal::QUIT);
    }
}

/// The newest server programs of this machine.
fn programs() -> Result<PathBuf> {
    let versions =
        fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is missing: make setup")?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found
        .pop()
        .map(|(_, bin)| bin)
        .context("PostgreSQL's server is missing: make setup")
}

/// User and group of `postgres`, else of `nobody`.
fn somebody() -> Result<(u32, u32)> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let numbers = |name: &str| {
        let line = accounts
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    numbers("postgres")
        .or_else(|| numbers("nobody"))
        .context("no account to run PostgreSQL as")
}
