//! What handlers take from a request; what cannot be read becomes a problem with the name of the field.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{error::Invalid, page};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::{
    error::{FieldError, Problem, Result},
    read::{Read, Tree, read},
};

mod lenient;

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

/// The name under which pages put a number that makes an address look new; it says nothing.
const CACHE_BUSTER: &str = "_";

/// The query of the address, in which all names are known; a value may be given as a list with commas or several times.
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
        named(merge(given)).map(Self)
    }
}

/// Reads values by their names, of a query or of a form.
pub(crate) fn named<T: DeserializeOwned>(given: Vec<(String, String)>) -> Result<T> {
    let words = given.into_iter();
    let fields = words.map(|(field, value)| (field, Tree::Word(value)));
    whole(read(&Tree::Object(fields.collect())))
}

/// Values that are given several times are joined; empty ones are as if they were not there.
fn merge(given: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut merged: Vec<(String, String)> = Vec::new();
    let says = |(key, value): &(String, String)| key != CACHE_BUSTER && !value.is_empty();
    for (key, value) in given.into_iter().filter(says) {
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
    async fn what_makes_an_address_look_new_says_nothing() {
        let wanted = query("unit_id=7&_=1763900000000")
            .await
            .unwrap_or_else(|_| unreachable!());
        assert_eq!(wanted.unit_id, Some(7));
        assert!(query("unit_id=7&__=1").await.is_err());
    }

    #[tokio::test]
    async fn a_bad_value_and_a_name_that_is_not_known_are_refused() {
        for wrong in ["unit_id=seven", "units=7", "unit_id=7&staus=paused"] {
            let problem = query(wrong).await.err();
            let code = problem.map(|problem| problem.code);
            assert_eq!(code, Some("invalid"), "{wrong}");
        }
    }
}
