//! `Idempotency-Key`, `ETag`, `If-Match` and `If-None-Match`.

use axum::{
    body::Body,
    http::{HeaderName, Request, StatusCode, header},
};
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::{
    access::cell::Cell,
    support::{Answer, PASSWORD, World, bare, json as body},
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

fn with(mut request: Request<Body>, name: HeaderName, value: &str) -> Request<Body> {
    let value = value.parse().expect("ASCII");
    request.headers_mut().insert(name, value);
    request
}

fn replayed(answer: &Answer) -> bool {
    answer
        .headers
        .get("idempotency-replayed")
        .is_some_and(|value| value == "true")
}

async fn world() -> (World, String) {
    let world = World::new().await;
    let root = NewUser {
        password: Some(PASSWORD.into()),
        permissions: vec![Permission::Broadcast],
        ..NewUser::named("root", "Persona root", Level::Admin)
    };
    let system = Actor::system(Channel::Cli);
    let made = user::create(&world.store, &system, root).await;
    made.expect("a user");
    let token = world.token("root").await;
    (world, token)
}

async fn make(world: &World, token: &str, key: &str, title: &str) -> Answer {
    let sent = json!({ "title": title, "kind": "patrullaje" });
    let request = body("POST", "/api/v1/tasks", Some(token), &sent);
    world.ask(with(request, KEY, key)).await
}

async fn count(world: &World, token: &str) -> usize {
    let all = world.get("/api/v1/tasks", token).await;
    all.json["items"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_repeated_creation_is_answered_as_the_first() {
    let (world, token) = world().await;
    let first = make(&world, &token, "a-1", "Ronda").await;
    let again = make(&world, &token, "a-1", "Ronda").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert!(!replayed(&first) && replayed(&again));
    assert_eq!((again.status, again.text), (first.status, first.text));
    for name in [header::LOCATION, header::ETAG, header::CONTENT_TYPE] {
        assert_eq!(again.headers[&name], first.headers[&name]);
    }
    assert_eq!(count(&world, &token).await, 1);
    let other = make(&world, &token, "a-1", "Otra ronda").await;
    let told = (other.status.as_u16(), other.code());
    assert_eq!(told, (422, "idempotency_mismatch"));
    assert_eq!(count(&world, &token).await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_person_and_one_address() {
    let (world, token) = world().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let ana = world.token("ana").await;
    make(&world, &token, "a-1", "Ronda").await;
    let hers = make(&world, &ana, "a-1", "Ronda").await;
    assert_eq!((hers.status, replayed(&hers)), (StatusCode::CREATED, false));
    let elsewhere = body(
        "POST",
        "/api/v1/units",
        Some(&token),
        &json!({ "name": "Sur" }),
    );
    let told = world.ask(with(elsewhere, KEY, "a-1")).await;
    assert_eq!(told.code(), "idempotency_mismatch");
}

#[tokio::test]
async fn a_refusal_is_judged_anew() {
    let (world, token) = world().await;
    let unit = json!({ "name": "Norte" });
    let made = world.send("POST", "/api/v1/units", &token, &unit).await;
    let again = || {
        with(
            body("POST", "/api/v1/units", Some(&token), &unit),
            KEY,
            "u-1",
        )
    };
    assert_eq!(world.ask(again()).await.code(), "taken");
    let place = made.headers[header::LOCATION].to_str().expect("ASCII");
    let renamed = json!({ "name": "Noreste" });
    world.send("PATCH", place, &token, &renamed).await;
    assert_eq!(world.ask(again()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_word_that_cannot_be_a_key_is_refused() {
    let (world, token) = world().await;
    for word in ["", "ñandú", &"k".repeat(256)] {
        let mut request = body(
            "POST",
            "/api/v1/units",
            Some(&token),
            &json!({ "name": "Sur" }),
        );
        let value = axum::http::HeaderValue::from_bytes(word.as_bytes()).expect("printable");
        request.headers_mut().insert(KEY, value);
        let told = world.ask(request).await;
        assert_eq!(told.code(), "idempotency_key_malformed", "{word}");
    }
}

/// Operations whose answer is a secret, made anew each time, a preview, and alerts, which name themselves.
const NOT_KEPT: [&str; 12] = [
    "/api/v1/auth/login",
    "/api/v1/auth/logout",
    "/api/v1/auth/refresh",
    "/api/v1/auth/telegram",
    "/api/v1/broadcasts/cap",
    "/api/v1/broadcasts/preview",
    "/api/v1/shifts/calendars",
    "/api/v1/shifts/patterns/preview",
    "/api/v1/users/invites.pdf",
    "/api/v1/users/{id}/invite",
    "/api/v1/ws/ticket",
    "/ws/ticket",
];

/// Operations that only the person himself, or somebody else than he, succeeds with, whom no cell signs in, or only with a file, or
/// on what no cell has.
const OWN: [&str; 9] = [
    "/api/v1/broadcasts/{id}/confirm",
    "/api/v1/leaves/{id}/cancel",
    "/api/v1/leaves/{id}/certificate",
    "/api/v1/shift-swaps",
    "/api/v1/shift-swaps/{id}/accept",
    "/api/v1/shift-swaps/{id}/cancel",
    "/api/v1/shift-swaps/{id}/decline",
    "/api/v1/suggestions/{id}/accept",
    "/api/v1/suggestions/{id}/reject",
];

#[tokio::test]
async fn every_change_of_the_document_can_be_repeated() {
    let (world, token) = world().await;
    let document: Value = serde_json::from_str(&api::openapi()).expect("it is JSON");
    let mut not_kept = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in ["post", "put", "patch"] {
            let Some(operation) = methods.get(method) else {
                continue;
            };
            let parameters = operation["parameters"].as_array();
            let told = parameters
                .is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
            if !told {
                not_kept.push(path.as_str());
                continue;
            }
            if OWN.contains(&path.as_str()) {
                continue;
            }
            let cell = Cell::for_path(&world, path).await;
            let method = method.to_uppercase();
            let ask = || {
                with(
                    cell.request(&method, path, Some(&token)),
                    KEY,
                    &format!("{method}{path}"),
                )
            };
            let (first, again) = (world.ask(ask()).await, world.ask(ask()).await);
            assert!(first.status.is_success(), "{method} {path}: {}", first.text);
            assert!(
                !replayed(&first) && replayed(&again),
                "{method} {path}: {}",
                again.text
            );
            assert_eq!(
                (again.status, again.text),
                (first.status, first.text),
                "{method} {path}"
            );
        }
    }
    not_kept.sort_unstable();
    assert_eq!(not_kept, NOT_KEPT);
}

/// A photo as a browser sends it, with a boundary of its own.
fn form(place: &str, token: &str, boundary: &str, bytes: &str) -> Request<Body> {
    let form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nVidrio roto\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v.png\"\r\n\
         Content-Type: image/png\r\n\r\n{bytes}\r\n--{boundary}--\r\n"
    );
    let mut request = bare("POST", &format!("{place}/reports"), Some(token));
    let kind = format!("multipart/form-data; boundary={boundary}");
    *request.body_mut() = Body::from(form);
    with(with(request, header::CONTENT_TYPE, &kind), KEY, "photo-1")
}

#[tokio::test]
async fn an_upload_is_known_by_its_fields() {
    let (world, token) = world().await;
    let made = make(&world, &token, "a-1", "Ronda").await;
    let place = made.headers[header::LOCATION].to_str().expect("ASCII");
    let first = world.ask(form(place, &token, "b", "PNG-bytes")).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let again = world.ask(form(place, &token, "c", "PNG-bytes")).await;
    assert!(replayed(&again), "{}", again.text);
    assert_eq!(again.text, first.text);
    let other = world.ask(form(place, &token, "b", "PNG-other")).await;
    assert_eq!(other.code(), "idempotency_mismatch");
}

#[tokio::test]
async fn what_is_known_does_not_come_again() {
    let (world, token) = world().await;
    let made = make(&world, &token, "a-1", "Ronda").await;
    let place = made.headers[header::LOCATION].to_str().expect("ASCII");
    for place in [place, "/api/v1/users/1"] {
        let first = world.get(place, &token).await;
        let tag = first.headers[header::ETAG].to_str().expect("ASCII");
        let ask = |tag: &str| {
            let request = bare("GET", place, Some(&token));
            world.ask(with(request, header::IF_NONE_MATCH, tag))
        };
        let known = ask(tag).await;
        assert_eq!(
            (known.status, known.text.as_str()),
            (StatusCode::NOT_MODIFIED, "")
        );
        assert_eq!(known.headers[header::ETAG], first.headers[header::ETAG]);
        assert_eq!(ask("\"0-0\"").await.status, StatusCode::OK);
    }
    let first = world.get(place, &token).await;
    world
        .send(
            "POST",
            &format!("{place}/cancel"),
            &token,
            &json!({ "reason": "Lluvia" }),
        )
        .await;
    let tag = first.headers[header::ETAG].to_str().expect("ASCII");
    let request = with(bare("GET", place, Some(&token)), header::IF_NONE_MATCH, tag);
    assert_eq!(world.ask(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_transition_made_on_an_old_version_is_refused() {
    let (world, token) = world().await;
    let made = make(&world, &token, "a-1", "Ronda").await;
    let place = made.headers[header::LOCATION].to_str().expect("ASCII");
    let renamed = json!({ "title": "Ronda larga" });
    let changed = world.send("PATCH", place, &token, &renamed).await;
    let cancel = |answer: &Answer| {
        let sent = json!({ "reason": "Lluvia" });
        let request = body("POST", &format!("{place}/cancel"), Some(&token), &sent);
        let tag = answer.headers[header::ETAG]
            .to_str()
            .expect("ASCII")
            .to_owned();
        world.ask(with(request, header::IF_MATCH, &tag))
    };
    let late = cancel(&made).await;
    assert_eq!((late.status.as_u16(), late.code()), (412, "stale"));
    assert_eq!(cancel(&changed).await.status, StatusCode::OK);
}
