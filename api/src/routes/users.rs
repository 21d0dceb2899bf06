//! Accounts and the links that tie them to Telegram.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    actor::Level,
    enrolment, erase, kept,
    user::{self, Filter, User},
};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use super::write;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Checked, IfMatch, Json, Path, Query, window},
    once::{Once, kept},
    out::{
        LevelNumber, List,
        people::{InviteOut, UserOut},
    },
    turn,
    wanted::people::{NewUserIn, UserPatchIn},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, add))
        .routes(routes!(one, change, disable))
        .routes(routes!(invite))
        .routes(routes!(unlink))
        .routes(routes!(data_export))
        .routes(routes!(erase_one))
}

/// Which accounts are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UserQuery {
    /// A piece of the name or the username.
    q: Option<String>,
    #[param(minimum = 1, maximum = 3)]
    level: Option<u8>,
    unit_id: Option<i64>,
    active: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Accounts by name: admins see all, supervisors their units.
#[utoipa::path(get, path = "/users", tag = "people", operation_id = "users_list", params(UserQuery),
    responses((status = 200, body = List<UserOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<UserQuery>,
) -> Result<Json<List<UserOut>>> {
    let filter = Filter {
        q: query.q,
        level: query
            .level
            .map(LevelNumber)
            .map(Level::try_from)
            .transpose()?,
        unit_id: query.unit_id,
        active: query.active,
    };
    let page = user::list(
        &app.store,
        &signed.actor,
        &filter,
        &window(query.limit, query.cursor)?,
    )
    .await?;
    Ok(Json(List::of(page, UserOut::from)))
}

/// Makes an account; at level 1 the agent too. Admins.
#[utoipa::path(post, path = "/users", tag = "people", operation_id = "users_create", request_body = NewUserIn,
    responses((status = 201, body = UserOut)))]
async fn add(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Checked(sent): Checked<NewUserIn>,
) -> Result<Response> {
    let prepared = user::prepare(&signed.actor, sent.into_domain()?).await?;
    let made = kept!(app, once, |tx| {
        let user = user::insert(tx, &signed.actor, prepared).await?;
        let (version, place) = (user.version, format!("/api/v1/users/{}", user.id));
        Ok(Answer::created(place, &UserOut::from(user)).tagged(version))
    });
    Ok(made?)
}

fn shown(user: User) -> Answer {
    let version = user.version;
    Answer::ok(&UserOut::from(user)).tagged(version)
}

/// One account: one's own, or within one's scope.
#[utoipa::path(get, path = "/users/{id}", tag = "people", operation_id = "users_get", params(("id" = i64, Path)),
    responses((status = 200, body = UserOut)))]
async fn one(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Answer> {
    Ok(shown(user::find(&app.store, &signed.actor, id).await?))
}

/// Changes an account. Admins; everybody his own contact, language and password.
#[utoipa::path(patch, path = "/users/{id}", tag = "people", operation_id = "users_change", request_body = UserPatchIn,
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    responses((status = 200, body = UserOut)))]
async fn change(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    Checked(sent): Checked<UserPatchIn>,
) -> Result<Response> {
    let patch = sent.into_domain(version)?;
    let hash = user::hash(&patch).await?;
    let done = kept!(app, once, |tx| {
        let user = user::change(tx, &signed.actor, id, patch, hash).await?;
        Ok(shown(user))
    });
    Ok(done?)
}

/// Switches an account off: its open tasks are given back and those who answer for them hear it; shifts to come are taken out. Admins.
#[utoipa::path(delete, path = "/users/{id}", tag = "people", operation_id = "users_disable", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn disable(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    user::disable(&app.store, &signed.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a one-time link; an older one stops working. Admins, and supervisors for agents of their units.
#[utoipa::path(post, path = "/users/{id}/invite", tag = "people", operation_id = "users_invite",
    params(("id" = i64, Path)), responses((status = 201, body = InviteOut)))]
async fn invite(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Response> {
    let made = write!(app, |tx| enrolment::invite(tx, &signed.actor, id).await)?;
    let bot = app.config.bot_username.get();
    let url = bot.map(|bot| format!("https://t.me/{bot}?start={}", made.code));
    let out = InviteOut {
        url,
        code: made.code,
        expires_at: made.expires_at,
    };
    Ok((StatusCode::CREATED, Json(out)).into_response())
}

/// Cuts the tie to Telegram. Admins, and supervisors for agents of their units.
#[utoipa::path(delete, path = "/users/{id}/telegram", tag = "people", operation_id = "users_unlink",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn unlink(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode> {
    write!(app, |tx| user::unlink_telegram(tx, &signed.actor, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many are put together at once: each takes some memory.
static GATHERING: Semaphore = Semaphore::const_new(2);

/// Everything that is kept about a person, at most 20,000 rows of each kind: for himself and admins. Who takes it away is
/// put on record, and he can see it.
#[utoipa::path(get, path = "/users/{id}/data-export", tag = "people", operation_id = "users_data_export",
    params(("id" = i64, Path)),
    responses((status = 200, body = serde_json::Value, content_type = "application/json", description = "By kind, the newest rows first")))]
async fn data_export(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Response> {
    let _turn = turn::take(&GATHERING).await?;
    let bytes = kept::export(&app.store, &signed.actor, id).await?;
    let name = format!("attachment; filename=\"user-{id}.json\"");
    let head = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, bytes).into_response())
}

/// Erases what is personal about somebody, for ever: name, contact, Telegram, sessions, messages, positions, files and what
/// he wrote. Tasks, times and the record stay, without a name. Admins with the permission `system`, never themselves; 409
/// `open_work` while he has open tasks or shifts that are not over. Again it changes nothing.
#[utoipa::path(delete, path = "/users/{id}/gdpr-delete", tag = "people", operation_id = "users_erase",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn erase_one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    write!(app, |tx| erase::erase(tx, &signed.actor, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}
