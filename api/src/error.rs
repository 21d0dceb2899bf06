//! Problems after RFC 9457: every failure has a stable code, none shows a defect of ours.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::Error;
use locales::{Lang, Sentence};
use serde::Serialize;
use utoipa::ToSchema;

mod labels;
mod refusal;
mod words;
pub(crate) mod wrong;

use refusal::of_refusal;
pub(crate) use words::About;

pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

/// What went wrong, on its way to the client: the last layer words it in the client's language.
#[derive(Clone)]
pub(crate) struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    title: &'static str,
    says: Option<Wording>,
    details: Box<Details>,
    retry_after: Option<i64>,
}

/// What programs may want to know besides.
#[derive(Clone, Default)]
struct Details {
    errors: Vec<FieldError>,
    conflicts: Vec<Conflict>,
    state: Option<&'static str>,
    version: Option<i32>,
}

/// The sentence for people, when their language is known and by whose clock they live.
type Wording = Arc<dyn Fn(Lang, Tz) -> String + Send + Sync>;

/// One thing that is wrong with what was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldError {
    pub field: String,
    pub message: String,
    /// Stable, such as `required` or `too_long`.
    pub code: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            code: code.into(),
        }
    }
}

/// One person who stands against it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Conflict {
    pub agent_id: Option<i64>,
    pub name: String,
    /// Stable, such as `off_shift`, `unavailable`, `calling` (his own call for help goes on) or `in_need` (he said so in a
    /// broadcast).
    pub kind: String,
    pub message: String,
    /// Why somebody says that he cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// A problem as it is sent.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemOut {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    /// What one can do, in the caller's language.
    detail: String,
    /// Stable; programs decide by it.
    code: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conflicts: Vec<Conflict>,
    /// The present state of what was to be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// The present version of what was to be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    /// Names the request in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self {
            status,
            code,
            title,
            says: None,
            details: Box::default(),
            retry_after: None,
        }
    }

    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "No or bad credentials",
        )
        .saying(|lang| Sentence::ErrorSignedOut.to(lang))
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found")
            .saying(|lang| Sentence::RefusalNotFound.to(lang))
    }

    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something broke on our side",
        )
        .saying(|lang| Sentence::ErrorSystem.to(lang))
    }

    pub fn away() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available at the moment",
        )
        .saying(|lang| Sentence::ErrorSystem.to(lang))
        .retry_after(2)
    }

    pub fn too_many_requests(seconds: i64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
        )
        .wait(seconds)
    }

    /// Says how long to wait, to people and to programs.
    pub fn wait(self, seconds: i64) -> Self {
        self.saying(move |lang| {
            Sentence::ErrorTooManyRequests {
                seconds: seconds.into(),
            }
            .to(lang)
        })
        .retry_after(seconds)
    }

    /// The fields that it is about, if it is about any.
    pub fn into_fields(self) -> Vec<FieldError> {
        self.details.errors
    }

    /// One field that cannot be read.
    pub fn malformed(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, "malformed", message)])
    }

    /// A name that too many wrong passwords were given for.
    pub fn locked(self, seconds: i64) -> Self {
        let minutes = (seconds.max(1) + 59) / 60;
        self.saying(move |lang| {
            Sentence::ErrorLocked {
                minutes: minutes.into(),
            }
            .to(lang)
        })
        .retry_after(seconds)
    }

    /// Everything that is wrong with what was sent.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let names = errors.iter().map(|one| one.field.clone()).collect();
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some fields are not valid",
        );
        problem.details.errors = errors;
        problem.naming(names)
    }

    /// What is said to people.
    pub fn saying(self, words: impl Fn(Lang) -> String + Send + Sync + 'static) -> Self {
        self.saying_when(move |lang, _| words(lang))
    }

    /// The same, with moments in it.
    pub fn saying_when(
        mut self,
        words: impl Fn(Lang, Tz) -> String + Send + Sync + 'static,
    ) -> Self {
        self.says = Some(Arc::new(words));
        self
    }

    /// What is said to programmers, in English.
    pub fn plainly(self, words: impl Into<String>) -> Self {
        let words = words.into();
        self.saying(move |_| words.clone())
    }

    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The answer in the client's language, by the clocks of this zone.
    pub fn render(&self, lang: Lang, zone: Tz, request_id: Option<String>) -> Response {
        let out = ProblemOut {
            kind: format!("urn:gad:problem:{}", self.code),
            title: self.title.into(),
            status: self.status.as_u16(),
            detail: self
                .says
                .as_ref()
                .map_or_else(|| self.title.to_owned(), |says| says(lang, zone)),
            code: self.code.into(),
            errors: self.details.errors.clone(),
            conflicts: self.details.conflicts.clone(),
            state: self.details.state.map(str::to_owned),
            version: self.details.version,
            request_id,
        };
        let body = serde_json::to_vec(&out).expect("plain values have a JSON form");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(lang.as_str()),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The body follows in the last layer, which knows the language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Refused(refusal) => of_refusal(refusal),
            Error::Away(reason) | Error::Contended(reason) | Error::TooSlow(reason) => {
                tracing::warn!(reason, "the database is away");
                Self::away()
            }
            Error::Database(_) | Error::Data(_) => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<domain::Refusal> for Problem {
    fn from(refusal: domain::Refusal) -> Self {
        of_refusal(&refusal)
    }
}
