//! A program with people in it, asked without a network.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use api::{Alone, Api, CheckState, Checks, Config, Goodbye, Hub, Limiter, Limits, Local};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use domain::{
    Actor, Clock, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    catalogue::{self, Pack},
    files::{FileError, Files},
    store::Connect,
    unit::Key,
    user::{self, NewUser},
};
use futures::future::BoxFuture;
use migration::MigratorTrait;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The token of the bot.
pub const BOT_TOKEN: &str = "900000001:test";

pub const PASSWORD: &str = "cuatro palabras sueltas juntas";

pub struct World {
    pub store: Store,
    hub: Hub,
    pub router: Router,
    files: Arc<Memory>,
    _folder: Option<tempfile::TempDir>,
}

/// A program that listens.
pub struct Served {
    pub address: SocketAddr,
    pub shutdown: CancellationToken,
    pub running: JoinHandle<std::io::Result<()>>,
}

/// An answer that was read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

pub fn start() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().expect("a literal")
}

/// No limits, plain http.
pub fn config() -> Config {
    let mut config = Config::new("a key of the tests that is long enough".into());
    config.bot_token = Some(BOT_TOKEN.into());
    config.limits = Limits {
        enabled: false,
        ..Limits::default()
    };
    config
}

impl World {
    pub async fn new() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/gad.db?mode=rwc", folder.path().display());
        Self::on(config, url, Some(folder)).await
    }

    /// The same on PostgreSQL, where the test command has one.
    pub async fn postgres() -> Option<Self> {
        Some(Self::on(config(), on_server().await?, None).await)
    }

    async fn on(config: Config, url: String, folder: Option<tempfile::TempDir>) -> Self {
        let clock = Clock::by_hand(start());
        let connect = Connect {
            // The machine that runs the tests may be busy.
            acquire_timeout: Duration::from_secs(30),
            ..Connect::new(url)
        };
        let store = Store::connect(&connect, clock, Bell::default(), Rules::default())
            .await
            .expect("the database opens");
        migration::Migrator::up(store.writer(), None)
            .await
            .expect("the schema");
        store
            .write(|tx| Box::pin(async move { catalogue::seed(tx, Pack::Police).await }))
            .await
            .expect("the catalogue");
        let hub = Hub::new(store.clone());
        let files = Arc::new(Memory::default());
        let api = Api {
            store: store.clone(),
            files: files.clone(),
            hub: hub.clone(),
            limiter: Arc::new(Local::default()) as Arc<dyn Limiter>,
            cache: Arc::new(Alone),
            checks: Arc::new(Fine),
            config,
        };
        let router = api::router(api, Router::new());
        Self {
            store,
            hub,
            router,
            files,
            _folder: folder,
        }
    }

    /// The same behind a real port.
    pub async fn serve(&self) -> Served {
        self.serve_with(Duration::ZERO).await
    }

    /// The same with notice before the end.
    pub async fn serve_with(&self, notice: Duration) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shutdown = CancellationToken::new();
        let goodbye = Goodbye {
            notice,
            drain: Duration::from_secs(10),
        };
        let work = api::serve(
            listener,
            self.router.clone(),
            self.hub.clone(),
            shutdown.clone(),
            goodbye,
        );
        Served {
            address,
            shutdown,
            running: tokio::spawn(work),
        }
    }

    /// The names of the files that are kept.
    pub fn files(&self) -> Vec<String> {
        let files = self.files.0.lock().expect("nobody panics with it");
        files.keys().cloned().collect()
    }

    /// An account with [`PASSWORD`] in a unit.
    pub async fn user(&self, username: &str, level: Level, unit: &str) -> i64 {
        let new = NewUser {
            units: vec![Key::Name(unit.into())],
            password: Some(PASSWORD.into()),
            ..NewUser::named(username, format!("Persona {username}"), level)
        };
        let system = Actor::system(Channel::Cli);
        user::create(&self.store, &system, new)
            .await
            .expect("a user")
            .id
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let mut request = request;
        let peer: SocketAddr = "203.0.113.7:4711".parse().expect("a literal");
        request.extensions_mut().entry_or(|| ConnectInfo(peer));
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router answers everything");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("a body in memory");
        Answer {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn login(&self, username: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "username": username, "password": password });
        self.ask(json("POST", "/api/v1/auth/login", None, &body))
            .await
    }

    /// A bearer token of this person.
    pub async fn token(&self, username: &str) -> String {
        let answer = self.login(username, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(bare("GET", path, Some(token))).await
    }

    pub async fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        self.ask(json(method, path, Some(token), body)).await
    }
}

/// An empty database on the server that the test command has.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told of a database by the environment"
)]
async fn on_server() -> Option<String> {
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let (base, _) = server.rsplit_once('/').expect("a URL with a database");
    let name = format!("api_{}", domain::secret::fresh());
    let admin = sea_orm::Database::connect(&server).await;
    let admin = admin.expect("the test server answers");
    let statement = format!("CREATE DATABASE {name}");
    let made = admin.execute_unprepared(&statement).await;
    made.expect("a superuser's statement");
    admin.close().await.expect("it was open");
    Some(format!("{base}/{name}"))
}

trait EntryOr {
    fn entry_or<T: Clone + Send + Sync + 'static>(&mut self, make: impl FnOnce() -> T);
}

impl EntryOr for axum::http::Extensions {
    fn entry_or<T: Clone + Send + Sync + 'static>(&mut self, make: impl FnOnce() -> T) {
        if self.get::<T>().is_none() {
            self.insert(make());
        }
    }
}

pub fn bare(method: &str, path: &str, token: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Body::empty()).expect("a request")
}

pub fn json(method: &str, path: &str, token: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = bare(method, path, token);
    let kind = "application/json".parse().expect("a literal");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    *request.body_mut() = Body::from(body.to_string());
    request
}

struct Fine;

impl Checks for Fine {
    fn run(&self) -> BoxFuture<'_, BTreeMap<&'static str, CheckState>> {
        Box::pin(async {
            BTreeMap::from([
                ("database", CheckState::Ok),
                ("redis", CheckState::NotConfigured),
            ])
        })
    }
}

/// Files in memory; one is there from the start.
struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Default for Memory {
    fn default() -> Self {
        Self(Mutex::new(BTreeMap::from([(
            "photo".into(),
            b"jpg".to_vec(),
        )])))
    }
}

impl Files for Memory {
    fn put(&self, path: &str, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>> {
        let mut files = self.0.lock().expect("nobody panics with it");
        files.insert(path.into(), bytes);
        Box::pin(async { Ok(()) })
    }

    fn get(&self, path: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>> {
        let found = self
            .0
            .lock()
            .expect("nobody panics with it")
            .get(path)
            .cloned();
        Box::pin(async move { Ok(found) })
    }

    fn remove(&self, path: &str) -> BoxFuture<'_, Result<(), FileError>> {
        self.0.lock().expect("nobody panics with it").remove(path);
        Box::pin(async { Ok(()) })
    }
}

/// A request with a body of some other kind.
pub fn raw(method: &str, path: &str, token: Option<&str>, kind: &str, text: &str) -> Request<Body> {
    let mut request = bare(method, path, token);
    let kind = kind.parse().expect("a literal");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    *request.body_mut() = Body::from(text.to_owned());
    request
}
