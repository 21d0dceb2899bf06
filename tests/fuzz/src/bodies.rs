//! The bodies of the API: the whole program but its network answers them, as an admin asks.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use api::{Alone, Api, CheckState, Checks, Config, Hub, Limits, Local};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, header},
};
use domain::{
    Actor, Clock, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    catalogue::{self, Pack},
    files::{FileError, Files},
    store::Connect,
    user::{self, NewUser},
};
use futures::future::BoxFuture;
use migration::MigratorTrait;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const PASSWORD: &str = "cuatro palabras sueltas juntas";

/// Sessions would end, and passwords take their time.
const LEFT_ALONE: &str = "/auth/";

/// The first line names the operation, the rest is the body.
pub fn body(bytes: &[u8]) {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (name, body) = (String::from_utf8_lossy(&bytes[..end]), &bytes[end + 1..]);
    let world = world();
    let Some((method, path)) = world.doors.get(&*name) else {
        return;
    };
    let (status, text) = world.runtime.block_on(world.ask(method, path, body));
    assert!(
        status < 500,
        "{method} {path} {:?}: {status} {text}",
        String::from_utf8_lossy(body)
    );
}

/// Makes the program before the first body comes.
pub fn prepare() {
    world();
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::new)
}

struct World {
    runtime: Runtime,
    router: Router,
    token: String,
    doors: BTreeMap<String, (String, String)>,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/gad.db?mode=rwc", folder.path().display());
        let router = runtime.block_on(program(&url)).expect("a program");
        let mut world = Self {
            runtime,
            router,
            token: String::new(),
            doors: doors(),
            _folder: folder,
        };
        let login = json!({ "username": "ana", "password": PASSWORD }).to_string();
        let (_, said) =
            world
                .runtime
                .block_on(world.ask("post", "/api/v1/auth/login", login.as_bytes()));
        let said: Value = serde_json::from_str(&said).expect("an answer");
        world.token = said["access_token"].as_str().expect("a token").to_owned();
        world
    }

    async fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let mut request = Request::builder()
            .method(method.to_uppercase().as_str())
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Body::from(body.to_vec()))
            .expect("a request");
        let peer = ConnectInfo(std::net::SocketAddr::from(([203, 0, 113, 7], 4711)));
        request.extensions_mut().insert(peer);
        let answer = self.router.clone().oneshot(request).await;
        let (parts, body) = answer.expect("the router answers everything").into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("a body in memory");
        (
            parts.status.as_u16(),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    }
}

/// Method and path of every operation that takes a body, with 1 wherever the path wants something.
fn doors() -> BTreeMap<String, (String, String)> {
    let document: Value = serde_json::from_str(&api::openapi()).expect("the document");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.map(move |(method, operation)| (method, path, operation))
    });
    operations
        .filter(|(_, path, operation)| {
            operation.get("requestBody").is_some() && !path.contains(LEFT_ALONE)
        })
        .map(|(method, path, operation)| {
            let name = operation["operationId"].as_str().expect("a name");
            (name.to_owned(), (method.clone(), filled(path)))
        })
        .collect()
}

fn filled(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

async fn program(url: &str) -> domain::Result<Router> {
    let clock = Clock::running();
    let store =
        Store::connect(&Connect::new(url), clock, Bell::default(), Rules::default()).await?;
    migration::Migrator::up(store.writer(), None).await?;
    store
        .write(|tx| Box::pin(async move { catalogue::seed(tx, Pack::Police).await }))
        .await?;
    let ana = NewUser {
        password: Some(PASSWORD.into()),
        ..NewUser::named("ana", "Ana Admin", Level::Admin)
    };
    user::create(&store, &Actor::system(Channel::Cli), ana).await?;
    let mut config = Config::new("a key of the tests that is long enough".into());
    config.limits = Limits {
        enabled: false,
        ..Limits::default()
    };
    let api = Api {
        hub: Hub::new(store.clone()),
        store,
        files: Arc::new(Nowhere),
        limiter: Arc::new(Local::default()),
        cache: Arc::new(Alone),
        checks: Arc::new(Fine),
        config,
    };
    Ok(api::router(api, Router::new()))
}

struct Fine;

impl Checks for Fine {
    fn run(&self) -> BoxFuture<'_, BTreeMap<&'static str, CheckState>> {
        Box::pin(async { BTreeMap::from([("database", CheckState::Ok)]) })
    }
}

/// Keeps nothing: no route with a JSON body stores a file.
struct Nowhere;

impl Files for Nowhere {
    fn put(&self, _: &str, _: Vec<u8>) -> BoxFuture<'_, Result<(), FileError>> {
        Box::pin(async { Ok(()) })
    }

    fn get(&self, _: &str) -> BoxFuture<'_, Result<Option<Vec<u8>>, FileError>> {
        Box::pin(async { Ok(None) })
    }

    fn remove(&self, _: &str) -> BoxFuture<'_, Result<(), FileError>> {
        Box::pin(async { Ok(()) })
    }
}
