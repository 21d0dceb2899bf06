//! Files on their way in have a bounded room together, nobody has all of it, and nobody holds it who sends nothing.

use std::{io, time::Duration};

use api::Config;
use axum::{
    body::{Body, Bytes},
    http::{Method, Request, StatusCode},
};
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    unit::Key,
    user::{self, NewUser},
};
use futures::{SinkExt, channel::mpsc};

use crate::support::{Answer, PASSWORD, World, config, raw};

const IMPORT: &str = "/api/v1/users/import";

type Line = mpsc::Sender<io::Result<Bytes>>;

/// Room for one upload of unknown length.
fn narrow() -> Config {
    Config {
        upload_bytes: 1024 * 1024,
        ..config()
    }
}

/// Somebody who may send all kinds of uploads.
async fn scene(config: Config) -> (World, String) {
    let world = World::with(config).await;
    let new = NewUser {
        units: vec![Key::Name("Centro".into())],
        password: Some(PASSWORD.into()),
        permissions: vec![Permission::Broadcast],
        ..NewUser::named("raquel", "Raquel", Level::Admin)
    };
    let made = user::create(&world.store, &Actor::system(Channel::Cli), new).await;
    made.expect("a user");
    let token = world.token("raquel").await;
    (world, token)
}

/// A request whose body comes as it is sent.
fn slow(path: &str, token: &str, kind: &str) -> (Line, Request<Body>) {
    let (line, pieces) = mpsc::channel(0);
    let mut request = raw("POST", path, Some(token), kind, "");
    *request.body_mut() = Body::from_stream(pieces);
    (line, request)
}

/// Returns once the piece was read.
async fn send(line: &mut Line, piece: &'static str) {
    let sent = line.send(Ok(Bytes::from_static(piece.as_bytes()))).await;
    sent.expect("somebody reads");
}

async fn imports(world: &World, token: &str) -> Answer {
    let request = raw("POST", IMPORT, Some(token), "text/csv", "name\nBeto Paz\n");
    world.ask(request).await
}

#[tokio::test]
async fn beyond_the_room_uploads_are_refused_at_once_and_nothing_else_is() {
    let (world, token) = scene(narrow()).await;
    let (mut line, first) = slow(IMPORT, &token, "text/csv");
    let meanwhile = async {
        send(&mut line, "name\n").await;
        let refused = imports(&world, &token).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.code(), "unavailable");
        assert_eq!(refused.headers["retry-after"], "5");
        let said = refused.json["detail"].as_str().expect("words");
        assert!(said.contains("no se guardó nada"), "{said}");
        let read = world.get("/api/v1/users", &token).await;
        assert_eq!(read.status, StatusCode::OK);
        // What only asks is no upload, whatever it says of a body.
        let (_line, mut asks) = slow("/api/v1/users", &token, "text/csv");
        *asks.method_mut() = Method::GET;
        let read = world.ask(asks).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text);
        send(&mut line, "Ana Zurita\n").await;
        drop(line);
    };
    let (read, ()) = tokio::join!(world.ask(first), meanwhile);
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    assert_eq!(read.json["rows"], 1);
    let after = imports(&world, &token).await;
    assert_eq!(after.status, StatusCode::OK, "{}", after.text);
}

#[tokio::test]
async fn nobody_takes_the_room_of_everybody_else() {
    let (world, token) = scene(config()).await;
    world.user("dora", Level::Admin, "Centro").await;
    let other = world.token("dora").await;
    // Each of unknown length: a quarter of the room is two of them.
    let (mut line, first) = slow(IMPORT, &token, "text/csv");
    let (mut next, second) = slow(IMPORT, &token, "text/csv");
    let meanwhile = async {
        send(&mut line, "name\nAna Zurita\n").await;
        send(&mut next, "name\nEva Ríos\n").await;
        let (_line, third) = slow(IMPORT, &token, "text/csv");
        let refused = world.ask(third).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers["retry-after"], "5");
        let taken = imports(&world, &other).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        drop((line, next));
    };
    let (one, two, ()) = tokio::join!(world.ask(first), world.ask(second), meanwhile);
    assert_eq!(one.status, StatusCode::OK, "{}", one.text);
    assert_eq!(two.status, StatusCode::OK, "{}", two.text);
    let after = imports(&world, &token).await;
    assert_eq!(after.status, StatusCode::OK, "{}", after.text);
}

#[tokio::test]
async fn whoever_sends_nothing_more_is_let_go_and_his_room_is_free() {
    let hurried = Config {
        upload_window: Duration::from_millis(20),
        ..narrow()
    };
    let (world, token) = scene(hurried).await;
    let form = "multipart/form-data; boundary=b";
    for (path, kind, head) in [
        (IMPORT, "text/csv", "name\n"),
        ("/api/v1/broadcasts", form, "--b\r\nContent-Disposition:"),
    ] {
        let (mut line, request) = slow(path, &token, kind);
        let (answer, ()) = tokio::join!(world.ask(request), send(&mut line, head));
        assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT, "{path}");
        assert_eq!(answer.code(), "too_slow");
        let next = imports(&world, &token).await;
        assert_eq!(next.status, StatusCode::OK, "{}", next.text);
    }
}

#[tokio::test]
async fn a_file_brought_by_somebody_who_is_switched_off_meanwhile_is_refused_and_not_kept() {
    let (world, token) = scene(narrow()).await;
    let task = serde_json::json!({ "title": "Recorrida", "kind": "patrullaje" });
    let task = world.send("POST", "/api/v1/tasks", &token, &task).await;
    assert_eq!(task.status, StatusCode::CREATED, "{}", task.text);
    let path = format!("/api/v1/tasks/{}/reports", task.json["id"]);
    let kind = "multipart/form-data; boundary=b";
    let (mut line, request) = slow(&path, &token, kind);
    let meanwhile = async {
        send(
            &mut line,
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n%PDF",
        )
        .await;
        let raquel = user::by_username(&world.store, "raquel").await;
        let id = raquel.expect("it answers").expect("she is there").id;
        let off = user::disable(&world.store, &Actor::system(Channel::Cli), id).await;
        off.expect("switched off");
        send(&mut line, "\r\n--b--\r\n").await;
        drop(line);
    };
    let (answer, ()) = tokio::join!(world.ask(request), meanwhile);
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert_eq!(answer.code(), "inactive");
    assert_eq!(world.files(), ["photo"], "nothing is left of it");
}
