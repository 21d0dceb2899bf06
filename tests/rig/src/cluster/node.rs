//! One instance: started, signalled, killed and started again on its port.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use it::{Http, process::Process, until::within};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{fs::OpenOptions, sync::Mutex};

/// How long an instance may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// One instance.
pub struct Node {
    program: String,
    port: u16,
    variables: Vec<(String, String)>,
    log: PathBuf,
    process: Mutex<Option<Process>>,
    up: AtomicBool,
}

impl Node {
    pub fn new(program: String, port: u16, variables: Vec<(String, String)>, log: PathBuf) -> Self {
        Self {
            program,
            port,
            variables,
            log,
            process: Mutex::default(),
            up: AtomicBool::new(false),
        }
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether it is ready, as far as we know.
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Whether leases name this instance so.
    pub fn is_called(&self, holder: &str) -> bool {
        holder.contains(&self.port.to_string())
    }

    /// Starts it; the time until it answered that it is ready.
    pub async fn start(&self) -> Result<Duration> {
        let begun = Instant::now();
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .await?;
        let process = Process::serve_logging(&self.program, &self.variables, log).await?;
        *self.process.lock().await = Some(process);
        let http = Http::stranger(&self.base())?;
        within(PATIENCE, "an instance to be ready", || async {
            let answer = http.get("/health/ready").await;
            Ok(answer
                .is_ok_and(|answer| answer.status == 200)
                .then_some(()))
        })
        .await?;
        self.up.store(true, Ordering::Relaxed);
        Ok(begun.elapsed())
    }

    /// Ends it as a power cut would, if it runs.
    pub async fn kill(&self) -> Result<()> {
        self.up.store(false, Ordering::Relaxed);
        match self.process.lock().await.take() {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    pub async fn signal(&self, signal: Signal) -> Result<()> {
        let process = self.process.lock().await;
        let id = process
            .as_ref()
            .and_then(Process::id)
            .context("it does not run")?;
        let id = Pid::from_raw(i32::try_from(id)?).context("a process number")?;
        Ok(kill_process(id, signal)?)
    }

    /// What it has of the machine's memory, in bytes (proc_pid_status(5)).
    pub async fn memory(&self) -> Result<usize> {
        let process = self.process.lock().await;
        let id = process.as_ref().and_then(Process::id);
        let id = id.context("it does not run")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next());
        Ok(1024 * kilobytes.context("VmRSS")?.parse::<usize>()?)
    }

    /// Waits for its end; the exit code.
    pub async fn ended(&self, patience: Duration) -> Result<Option<i32>> {
        let process = self
            .process
            .lock()
            .await
            .take()
            .context("it does not run")?;
        let code = process.ended(patience).await;
        self.up.store(false, Ordering::Relaxed);
        code
    }

    /// Whether it has ended though nobody told it to.
    pub async fn has_died(&self) -> Result<bool> {
        match self.process.lock().await.as_mut() {
            Some(process) => process.has_ended(),
            None => Ok(false),
        }
    }

    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// The panics in its log.
    pub fn panics(&self) -> Result<Vec<String>> {
        let log = self.log()?;
        let panics = log
            .lines()
            .filter(|line| line.contains("panic: ") || line.contains("panicked at"));
        Ok(panics.map(str::to_owned).collect())
    }
}
