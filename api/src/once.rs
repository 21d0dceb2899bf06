//! `Idempotency-Key`: a change that a client repeats happens once, and is answered as it was the first time.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Tx,
    once::{self, Found, Key},
};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::{
    answer::Answer,
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{content_type, unread},
};

pub(crate) const HEADER: &str = "idempotency-key";

/// Says that nothing was done: this is the answer of the first time.
pub(crate) const REPLAYED: &str = "idempotency-replayed";

/// The longest word a client may choose.
const LONGEST: usize = 255;

/// Under which key a request shall happen once, if under any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Once(Option<Key>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

impl Once {
    /// The same key for what else belongs to the request.
    pub fn and(self, more: &[u8]) -> Self {
        Self(self.0.map(|key| Key {
            fingerprint: fingerprint(&[key.fingerprint.as_bytes(), more]),
            ..key
        }))
    }

    /// The answer of the first time, when there was one.
    pub async fn answered(&self, app: &App) -> Result<Option<Response>> {
        match &self.0 {
            Some(key) => Ok(replay(once::find(&app.store, key).await?)),
            None => Ok(None),
        }
    }
}

/// Reads the key of a change, and what the change is.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    match keyed(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn keyed(mut request: Request) -> Result<Request> {
    let writes = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    let (Some(word), Some(signed)) = (
        word(request.headers())?.filter(|_| writes),
        request.extensions().get::<Signed>(),
    ) else {
        return Ok(request);
    };
    let user_id = signed.user_id;
    let asked = format!("{} {}", request.method(), request.uri());
    let mut bytes = Bytes::new();
    // Two forms with the same fields have different boundaries: the handler looks at the fields.
    if content_type(request.headers()) != "multipart/form-data" {
        let (parts, body) = request.into_parts();
        let read = Request::from_parts(parts.clone(), body);
        bytes = Bytes::from_request(read, &())
            .await
            .map_err(|error| unread(&error))?;
        request = Request::from_parts(parts, Body::from(bytes.clone()));
    }
    let fingerprint = fingerprint(&[asked.as_bytes(), &bytes]);
    request.extensions_mut().insert(Once(Some(Key {
        user_id,
        word,
        fingerprint,
    })));
    Ok(request)
}

fn word(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let word = value.to_str().unwrap_or_default();
    if word.is_empty() || word.len() > LONGEST {
        let problem = Problem::new(
            StatusCode::BAD_REQUEST,
            "idempotency_key_malformed",
            "The Idempotency-Key cannot be used",
        );
        return Err(problem.plainly(format!("1 to {LONGEST} visible ASCII characters")));
    }
    Ok(Some(word.to_owned()))
}

/// Lengths keep the parts apart.
fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// Changes something in one transaction, once for each key. The answer is kept in the same transaction: there is no moment
/// at which the change is there and its answer is not. Refusals change nothing and are not kept.
pub(crate) async fn run<F>(app: &App, once: Once, work: F) -> domain::Result<Response>
where
    F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, domain::Result<Answer>> + Clone + Send + 'static,
{
    app.store
        .write(move |tx| Box::pin(async move { within(tx, once, work).await }))
        .await
}

async fn within<F>(tx: &mut Tx, Once(key): Once, work: F) -> domain::Result<Response>
where
    F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, domain::Result<Answer>> + Clone + Send + 'static,
{
    let Some(key) = key else {
        return work(tx).await.map(Answer::into_response);
    };
    if let Some(earlier) = replay(once::take(tx, &key).await?) {
        return Ok(earlier);
    }
    let answer = work(tx).await?;
    once::keep(tx, &key, &answer.to_kept()).await?;
    Ok(answer.into_response())
}

fn replay(found: Found) -> Option<Response> {
    match found {
        Found::Nothing => None,
        Found::Same(kept) => {
            let mut response = Answer::from(kept).into_response();
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            Some(response)
        }
        Found::Other => Some(mismatch().into_response()),
    }
}

fn mismatch() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_mismatch",
        "Something else was asked for under this Idempotency-Key",
    )
    .plainly("use a new key for a new request")
}

/// Changes something in one transaction, once for each key; the work ends with its [`Answer`].
macro_rules! kept {
    ($app:expr, $once:expr, |$tx:ident| $work:expr) => {
        $crate::once::run(&$app, $once, move |$tx| Box::pin(async move { $work })).await
    };
}
pub(crate) use kept;
