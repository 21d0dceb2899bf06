//! What handlers take from a request; what cannot be read becomes a problem with the name of the field.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::page;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::error::{Problem, Result};

/// A JSON body, both ways.
#[derive(Debug)]
pub(crate) struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(unsupported("application/json"));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| unread(&error))?;
        parse(&bytes).map(Self)
    }
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
        let json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| unread(&error))?;
        match (bytes.is_empty(), json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(unsupported("application/json")),
        }
    }
}

/// Reads JSON; the problem names the field.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if escapes_nul(bytes) {
        return Err(holds_nul("body"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            Problem::malformed(field_of(&error), inner.to_string())
        } else {
            no_json(inner)
        }
    })?;
    json.end().map_err(|more| no_json(&more))?;
    Ok(read)
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

/// serde names a missing field only in its message.
fn field_of(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let message = error.inner().to_string();
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    let path = error.path().to_string();
    match missing {
        Some(field) if path == "." => field.to_owned(),
        Some(field) => format!("{path}.{field}"),
        None => path,
    }
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

/// The query of the address; a value may be given as a list with commas or several times.
#[derive(Debug)]
pub(crate) struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let given: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|error| Problem::malformed("query", error.to_string()))?;
        if let Some((field, _)) = given.iter().find(|(_, value)| value.contains('\0')) {
            return Err(holds_nul(field));
        }
        let merged = merge(given);
        let text = serde_urlencoded::to_string(&merged)
            .map_err(|error| Problem::malformed("query", error.to_string()))?;
        let values = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        serde_path_to_error::deserialize(values)
            .map(Self)
            .map_err(|error| {
                Problem::malformed(error.path().to_string(), error.inner().to_string())
            })
    }
}

/// Values that are given several times are joined; empty ones are as if they were not there.
fn merge(given: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut merged: Vec<(String, String)> = Vec::new();
    for (key, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
        match merged.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => *values = format!("{values},{value}"),
            None => merged.push((key, value)),
        }
    }
    merged
}

/// The words of a list with commas.
pub(crate) fn words<T: DeserializeOwned>(field: &str, list: Option<&str>) -> Result<Vec<T>> {
    let words = list
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words.map(|word| self::word(field, word)).collect()
}

/// One word of an enumeration.
pub(crate) fn word<T: DeserializeOwned>(field: &str, word: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word.into()))
        .map_err(|_| Problem::malformed(field, format!("{word:?} is not known")))
}

/// Numbers in a list with commas.
pub(crate) fn ids(field: &str, list: Option<&str>) -> Result<Option<Vec<i64>>> {
    let Some(list) = list else { return Ok(None) };
    let parse = |word: &str| {
        word.trim()
            .parse()
            .map_err(|_| Problem::malformed(field, "is not a list of numbers"))
    };
    list.split(',').map(parse).collect::<Result<_>>().map(Some)
}

/// One segment of the path.
pub(crate) struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // What is no number names nothing that exists, and no name holds NUL.
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found());
        }
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::not_found())
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Rows, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    pub fn window(self) -> Result<page::Window> {
        window(self.limit, self.cursor)
    }
}

/// The window of a list.
pub(crate) fn window(limit: Option<u64>, cursor: Option<String>) -> Result<page::Window> {
    let limit = limit.unwrap_or(page::Window::default().limit);
    if limit == 0 || limit > page::MOST {
        return Err(Problem::malformed(
            "limit",
            format!("is not between 1 and {}", page::MOST),
        ));
    }
    Ok(page::Window { limit, cursor })
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

    #[derive(Debug, Deserialize)]
    struct Wanted {
        status: Option<String>,
        unit_id: Option<i64>,
    }

    async fn query(text: &str) -> Result<Wanted> {
        let request = Request::builder()
            .uri(format!("/x?{text}"))
            .body(())
            .expect("a literal");
        Query::from_request_parts(&mut request.into_parts().0, &())
            .await
            .map(|Query(wanted)| wanted)
    }

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

    #[tokio::test]
    async fn nul_in_the_query_is_refused() {
        let problem = query("status=a%00b").await.err();
        assert_eq!(problem.map(|problem| problem.code), Some("invalid"));
    }

    #[tokio::test]
    async fn values_may_come_several_times() {
        let wanted = query("status=paused&status=scheduled,completed&unit_id=7")
            .await
            .unwrap_or_else(|_| unreachable!());
        assert_eq!(wanted.status.as_deref(), Some("paused,scheduled,completed"));
        assert_eq!(wanted.unit_id, Some(7));
    }

    #[tokio::test]
    async fn empty_values_are_not_there() {
        let wanted = query("status=&unit_id=")
            .await
            .unwrap_or_else(|_| unreachable!());
        assert!(wanted.status.is_none() && wanted.unit_id.is_none());
    }

    #[tokio::test]
    async fn a_bad_value_names_its_field() {
        let problem = query("unit_id=seven")
            .await
            .err()
            .map(|problem| problem.code);
        assert_eq!(problem, Some("invalid"));
    }
}
