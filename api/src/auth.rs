//! Who is asking. A route is either among the public ones or behind [`require`]: there is no third place.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Actor;

use crate::{
    app::App,
    error::{Problem, Result},
    lang,
};

pub(crate) mod cookie;
pub(crate) mod init_data;
pub(crate) mod token;

use token::{Claims, Purpose};

/// How a credential came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    Bearer,
    Cookie,
}

/// A credential of ours, and whose session it names.
#[derive(Clone)]
pub(crate) struct Presented {
    pub session_id: String,
    pub via: Via,
    /// Nobody's when the session has ended; a problem when it could not be looked up.
    pub actor: Result<Option<Arc<Actor>>>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub actor: Arc<Actor>,
    pub session_id: String,
    pub user_id: i64,
    pub via: Via,
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::unauthorized)
    }
}

/// Reads the credential, and whose it is if it is one of ours; nothing is refused yet.
pub(crate) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let credential = credential(&app, request.headers());
    if let Some((claims, via)) = credential {
        let actor = app.actor(&claims.sid).await;
        request.extensions_mut().insert(Presented {
            session_id: claims.sid,
            via,
            actor,
        });
    }
    next.run(request).await
}

fn credential(app: &App, headers: &HeaderMap) -> Option<(Claims, Via)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let token = Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))?;
        let claims = app.tokens.read(token, Purpose::Bearer)?;
        return Some((claims, Via::Bearer));
    }
    let token = cookie::read(headers, &app.config)?;
    let claims = app.tokens.read(&token, Purpose::Cookie)?;
    Some((claims, Via::Cookie))
}

/// Lets only those pass who are signed in; a browser's writes must come from our own pages.
pub(crate) async fn require(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let asked = Asked::of(&app, &request);
    let signed = match sign_in(asked) {
        Ok(signed) => signed,
        Err(problem) => return problem.into_response(),
    };
    let spoken = lang::of_actor(&signed.actor);
    request.extensions_mut().insert(signed);
    let mut response = next.run(request).await;
    if let Some(spoken) = spoken {
        response.extensions_mut().insert(spoken);
    }
    response
}

fn sign_in(asked: Asked) -> Result<Signed> {
    let Presented {
        session_id,
        via,
        actor,
    } = asked.presented.ok_or_else(Problem::unauthorized)?;
    let actor = actor?.ok_or_else(Problem::unauthorized)?;
    let user_id = actor.user_id.ok_or_else(Problem::unauthorized)?;
    if via == Via::Cookie && asked.foreign_write {
        return Err(foreign());
    }
    Ok(Signed {
        actor,
        session_id,
        user_id,
        via,
    })
}

/// What signing in needs to know of a request.
struct Asked {
    presented: Option<Presented>,
    /// It changes something and does not come from our own pages.
    foreign_write: bool,
}

impl Asked {
    fn of(app: &App, request: &Request) -> Self {
        let foreign = !is_ours(app, request.headers(), Missing::Refused);
        Self {
            presented: request.extensions().get().cloned(),
            foreign_write: !request.method().is_safe() && foreign,
        }
    }
}

pub(crate) fn foreign() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "foreign_origin",
        "The request came from another site",
    )
}

/// What a request without any sign of its origin is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Programs send none.
    Accepted,
    Refused,
}

/// Whether a browser says that the request came from our own pages.
pub(crate) fn is_ours(app: &App, headers: &HeaderMap, missing: Missing) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(origin) = text(header::ORIGIN) {
        let host = origin.split_once("://").map(|(_, host)| host);
        return Some(origin) == app.config.public_origin()
            || (host.is_some() && host == text(header::HOST));
    }
    match headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok())
    {
        Some(site) => site == "same-origin",
        None => missing == Missing::Accepted,
    }
}
