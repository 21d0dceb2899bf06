//! GAD as a process of its own: started, signalled, killed.

use std::{
    process::{Output, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines},
    process::{Child, Command},
};

use crate::until::DEADLINE;

/// A running `gad`; killed when dropped.
pub struct Process {
    child: Child,
    address: String,
}

/// A command with nothing of this machine's environment but the given variables.
pub fn command(program: &str, arguments: &[&str], variables: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().cloned())
        .kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub async fn output(
    program: &str,
    arguments: &[&str],
    variables: &[(String, String)],
) -> Result<Output> {
    let running = command(program, arguments, variables).output();
    Ok(patience::within(DEADLINE, running)
        .await
        .context("the command does not end")??)
}

impl Process {
    /// Starts `gad serve` and waits until it says that it is ready.
    pub async fn serve(program: &str, variables: &[(String, String)]) -> Result<Self> {
        Self::serve_logging(program, variables, tokio::io::sink()).await
    }

    /// The same, and what it says is written into `log`.
    pub async fn serve_logging(
        program: &str,
        variables: &[(String, String)],
        mut log: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Self> {
        let mut child = command(program, &["serve"], variables).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("a pipe")?).lines();
        let ready = patience::within(DEADLINE, ready(&mut lines, &mut log)).await;
        let address = ready.context("it does not get ready")??;
        // Somebody must read on, or a full pipe would stop the process.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let _ = write(&mut log, &line).await;
            }
        });
        Ok(Self { child, address })
    }

    /// Where it answers, such as `http://127.0.0.1:1234`.
    pub fn base(&self) -> &str {
        &self.address
    }

    /// Its number among the processes, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it has ended by itself or by a signal.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Ends it as a power cut would.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Sends a signal such as `TERM`.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let id = self.child.id().context("it has ended")?.to_string();
        Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status()
            .await?;
        Ok(())
    }

    /// Waits for its end; the exit code.
    pub async fn ended(mut self, patience: Duration) -> Result<Option<i32>> {
        let status = patience::within(patience, self.child.wait())
            .await
            .context("it does not end")??;
        Ok(status.code())
    }
}

async fn write(log: &mut (impl AsyncWrite + Unpin), line: &str) -> Result<()> {
    log.write_all(format!("{line}\n").as_bytes()).await?;
    Ok(log.flush().await?)
}

async fn ready(
    lines: &mut Lines<BufReader<impl AsyncRead + Unpin>>,
    log: &mut (impl AsyncWrite + Unpin),
) -> Result<String> {
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        write(log, &line).await?;
        if let Some((_, address)) = line
            .split_once("ready address=")
            .or_else(|| line.split_once("\"address\":\""))
        {
            return Ok(address
                .trim_end_matches(['"', '}'])
                .split('"')
                .next()
                .unwrap_or_default()
                .to_owned());
        }
        said.push(line);
    }
    anyhow::bail!("it ended before it was ready: {}", said.join("\n"))
}
