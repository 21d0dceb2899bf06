//! Signing in and out, and the sessions that exist.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Error, Refusal, login,
    session::{self, Opened, Origin},
    user,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::write;
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::{self, Missing, Signed, Via, cookie},
    client,
    error::{Problem, Result},
    extract::{Json, Path, content_type, is_json, parse, unread, unsupported},
    limits,
    out::{
        List, PermissionWord, UnitRef,
        people::{LogPlace, MeOut, SessionOut},
    },
};

/// At the door: signing in, and a new token for an old one.
pub(crate) fn open() -> Addresses {
    Addresses::default()
        .routes(routes!(sign_in))
        .routes(routes!(refresh))
}

/// Inside.
pub(crate) fn signed() -> Addresses {
    Addresses::default()
        .routes(routes!(sign_out))
        .routes(routes!(me))
        .routes(routes!(all, end_others))
        .routes(routes!(end))
}

#[derive(Deserialize, ToSchema)]
struct Login {
    #[serde(default)]
    #[schema(required)]
    username: String,
    #[serde(default)]
    #[schema(required)]
    password: String,
}

/// Tokens of a session. Browsers get a cookie besides and need none of them.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenOut {
    access_token: String,
    /// `bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Good for one call of `/auth/refresh`.
    refresh_token: String,
}

/// Signs in with name and password, as JSON or as a form.
#[utoipa::path(post, path = "/auth/login", tag = "auth", operation_id = "auth_login",
    request_body(content((Login = "application/json"), (Login = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = TokenOut)), security(()))]
async fn sign_in(State(app): State<App>, request: Request) -> Result<Response> {
    let (headers, extensions) = (request.headers().clone(), request.extensions().clone());
    if !auth::is_ours(&app, &headers, Missing::Accepted) {
        return Err(auth::foreign());
    }
    let ip = client::address(&extensions, &headers, &app.config.trusted_proxies);
    limits::login(&app, ip).await?;
    let Login { username, password } = read_login(request).await?;
    let origin = Origin {
        address: ip.map(|ip| ip.to_string()),
        agent: user_agent(&headers),
        telegram_id: None,
    };
    let opened = login::login(&app.store, &username, &password, origin).await;
    Ok(tokens(&app, &opened.map_err(|error| locked(&app, &error))?))
}

pub(super) fn user_agent(headers: &HeaderMap) -> Option<String> {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

async fn read_login(request: Request) -> Result<Login> {
    let (json, kind) = (is_json(request.headers()), content_type(request.headers()));
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|error| unread(&error))?;
    if json {
        return parse(&bytes);
    }
    if kind != "application/x-www-form-urlencoded" {
        return Err(unsupported(
            "application/json or application/x-www-form-urlencoded",
        ));
    }
    serde_urlencoded::from_bytes(&bytes)
        .map_err(|error| Problem::malformed("username", error.to_string()))
}

/// A locked name is told how long to wait.
pub(super) fn locked(app: &App, error: &Error) -> Problem {
    let problem = Problem::from(error);
    match error.refusal() {
        Some(Refusal::Locked { until }) => problem.locked((*until - app.store.now()).num_seconds()),
        _ => problem,
    }
}

pub(super) fn tokens(app: &App, opened: &Opened) -> Response {
    let out = TokenOut {
        access_token: app.tokens.bearer(&opened.session_id, opened.user_id),
        token_type: "bearer",
        expires_in: app.tokens.life_seconds(),
        refresh_token: opened.refresh_token.clone(),
    };
    let cookie = cookie::give(
        &app.tokens.cookie(&opened.session_id, opened.user_id),
        app.store.rules().session_days,
        &app.config,
    );
    ([(header::SET_COOKIE, cookie)], Json(out)).into_response()
}

#[derive(Deserialize, ToSchema)]
struct Refresh {
    #[serde(default)]
    #[schema(required)]
    refresh_token: String,
}

/// Exchanges a refresh token for new tokens. One that was exchanged before ends the session.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", operation_id = "auth_refresh", request_body = Refresh,
    responses((status = 200, body = TokenOut)), security(()))]
async fn refresh(State(app): State<App>, Json(sent): Json<Refresh>) -> Result<Response> {
    let opened = session::refresh(&app.store, &sent.refresh_token).await?;
    Ok(tokens(&app, &opened))
}

/// Ends this session.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", operation_id = "auth_logout", responses((status = 204)))]
async fn sign_out(State(app): State<App>, signed: Signed) -> Result<Response> {
    end_one(&app, &signed, signed.session_id.clone()).await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie::take(&app.config))],
    )
        .into_response())
}

async fn end_one(app: &App, signed: &Signed, id: String) -> Result<()> {
    let actor = signed.actor.clone();
    Ok(write!(app, |tx| session::revoke(tx, &actor, &id).await)?)
}

/// Who is signed in. A browser's cookie is prolonged.
#[utoipa::path(get, path = "/auth/me", tag = "auth", operation_id = "auth_me", responses((status = 200, body = MeOut)))]
async fn me(State(app): State<App>, signed: Signed) -> Result<Response> {
    let live = LogPlace {
        epoch: app.hub.epoch().await?,
        seq: app.hub.seq().await?,
    };
    let user = user::find(&app.store, &signed.actor, signed.user_id).await?;
    let out = Json(MeOut {
        id: user.id,
        username: user.username,
        name: user.name,
        level: user.level.into(),
        permissions: user
            .permissions
            .into_iter()
            .map(PermissionWord::from)
            .collect(),
        units: user.units.into_iter().map(UnitRef::from).collect(),
        agent_id: user.agent_id,
        lang: user.lang,
        zone: app.store.rules().zone.name().into(),
        live,
    });
    if signed.via == Via::Bearer {
        return Ok(out.into_response());
    }
    let token = app.tokens.cookie(&signed.session_id, signed.user_id);
    let cookie = cookie::give(&token, app.store.rules().session_days, &app.config);
    Ok(([(header::SET_COOKIE, cookie)], out).into_response())
}

/// One's own open sessions, latest use first.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", operation_id = "sessions_list",
    responses((status = 200, body = List<SessionOut>)))]
async fn all(State(app): State<App>, signed: Signed) -> Result<Json<List<SessionOut>>> {
    let sessions = session::list(&app.store, signed.user_id).await?;
    let shown = sessions
        .into_iter()
        .map(|one| SessionOut::of(one, &signed.session_id));
    Ok(Json(List::whole(shown.collect())))
}

/// Ends every other session of one's own.
#[utoipa::path(delete, path = "/auth/sessions", tag = "auth", operation_id = "sessions_end_others",
    responses((status = 204)))]
async fn end_others(State(app): State<App>, signed: Signed) -> Result<StatusCode> {
    let Signed {
        session_id,
        user_id,
        ..
    } = signed;
    write!(app, |tx| session::revoke_all(
        tx,
        user_id,
        Some(&session_id)
    )
    .await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one session of one's own; admins end anybody's.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = "auth", operation_id = "sessions_end",
    params(("id" = String, Path)), responses((status = 204)))]
async fn end(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<StatusCode> {
    end_one(&app, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
