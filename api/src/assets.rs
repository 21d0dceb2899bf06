//! The board inside the binary: hashed files for a year, its page for the addresses of its own.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::Problem;

#[derive(RustEmbed)]
#[folder = "$BOARD"]
struct Board;

const PAGE: &str = "index.html";

/// What the addresses of the board's pages begin with (`dashboard/src/router.svelte.ts`).
const PAGES: [&str; 17] = [
    "login",
    "tasks",
    "emergencies",
    "broadcasts",
    "drills",
    "unanswered",
    "numbers",
    "shifts",
    "leaves",
    "swaps",
    "agents",
    "users",
    "groups",
    "map",
    "account",
    "catalogue",
    "audit",
];

/// Files of the board, its page where a browser goes to one of its addresses, and a problem for everything else.
pub(crate) async fn serve(request: Request<Body>) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Problem::not_found().into_response();
    }
    if let Some(file) = Board::get(path).filter(|_| !path.is_empty()) {
        return answer(path, file, request.headers());
    }
    let own = path
        .split('/')
        .next()
        .is_some_and(|first| PAGES.contains(&first));
    if !(path.is_empty() || own && navigates(request.headers())) {
        return Problem::not_found().into_response();
    }
    Board::get(PAGE).map_or_else(
        || Problem::not_found().into_response(),
        |page| answer(PAGE, page, request.headers()),
    )
}

/// Whether a browser goes to an address, rather than a program fetching something.
fn navigates(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

fn answer(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits are ASCII");
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let caching = HeaderValue::from_static(caching);
    if asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag)
    {
        return (
            StatusCode::NOT_MODIFIED,
            [(header::ETAG, tag), (header::CACHE_CONTROL, caching)],
        )
            .into_response();
    }
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if mime.type_() == "text" {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    };
    let kind = HeaderValue::from_str(&kind)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, caching),
    ];
    (headers, Bytes::from(file.data.into_owned())).into_response()
}

/// The first half of a digest is enough to tell versions apart.
fn hex(digest: &[u8; 32]) -> String {
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What a client learns of a panic.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(crate) fn broken(panic: Box<dyn std::any::Any + Send>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message, "a handler panicked");
    Problem::internal().into_response()
}
