//! The phone page and its JSON interface, which acts as people: only for this computer.

mod events;
mod guard;
mod page;
mod view;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    acts::Act,
    perform::Place,
    shared::Shared,
    state::{Human, World},
};

/// Base64 makes the largest upload a third longer.
const BODY_LIMIT: usize = 70 * 1024 * 1024;
/// First Telegram id for people whom the page invents.
const STRANGERS: i64 = 900_000_001;

/// Routes of the phone page.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/phone/{*path}", get(page::asset))
        .route("/paper/info", get(info))
        .route("/paper/people", get(people).post(add_person))
        .route("/paper/people/{id}/chat", get(chat))
        .route("/paper/people/{id}/act", post(act))
        .route("/paper/files/{id}", get(file))
        .route("/paper/calls", get(calls))
        .route("/paper/events", get(events::stream))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::same_origin))
        .with_state(shared)
}

/// Keeps everything of a paper Telegram to this computer.
pub(crate) fn only_here(router: Router) -> Router {
    router.layer(middleware::from_fn(guard::loopback))
}

type Paper = State<Arc<Shared>>;

fn trouble(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

async fn info(State(shared): Paper) -> Json<Value> {
    let centre = shared.config.centre;
    Json(shared.with(|world| {
        let bots = world.bots.values().map(|bot| json!({"username": bot.username, "name": bot.name}));
        json!({"bots": bots.collect::<Vec<_>>(), "centre": [centre.0, centre.1], "revision": world.revision})
    }))
}

async fn people(State(shared): Paper) -> Json<Value> {
    Json(shared.with(|world| view::people(world)))
}

/// Somebody new.
#[derive(Deserialize)]
struct NewPerson {
    first_name: String,
    id: Option<i64>,
    last_name: Option<String>,
    username: Option<String>,
    language_code: Option<String>,
    note: Option<String>,
}

async fn add_person(State(shared): Paper, Json(new): Json<NewPerson>) -> Response {
    if new.first_name.trim().is_empty() || new.id.is_some_and(|id| id <= 0) {
        return trouble(
            StatusCode::UNPROCESSABLE_ENTITY,
            "a person needs a first_name and a positive id",
        );
    }
    let id = shared.with(|world| {
        let next = world
            .people
            .keys()
            .next_back()
            .map_or(STRANGERS, |last| STRANGERS.max(last + 1));
        let id = new.id.unwrap_or(next);
        world.people.entry(id).or_insert_with(|| human(id, new));
        world.announce();
        id
    });
    (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
}

fn human(id: i64, new: NewPerson) -> Human {
    Human {
        id,
        first_name: new.first_name,
        last_name: new.last_name,
        username: new.username,
        language_code: new.language_code.unwrap_or_else(|| "es".to_owned()),
        note: new.note,
        deleted: false,
        place: None,
    }
}

/// Which chat of a person, and since which revision.
#[derive(Deserialize)]
struct Which {
    bot: Option<String>,
    chat: Option<i64>,
    #[serde(default)]
    since: u64,
}

impl Which {
    fn place(&self, world: &World, person: i64) -> Place {
        let wanted = self.bot.as_deref();
        let named = world
            .bots
            .iter()
            .find(|(_, bot)| wanted == Some(bot.username.as_str()));
        let token = named.map_or_else(|| world.first.clone(), |(token, _)| token.clone());
        Place {
            token,
            person,
            chat: self.chat.unwrap_or(person),
            topic: None,
        }
    }
}

async fn chat(State(shared): Paper, Path(id): Path<i64>, Query(which): Query<Which>) -> Response {
    let now = shared.config.clock.now();
    let found = shared.with(|world| {
        let place = which.place(world, id);
        view::chat(world, &place, which.since, now)
    });
    match found {
        Some(chat) => Json(chat).into_response(),
        None => trouble(
            StatusCode::NOT_FOUND,
            "there is no such person, bot or group",
        ),
    }
}

async fn act(
    State(shared): Paper,
    Path(id): Path<i64>,
    Query(which): Query<Which>,
    Json(act): Json<Act>,
) -> Response {
    let done = shared.with(|world| {
        let place = which.place(world, id);
        world.act(&place, act, &shared.config)
    });
    match done {
        Ok(done) => Json(json!(done)).into_response(),
        Err(why) => trouble(StatusCode::CONFLICT, &why.to_string()),
    }
}

async fn file(State(shared): Paper, Path(id): Path<String>) -> Response {
    let Some(file) = shared.with(|world| world.files.get(&id).cloned()) else {
        return trouble(StatusCode::NOT_FOUND, "there is no such file");
    };
    let shown = ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| file.mime.starts_with(kind));
    let (mime, disposition) = if shown && !file.mime.contains("svg") {
        (file.mime.as_str(), "inline")
    } else {
        ("application/octet-stream", "attachment")
    };
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, file.bytes).into_response()
}

async fn calls(State(shared): Paper) -> Json<Value> {
    let calls = shared.calls().all();
    Json(json!(calls))
}
