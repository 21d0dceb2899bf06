//! A broadcast with a file is known by its words and its bytes when it is repeated, and shows its file to whoever may see it.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    enrolment::{self, Caller},
    unit::Key,
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, World, bare};

async fn scene() -> (World, String) {
    let world = World::new().await;
    let dora = NewUser {
        units: vec![Key::Name("Centro".into())],
        password: Some(PASSWORD.into()),
        permissions: vec![Permission::Broadcast],
        ..NewUser::named("dora", "Dora", Level::Supervisor)
    };
    let system = Actor::system(Channel::Cli);
    user::create(&world.store, &system, dora)
        .await
        .expect("a user");
    let ana = world.user("ana", Level::Agent, "Centro").await;
    let linked = world.store.write(move |tx| {
        Box::pin(async move {
            let made = enrolment::invite(tx, &Actor::system(Channel::Cli), ana).await?;
            let caller = Caller {
                telegram_id: 77,
                username: None,
                lang: None,
            };
            enrolment::enrol(tx, &made.code, caller).await
        })
    });
    linked.await.expect("enrolled");
    let token = world.token("dora").await;
    (world, token)
}

fn words(text: &str) -> Value {
    json!({ "text": text, "audience": { "kind": "all" } })
}

/// As a browser sends it, under one key and with a boundary of its own.
fn form(token: &str, boundary: &str, (broadcast, bytes): (&Value, &str)) -> Request<Body> {
    let form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"broadcast\"\r\n\r\n{broadcast}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"plano.png\"\r\n\
         Content-Type: image/png\r\n\r\n{bytes}\r\n--{boundary}--\r\n"
    );
    let mut request = bare("POST", "/api/v1/broadcasts", Some(token));
    *request.body_mut() = Body::from(form);
    let kind = format!("multipart/form-data; boundary={boundary}");
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind.parse().expect("ASCII"));
    headers.insert("idempotency-key", "file-1".parse().expect("ASCII"));
    request
}

fn place(made: &Answer) -> String {
    let place = made.headers[header::LOCATION].to_str();
    place.expect("ASCII").to_owned()
}

#[tokio::test]
async fn a_repeated_one_is_sent_once_and_another_file_is_another_request() {
    let (world, token) = scene().await;
    let north = words("Salgan por el norte");
    let first = world.ask(form(&token, "b", (&north, "PNG"))).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let again = world.ask(form(&token, "c", (&north, "PNG"))).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert!(again.headers.contains_key("idempotency-replayed"));
    for other in [
        form(&token, "b", (&north, "GIF")),
        form(&token, "b", (&words("Quédense"), "PNG")),
    ] {
        assert_eq!(world.ask(other).await.code(), "idempotency_mismatch");
    }
    let listed = world.get("/api/v1/broadcasts", &token).await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    let file = json!({ "id": 1, "kind": "photo", "content_type": "image/png", "size": 3,
        "name": "plano.png", "state": "waiting" });
    assert_eq!(listed["items"][0]["file"], file);
    assert_eq!(world.get(&place(&first), &token).await.json["file"], file);
    let bytes = world.get("/api/v1/attachments/1", &token).await;
    assert_eq!((bytes.status, bytes.text.as_str()), (StatusCode::OK, "PNG"));
    world.user("otra", Level::Agent, "Centro").await;
    let hers = world.token("otra").await;
    let hidden = world.get("/api/v1/attachments/1", &hers).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_words_of_a_form_are_checked_like_those_of_a_body() {
    let (world, token) = scene().await;
    let odd = json!({ "text": "Ya", "audience": { "kind": "all" }, "ack_mode": "some" });
    let refused = world.ask(form(&token, "b", (&odd, "PNG"))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json["errors"][0]["field"], "ack_mode");
    let many = json!({ "text": "", "audience": { "kind": "all" }, "place": { "lat": 99, "lon": 0 },
        "expires_at": "2026-01-01T00:00:00Z" });
    let refused = world.ask(form(&token, "b", (&many, "PNG"))).await;
    let errors = refused.json["errors"].as_array().expect("a list").iter();
    let fields: Vec<&str> = errors.filter_map(|one| one["field"].as_str()).collect();
    assert_eq!(fields, ["text", "place.lat", "expires_at"]);
    let none = world.ask(form(&token, "b", (&json!({}), "PNG"))).await;
    assert_eq!(
        none.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        none.text
    );
    // A file without bytes is none.
    let made = world.ask(form(&token, "b", (&words("Ya"), ""))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["file"], Value::Null);
}
