//! What strangers and friends are told when something does not work.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use domain::actor::Level;
use serde_json::{Value, json};

use crate::support::{World, bare, raw};

async fn world() -> (World, String) {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let token = world.token("ana").await;
    (world, token)
}

#[tokio::test]
async fn every_failure_is_a_problem() {
    let (world, token) = world().await;
    let cases = [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v1/tasks/999", 404, "not_found"),
        ("GET", "/api/v1/tasks/abc", 404, "not_found"),
        ("PUT", "/api/v1/tasks", 405, "method_not_allowed"),
        ("GET", "/api/v1/tasks?limit=0", 422, "invalid"),
        ("GET", "/api/v1/tasks?limit=201", 422, "invalid"),
        ("GET", "/api/v1/tasks?cursor=x", 422, "invalid"),
        ("GET", "/api/v1/tasks?status=running", 422, "invalid"),
        ("POST", "/api/v1/tasks", 415, "unsupported_media_type"),
        ("GET", "/ws/connect", 426, "upgrade_required"),
    ];
    for (method, path, status, code) in cases {
        let answer = world.ask(bare(method, path, Some(&token))).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{method} {path}: {}",
            answer.text
        );
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{method} {path}"
        );
        assert_eq!(answer.json["status"], status, "{method} {path}");
    }
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let (world, token) = world().await;
    let answer = world
        .send(
            "POST",
            "/api/v1/tasks",
            &token,
            &json!({ "place": { "lat": 99.0, "lon": 0.0 } }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = world
        .send(
            "POST",
            "/api/v1/tasks",
            &token,
            &json!({ "title": "x", "kind": "patrullaje", "zone": "Mars" }),
        )
        .await;
    let fields: Vec<&str> = answer.json["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["field"].as_str())
        .collect();
    assert_eq!(fields, ["title", "zone"]);
    let answer = world
        .send(
            "POST",
            "/api/v1/tasks",
            &token,
            &json!({ "title": "Ronda", "kind": "patrullaje", "priority": "huge" }),
        )
        .await;
    assert_eq!(answer.json["errors"][0]["field"], "priority");
}

/// The fields that a task with this body is refused for, sorted.
async fn refused(world: &World, token: &str, sent: &Value) -> Vec<String> {
    let answer = world.send("POST", "/api/v1/tasks", token, sent).await;
    let said = format!("{sent}: {}", answer.text);
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    for word in ["struct", "enum", "i64", "f64", "NewTask", "sequence"] {
        assert!(!answer.text.contains(word), "{word} in {said}");
    }
    let errors = answer.json["errors"].as_array().expect("a list").iter();
    let mut fields: Vec<String> = errors
        .filter_map(|one| one["field"].as_str().map(str::to_owned))
        .collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn whatever_is_wrong_is_named_in_one_answer() {
    let (world, token) = world().await;
    let place = json!({ "lat": 200, "lon": 1, "label": "" });
    let rules = json!({ "title": "", "kind": "nope", "place": place, "zone": "Mars/X" });
    assert_eq!(
        refused(&world, &token, &rules).await,
        ["kind", "place.lat", "title", "zone"]
    );
    let types = json!({ "title": 5, "kind": 7, "priority": "purple", "agent_ids": ["x", 1], "planned_start": "soon" });
    assert_eq!(
        refused(&world, &token, &types).await,
        ["agent_ids[0]", "kind", "planned_start", "priority", "title"]
    );
    let both = json!({ "title": "", "priority": "purple", "place": place, "zone": "Mars/X", "agents_ids": [1] });
    assert_eq!(
        refused(&world, &token, &both).await,
        [
            "agents_ids",
            "kind",
            "place.lat",
            "priority",
            "title",
            "zone"
        ]
    );
    let half = json!({ "title": "Ronda", "kind": "patrullaje", "place": { "lat": 1 } });
    assert_eq!(refused(&world, &token, &half).await, ["place"]);
    let globe =
        json!({ "title": "Ronda", "kind": "patrullaje", "place": { "lat": 91, "lon": 181 } });
    assert_eq!(
        refused(&world, &token, &globe).await,
        ["place.lat", "place.lon"]
    );
}

#[tokio::test]
async fn a_change_is_looked_at_as_a_whole_too() {
    let (world, token) = world().await;
    let new = json!({ "title": "Ronda", "kind": "patrullaje" });
    let made = world.send("POST", "/api/v1/tasks", &token, &new).await;
    let path = format!("/api/v1/tasks/{}", made.json["id"]);
    let place = json!({ "lat": 91, "lon": 1 });
    for (sent, expected) in [
        (
            json!({ "title": "x", "place": place }),
            vec!["title", "place.lat"],
        ),
        (
            json!({ "title": "x", "priority": "purple" }),
            vec!["priority", "title"],
        ),
    ] {
        let answer = world.send("PATCH", &path, &token, &sent).await;
        let errors = answer.json["errors"].as_array().expect("a list").iter();
        let fields: Vec<&str> = errors.filter_map(|one| one["field"].as_str()).collect();
        assert_eq!(fields, expected, "{}", answer.text);
    }
}

#[tokio::test]
async fn an_account_is_looked_at_as_a_whole() {
    let world = World::new().await;
    world.user("root", Level::Admin, "Centro").await;
    let token = world.token("root").await;
    let sent = json!({ "username": "j p", "level": 7, "email": "no es correo", "units": [true] });
    let answer = world.send("POST", "/api/v1/users", &token, &sent).await;
    let errors = answer.json["errors"].as_array().expect("a list").iter();
    let mut fields: Vec<&str> = errors.filter_map(|one| one["field"].as_str()).collect();
    fields.sort_unstable();
    let expected = ["email", "level", "name", "units[0]", "username"];
    assert_eq!(fields, expected, "{}", answer.text);
}

#[tokio::test]
async fn only_an_object_is_a_task() {
    let (world, token) = world().await;
    let task = json!(["Lista como objeto", "patrullaje"]);
    for sent in [json!([]), task, json!("Ronda"), json!(7), json!(null)] {
        assert_eq!(refused(&world, &token, &sent).await, ["body"], "{sent}");
    }
    let place = json!({ "title": "Ronda", "kind": "patrullaje", "place": [1, 2, "x"] });
    assert_eq!(refused(&world, &token, &place).await, ["place"]);
    let list = world.get("/api/v1/tasks", &token).await.json;
    assert!(list["items"].as_array().is_some_and(Vec::is_empty));
}

#[tokio::test]
async fn sentences_call_fields_as_people_do() {
    let (world, token) = world().await;
    for (path, name, field) in [
        ("/api/v1/tasks?cursor=abc", "«Página»", "cursor"),
        ("/api/v1/tasks?limit=0", "«Filas»", "limit"),
        (
            "/api/v1/reports/tasks.csv?from=2026-12-31&until=2026-01-01",
            "«Hasta»",
            "until",
        ),
    ] {
        let answer = world.get(path, &token).await;
        let said = answer.json["detail"].as_str().unwrap_or_default();
        assert!(said.contains(name), "{path}: {}", answer.text);
        assert_eq!(answer.json["errors"][0]["field"], field, "{path}");
    }
    let sent = json!({ "title": 5, "kind": "patrullaje", "place": { "lat": "x", "lon": 1 } });
    let answer = world.send("POST", "/api/v1/tasks", &token, &sent).await;
    let said = answer.json["detail"].as_str().unwrap_or_default();
    for name in ["Título", "Lugar"] {
        assert!(said.contains(name), "{}", answer.text);
    }
}

#[tokio::test]
async fn bodies_are_bounded() {
    let (world, token) = world().await;
    let mut request = bare("POST", "/api/v1/tasks", Some(&token));
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        "application/json".parse().expect("ASCII"),
    );
    *request.body_mut() = Body::from(vec![b' '; 300 * 1024]);
    let answer = world.ask(request).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
    );
}

#[tokio::test]
async fn a_database_that_is_away_is_told_as_such() {
    let (world, token) = world().await;
    world
        .store
        .writer()
        .clone()
        .close()
        .await
        .expect("it closes");
    let new = json!({ "title": "Ronda", "kind": "patrullaje" });
    let answer = world.send("POST", "/api/v1/tasks", &token, &new).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        "{}",
        answer.text
    );
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    assert!(
        !answer.text.to_lowercase().contains("pool"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn the_language_is_the_persons_own() {
    let (world, token) = world().await;
    let mut request = bare("GET", "/api/v1/tasks/999", Some(&token));
    request
        .headers_mut()
        .insert(header::ACCEPT_LANGUAGE, "pt-BR".parse().expect("ASCII"));
    let answer = world.ask(request).await;
    assert_eq!(answer.headers[header::CONTENT_LANGUAGE], "pt");
    let me = world.get("/api/v1/auth/me", &token).await.json["id"]
        .as_i64()
        .expect("a number");
    world
        .send(
            "PATCH",
            &format!("/api/v1/users/{me}"),
            &token,
            &json!({ "lang": "en" }),
        )
        .await;
    patience::within(std::time::Duration::from_secs(2), async {
        while world.get("/api/v1/tasks/999", &token).await.headers[header::CONTENT_LANGUAGE] != "en"
        {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the choice is seen");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_what_to_do_in_his_language() {
    let (world, _) = world().await;
    let wrong = r#"{ "username": "ana", "password": "otra cosa que no es" }"#;
    for (lang, words) in [("es", "Inicia sesión"), ("en", "Sign in"), ("pt", "Entre")] {
        let login = raw(
            "POST",
            "/api/v1/auth/login",
            None,
            "application/json",
            wrong,
        );
        for mut request in [login, bare("GET", "/api/v1/tasks", None)] {
            let spoken = lang.parse().expect("ASCII");
            request
                .headers_mut()
                .insert(header::ACCEPT_LANGUAGE, spoken);
            let answer = world.ask(request).await;
            let said = answer.json["detail"].as_str().unwrap_or_default();
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
            assert!(said.starts_with(words), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn pages_and_programs_get_what_they_want() {
    let (world, _) = world().await;
    let mut request = bare("GET", "/tasks/1", None);
    request
        .headers_mut()
        .insert(header::ACCEPT, "text/html".parse().expect("ASCII"));
    let page = world.ask(request).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("ASCII")
            .contains("frame-ancestors 'none'")
    );
    let mut request = bare("GET", "/nothing.json", None);
    request
        .headers_mut()
        .insert(header::ACCEPT, "application/json".parse().expect("ASCII"));
    assert_eq!(world.ask(request).await.code(), "not_found");
    let id = page.headers["x-request-id"].to_str().expect("ASCII");
    assert_eq!(id.len(), 16);
}

/// A browser's request for a page.
fn navigation(path: &str) -> axum::http::Request<Body> {
    let mut request = bare("GET", path, None);
    let wanted = "text/html,application/xhtml+xml,*/*;q=0.8";
    request
        .headers_mut()
        .insert(header::ACCEPT, wanted.parse().expect("ASCII"));
    request
}

#[tokio::test]
async fn every_page_of_the_board_can_be_opened_by_its_address() {
    let (world, _) = world().await;
    let router = include_str!("../../../dashboard/src/router.svelte.ts");
    let (_, list) = router
        .split_once("const ALONE = [")
        .expect("the list of pages");
    let (list, _) = list.split_once(']').expect("its end");
    let names: Vec<&str> = list.split('\'').skip(1).step_by(2).collect();
    assert!(names.contains(&"account"), "{names:?}");
    let pages = names.into_iter().map(|name| format!("/{name}"));
    for path in pages.chain(["/".into(), "/tasks/7".into(), "/tasks/7/edit".into()]) {
        let page = world.ask(navigation(&path)).await;
        let kind = page.headers[header::CONTENT_TYPE].to_str().expect("ASCII");
        assert_eq!(
            (page.status, kind),
            (StatusCode::OK, "text/html; charset=utf-8"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_a_problem_for_everybody() {
    let (world, _) = world().await;
    let nowhere = [
        "/api",
        "/api/",
        "/api/v2/tasks",
        "/nothing",
        "/nothing.js",
        "/assets/nothing.js",
        "/openapi.yaml",
        "/.env",
    ];
    for path in nowhere {
        for request in [navigation(path), bare("GET", path, None)] {
            let answer = world.ask(request).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::NOT_FOUND, "not_found"),
                "{path}: {}",
                answer.text
            );
            let kind = &answer.headers[header::CONTENT_TYPE];
            assert_eq!(kind, "application/problem+json", "{path}");
        }
    }
    // A program that asks for a page of the board meant the API.
    let answer = world.ask(bare("GET", "/tasks/1", None)).await;
    assert_eq!(answer.code(), "not_found");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_malformed() {
    let (world, token) = world().await;
    let whole = r#"{"title": "Ronda", "kind": "patrullaje"}"#;
    let with_more = format!("{whole} y más");
    let bodies = [
        "",
        "{",
        r#"{"title": "#,
        "{'title': 'Ronda'}",
        "título",
        "\u{0}",
        &with_more,
    ];
    for body in bodies {
        let sent = raw(
            "POST",
            "/api/v1/tasks",
            Some(&token),
            "application/json",
            body,
        );
        let answer = world.ask(sent).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "malformed"),
            "{body:?}: {}",
            answer.text
        );
        let kind = &answer.headers[header::CONTENT_TYPE];
        assert_eq!(kind, "application/problem+json", "{body:?}");
    }
    assert!(
        world.get("/api/v1/tasks", &token).await.json["items"]
            .as_array()
            .is_some_and(Vec::is_empty)
    );
}
