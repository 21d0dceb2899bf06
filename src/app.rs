//! The wiring, on one screen.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use axum::{Router, routing::get};
use bot::{fetch::Fetch, receive::webhook};
use domain::{Clock, Store, files::Files, timer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    files::Stored,
    lifecycle::{Signals, Tasks},
    open, robot,
    telemetry::{self, Metrics},
    timers::Worker,
};

/// How long open requests and sockets may take to end, after the work is done.
const DOORS: Duration = Duration::from_secs(5);

/// How often the clock is brought to the database's time.
const KEEP_TIME: Duration = Duration::from_secs(60);

/// A running GAD.
pub struct App {
    addr: SocketAddr,
    store: Store,
    /// What takes in and sends out: stopped first, so that nothing is cut in the middle.
    work: Tasks,
    /// What people are connected to: stopped last.
    doors: Tasks,
    drain: Duration,
}

impl App {
    /// Starts everything these settings ask for; ready when it returns.
    pub async fn start(config: Config) -> Result<Self> {
        Self::start_with(config, Clock::running()).await
    }

    /// The same with a clock that a test may hold.
    pub async fn start_with(config: Config, clock: Clock) -> Result<Self> {
        let (work, doors) = (Tasks::default(), Tasks::default());
        let recorder = telemetry::record()?;
        let store = open::store(&config, clock).await?;
        let files: Arc<dyn Files> =
            Arc::new(Stored::in_folder(&config.server.data_folder.join("files"))?);
        timer::start(&store).await?;
        let flow = robot::flow(&config, &store, work.stopping())?;
        let fetch = flow.as_ref().map(|flow| {
            Fetch::new(
                store.clone(),
                Arc::new(flow.client.clone()),
                Arc::clone(&files),
            )
        });
        let metrics = Metrics::new(recorder, store.clone());
        let mut router = Router::new()
            .route(
                "/metrics",
                get(move || async move { metrics.render().await }),
            )
            .route("/health/live", get(|| async { "{\"status\":\"ok\"}" }));
        if let Some(flow) = &flow {
            router = router.merge(webhook::router(
                store.clone(),
                flow.client.bot_id(),
                config.webhook_secret()?,
            ));
        }
        let (host, port) = (config.server.host.as_str(), config.server.port);
        let listener = TcpListener::bind((host, port))
            .await
            .with_context(|| format!("{host}:{port} cannot be listened on"))?;
        let addr = listener.local_addr()?;
        let stop = doors.stopping().clone();
        doors.spawn("http", async move {
            Ok(axum::serve(listener, router)
                .with_graceful_shutdown(stop.cancelled_owned())
                .await?)
        });
        work.spawn(
            "timers",
            Worker {
                store: store.clone(),
                fetch,
                stop: work.stopping().clone(),
            }
            .run(),
        );
        work.spawn("clock", keep_time(store.clone(), work.stopping().clone()));
        if let Some(flow) = flow {
            work.spawn("bot", async move {
                bot::run(flow).await;
                Ok(())
            });
        }
        Ok(Self {
            addr,
            store,
            work,
            doors,
            drain: config.server.drain,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// For what else shall run as long as this does.
    pub fn tasks(&self) -> &Tasks {
        &self.work
    }

    /// Runs until a signal, or until a task ends that must not; then stops.
    pub async fn run(self) -> Result<()> {
        let signals = Signals::catch()?;
        tracing::info!(address = %format_args!("http://{}", self.addr), "ready");
        let outcome = tokio::select! {
            () = signals.first() => Ok(()),
            error = self.work.failure() => Err(error),
            error = self.doors.failure() => Err(error),
        };
        self.stop().await;
        outcome
    }

    /// Takes nothing in any more, finishes what is in hand, then closes the doors.
    pub async fn stop(&self) {
        if !self.work.drain(self.drain).await {
            tracing::warn!("work in hand was left; it comes again at the next start");
        }
        if !self.doors.drain(DOORS).await {
            tracing::warn!("connections that did not end were cut");
        }
        tracing::info!("stopped");
    }
}

async fn keep_time(store: Store, stop: CancellationToken) -> Result<()> {
    while stop
        .run_until_cancelled(tokio::time::sleep(KEEP_TIME))
        .await
        .is_some()
    {
        if let Err(error) = store.synchronise_clock().await {
            tracing::warn!(%error, "the clock runs on without the database");
        }
    }
    Ok(())
}
