//! A server program that can be started again on the same port after whatever happened to it.

use std::{
    net::TcpListener,
    ops::Range,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use it::until::within;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
};

/// How long a server may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// At most one running process of a program.
#[derive(Default)]
pub struct Server(Mutex<Option<Child>>);

impl Server {
    /// Starts it unless it runs.
    pub async fn start(&self, command: &mut Command) -> Result<()> {
        let mut slot = self.0.lock().await;
        if let Some(child) = slot.as_mut()
            && child.try_wait()?.is_none()
        {
            return Ok(());
        }
        *slot = Some(command.kill_on_drop(true).spawn()?);
        Ok(())
    }

    /// Sends a signal, if it runs.
    pub async fn signal(&self, signal: Signal) -> Result<()> {
        let slot = self.0.lock().await;
        if let Some(id) = slot.as_ref().and_then(Child::id) {
            let id = i32::try_from(id).ok().and_then(Pid::from_raw);
            kill_process(id.context("a process number")?, signal)?;
        }
        Ok(())
    }

    /// Sends a signal and waits for its end.
    pub async fn end(&self, signal: Signal) -> Result<()> {
        self.signal(signal).await?;
        if let Some(mut child) = self.0.lock().await.take() {
            patience::within(PATIENCE, child.wait())
                .await
                .context("a server does not end")??;
        }
        Ok(())
    }
}

/// Below the ports that systems give to outgoing connections (from 32,768 on Linux): a server that comes back finds its
/// own still free.
const PORTS: Range<u16> = 20_000..32_000;

/// A port of loopback that nobody uses at this moment, and that is given out once.
pub fn free_port() -> Result<u16> {
    static TURN: LazyLock<AtomicUsize> =
        LazyLock::new(|| AtomicUsize::new(std::process::id() as usize * 100));
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let turns = PORTS.map(|_| TURN.fetch_add(1, Ordering::Relaxed) % PORTS.len());
    let mut ports = turns.filter_map(|turn| PORTS.clone().nth(turn));
    ports.find(free).context("no port is free")
}

/// Waits until somebody listens there.
pub async fn listening(port: u16) -> Result<()> {
    within(PATIENCE, "a server to listen", || async {
        Ok(TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop))
    })
    .await
}
