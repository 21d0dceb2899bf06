//! GAD as a process of its own: started, signalled, killed.

use std::{
    process::{Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines},
    process::{Child, Command},
    task::JoinHandle,
};

use crate::until::DEADLINE;

/// How a panic begins in the log.
const PANIC: &str = "panic: ";

/// How long a process may take to end: it lets what is in work come to its end.
const ENDING: Duration = Duration::from_secs(30);

/// A running `gad`; killed when dropped.
pub struct Process {
    child: Child,
    address: String,
    /// The lines of its log that tell of panics.
    panics: Arc<Mutex<Vec<String>>>,
    /// Reads its log to the end.
    reader: JoinHandle<()>,
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

/// The same with something on its standard input; what it prints, when it ends well.
pub async fn answer(
    program: &str,
    arguments: &[&str],
    variables: &[(String, String)],
    input: &str,
) -> Result<String> {
    let mut command = command(program, arguments, variables);
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().context("a pipe")?;
    stdin.write_all(input.as_bytes()).await?;
    drop(stdin);
    let ended = patience::within(DEADLINE, child.wait_with_output()).await;
    let output = ended.context("the command does not end")??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?}: {said}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
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
        let panics = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&panics);
        // Somebody must read on, or a full pipe would stop the process.
        let reader = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let _ = write(&mut log, &line).await;
                if line.contains(PANIC) {
                    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                    heard.push(line);
                }
            }
        });
        Ok(Self {
            child,
            address,
            panics,
            reader,
        })
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

    /// Ends it by a signal: in time, with 0, and without a panic in all that it said.
    pub async fn ends_well(mut self) -> Result<()> {
        self.signal("TERM").await?;
        let ended = patience::within(ENDING, self.child.wait()).await;
        let status = ended.context("it does not end")??;
        ensure!(status.success(), "it ended with {status}");
        let read = patience::within(ENDING, &mut self.reader).await;
        read.context("its log does not end")??;
        let panics = self.panics.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(panics.is_empty(), "{}", panics.join("; "));
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
