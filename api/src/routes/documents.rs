//! The OpenAPI document and the page that shows it, which works without internet.

use std::sync::{Arc, LazyLock};

use axum::{Router, http::header, response::IntoResponse, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, ObjectBuilder, RefOr, ResponseBuilder, Type,
        header::HeaderBuilder,
        path::{HttpMethod, Operation, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{health, open, signed, ws};
use crate::{app::App, error::ProblemOut};

mod problems;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "GAD",
        description = "Runs a field force from Telegram. Every list takes `limit` and `cursor`; every failure is a \
            problem after RFC 9457 with a stable `code`.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/")),
    components(schemas(ProblemOut)),
    modifiers(&Doors),
    security(("bearer" = []), ("cookie" = [])),
    tags(
        (name = "auth", description = "Signing in and out"),
        (name = "tasks", description = "Work, its people, its story and its evidence"),
        (name = "agents", description = "Who is free, and where"),
        (name = "catalogue", description = "Units and kinds of tasks"),
        (name = "people", description = "Accounts and their links to Telegram"),
        (name = "time", description = "Shifts and leave"),
        (name = "numbers", description = "Figures"),
        (name = "map", description = "Tasks and people on the map"),
        (name = "audit", description = "Who did what, and the proof of it"),
        (name = "socket", description = "Live events"),
        (name = "health", description = "Whether it runs"),
    ),
)]
struct Document;

/// How one comes in.
struct Doors;

impl Modify for Doors {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        let cookie =
            ApiKeyValue::with_description("gad_session", "`__Host-gad_session` with https");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The document of every address.
pub(crate) fn document() -> openapi::OpenApi {
    let all = signed()
        .merge(open())
        .merge(health::router())
        .merge(ws::sockets());
    let mut document = all.describe(Document::openapi());
    let components = document.components.get_or_insert_default();
    for (name, problem) in problems::all() {
        components.responses.insert(name, RefOr::T(problem));
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Delete, &mut item.delete),
            (HttpMethod::Patch, &mut item.patch),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            match &method {
                HttpMethod::Get => tell_of_tags(operation),
                HttpMethod::Delete => {}
                _ => tell_of_keys(operation),
            }
            problems::tell(&method, path, operation);
        }
    }
    document
}

/// Changes that are made anew each time: their answers are secrets, which are not kept. And previews, which are none, and alerts, which name themselves.
const NOT_KEPT: [&str; 12] = [
    "broadcasts_preview",
    "broadcasts_take_cap",
    "calendars_create",
    "shifts_patterns_preview",
    "auth_login",
    "auth_refresh",
    "auth_logout",
    "auth_telegram",
    "users_invite",
    "users_invites",
    "ws_ticket",
    "ws_ticket_versioned",
];

/// A change can be repeated under a key.
fn tell_of_keys(operation: &mut Operation) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    if NOT_KEPT.contains(&id) {
        return;
    }
    let words = "Makes repeating safe for 24 hours: the same request gets the first answer again, with \
        `Idempotency-Replayed: true`; another one under the same key 422 `idempotency_mismatch`";
    header_in(operation, "Idempotency-Key", words);
}

/// What has a version can be asked for only when it is new.
fn tell_of_tags(operation: &mut Operation) {
    const TAGGED: [&str; 3] = ["tasks_get", "agents_get", "users_get"];
    let id = operation.operation_id.as_deref().unwrap_or_default();
    if !TAGGED.contains(&id) {
        return;
    }
    header_in(
        operation,
        "If-None-Match",
        "An `ETag` that is known: 304 when nothing else would come",
    );
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(found)) = responses.get_mut("200") {
        let tag = HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .description(Some("For `If-Match` and `If-None-Match`"));
        found.headers.insert("ETag".into(), RefOr::T(tag.build()));
    }
    let same = ResponseBuilder::new().description("What is known is still so");
    responses.insert("304".into(), RefOr::T(same.build()));
}

fn header_in(operation: &mut Operation, name: &str, words: &str) {
    let header = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .description(Some(words))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    operation
        .parameters
        .get_or_insert_default()
        .push(header.build().into());
}

/// The document is the same as long as the program runs.
static TEXT: LazyLock<Arc<str>> = LazyLock::new(|| crate::openapi().into());

/// Nobody outside is asked whether the document is well formed.
fn docs() -> Config<'static> {
    Config::from("/openapi.json").validator_url("none")
}

pub(crate) fn router() -> Router<App> {
    let page = SwaggerUi::new("/docs").config(docs());
    Router::new()
        .route("/openapi.json", get(text))
        .route("/api/v1/openapi.json", get(text))
        .route("/asyncapi.json", get(socket_text))
        .merge(page)
}

static SOCKET_TEXT: LazyLock<Arc<str>> = LazyLock::new(|| crate::asyncapi().into());

async fn socket_text() -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "application/json");
    ([kind], SOCKET_TEXT.to_string())
}

async fn text() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        TEXT.to_string(),
    )
}
