//! Anything at all, sent to every door: it is done, or refused with a clear answer, and never a fault of ours.

use axum::http::{StatusCode, header};
use domain::actor::Level;
use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    support::{World, json as request},
    ws::Socket,
};

/// What may stand where a path wants a number or a name. One's own account has number 1.
const PARTS: [&str; 9] = [
    "2",
    "0",
    "-1",
    "9223372036854775808",
    "%00",
    "%FF",
    "%C3%B1",
    "..%2F..",
    "1e9",
];

/// Passwords take their time, and a session that has ended is asked nothing more.
const LEFT_ALONE: [&str; 2] = ["/auth/", "/ws/connect"];

/// One method of one route, and the names that it knows: what has others is refused before anybody looks at the rest.
#[derive(Debug)]
struct Door {
    method: String,
    path: String,
    query: Vec<String>,
    fields: Vec<String>,
}

/// Every method of every route.
async fn doors(world: &World, token: &str) -> Vec<Door> {
    let document = world.get("/openapi.json", token).await.json;
    let paths = document["paths"].as_object().expect("paths");
    let doors = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods");
        let document = &document;
        methods
            .iter()
            .map(move |(method, operation)| Door::of(document, method, path, operation))
    });
    doors
        .filter(|door| LEFT_ALONE.iter().all(|left| !door.path.contains(left)))
        .collect()
}

impl Door {
    fn of(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array();
        let parameters = parameters.into_iter().flatten();
        let query = parameters.filter(|one| one["in"] == "query");
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            query: query
                .filter_map(|one| one["name"].as_str().map(str::to_owned))
                .collect(),
            fields: fields(document, body),
        }
    }

    fn path(&self, part: &str, query: &str) -> String {
        let parts = self.path.split('/').map(|one| match one.starts_with('{') {
            true => part,
            false => one,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        let query: String = query.chars().take(200).collect();
        let query = form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
        let pairs = self.query.iter().map(|name| format!("{name}={query}"));
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// The same object without what this door does not know.
    fn known(&self, mut sent: Value) -> Value {
        if let Some(fields) = sent.as_object_mut() {
            fields.retain(|name, _| self.fields.contains(name));
        }
        sent
    }
}

/// The names of the fields of a schema.
fn fields(document: &Value, schema: &Value) -> Vec<String> {
    if let Some(place) = schema["$ref"].as_str() {
        let place = place.trim_start_matches('#');
        return fields(document, document.pointer(place).expect("a schema"));
    }
    let own = schema["properties"].as_object().into_iter().flatten();
    let one_of = schema["oneOf"].as_array().into_iter().flatten();
    own.map(|(name, _)| name.clone())
        .chain(one_of.flat_map(|one| fields(document, one)))
        .collect()
}

fn draw<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("a value").current()
}

#[tokio::test]
async fn hostile_bodies_and_paths_have_a_clear_answer() {
    let world = World::new().await;
    world.user("ana", Level::Admin, "Centro").await;
    world.user("eva", Level::Agent, "Centro").await;
    let token = world.token("ana").await;
    let doors = doors(&world, &token).await;
    assert!(doors.len() > 20, "{doors:?}");
    let body = prop_oneof![4 => junk::object(), 1 => junk::document()];
    let stray = prop::bool::weighted(0.1);
    let wish = (
        any::<Index>(),
        select(&PARTS[..]),
        junk::text(),
        body,
        stray,
    );
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..2 * runner.config().cases {
        let (door, part, query, body, stray) = draw(&mut runner, &wish);
        let door = door.get(&doors);
        let (method, path) = (&door.method, door.path(part, &query));
        let body = if stray { body } else { door.known(body) };
        let answer = world.ask(request(method, &path, Some(&token), &body)).await;
        let said = format!("{method} {path} {body}: {} {}", answer.status, answer.text);
        assert!(!answer.status.is_server_error(), "{said}");
        if answer.status.is_client_error() {
            assert!(!answer.code().is_empty(), "no code: {said}");
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{said}");
            let kind = answer.headers.get(header::CONTENT_TYPE);
            assert!(
                kind.is_some_and(|kind| kind == "application/problem+json"),
                "{said}"
            );
        }
    }
}

#[tokio::test]
async fn hostile_words_on_a_socket_are_answered() {
    let world = World::new().await;
    world.user("ana", Level::Admin, "Centro").await;
    let served = world.serve().await;
    let token = world.token("ana").await;
    let word = prop_oneof![2 => select(&["subscribe", "unsubscribe"][..]).prop_map(str::to_owned), 1 => junk::text()];
    let document = junk::document().prop_filter("too big", |said| said.to_string().len() < 60_000);
    let said = (word, document.clone(), document);
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..3 {
        // More is said by nobody within a minute.
        let mut socket = Socket::open(&served, &world, &token).await;
        socket.hear().await;
        for _ in 0..35 {
            let (word, data, anything) = draw(&mut runner, &said);
            socket.say(&word, data.clone()).await;
            let answer = socket.hear().await;
            let kinds = ["error", "subscribed"];
            let heard = answer["event_type"].as_str().unwrap_or_default();
            assert!(kinds.contains(&heard), "{word} {data}: {answer}");
            drain(&mut socket, anything).await;
        }
    }
}

/// Sends something else and hears until a question is answered, whatever came before that.
async fn drain(socket: &mut Socket, anything: Value) {
    let text = Message::text(anything.to_string());
    socket.send(text).await;
    socket.say("ping", json!({})).await;
    while socket.hear().await["event_type"] != "pong" {}
}
