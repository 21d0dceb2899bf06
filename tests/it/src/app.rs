//! The real GAD on port 0, with a real database and the paper Telegram, for one test.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use anyhow::{Context, Result, ensure};
use domain::{Actor, Clock, Store, actor::Channel, actor::Level, catalogue, enrolment, unit, user};
use gad::{App, config::Config};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use telegram::Paper;
use tokio::runtime::{Runtime, RuntimeFlavor};

use crate::{
    board::Board,
    database::{Backend, Database},
    http::Http,
    panics,
    people::{Recruit, Somebody},
    until::until,
};

/// The bot of the tests.
pub const BOT: &str = "gad_test_bot";
const TOKEN: &str = "900000000:test";

/// What every person of a test signs in with.
pub const PASSWORD: &str = "una clave larga de prueba";

/// How a test wants its GAD.
#[derive(Clone)]
pub struct Wish {
    backend: Backend,
    webhook: bool,
    clock: Option<Clock>,
    settings: Vec<(String, String)>,
    paper: telegram::Config,
}

impl Wish {
    /// By webhook instead of long polling.
    #[must_use]
    pub fn webhook(self) -> Self {
        Self {
            webhook: true,
            ..self
        }
    }

    /// With a clock of the test's own.
    #[must_use]
    pub fn clock(self, clock: &Clock) -> Self {
        Self {
            clock: Some(clock.clone()),
            ..self
        }
    }

    /// With a setting, as a variable of the environment.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another paper Telegram.
    #[must_use]
    pub fn paper(self, paper: telegram::Config) -> Self {
        Self { paper, ..self }
    }

    /// Starts it; `None` where PostgreSQL is wished for and the tests run without.
    pub async fn start(self) -> Result<Option<TestApp>> {
        match Database::migrated(self.backend).await? {
            Some(database) => TestApp::start(database, self).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A running GAD. Dropped with work undone, or after a panic of its own, it fails the test.
pub struct TestApp {
    /// Runs everything but the test, so that it goes on while the test ends.
    runtime: Option<Runtime>,
    thread: String,
    database: Database,
    rows: DatabaseConnection,
    settings: Vec<(String, String)>,
    clock: Option<Clock>,
    app: Mutex<Option<App>>,
    pub paper: Paper,
    people: Mutex<BTreeMap<String, Somebody>>,
    next_phone: AtomicI64,
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

    async fn start(database: Database, wish: Wish) -> Result<Self> {
        // Connections stay with the runtime that made them, and one of a single thread stands still while the test ends.
        let flavor = tokio::runtime::Handle::current().runtime_flavor();
        ensure!(
            flavor == RuntimeFlavor::MultiThread,
            "write #[tokio::test(flavor = \"multi_thread\")]"
        );
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let thread = format!("gad-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        panics::watch();
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
            paper,
            people: Mutex::default(),
            next_phone: AtomicI64::new(1001),
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

    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.runtime
            .as_ref()
            .expect("it is taken only by drop")
            .spawn(work)
    }

    async fn register_webhook(&self) -> Result<()> {
        let webhook = |name: &str| {
            self.settings
                .iter()
                .rev()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let secret = webhook("TELEGRAM_WEBHOOK_SECRET").context("a secret")?;
        let url = format!("{}/telegram/webhook", self.base());
        let set = serde_json::json!({ "url": url, "secret_token": secret, "allowed_updates": bot::receive::ALLOWED_UPDATES });
        let answer = Http::stranger(&self.paper.api_url())?
            .post(&format!("/bot{TOKEN}/setWebhook"), &set)
            .await?;
        answer.expect(200).map(drop)
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
        format!("http://{}", self.address())
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

    /// An agent of the usual unit, with a phone: the same one every time.
    pub async fn agent(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(1, name)).await
    }

    /// A supervisor of the usual unit, with a phone.
    pub async fn supervisor(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(2, name)).await
    }

    /// An admin with a phone.
    pub async fn admin(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(3, name)).await
    }

    /// Somebody by name: known, or made as wished.
    pub async fn recruit(&self, recruit: Recruit) -> Result<Somebody> {
        let known = self
            .people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&recruit.name)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let somebody = self.hire(&recruit).await?;
        if recruit.enrolled {
            self.enrol(&somebody).await?;
        }
        self.people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(recruit.name, somebody.clone());
        Ok(somebody)
    }

    async fn hire(&self, recruit: &Recruit) -> Result<Somebody> {
        let username = format!("{:0<3}", recruit.name.to_lowercase().replace(' ', "."));
        let new = user::NewUser {
            units: recruit.units.iter().cloned().map(unit::Key::Name).collect(),
            badge: (recruit.level == 1).then(|| recruit.name.clone()),
            permissions: recruit
                .permissions
                .iter()
                .filter_map(|word| word.parse().ok())
                .collect(),
            password: Some(PASSWORD.into()),
            ..user::NewUser::named(
                &username,
                &recruit.name,
                Level::try_from(recruit.level).map_err(anyhow::Error::msg)?,
            )
        };
        let user = user::create(&self.store(), &Self::system(), new).await?;
        let phone = self.next_phone.fetch_add(1, Ordering::Relaxed);
        Ok(Somebody {
            name: recruit.name.clone(),
            username,
            password: PASSWORD.into(),
            user_id: user.id,
            agent_id: user.agent_id.unwrap_or(0),
            phone: self.paper.person(phone, &recruit.name, &recruit.language),
        })
    }

    /// Opens a fresh link on somebody's phone and accepts.
    pub async fn enrol(&self, somebody: &Somebody) -> Result<()> {
        let link = self.invite(somebody).await?;
        somebody.opens_link(&link)?;
        let accept =
            |chat: &telegram::ChatView| ACCEPT.iter().find(|word| chat.has_button(word)).copied();
        let chat = somebody
            .until(|chat| accept(chat).is_some(), crate::until::DEADLINE)
            .await?;
        somebody.taps(accept(&chat).context("the button just seen")?)?;
        let (store, user_id) = (self.store(), somebody.user_id);
        until("the enrolment", || async {
            Ok(user::find(&store, &Self::system(), user_id)
                .await?
                .telegram_id)
        })
        .await?;
        self.settled().await
    }

    /// A link for somebody, not opened.
    pub async fn invite(&self, somebody: &Somebody) -> Result<String> {
        let user_id = somebody.user_id;
        let made = self
            .store()
            .write(move |tx| {
                Box::pin(async move { enrolment::invite(tx, &Self::system(), user_id).await })
            })
            .await?;
        Ok(format!("https://t.me/{BOT}?start={}", made.code))
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

    /// Rows of the database, past everything.
    pub async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_string(self.rows.get_database_backend(), sql);
        Ok(self.rows.query_all_raw(statement).await?)
    }

    /// The number that a statement of the kind `SELECT count(*) …` gives.
    pub async fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.rows(sql).await?;
        Ok(rows.first().context("a row")?.try_get_by_index(0)?)
    }

    /// Waits until every update is handled and every message that may leave has left.
    pub async fn settled(&self) -> Result<()> {
        until("updates to be handled and messages to be sent", || async {
            Ok((self.arrived().await? && self.undone().await?.is_empty()).then_some(()))
        })
        .await
    }

    /// Whether every update of Telegram is in the inbox: one that is under way is in no queue.
    async fn arrived(&self) -> Result<bool> {
        let sent: BTreeSet<i64> = self
            .paper
            .updates()
            .iter()
            .filter_map(|update| update["update_id"].as_i64())
            .collect();
        Ok(self.count("SELECT count(*) FROM inbox").await? >= i64::try_from(sent.len())?)
    }

    /// What waits, in words; nothing when nothing does.
    async fn undone(&self) -> Result<Vec<String>> {
        let mut undone = Vec::new();
        for (what, sql) in UNDONE {
            match self.count(sql).await? {
                0 => {}
                some => undone.push(format!("{some} {what}")),
            }
        }
        Ok(undone)
    }

    async fn check(&self) -> Result<()> {
        let settled = self.settled().await;
        let undone = self.undone().await?;
        ensure!(undone.is_empty(), "left behind: {}", undone.join(", "));
        settled?;
        let dead = self
            .count("SELECT count(*) FROM inbox WHERE status = 'dead'")
            .await?;
        ensure!(dead == 0, "{dead} updates were buried");
        let panics = panics::on(&self.thread);
        ensure!(panics.is_empty(), "panics: {}", panics.join("; "));
        Ok(())
    }
}

/// Accepting, in the languages of the phones.
const ACCEPT: [&str; 3] = ["Acepto", "I accept", "Aceito"];

const UNDONE: [(&str, &str); 2] = [
    (
        "updates wait",
        "SELECT count(*) FROM inbox WHERE status = 'pending'",
    ),
    (
        "messages wait",
        "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')",
    ),
];

fn runtime(thread: &str) -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(thread)
        .enable_all()
        .build()?)
}

