//! The OpenAPI document is what programs are generated from.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{World, bare};

fn document() -> Value {
    serde_json::from_str(&api::openapi()).expect("it is JSON")
}

#[test]
fn it_is_the_same_every_time() {
    assert_eq!(api::openapi(), api::openapi());
}

#[test]
fn every_operation_has_a_name_a_group_and_problems() {
    let document = document();
    let mut names = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            names.push(
                operation["operationId"]
                    .as_str()
                    .expect("a name")
                    .to_owned(),
            );
            assert!(
                operation["tags"][0].is_string(),
                "{method} {path} has no group"
            );
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path} tells of no problems"
            );
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no summary"
            );
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "two operations have one name");
}

/// The statuses that are named for an operation, of those that refuse.
fn refusals(document: &Value, method: &str, path: &str) -> Vec<String> {
    let responses = document["paths"][path][method]["responses"].as_object();
    let codes = responses.expect("responses").keys();
    let refuses = |code: &&String| code.parse::<u16>().is_ok_and(|code| code >= 400);
    codes.filter(refuses).cloned().collect()
}

/// What is told of an answer, here or where the document says.
fn told<'a>(document: &'a Value, response: &'a Value) -> &'a Value {
    match response["$ref"].as_str() {
        Some(place) => document
            .pointer(place.trim_start_matches('#'))
            .expect("it is in the document"),
        None => response,
    }
}

#[test]
fn problems_are_named_where_they_can_come() {
    let document = document();
    let named = |method, path| refusals(&document, method, path);
    assert_eq!(
        named("get", "/api/v1/tasks"),
        ["401", "403", "422", "429", "503"]
    );
    assert_eq!(
        named("patch", "/api/v1/tasks/{id}"),
        ["401", "403", "404", "409", "412", "422", "429", "503"]
    );
    assert_eq!(
        named("post", "/api/v1/auth/login"),
        ["401", "422", "429", "503"]
    );
    assert!(named("get", "/health/live").is_empty());
}

/// Two shapes of one name: the later one would stand for both.
#[test]
fn where_the_chain_breaks_is_not_a_task_that_leave_breaks() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let broken = &schemas["ProofOut"]["properties"]["broken"]["oneOf"];
    let refers = |one: &&Value| one["$ref"] == "#/components/schemas/AuditBroken";
    let kinds = broken.as_array().expect("or nothing");
    assert!(kinds.iter().filter(refers).count() == 1, "{broken}");
    assert!(schemas["AuditBroken"]["properties"]["number"].is_object());
    assert!(schemas["BrokenOut"]["properties"]["task_id"].is_object());
}

#[test]
fn whoever_is_told_to_wait_is_told_how_long() {
    let document = document();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            for code in ["429", "503"] {
                let response = told(&document, &operation["responses"][code]);
                let is_problem = response["content"]["application/problem+json"].is_object();
                let header = &response["headers"]["Retry-After"];
                assert_eq!(is_problem, header.is_object(), "{code} {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn it_is_public_and_has_a_page() {
    let world = World::new().await;
    for path in ["/openapi.json", "/api/v1/openapi.json"] {
        let answer = world.ask(bare("GET", path, None)).await;
        assert_eq!(
            (answer.status, &answer.json["openapi"]),
            (StatusCode::OK, &Value::from("3.1.0")),
            "{path}"
        );
    }
    let page = world.ask(bare("GET", "/docs/", None)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.text.contains("https://"),
        "the page needs the internet: {}",
        page.text
    );
    let scripts: Vec<&str> = page
        .text
        .split("src=\"./")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(scripts.len() >= 3, "{}", page.text);
    for script in scripts {
        let path = format!("/docs/{script}");
        let answer = world.ask(bare("GET", &path, None)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text.is_empty(), "{path}");
    }
    // Without the word, the page asks a server outside whether the document is well formed.
    let start = world
        .ask(bare("GET", "/docs/swagger-initializer.js", None))
        .await;
    assert!(
        start.text.contains(r#""validatorUrl": "none""#),
        "{}",
        start.text
    );
}
