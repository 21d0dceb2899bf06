//! What a handler answers with: JSON that can be kept, and versions by which caches and careful clients go.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::once::Kept;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// An answer as text, before it is sent or kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: String,
}

/// What is told of a body beside the version: so many digits of its hash.
const TAG_DIGITS: usize = 16;

impl Answer {
    /// What was asked for.
    pub fn ok(body: &impl Serialize) -> Self {
        Self {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: serde_json::to_string(body).expect("plain values have a JSON form"),
        }
    }

    /// Something new, and where it is.
    pub fn created(place: String, body: &impl Serialize) -> Self {
        Self {
            status: StatusCode::CREATED,
            headers: vec![(header::LOCATION, place)],
            ..Self::ok(body)
        }
    }

    /// With an `ETag`: the version for `If-Match`, and a hash of what is shown for `If-None-Match`, because much that is
    /// shown changes without the version.
    pub fn tagged(mut self, version: i32) -> Self {
        let hash = hex::encode(Sha256::digest(self.body.as_bytes()));
        let tag = format!("\"{version}-{}\"", &hash[..TAG_DIGITS]);
        self.headers.push((header::ETAG, tag));
        self
    }

    pub fn to_kept(&self) -> Kept {
        let headers = self.headers.iter();
        Kept {
            status: self.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), value.clone()))
                .collect(),
            body: self.body.clone(),
        }
    }
}

impl From<Kept> for Answer {
    fn from(kept: Kept) -> Self {
        let headers = kept.headers.into_iter();
        Self {
            status: StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK),
            headers: headers
                .filter_map(|(name, value)| Some((name.parse().ok()?, value)))
                .collect(),
            body: kept.body,
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value).expect("paths and tags of ours are ASCII");
            headers.insert(name, value);
        }
        response
    }
}

/// Answers 304 to who has what he would get.
pub(crate) async fn not_modified(request: Request, next: Next) -> Response {
    let known = match *request.method() {
        Method::GET | Method::HEAD => request.headers().get(header::IF_NONE_MATCH).cloned(),
        _ => None,
    };
    let response = next.run(request).await;
    let same = known.is_some_and(|known| is_known(&known, response.headers().get(header::ETAG)));
    if !same || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// Whether somebody has what bears this tag.
pub(crate) fn is_known(known: &HeaderValue, tag: Option<&HeaderValue>) -> bool {
    let Some(tag) = tag.and_then(|tag| tag.to_str().ok()) else {
        return false;
    };
    let mut known = known.to_str().unwrap_or_default().split(',').map(str::trim);
    known.any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_every_form_a_client_may_send() {
        let tag = HeaderValue::from_static("\"7-abc\"");
        let known = |text| is_known(&HeaderValue::from_static(text), Some(&tag));
        assert!(known("\"7-abc\"") && known("W/\"7-abc\"") && known("*"));
        assert!(known("\"6-abc\", \"7-abc\""));
        assert!(!known("\"7-abd\"") && !known(""));
        assert!(!is_known(&HeaderValue::from_static("*"), None));
    }

    #[test]
    fn a_kept_answer_is_the_same_again() {
        let answer = Answer::created("/api/v1/units/1".into(), &["x"]).tagged(3);
        assert_eq!(Answer::from(answer.to_kept()), answer);
    }
}
