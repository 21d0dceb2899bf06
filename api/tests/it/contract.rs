//! The names that outsiders rely on are taken at the doors that they are promised for.

use axum::http::StatusCode;
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    unit::Key,
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, World, bare, json as body, raw};

/// A method, a path behind the prefix and what is sent there.
type Sent = (&'static str, String, Value);

const SOON: &str = "2026-11-23T12:00:00-03:00";
const LATER: &str = "2026-11-23T20:00:00-03:00";

/// Somebody who may do everything: his id and his token.
async fn scene() -> (World, i64, String) {
    let world = World::new().await;
    let new = NewUser {
        units: vec![Key::Name("Centro".into())],
        password: Some(PASSWORD.into()),
        permissions: vec![Permission::Broadcast, Permission::Audit],
        ..NewUser::named("raquel", "Raquel", Level::Admin)
    };
    let made = user::create(&world.store, &Actor::system(Channel::Cli), new).await;
    let id = made.expect("a user").id;
    let token = world.token("raquel").await;
    (world, id, token)
}

/// A task that is there.
async fn task(world: &World, token: &str) -> i64 {
    let new = json!({ "title": "Ronda", "kind": "patrullaje" });
    let made = world.send("POST", "/api/v1/tasks", token, &new).await;
    made.json["id"].as_i64().expect("it was made")
}

/// Fails unless this door knows every name; whether it comes to anything is for others to say.
fn assert_known(answer: &Answer, what: &str) {
    let said = format!("{what}: {} {}", answer.status, answer.text);
    for unread in [
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
    ] {
        assert_ne!(answer.status, unread, "{said}");
    }
    for error in answer.json["errors"].as_array().into_iter().flatten() {
        assert_ne!(error["code"], "unknown_field", "{said}");
    }
}

/// What is there no longer, or was never, is asked about too: its names are read before anybody looks for it.
fn about_tasks(task: i64) -> Vec<Sent> {
    let place = json!({ "lat": -34.6, "lon": -58.4, "label": "Plaza" });
    let new = json!({
        "title": "Ronda", "kind": "patrullaje", "priority": "high", "description": "x", "place": place, "planned_start": SOON,
        "planned_end": LATER, "zone": "America/Argentina/Buenos_Aires", "unit_id": 1, "lead_agent_id": 1, "agent_ids": [1],
        "override_reason": "Refuerzo",
    });
    let change = json!({
        "title": "Ronda", "priority": "high", "description": "x", "place": place, "planned_start": SOON, "planned_end": LATER,
        "unit_id": 1,
    });
    let crew = json!({ "agent_ids": [1], "lead_agent_id": 1, "override_reason": "Refuerzo" });
    let report = json!({ "text": "Vidrio roto", "lat": -34.6, "lon": -58.4 });
    let step = json!({ "reason": "Prueba", "at": SOON, "place": place });
    let steps = ["start", "pause", "resume", "complete", "cancel", "reopen"];
    let mut all = vec![
        ("POST", "/tasks".to_owned(), new),
        ("PATCH", "/tasks/999".to_owned(), change),
        ("PUT", "/tasks/999/assignments".to_owned(), crew),
        ("POST", format!("/tasks/{task}/reports"), report),
    ];
    all.extend(steps.map(|name| ("POST", format!("/tasks/999/{name}"), step.clone())));
    all
}

fn about_people(me: i64) -> Vec<Sent> {
    let account = json!({
        "username": "beto", "name": "Beto", "level": 1, "units": ["Centro", 1], "badge": "77", "permissions": ["broadcast"],
        "email": "beto@example.org", "phone": "+54 11 5555 5555", "password": PASSWORD,
    });
    let away = json!({ "unavailable": true, "reason": "Médico", "until": LATER });
    let shift = json!({
        "agent_id": 1, "starts_at": SOON, "ends_at": LATER, "zone": "America/Argentina/Buenos_Aires",
    });
    let consents = json!({ "location": true, "media": true });
    vec![
        ("POST", "/users".to_owned(), account),
        ("PATCH", "/users/999".to_owned(), json!({ "active": false })),
        ("PUT", format!("/users/{me}/consents"), consents),
        ("PUT", "/agents/999/availability".to_owned(), away),
        ("POST", "/shifts".to_owned(), shift),
        (
            "POST",
            "/leaves/999/reject".to_owned(),
            json!({ "reason": "x" }),
        ),
    ]
}

fn about_help() -> Vec<Sent> {
    let call = json!({ "lat": -34.6, "lon": -58.4, "text": "Ayuda", "drill": true });
    let end = json!({ "reason": "Prueba" });
    let audiences = [
        json!({ "kind": "all" }),
        json!({ "kind": "unit", "unit_id": 1 }),
        json!({ "kind": "supervisors" }),
        json!({ "kind": "on_duty" }),
        json!({ "kind": "radius", "lat": -34.6, "lon": -58.4, "radius_m": 500 }),
        json!({ "kind": "area", "points": [{ "lat": -34.6, "lon": -58.4 }] }),
        json!({ "kind": "specialty", "specialty": "perros" }),
    ];
    let words = |audience: &Value| {
        json!({
            "protocol": "otro", "text": "Prueba", "audience": audience, "drill": true, "ack_mode": "quorum:2",
            "expires_at": LATER, "confirm_word": "SI",
        })
    };
    let mut all = vec![
        ("POST", "/emergencies".to_owned(), call.clone()),
        ("POST", "/tasks/emergency".to_owned(), call),
        ("POST", "/emergencies/999/resolve".to_owned(), end.clone()),
        ("POST", "/emergencies/999/cancel".to_owned(), end),
    ];
    for audience in &audiences {
        for path in ["/broadcasts/preview", "/broadcasts"] {
            all.push(("POST", path.to_owned(), words(audience)));
        }
    }
    all
}

#[tokio::test]
async fn every_promised_field_of_a_body_is_known() {
    let (world, me, token) = scene().await;
    let task = task(&world, &token).await;
    let all = [about_tasks(task), about_people(me), about_help()].concat();
    for (method, path, sent) in all {
        let place = format!("/api/v1{path}");
        let answer = world.send(method, &place, &token, &sent).await;
        assert_known(&answer, &format!("{method} {place} {sent}"));
    }
}

#[tokio::test]
async fn every_promised_name_of_a_query_is_known() {
    let (world, _, token) = scene().await;
    let task = task(&world, &token).await;
    let story = format!("tasks/{task}/timeline");
    let candidates = format!("tasks/{task}/candidates");
    let lists = [
        "tasks",
        story.as_str(),
        candidates.as_str(),
        "agents",
        "agents/999/positions",
        "units",
        "task-kinds",
        "protocols",
        "users",
        "auth/sessions",
        "shifts",
        "leaves",
        "emergencies",
        "broadcasts",
        "broadcasts/999",
        "estimates",
        "suggestions",
        "suggestions/counts",
        "audit",
    ];
    let mut all: Vec<String> = lists
        .iter()
        .map(|list| format!("/api/v1/{list}?limit=1&cursor=x&_=1"))
        .collect();
    let others = [
        "/api/v1/agents/nearest?lat=-34.6&lon=-58.4&limit=3",
        "/api/v1/map?bbox=-59,-35,-58,-34",
        "/api/v1/shifts.ics?token=x",
    ];
    all.extend(others.map(str::to_owned));
    for path in all {
        let answer = world.get(&path, &token).await;
        assert_known(&answer, &path);
    }
}

#[tokio::test]
async fn who_signs_in_and_what_comes_as_a_form_is_known() {
    let (world, _, token) = scene().await;
    let form = format!("username=raquel&password={}", PASSWORD.replace(' ', "+"));
    let kind = "application/x-www-form-urlencoded";
    let typed = world
        .ask(raw("POST", "/api/v1/auth/login", None, kind, &form))
        .await;
    assert_eq!(typed.status, StatusCode::OK, "{}", typed.text);
    for name in ["access_token", "token_type", "expires_in", "refresh_token"] {
        assert!(!typed.json[name].is_null(), "{name}: {}", typed.text);
    }
    let next = json!({ "refresh_token": typed.json["refresh_token"] });
    let renewed = body("POST", "/api/v1/auth/refresh", None, &next);
    let renewed = world.ask(renewed).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    let ticket = world.ask(bare("POST", "/ws/ticket", Some(&token))).await;
    assert_eq!(ticket.status, StatusCode::OK, "{}", ticket.text);
    let reports = format!("/api/v1/tasks/{}/reports", task(&world, &token).await);
    let report = raw(
        "POST",
        &reports,
        Some(&token),
        "multipart/form-data; boundary=x",
        &parts(),
    );
    let report = world.ask(report).await;
    assert_eq!(report.status, StatusCode::CREATED, "{}", report.text);
}

/// A report with everything that one can have.
fn parts() -> String {
    let fields = [("text", "Vidrio roto"), ("lat", "-34.6"), ("lon", "-58.4")];
    let fields = fields.map(|(name, value)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let file = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v.png\"\r\n\
        Content-Type: image/png\r\n\r\npng\r\n--x--\r\n";
    format!("{}{file}", fields.concat())
}
