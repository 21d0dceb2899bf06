//! What handlers take from a request; what cannot be read becomes a problem with the name of the field.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::error::Invalid;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{FieldError, Problem, Result},
    read::{Read, Tree, read},
};

mod address;
mod lenient;

pub(crate) use address::{
    Asked, CheckedQuery, Paging, Path, Query, cursor, faults, ids, named, window, word, words,
};
pub(crate) use lenient::Lenient;

/// A JSON body, both ways.
#[derive(Debug)]
pub(crate) struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        parse(&json(request, state).await?).map(Self)
    }
}

async fn json<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    if !is_json(request.headers()) {
        return Err(unsupported("application/json"));
    }
    Bytes::from_request(request, state)
        .await
        .map_err(|error| unread(&error))
}

/// What is asked of a body beyond what its fields are.
pub(crate) trait Ruled {
    fn broken(&self) -> Vec<Invalid>;
}

/// A JSON body whose rules are looked at already when one of its fields cannot be read, so that everything is named at once. Where
/// all can be read that is left to the domain.
#[derive(Debug)]
pub(crate) struct Checked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Ruled> FromRequest<S> for Checked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        parse_checked(&json(request, state).await?).map(Self)
    }
}

/// Reads JSON as [`Checked`] does.
pub(crate) fn parse_checked<T: DeserializeOwned + Ruled>(bytes: &[u8]) -> Result<T> {
    let mut read: Read<T> = read(&tree(bytes)?);
    if let (Some(value), false) = (&read.value, read.wrong.is_empty()) {
        let known: Vec<String> = read.wrong.iter().map(|one| one.field.clone()).collect();
        let broken = value.broken();
        let more = broken.iter().filter(|one| !known.contains(&one.field));
        read.wrong.extend(more.map(FieldError::from));
    }
    whole(read)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub(crate) struct MaybeJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match maybe_json(request, state).await? {
            Some(bytes) => parse(&bytes).map(Self),
            None => Ok(Self(T::default())),
        }
    }
}

async fn maybe_json<S: Send + Sync>(request: Request, state: &S) -> Result<Option<Bytes>> {
    let json = is_json(request.headers());
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(|error| unread(&error))?;
    match (bytes.is_empty(), json) {
        (true, _) => Ok(None),
        (false, true) => Ok(Some(bytes)),
        (false, false) => Err(unsupported("application/json")),
    }
}

/// Reads JSON; the problem names every field that is wrong.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    whole(read(&tree(bytes)?))
}

fn tree(bytes: &[u8]) -> Result<Tree> {
    if escapes_nul(bytes) {
        return Err(holds_nul("body"));
    }
    serde_json::from_slice(bytes).map_err(|error| no_json(&error))
}

/// The value, when nothing about it is wrong.
fn whole<T>(read: Read<T>) -> Result<T> {
    match read.value {
        Some(value) if read.wrong.is_empty() => Ok(value),
        _ => Err(Problem::invalid(read.wrong)),
    }
}

fn no_json(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed", "The body is not JSON")
        .plainly(error.to_string())
}

/// Whether a text of this JSON holds the character NUL, which PostgreSQL keeps in no text (RFC 8259, section 7: it must
/// be escaped, and backslashes stand only in texts).
fn escapes_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = &rest[at + 1..];
        if escape.starts_with(b"u0000") {
            return true;
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

pub(crate) fn holds_nul(field: &str) -> Problem {
    Problem::malformed(field, "a text cannot hold the character NUL")
}

/// Whether the body says that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = content_type(headers);
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// The media type without its parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

pub(crate) fn unsupported(wanted: &str) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "This content type is not understood",
    )
    .plainly(format!("send {wanted}"))
}

pub(crate) fn unread(error: &BytesRejection) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed",
        "The body could not be read",
    )
}

pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "The body is too large",
    )
}

/// The version a change was made on, from `If-Match`; `None` when anything will do.
pub(crate) struct IfMatch(pub Option<i32>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let tag = value
            .to_str()
            .unwrap_or_default()
            .trim()
            .trim_start_matches("W/")
            .trim_matches('"');
        if tag == "*" {
            return Ok(Self(None));
        }
        let version = tag.split_once('-').map_or(tag, |(version, _)| version);
        // A tag that is not one of ours matches no version.
        Ok(Self(Some(version.parse().unwrap_or(-1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_refused_and_the_words_for_it_are_not() {
        for (json, refused) in [
            (r#""a\u0000b""#, true),
            (r#""\\\u0000""#, true),
            (r#""\\u0000""#, false),
            (r#""\u00001""#, true),
            (r#""u0000\n""#, false),
        ] {
            assert_eq!(parse::<String>(json.as_bytes()).is_err(), refused, "{json}");
        }
    }
}
