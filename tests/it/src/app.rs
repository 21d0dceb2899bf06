//! The real GAD on port 0, with a real database and the paper Telegram, for one test.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use anyhow::{Context, Result, ensure};
use domain::{Actor, Clock, Store, actor::Channel, catalogue};
use gad::{App, config::Config};
use sea_orm::DatabaseConnection;
use telegram::Paper;
use tokio::runtime::{Runtime, RuntimeFlavor};

use crate::{
    board::Board,
    database::{Backend, Database},
    http::Http,
    leftovers::told,
    panics,
    people::Somebody,
    process::Process,
    wish::{TOKEN, Wish, paper, settings},
};

/// What every person of a test signs in with.
pub const PASSWORD: &str = "una clave larga de prueba";

/// A running GAD. Dropped with work undone, or after a panic of its own, it fails the test; what a wait or an
/// expectation of the test failed with before is told first.
pub struct TestApp {
    /// Runs everything but the test, so that it goes on while the test ends.
    runtime: Option<Runtime>,
    pub(crate) thread: String,
    database: Database,
    pub(crate) rows: DatabaseConnection,
    settings: Vec<(String, String)>,
    pub(crate) clock: Option<Clock>,
    app: Mutex<Option<App>>,
    /// Path and process of the program, when it runs instead.
    process: Mutex<Option<(String, Process)>>,
    pub paper: Paper,
    pub(crate) people: Mutex<BTreeMap<String, Somebody>>,
    pub(crate) next_phone: AtomicI64,
    /// The updates that were seen in the inbox, from which they are forgotten after some days.
    pub(crate) arrived: Mutex<BTreeSet<i64>>,
    lenient: bool,
}

impl TestApp {
    /// What to start; SQLite and long polling unless wished otherwise.
    pub fn on(backend: Backend) -> Wish {
        Wish {
            backend,
            webhook: false,
            clock: None,
            settings: Vec::new(),
            paper: telegram::Config::default(),
        }
    }

    pub(crate) async fn start(database: Database, wish: Wish) -> Result<Self> {
        // Connections stay with the runtime that made them, and one of a single thread stands still while the test ends.
        let flavor = tokio::runtime::Handle::current().runtime_flavor();
        ensure!(
            flavor == RuntimeFlavor::MultiThread,
            "write #[tokio::test(flavor = \"multi_thread\")]"
        );
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let thread = format!("gad-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        panics::watch();
        // Of the test before, where several have one thread.
        let _ = patience::last_failure();
        let runtime = runtime(&thread)?;
        let paper = runtime.spawn(paper(wish.paper.clone())).await??;
        let settings = settings(&database, &paper, &wish)?;
        let connected = database.connect().await?;
        let app = Self {
            thread,
            rows: connected,
            database,
            settings,
            clock: wish.clock.clone(),
            app: Mutex::default(),
            process: Mutex::default(),
            paper,
            people: Mutex::default(),
            next_phone: AtomicI64::new(1001),
            arrived: Mutex::default(),
            lenient: false,
            runtime: Some(runtime),
        };
        app.run().await?;
        if wish.webhook {
            app.register_webhook().await?;
        }
        app.store()
            .write(|tx| Box::pin(async { catalogue::seed(tx, catalogue::Pack::Police).await }))
            .await?;
        Ok(app)
    }

    /// Starts GAD on the same database, again after [`Self::halt`].
    pub async fn run(&self) -> Result<()> {
        let config = Config::from_parts(None, self.settings.clone())?;
        let clock = self.clock.clone().unwrap_or_else(Clock::running);
        let app = self
            .spawn(async move { App::start_with(config, clock).await })
            .await??;
        *self.app.lock().unwrap_or_else(PoisonError::into_inner) = Some(app);
        Ok(())
    }

    /// From here on the program itself runs, on the same database and beside the same Telegram.
    pub async fn becomes(&self, program: &str) -> Result<()> {
        self.halt().await?;
        let (path, settings) = (program.to_owned(), self.settings.clone());
        let serving = self.spawn(async move { Process::serve(&path, &settings).await });
        let process = serving.await??;
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((program.to_owned(), process));
        match self.setting("TELEGRAM_WEBHOOK_SECRET") {
            Some(_) => self.register_webhook().await,
            None => Ok(()),
        }
    }

    /// Stops GAD as a signal would; database, Telegram and phones stay.
    pub async fn halt(&self) -> Result<()> {
        let app = self
            .app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(app) = app {
            self.spawn(async move { app.stop().await }).await?;
        }
        Ok(())
    }

    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.runtime
            .as_ref()
            .expect("it is taken only by drop")
            .spawn(work)
    }

