//! A bot whose handlers echo what they are told, on a database of its own.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bot::{
    Client, Flow, HandlerError, Health, InboxId, Keyboard, Limits, Receive, Render, Rendered,
    Screen,
};
use domain::{
    Clock, Rules, Store,
    bell::Bell,
    card::Subject,
    inbox,
    outbox::{self, Message, Notice, Outgoing},
    store::Connect,
};
use dptree::deps;
use futures::future::BoxFuture;
use migration::MigratorTrait;
use patience::Deadline;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use telegram::{Paper, Person};
use teloxide::{
    dispatching::{UpdateFilterExt, UpdateHandler},
    types::{InlineKeyboardButton, InlineKeyboardMarkup, Update},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const TOKEN: &str = "4242:paper-token";
pub const BOT_ID: i64 = 4242;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the handlers have seen, in order.
pub type Seen = Arc<Mutex<Vec<String>>>;

/// A Telegram, a database, and what runs between them.
pub struct Rig {
    pub paper: Paper,
    pub store: Store,
    pub seen: Seen,
    database: Database,
}

/// Where a database is; a file goes away with it.
struct Database {
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite://{}/gad.db?mode=rwc", folder.path().display()),
            _folder: Some(folder),
        }
    }

    /// An empty one on the server that the test command has; none without it.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told of a database by the environment"
    )]
    async fn postgres() -> Option<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").ok()?;
        let (base, _) = server.rsplit_once('/').expect("a URL with a database");
        let name = format!("bot_{}", domain::secret::fresh());
        let admin = sea_orm::Database::connect(&server).await;
        let admin = admin.expect("the test server answers");
        let statement = format!("CREATE DATABASE {name}");
        let made = admin.execute_unprepared(&statement).await;
        made.expect("a superuser's statement");
        admin.close().await.expect("it was open");
        Some(Self {
            url: format!("{base}/{name}"),
            _folder: None,
        })
    }
}

/// A bot at work.
pub struct Running {
    pub health: Health,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Rig {
    pub async fn new() -> Self {
        Self::on(Database::file()).await
    }

    /// The same on PostgreSQL, where the test command has one.
    pub async fn postgres() -> Option<Self> {
        Some(Self::on(Database::postgres().await?).await)
    }

    async fn on(database: Database) -> Self {
        let paper = Paper::start("127.0.0.1:0".parse().expect("an address"));
        let paper = paper.await.expect("a free port");
        paper.add_bot(TOKEN, "gad_bot");
        let store = open(&database.url).await;
        migration::Migrator::up(store.writer(), None)
            .await
            .expect("the schema");
        Self {
            paper,
            store,
            seen: Seen::default(),
            database,
        }
    }

    /// The same database, opened again.
    pub async fn reopen(&mut self) {
        self.store = open(&self.database.url).await;
    }

    pub fn client(&self) -> Client {
        Client::new(TOKEN.into(), &self.paper.api_url()).expect("a token and an address")
    }

    pub fn start(&self) -> Running {
        self.start_as("one", Receive::Polling)
    }

    pub fn start_as(&self, instance: &str, receive: Receive) -> Running {
        let shutdown = CancellationToken::new();
        let health = Health::default();
        let flow = Flow {
            client: self.client(),
            store: self.store.clone(),
            tree: tree(),
            deps: deps![Arc::clone(&self.seen)],
            render: Arc::new(Words),
            receive,
            limits: Limits::default(),
            instance: instance.into(),
            strangers: Vec::new(),
            health: health.clone(),
            shutdown: shutdown.clone(),
        };
        let task = tokio::spawn(bot::run(flow));
        Running {
            health,
            shutdown,
            task,
        }
    }

    /// Somebody the bot may write to.
    pub async fn person(&self, id: i64) -> Person {
        let person = self.paper.person(id, "Ana", "es");
        person.says("hola").expect("a private chat");
        person
            .until_text("echo: hola")
            .await
            .expect("the bot answers");
        person
    }

    /// Puts a message of these words into the outbox.
    pub async fn tell(&self, chat: i64, reply: Value) {
        let message = Message::reply(chat, None, reply);
        self.store
            .write(move |tx| Box::pin(async move { outbox::push(tx, vec![message]).await }))
            .await
            .expect("the outbox takes it");
    }

    /// Waits until nothing waits in the outbox.
    pub async fn until_all_settled(&self) {
        until("the outbox is empty", async || {
            outbox::depth(&self.store)
                .await
                .is_ok_and(|lanes| lanes.is_empty())
        })
        .await;
    }

    /// Waits until so many updates wait, and so many are buried.
    pub async fn until_inbox(&self, pending: u64, dead: u64) {
        until("the inbox is worked off", async || {
            inbox::depth(&self.store)
                .await
                .is_ok_and(|depth| depth == (pending, dead))
        })
        .await;
    }

    /// How often handlers have seen this text.
    pub fn times_seen(&self, text: &str) -> usize {
        let seen = self.seen.lock().expect("no handler panics with it in hand");
        seen.iter().filter(|one| *one == text).count()
    }
}

impl Running {
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.expect("the bot ends without a panic");
    }

    /// Ends as a killed process does.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn open(url: &str) -> Store {
    let connect = Connect {
        // The machine that runs the tests may be busy.
        acquire_timeout: Duration::from_secs(30),
        ..Connect::new(url)
    };
    Store::connect(
        &connect,
        Clock::running(),
        Bell::default(),
        Rules::default(),
    )
    .await
    .expect("the database opens")
}

/// Waits for a condition, or fails naming it.
pub async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let mut deadline = Deadline::after(PATIENCE);
    while !condition().await {
        assert!(!deadline.is_over(), "in vain waited until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn tree() -> UpdateHandler<HandlerError> {
    dptree::entry()
        .branch(Update::filter_message().endpoint(hear))
        .branch(Update::filter_callback_query().endpoint(async || Ok(())))
}

async fn hear(
    message: teloxide::types::Message,
    store: Store,
    InboxId(id): InboxId,
    seen: Seen,
) -> Result<(), HandlerError> {
    let text = message.text().unwrap_or_default().to_owned();
    seen.lock().expect("no panic before").push(text.clone());
    match text.as_str() {
        "panic" => panic!("as asked"),
        "poison" => return Err(HandlerError::Other("as asked".into())),
        "forgetful" => return Ok(()),
        "busy" => return std::future::pending().await,
        _ => {}
    }
    let chat = message.chat.id.0;
    store
        .write(move |tx| {
            Box::pin(async move {
                if inbox::done(tx, id).await? {
                    let reply = json!({ "text": format!("echo: {text}") });
                    outbox::push(tx, vec![Message::reply(chat, None, reply)]).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Says what the reply says: `text`, `button`, `task` (the card it is), `ring`.
struct Words;

impl Render for Words {
    fn render<'a>(
        &'a self,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Rendered, domain::Error>> {
        Box::pin(async move {
            match &message.notice {
                Notice::Reply { reply } if reply["panic"] == true => panic!("as asked"),
                Notice::Reply { reply } => Ok(screen(reply).into()),
                _ => Ok(Rendered::Nothing),
            }
        })
    }
}

fn screen(reply: &Value) -> Screen {
    let button = |label: &str| InlineKeyboardButton::callback(label, "data");
    Screen {
        text: reply["text"].as_str().unwrap_or_default().into(),
        keyboard: reply["button"].as_str().map_or(Keyboard::None, |label| {
            Keyboard::Inline(InlineKeyboardMarkup::new([[button(label)]]))
        }),
        subject: reply["task"].as_i64().map(Subject::Task),
        ring: reply["ring"] == true,
        ..Screen::default()
    }
}
