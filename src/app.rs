//! The wiring, on one screen.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::{Context, Result};
use api::{Alone, Api, Cache, Goodbye, Hub, Limiter, Local};
use axum::{Router, routing::get};
use bot::{Flow, exports::Exports, fetch::Fetch, receive::webhook};
use domain::{Clock, Store, files::Files, timer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    backup::{
        Source,
        daily::{self, Nights},
    },
    bells::{self, Bells},
    checks::Dependencies,
    config::Config,
    files::{Stored, sweep::Sweep},
    lifecycle::{Signals, Tasks},
    open,
    redis::{Redis, Shared, Small, presence},
    removals, robot, sealer,
    telemetry::{self, Metrics},
    timers::Worker,
};

/// What the drain may take longer than it is given, until what is left is cut off.
const GRACE: Duration = Duration::from_secs(1);

/// How often the clock is brought to the database's time.
const KEEP_TIME: Duration = Duration::from_secs(60);

/// A running GAD.
pub struct App {
    addr: SocketAddr,
    store: Store,
    checks: Dependencies,
    /// What takes in and sends out.
    work: Tasks,
    /// What people are connected to.
    doors: Tasks,
    goodbye: Goodbye,
}

impl App {
    /// Starts everything these settings ask for; ready when it returns.
    pub async fn start(config: Config) -> Result<Self> {
        let app = Self::start_with(config, Clock::running()).await?;
        app.work.spawn(
            "clock",
            keep_time(app.store.clone(), app.work.stopping().clone()),
        );
        Ok(app)
    }

    /// The same by a clock of the caller's, which nobody sets but him.
    pub async fn start_with(config: Config, clock: Clock) -> Result<Self> {
        let (work, doors) = (Tasks::default(), Tasks::default());
        let recorder = telemetry::record()?;
        let bells = Bells::new();
        let store = open::store(&config, clock, bells.bell()).await?;
        // Before anything is judged by it: this machine's clock may be an hour off.
        store.synchronise_clock().await?;
        let listener = listen(&config).await?;
        let addr = listener.local_addr()?;
        let redis = bells::join(&config, &store, &bells, &work).await?;
        let stored = Stored::of(&config)?;
        let files: Arc<dyn Files> = Arc::new(stored.clone());
        let flow = robot::flow(&config, &store, &files, addr.port(), work.stopping())?;
        let health = flow.as_ref().map(|flow| flow.health.clone());
        let checks = Dependencies::new(store.clone(), health, redis.clone());
        let hub = Hub::new(store.clone());
        let bot_username = Arc::new(OnceLock::new());
        let api = Api {
            store: store.clone(),
            files: Arc::clone(&files),
            hub: hub.clone(),
            limiter: limiter(redis.clone()),
            cache: cache(redis.clone()),
            checks: Arc::new(checks.clone()),
            config: config.http(
                &config
                    .keys
                    .resolve()
                    .context("the keys of this installation")?,
                bot_username.clone(),
            ),
        };
        let router = api::router(
            api,
            extra(
                &config,
                &store,
                flow.as_ref(),
                Metrics::new(recorder, store.clone()),
            )?,
        );
        timer::start(&store).await?;
        daily::schedule(&store, config.backup.daily).await?;

        let seen = presence::run(hub.clone(), redis, work.stopping().clone());
        work.spawn("presence", seen);
        let removing = removals::run(store.clone(), Arc::clone(&files), work.stopping().clone());
        work.spawn("removals", removing);
        let goodbye = Goodbye {
            notice: config.server.notice,
            drain: config.server.drain,
        };
        let stop = doors.stopping().clone();
        doors.spawn("http", async move {
            Ok(api::serve(listener, router, hub, stop, goodbye).await?)
        });
        let fetch = flow.as_ref().map(|flow| {
            Fetch::new(
                store.clone(),
                Arc::new(flow.client.clone()),
                Arc::clone(&files),
            )
        });
        let exports = Exports::new(store.clone(), Arc::clone(&files));
        let source = Source {
            config: config.clone(),
            store: store.clone(),
            files,
        };
        work.spawn(
            "timers",
            Worker {
                store: store.clone(),
                fetch,
                exports,
                nights: Nights::new(source, work.stopping().clone()),
                sweep: Sweep::new(store.clone(), stored),
                stop: work.stopping().clone(),
            }
            .run(),
        );
        work.spawn(
            "audit",
            sealer::run(
                store.clone(),
                robot::instance(&config, addr.port()),
                work.stopping().clone(),
            ),
        );
        if let Some(flow) = flow {
            robot::learn_name(&config, &bot_username, work.stopping())?;
            work.spawn("bot", async move {
                bot::run(flow).await;
                Ok(())
            });
        }
        tell(&config, &store);
        Ok(Self {
            addr,
            store,
            checks,
            work,
            doors,
            goodbye,
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

    /// Is not ready from now on, and finishes what is in hand; after the notice the doors close.
    pub async fn stop(&self) {
        self.checks.stop();
        let Goodbye { notice, drain } = self.goodbye;
        let (worked, _) = tokio::join!(
            self.work.drain(drain),
            self.doors.drain(notice + drain + GRACE)
        );
        if !worked {
            tracing::warn!("work in hand was left; it comes again at the next start");
        }
        tracing::info!("stopped");
    }
}

/// What is answered beside the API: the figures, and Telegram's updates where there is a bot.
fn extra(config: &Config, store: &Store, flow: Option<&Flow>, metrics: Metrics) -> Result<Router> {
    let router = Router::new().route("/metrics", get(move || metrics.clone().answer()));
    let Some(flow) = flow else { return Ok(router) };
    Ok(router.merge(webhook::router(
        store.clone(),
        flow.client.clone(),
        config.webhook_secret()?,
    )))
}

/// Requests are counted for all instances where there is a Redis, else in each.
fn limiter(redis: Option<Redis>) -> Arc<dyn Limiter> {
    match redis {
        Some(redis) => Arc::new(Shared::new(redis)),
        None => Arc::new(Local::default()),
    }
}

/// The same for small answers.
fn cache(redis: Option<Redis>) -> Arc<dyn Cache> {
    match redis {
        Some(redis) => Arc::new(Small::new(redis)),
        None => Arc::new(Alone),
    }
}

async fn listen(config: &Config) -> Result<TcpListener> {
    let (host, port) = (config.server.host.as_str(), config.server.port);
    let listener = TcpListener::bind((host, port)).await;
    listener
        .with_context(|| format!("{host}:{port} cannot be listened on; HOST and PORT say where"))
}

/// What an operator should know about these settings.
fn tell(config: &Config, store: &Store) {
    if config.database.file().is_none() && !store.has_postgis() {
        tracing::warn!(
            "PostGIS is not there: the nearest are searched without; gad doctor says how to add it"
        );
    }
    for (variable, file) in config.keys.generated() {
        tracing::info!(
            "{variable} is not set: the generated key in {} is used",
            file.display()
        );
    }
    if config.telegram.token.is_none() {
        tracing::warn!("TELEGRAM_BOT_TOKEN is not set: the bot is off, board and API run");
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