    async fn register_webhook(&self) -> Result<()> {
        let secret = self
            .setting("TELEGRAM_WEBHOOK_SECRET")
            .context("a secret")?;
        let url = format!("{}/telegram/webhook", self.base());
        let set = serde_json::json!({ "url": url, "secret_token": secret, "allowed_updates": bot::receive::ALLOWED_UPDATES });
        let answer = Http::stranger(&self.paper.api_url())?
            .post(&format!("/bot{TOKEN}/setWebhook"), &set)
            .await?;
        answer.expect(200).map(drop)
    }

    fn setting(&self, name: &str) -> Option<String> {
        let mut newest_first = self.settings.iter().rev();
        let found = newest_first.find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    }

    /// The data layer of the running GAD.
    pub fn store(&self) -> Store {
        let app = self.app.lock().unwrap_or_else(PoisonError::into_inner);
        app.as_ref()
            .expect("the test has halted it")
            .store()
            .clone()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let app = self.app.lock().unwrap_or_else(PoisonError::into_inner);
        app.as_ref().expect("the test has halted it").addr()
    }

    /// The address of the board, without a slash at its end.
    pub fn base(&self) -> String {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        match &*process {
            Some((_, process)) => process.base().to_owned(),
            None => format!("http://{}", self.address()),
        }
    }

    /// The path of the program, once it runs instead.
    pub(crate) fn program(&self) -> Option<String> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.as_ref().map(|(program, _)| program.clone())
    }

    /// The settings of this GAD, for a process on the same database after [`Self::halt`].
    pub fn variables(&self) -> &[(String, String)] {
        &self.settings
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What is left undone, or panics, is meant to be.
    pub fn leaves_work_behind(&mut self) {
        self.lenient = true;
    }

    /// The system itself, for what a test prepares through the domain.
    pub fn system() -> Actor {
        Actor::system(Channel::Cli)
    }

    /// A person as the domain sees him who uses this door.
    pub async fn actor(&self, somebody: &Somebody, channel: Channel) -> Result<Actor> {
        Actor::of_user(&self.store(), somebody.user_id, channel)
            .await?
            .context("the account is switched off")
    }

    /// Somebody's signed-in browser.
    pub async fn http(&self, somebody: &Somebody) -> Result<Http> {
        Http::login(&self.base(), &somebody.username, &somebody.password).await
    }

    /// A browser of nobody.
    pub fn stranger(&self) -> Result<Http> {
        Http::stranger(&self.base())
    }

    /// Somebody's open board, subscribed to everything.
    pub async fn board(&self, somebody: &Somebody) -> Result<Board> {
        Board::open(&self.http(somebody).await?).await
    }
}

fn runtime(thread: &str) -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(thread)
        .enable_all()
        .build()?)
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        let failed = std::thread::panicking() || self.lenient;
        let app = self
            .app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let process = self
            .process
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let outcome = std::thread::scope(|scope| {
            let ending = scope.spawn(|| {
                let halted = app.is_none() && process.is_none();
                let checked = if failed || halted {
                    Ok(())
                } else {
                    runtime.block_on(self.check())
                };
                let ended = runtime.block_on(async {
                    if let Some(app) = app {
                        app.stop().await;
                    }
                    let ended = match process {
                        Some((_, process)) if !failed => process.ends_well().await,
                        _ => Ok(()),
                    };
                    self.paper.stop().await;
                    ended
                });
                checked.and(ended)
            });
            ending.join()
        });
        runtime.shutdown_background();
        match outcome {
            Ok(Err(left)) if !std::thread::panicking() => {
                panic!("{}", told(&left, patience::last_failure()))
            }
            Err(panic) if !std::thread::panicking() => std::panic::resume_unwind(panic),
            _ => {}
        }
    }
}
