//! A Redis of a test's own: to be killed, held, emptied and started again on its port.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use crate::{tls::Identity, until::until};

/// A running `redis-server`; killed when dropped.
pub struct Redis {
    port: u16,
    server: Option<Child>,
    /// A second door, for encrypted connections.
    encrypted: Option<(u16, Identity)>,
}

impl Redis {
    /// Starts one on a free port; `None` where the tests run without.
    pub async fn start() -> Result<Option<Self>> {
        Self::start_as(None).await
    }

    /// The same with a second door, where it shows a certificate.
    pub async fn encrypted(identity: Identity) -> Result<Option<Self>> {
        Self::start_as(Some(identity)).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test command says whether there is a Redis"
    )]
    async fn start_as(identity: Option<Identity>) -> Result<Option<Self>> {
        if std::env::var("TEST_REDIS_URL")
            .unwrap_or_default()
            .is_empty()
        {
            tracing::warn!("TEST_REDIS_URL is not set: this test does nothing");
            return Ok(None);
        }
        let encrypted = match identity {
            Some(identity) => Some((free_port().await?, identity)),
            None => None,
        };
        let mut redis = Self {
            port: free_port().await?,
            server: None,
            encrypted,
        };
        redis.run().await?;
        Ok(Some(redis))
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it takes encrypted connections only; its usual port where it takes none.
    pub fn encrypted_port(&self) -> u16 {
        self.encrypted.as_ref().map_or(self.port, |(port, _)| *port)
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Starts it again after [`Self::kill`], empty.
    pub async fn run(&mut self) -> Result<()> {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.port.to_string()]);
        if let Some((port, Identity { key, certificate })) = &self.encrypted {
            command
                .args(["--tls-port", &port.to_string(), "--tls-auth-clients", "no"])
                .arg("--tls-key-file")
                .arg(key)
                .arg("--tls-cert-file")
                .arg(certificate);
        }
        let server = command
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("redis-server")?;
        self.server = Some(server);
        until("Redis to answer", || async {
            Ok(self.says("PING").await.ok())
        })
        .await
        .map(drop)
    }

    /// Ends it as a power cut would.
    pub async fn kill(&mut self) -> Result<()> {
        let mut server = self.server.take().context("it has ended")?;
        Ok(server.kill().await?)
    }

    /// Makes it hang: it takes connections and never answers.
    pub async fn hold(&self) -> Result<()> {
        self.signal("-STOP").await
    }

    /// Lets it go on.
    pub async fn release(&self) -> Result<()> {
        self.signal("-CONT").await
    }

    async fn signal(&self, name: &str) -> Result<()> {
        let id = self.server.as_ref().and_then(Child::id);
        let id = id.context("it has ended")?.to_string();
        let status = Command::new("kill").args([name, &id]).status().await?;
        ensure!(status.success(), "kill {name} {id}");
        Ok(())
    }

    /// The first line of the answer to a command without spaces in its arguments.
    pub async fn says(&self, command: &str) -> Result<String> {
        let mut line = TcpStream::connect(("127.0.0.1", self.port)).await?;
        line.write_all(format!("{command}\r\n").as_bytes()).await?;
        let mut answer = [0; 256];
        let read = line.read(&mut answer).await?;
        let text = String::from_utf8_lossy(&answer[..read]).into_owned();
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

async fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    Ok(listener.local_addr()?.port())
}