async fn paper(config: telegram::Config) -> Result<Paper> {
    let paper = Paper::start_with(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), config).await?;
    paper.add_bot(TOKEN, BOT);
    Ok(paper)
}

fn settings(database: &Database, paper: &Paper, wish: &Wish) -> Result<Vec<(String, String)>> {
    let folder = database
        .folder()
        .to_str()
        .context("the folder's name is no text")?;
    let mut settings: Vec<(String, String)> = [
        ("PORT", "0"),
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", folder),
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_BOT_USERNAME", BOT),
        ("TELEGRAM_API_URL", &paper.api_url()),
        ("GAD_LIMITS__ENABLED", "false"),
        // The paper Telegram keeps no limits unless a test wishes so.
        ("GAD_TELEGRAM__SENDS", "10000"),
        ("GAD_TELEGRAM__PERSON_SENDS", "1000"),
        ("GAD_TELEGRAM__GROUP_SENDS", "1000"),
        // What is registered is the real port, which is not known yet.
        (
            "TELEGRAM_WEBHOOK_URL",
            if wish.webhook {
                "http://127.0.0.1/telegram/webhook"
            } else {
                ""
            },
        ),
        ("TELEGRAM_WEBHOOK_SECRET", "test-secret"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    settings.extend(wish.settings.iter().cloned());
    Ok(settings)
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
        let outcome = std::thread::scope(|scope| {
            let ending = scope.spawn(|| {
                let checked = if failed || app.is_none() {
                    Ok(())
                } else {
                    runtime.block_on(self.check())
                };
                runtime.block_on(async {
                    if let Some(app) = app {
                        app.stop().await;
                    }
                    self.paper.stop().await;
                });
                checked
            });
            ending.join()
        });
        runtime.shutdown_background();
        match outcome {
            Ok(Err(error)) if !std::thread::panicking() => panic!("{error:#}"),
            Err(panic) if !std::thread::panicking() => std::panic::resume_unwind(panic),
            _ => {}
        }
    }
}
