//! What nobody knows is refused at every door, by its name.

use axum::http::StatusCode;
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    unit::Key,
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, World, bare, json as body};

/// A method and a path that leads somewhere.
type Door = (String, String);

/// The doors of the document of which this is so.
async fn doors(world: &World, wanted: impl Fn(&Value) -> bool) -> Vec<Door> {
    let document = world.ask(bare("GET", "/openapi.json", None)).await.json;
    let mut doors = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            if wanted(operation) {
                doors.push((method.to_uppercase(), filled(path)));
            }
        }
    }
    doors
}

fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "1",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether the invented field is what it was refused for, at least.
fn names_it(answer: &Answer) -> bool {
    let errors = answer.json["errors"].as_array();
    answer.status == StatusCode::UNPROCESSABLE_ENTITY
        && errors.is_some_and(|errors| {
            errors
                .iter()
                .any(|one| one["field"] == "zzz" && one["code"] == "unknown_field")
        })
}

/// Somebody who may do everything: nobody is refused before what he sends is read.
async fn admin() -> (World, String) {
    let world = World::new().await;
    let new = NewUser {
        units: vec![Key::Name("Centro".into())],
        password: Some(PASSWORD.into()),
        permissions: vec![Permission::Broadcast, Permission::Audit, Permission::System],
        ..NewUser::named("root", "Root", Level::Admin)
    };
    let made = user::create(&world.store, &Actor::system(Channel::Cli), new).await;
    made.expect("a user");
    let token = world.token("root").await;
    (world, token)
}

#[tokio::test]
async fn an_unknown_name_in_a_query_is_refused() {
    let (world, token) = admin().await;
    let takes_some = |operation: &Value| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| one["in"] == "query"))
    };
    let doors = doors(&world, takes_some).await;
    assert!(doors.len() > 25, "{doors:?}");
    for (method, path) in doors {
        let place = format!("{path}?zzz=1");
        let answer = world.ask(bare(&method, &place, Some(&token))).await;
        assert!(names_it(&answer), "{method} {place}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_unknown_field_of_a_body_is_refused() {
    let (world, token) = admin().await;
    let takes_json =
        |operation: &Value| operation["requestBody"]["content"]["application/json"].is_object();
    let doors = doors(&world, takes_json).await;
    assert!(doors.len() > 35, "{doors:?}");
    let others = doors.into_iter().filter(|(_, path)| !calls_for_help(path));
    for (method, path) in others {
        let sent = json!({ "zzz": 1 });
        let answer = world.ask(body(&method, &path, Some(&token), &sent)).await;
        if answer.code() == "not_found" {
            // Where a file may come too, it is looked first whether the task or the shift is there.
            assert!(MAY_BRING_A_FILE.contains(&path.as_str()), "{method} {path}");
            continue;
        }
        assert!(names_it(&answer), "{method} {path}: {}", answer.text);
    }
}

/// Whether a name that nobody knows stands in nobody's way there.
fn calls_for_help(path: &str) -> bool {
    path == "/api/v1/tasks/emergency" || path.starts_with("/api/v1/emergencies")
}

#[tokio::test]
async fn a_call_for_help_is_not_refused_for_a_name_that_nobody_knows() {
    let (world, token) = admin().await;
    for (path, end) in [("emergencies", "cancel"), ("tasks/emergency", "resolve")] {
        let path = format!("/api/v1/{path}?zzz=1");
        let sent = json!({ "text": "Ayuda", "drill": null, "place": { "lat": 1 }, "zzz": 1 });
        let raised = world.send("POST", &path, &token, &sent).await;
        assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
        let path = format!("/api/v1/emergencies/{}/{end}", raised.json["id"]);
        let sent = json!({ "reason": "Ya pasó", "zzz": 1 });
        let ended = world.send("POST", &path, &token, &sent).await;
        assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
    }
}

/// Their bodies are read only for what exists.
const MAY_BRING_A_FILE: [&str; 2] = ["/api/v1/tasks/1/reports", "/api/v1/shifts/1/end"];

#[tokio::test]
async fn an_audience_takes_only_what_is_its_own() {
    let (world, token) = admin().await;
    for (audience, field) in [
        (json!({ "kind": "all", "unit_id": 4 }), "audience.unit_id"),
        (json!({ "kind": "unit", "unit": 4 }), "audience.unit"),
        (json!({ "kind": "radius", "lat": 1.0 }), "audience.lon"),
        (json!({}), "audience.kind"),
    ] {
        let sent = json!({ "text": "Prueba", "audience": audience });
        let path = "/api/v1/broadcasts/preview";
        let answer = world.send("POST", path, &token, &sent).await;
        let found = &answer.json["errors"][0]["field"];
        assert_eq!(found, field, "{sent}: {}", answer.text);
        assert!(!answer.text.contains("AudienceIn"), "{}", answer.text);
    }
}
