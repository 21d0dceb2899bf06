//! All that the rules have against a body is named in one answer, also beside what cannot be read.

use axum::http::StatusCode;
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    unit::Key,
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::support::{PASSWORD, World};

/// Somebody who may do everything: his token.
async fn scene() -> (World, String) {
    let world = World::new().await;
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

/// The fields that this is refused for, sorted.
async fn refused(
    (world, token): (&World, &str),
    (method, path): (&str, &str),
    sent: Value,
) -> Vec<String> {
    let place = format!("/api/v1{path}");
    let answer = world.send(method, &place, token, &sent).await;
    let said = format!("{sent}: {}", answer.text);
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    let errors = answer.json["errors"].as_array().expect("a list").iter();
    let mut fields: Vec<String> = errors
        .filter_map(|one| one["field"].as_str().map(str::to_owned))
        .collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn of_a_broadcast() {
    let (world, token) = scene().await;
    let refused =
        async |sent| refused((&world, token.as_str()), ("POST", "/broadcasts"), sent).await;
    let circle = json!({ "kind": "radius", "lat": 95, "lon": 1, "radius_m": -5 });
    let sent = json!({ "text": "", "audience": circle, "place": { "lat": 1, "lon": 200 },
        "expires_at": "2026-01-01T00:00:00Z" });
    assert_eq!(
        refused(sent).await,
        [
            "audience.lat",
            "audience.radius_m",
            "expires_at",
            "place.lon",
            "text"
        ]
    );
    let corners =
        json!([{ "lat": 91, "lon": 0 }, { "lat": 0, "lon": 0 }, { "lat": 0, "lon": 181 }]);
    let sent = json!({ "text": "", "audience": { "kind": "area", "points": corners } });
    assert_eq!(
        refused(sent).await,
        ["audience.points[0].lat", "audience.points[2].lon", "text"]
    );
    let nobody = json!({ "kind": "unit", "unit_id": 999 });
    let sent = json!({ "text": "", "audience": nobody });
    assert_eq!(refused(sent).await, ["audience", "text"]);
    let sent = json!({ "protocol": "codigo_rojo", "text": "x".repeat(3001), "audience": nobody,
        "ack_mode": "some" });
    assert_eq!(refused(sent).await, ["ack_mode", "confirm_word", "text"]);
}

#[tokio::test]
async fn of_a_drill() {
    let (world, token) = scene().await;
    let refused = async |sent| refused((&world, token.as_str()), ("POST", "/drills"), sent).await;
    let circle = json!({ "kind": "radius", "lat": 1, "lon": 1, "radius_m": 0 });
    let sent = json!({ "text": " ", "audience": circle, "starts_at": "2026-01-01T00:00:00Z", "minutes": 2 });
    assert_eq!(
        refused(sent).await,
        ["audience.radius_m", "minutes", "starts_at", "text"]
    );
    let sent =
        json!({ "text": " ", "audience": { "kind": "all" }, "starts_at": "soon", "minutes": 2 });
    assert_eq!(refused(sent).await, ["minutes", "starts_at", "text"]);
}

#[tokio::test]
async fn of_a_shift_and_of_leave() {
    let (world, token) = scene().await;
    world.user("beto", Level::Agent, "Centro").await;
    let agents = world.get("/api/v1/agents", &token).await.json;
    let id = &agents["items"][0]["id"];
    let far = "2300-01-01T00:00:00Z";
    let shift = json!({ "agent_id": id, "starts_at": far, "ends_at": far, "unit_id": 999 });
    assert_eq!(
        refused((&world, token.as_str()), ("POST", "/shifts"), shift).await,
        ["ends_at", "starts_at", "unit_id"]
    );
    let (from, to) = ("2026-12-01T08:00:00Z", "2026-12-01T06:00:00Z");
    let shift = json!({ "agent_id": id, "starts_at": from, "ends_at": to, "zone": "Mars/X" });
    assert_eq!(
        refused((&world, token.as_str()), ("POST", "/shifts"), shift).await,
        ["ends_at", "zone"]
    );
    let shift = json!({ "agent_id": id, "starts_at": "soon", "ends_at": to });
    assert_eq!(
        refused((&world, token.as_str()), ("POST", "/shifts"), shift).await,
        ["starts_at"]
    );
    let refused = async |sent| refused((&world, token.as_str()), ("POST", "/leaves"), sent).await;
    let (reason, gone) = ("x".repeat(501), "2026-11-01T00:00:00Z");
    let leave = json!({ "agent_id": id, "starts_at": gone, "ends_at": gone, "reason": reason });
    assert_eq!(refused(leave).await, ["ends_at", "reason", "starts_at"]);
    let leave = json!({ "agent_id": "x", "starts_at": gone, "ends_at": gone, "reason": reason });
    assert_eq!(refused(leave).await, ["agent_id", "reason"]);
}

#[tokio::test]
async fn of_a_change_to_an_account() {
    let (world, token) = scene().await;
    let id = world.user("beto", Level::Agent, "Centro").await;
    let path = format!("/users/{id}");
    let refused =
        async |sent| refused((&world, token.as_str()), ("PATCH", path.as_str()), sent).await;
    let sent = json!({ "name": " ", "email": "no es correo", "units": [999], "password": "corta" });
    assert_eq!(refused(sent).await, ["email", "name", "password", "units"]);
    let sent = json!({ "units": ["Cetnro"], "email": "no es correo" });
    assert_eq!(refused(sent).await, ["email", "units"]);
    let sent = json!({ "level": 7, "email": "no es correo", "phone": "llamame" });
    assert_eq!(refused(sent).await, ["email", "level", "phone"]);
}

#[tokio::test]
async fn of_units_that_nobody_founded_and_of_a_badge_that_nobody_bears() {
    let (world, token) = scene().await;
    let id = world.user("marta", Level::Supervisor, "Centro").await;
    let path = format!("/users/{id}");
    let patched = ("PATCH", path.as_str());
    let sent = json!({ "units": ["nada", "x"], "badge": "1" });
    assert_eq!(
        refused((&world, token.as_str()), patched, sent).await,
        ["badge", "units"]
    );
    let new = json!({ "username": "beto", "name": "Beto", "level": 1, "units": ["Cetnro"] });
    assert_eq!(
        refused((&world, token.as_str()), ("POST", "/users"), new).await,
        ["units"]
    );
    let new = json!({ "username": "eva", "name": "Eva", "level": 2, "badge": "7" });
    assert_eq!(
        refused((&world, token.as_str()), ("POST", "/users"), new).await,
        ["badge"]
    );
    let units = world.get("/api/v1/units", &token).await.json;
    assert_eq!(units["items"].as_array().map(Vec::len), Some(1), "{units}");

    let place = format!("/api/v1{path}");
    let named = json!({ "units": ["CENTRO"], "new_units": ["Sur"] });
    let answer = world.send("PATCH", &place, &token, &named).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let more = json!({ "new_units": ["Oeste", "sur"] });
    let answer = world.send("PATCH", &place, &token, &more).await;
    let units = answer.json["units"].as_array().expect("a list").iter();
    let mut names: Vec<&str> = units.filter_map(|one| one["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Centro", "Oeste", "Sur"], "{}", answer.text);
}

#[tokio::test]
async fn of_the_query_for_tasks() {
    let (world, token) = scene().await;
    for (query, expected) in [
        (
            "limit=x&status=foo&priority=1",
            vec!["limit", "priority", "status"],
        ),
        (
            "limit=x&status=foo&cursor=q",
            vec!["cursor", "limit", "status"],
        ),
        (
            "status=foo&priority=1&unit_id=x&ids=1,b&sort=size&measured=noon&limit=900",
            vec![
                "ids", "limit", "measured", "priority", "sort", "status", "unit_id",
            ],
        ),
    ] {
        let answer = world.get(&format!("/api/v1/tasks?{query}"), &token).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let errors = answer.json["errors"].as_array().expect("a list").iter();
        let mut fields: Vec<&str> = errors.filter_map(|one| one["field"].as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, expected, "{}", answer.text);
    }
}
