//! Background tasks that must not end by themselves, and the two signals that end the process.

use std::{future::Future, time::Duration};

use anyhow::{Context, Result, anyhow};
use futures::FutureExt;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The tasks of a running process; cheap to clone.
#[derive(Clone)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    ended: watch::Sender<Option<String>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
            ended: watch::Sender::new(None),
        }
    }
}

impl Tasks {
    /// Says to every task that it shall end.
    pub fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Runs a task until it is told to stop; one that ends before is a failure of the process.
    pub fn spawn(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<()>> + Send + 'static,
    ) {
        let (stop, ended) = (self.stop.clone(), self.ended.clone());
        self.tracker.spawn(async move {
            let outcome = std::panic::AssertUnwindSafe(task).catch_unwind().await;
            if stop.is_cancelled() {
                return;
            }
            let cause = match outcome {
                Ok(Ok(())) => "without an error".to_owned(),
                Ok(Err(error)) => format!("{error:#}"),
                Err(_) => "by a panic".to_owned(),
            };
            tracing::error!(
                task.name = name,
                "a task that must not end has ended: {cause}"
            );
            ended.send_replace(Some(format!("{name} ended: {cause}")));
        });
    }

    /// Waits for a task that ended by itself, and says which and why.
    pub async fn failure(&self) -> anyhow::Error {
        let mut ended = self.ended.subscribe();
        let cause = ended
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|cause| cause.clone());
        anyhow!(cause.unwrap_or_default())
    }

    /// Tells every task to stop and waits for them at most this long. True when all ended.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(limit, self.tracker.wait())
            .await
            .is_ok()
    }
}

/// SIGINT and SIGTERM, caught from the moment this is made.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub fn catch() -> Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
        let terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
        Ok(Self {
            interrupt,
            terminate,
        })
    }

    /// Waits for the first; the next one ends the process at once.
    pub async fn first(mut self) {
        let name = self.next().await;
        tracing::info!("{name}: stopping; the same again ends at once");
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(130);
        });
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_by_itself_is_a_failure() {
        let tasks = Tasks::default();
        tasks.spawn("sender", async { anyhow::bail!("no lease") });
        assert_eq!(tasks.failure().await.to_string(), "sender ended: no lease");
    }

    #[tokio::test]
    async fn a_panic_of_a_task_is_a_failure_with_its_name() {
        let tasks = Tasks::default();
        tasks.spawn("sleeper", std::future::pending());
        tasks.spawn("timers", async { panic!("a defect") });
        let failure = tasks.failure().await.to_string();
        assert_eq!(failure, "timers ended: by a panic");
        // Also for whoever asks later.
        assert_eq!(tasks.failure().await.to_string(), failure);
    }

    #[tokio::test]
    async fn a_task_that_ends_in_the_drain_is_no_failure() {
        let tasks = Tasks::default();
        let stop = tasks.stopping().clone();
        tasks.spawn("worker", async move {
            stop.cancelled().await;
            anyhow::bail!("too late to matter")
        });
        assert!(tasks.drain(Duration::from_secs(5)).await);
        let failure = tasks.failure();
        assert!(failure.now_or_never().is_none());
    }

    #[tokio::test]
    async fn tasks_that_end_when_told_are_waited_for() {
        let tasks = Tasks::default();
        let stop = tasks.stopping().clone();
        tasks.spawn("obedient", async move {
            stop.cancelled().await;
            Ok(())
        });
        assert!(tasks.drain(Duration::from_secs(5)).await);
        let deaf = Tasks::default();
        deaf.spawn("deaf", std::future::pending());
        assert!(!deaf.drain(Duration::from_millis(10)).await);
    }
}
