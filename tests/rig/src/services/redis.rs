//! A Redis server without a memory over its end, which can be killed, frozen, emptied and started again.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
};

use super::{
    child::{Server, free_port, listening},
    home::REDIS,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// One server.
pub struct Redis {
    home: PathBuf,
    port: u16,
    password: String,
    server: Server,
}

impl Redis {
    /// Chooses a port; it does not run yet.
    pub fn create(home: &Path) -> Result<Self> {
        Ok(Self {
            home: home.to_owned(),
            port: free_port()?,
            password: "rig".into(),
            server: Server::default(),
        })
    }

    /// Starts it unless it runs, and waits until it listens.
    pub async fn start(&self) -> Result<()> {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--requirepass", &self.password])
            .args(["--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(&self.home)
            .arg("--pidfile")
            .arg(self.home.join(REDIS))
            .arg("--logfile")
            .arg(self.home.join("redis.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.server
            .start(&mut command)
            .await
            .context("redis-server: make setup")?;
        listening(self.port).await
    }

    /// Ends it at once; what it held is gone.
    pub async fn kill(&self) -> Result<()> {
        self.server.end(Signal::KILL).await
    }

    /// Stops it in the middle of whatever it does: connections stay, nothing answers.
    pub async fn freeze(&self) -> Result<()> {
        self.server.signal(Signal::STOP).await
    }

    /// Lets it go on.
    pub async fn thaw(&self) -> Result<()> {
        self.server.signal(Signal::CONT).await
    }

    /// Forgets everything.
    pub async fn flush(&self) -> Result<()> {
        let ask = async {
            let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await?;
            let words = format!("AUTH {}\r\nFLUSHALL\r\nQUIT\r\n", self.password);
            connection.write_all(words.as_bytes()).await?;
            let mut said = String::new();
            connection.read_to_string(&mut said).await?;
            anyhow::Ok(said)
        };
        let said = patience::within(PATIENCE, ask)
            .await
            .context("it does not answer")??;
        ensure!(said.matches("+OK").count() == 3, "FLUSHALL: {said}");
        Ok(())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of its database, through this port.
    pub fn url_at(&self, port: u16) -> String {
        format!("redis://default:{}@127.0.0.1:{port}/0", self.password)
    }
}
