//! The OpenAPI document and the page that shows it, which works without internet.

use std::sync::{Arc, LazyLock};

use axum::{Router, http::header, response::IntoResponse, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{health, open, signed, ws};
use crate::{
    app::App,
    error::{PROBLEM_JSON, ProblemOut},
};

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
    let all: OpenApiRouter<App> = OpenApiRouter::with_openapi(Document::openapi())
        .merge(signed())
        .merge(open())
        .merge(health::router())
        .merge(ws::sockets());
    let mut document = all.into_openapi();
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        operations.into_iter().flatten().for_each(tell_of_problems);
    }
    document
}

/// Every address can answer with a problem, and every answer says what it is.
fn tell_of_problems(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    for (code, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            describe(code, &mut response.description);
        }
    }
    for code in ["4XX", "default"] {
        responses
            .entry(code.into())
            .or_insert_with(|| RefOr::T(problem()));
    }
}

fn problem() -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description("A problem")
        .content(PROBLEM_JSON, content)
        .build()
}

fn describe(code: &str, description: &mut String) {
    if !description.is_empty() {
        return;
    }
    *description = match code {
        "201" => "It was made",
        "204" => "It is done",
        "503" => "Not at present",
        _ => "What was asked for",
    }
    .into();
}

/// The document is the same as long as the program runs.
static TEXT: LazyLock<Arc<str>> = LazyLock::new(|| crate::openapi().into());

pub(crate) fn router() -> Router<App> {
    let page = SwaggerUi::new("/docs").config(Config::from("/openapi.json"));
    Router::new()
        .route("/openapi.json", get(text))
        .route("/api/v1/openapi.json", get(text))
        .merge(page)
}

async fn text() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        TEXT.to_string(),
    )
}
