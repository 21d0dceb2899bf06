//! The last hand on every answer: a request id, and each problem worded in the client's language.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use chrono_tz::Tz;
use rand::RngExt;

use crate::{
    error::{PROBLEM_JSON, Problem},
    lang::{self, Spoken},
};

/// Names a request in the log and in the answer.
#[derive(Clone)]
pub(crate) struct RequestId(pub String);

const REQUEST_ID: &str = "x-request-id";

/// The longest id of a caller's own that is taken over.
const LONGEST: usize = 64;

pub(crate) async fn finish(State(zone): State<Tz>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let lang = lang::of_headers(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let lang = response
        .extensions()
        .get::<Spoken>()
        .map_or(lang, |spoken| spoken.0);
    if let Some(problem) = problem_of(&response) {
        let mut worded = problem.render(lang, zone, Some(id.clone()));
        keep_headers(&response, &mut worded);
        response = worded;
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A caller may name his request himself, in a form that cannot confuse a log.
fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        !id.is_empty()
            && id.len() <= LONGEST
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    given.filter(plain).map_or_else(fresh_id, str::to_owned)
}

#[expect(
    clippy::disallowed_methods,
    reason = "an id that only has to differ from others"
)]
fn fresh_id() -> String {
    format!("{:016x}", rand::rng().random::<u64>())
}

/// Our own problem, or one for an error that a library answered with.
fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let worded = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_JSON);
    let foreign =
        (status.is_client_error() || status.is_server_error()) && !worded && !is_page(response);
    foreign.then(|| generic(status))
}

/// Pages, health answers and receipts of alerts carry bodies of their own.
fn is_page(response: &Response) -> bool {
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    ["text/html", "application/json", "application/cap+xml"]
        .iter()
        .any(|own| kind.starts_with(own))
}

fn generic(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::UNAUTHORIZED => Problem::unauthorized(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(status, "method_not_allowed", "Not possible on this address")
        }
        StatusCode::PAYLOAD_TOO_LARGE => crate::extract::too_large(),
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Problem::away(),
        StatusCode::INTERNAL_SERVER_ERROR => Problem::internal(),
        other => Problem::new(
            other,
            "refused",
            other.canonical_reason().unwrap_or("Refused"),
        ),
    }
}

fn keep_headers(from: &Response, to: &mut Response) {
    for (name, value) in from.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            to.headers_mut()
                .entry(name.clone())
                .or_insert(value.clone());
        }
    }
}
