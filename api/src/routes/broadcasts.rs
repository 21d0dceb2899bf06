//! Messages to many, and the roll-call.

use axum::{
    extract::{DefaultBodyLimit, Request, State},
    response::Response,
};
use chrono::{DateTime, Utc};
use domain::{
    Error, Tx,
    broadcast::{self, BroadcastFilter, NewBroadcast},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::evidence::{self, Received, UPLOAD_MOST};
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, MaybeJson, Path, Query, window, word, words as word_list},
    once::{Once, kept},
    out::{
        List,
        broadcasts::{
            AudienceOut, BroadcastOut, BroadcastWord, MissedOut, PostOut, PreviewOut, RecipientOut,
            RecipientWord, WaveOut,
        },
    },
    wanted::broadcasts::{ClosingIn, ConfirmationIn, NewBroadcastIn},
};

mod alerts;

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, send))
        .layer(DefaultBodyLimit::max(UPLOAD_MOST))
        .merge(alerts::router())
        .routes(routes!(preview))
        .routes(routes!(one))
        .routes(routes!(confirm))
        .routes(routes!(cancel))
        .routes(routes!(close))
        .routes(routes!(protocols))
}

/// Whom a broadcast would reach. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts/preview", tag = "broadcast", operation_id = "broadcasts_preview",
    request_body = NewBroadcastIn, responses((status = 200, body = PreviewOut)))]
async fn preview(
    State(app): State<App>,
    signed: Signed,
    Json(sent): Json<NewBroadcastIn>,
) -> Result<Json<PreviewOut>> {
    let drill = sent.drill;
    let audience = sent.audience.into();
    let seen = broadcast::preview(
        &app.store,
        &signed.actor,
        &audience,
        sent.protocol.as_deref(),
    )
    .await?
    .practised(drill);
    Ok(Json(PreviewOut {
        recipients: seen.recipients,
        unreachable: seen
            .unreachable
            .into_iter()
            .map(|one| MissedOut {
                user_id: one.user_id,
                name: one.name,
                why: one.why.into(),
            })
            .collect(),
        groups: seen.groups.into_iter().map(WaveOut::from).collect(),
        needs_confirm_word: seen.confirm_word,
    }))
}

/// The fields of a broadcast with a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub(crate) struct BroadcastForm {
    /// The same as JSON.
    broadcast: NewBroadcastIn,
    /// Goes to everybody behind the words; at most 20 MiB.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<Vec<u8>>,
}

/// Sends a broadcast: JSON, or multipart with a file beside it. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts", tag = "broadcast", operation_id = "broadcasts_create",
    request_body(content((NewBroadcastIn = "application/json"), (BroadcastForm = "multipart/form-data"))),
    responses((status = 201, body = BroadcastOut, headers(("Location", description = "Where it is")))))]
async fn send(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    request: Request,
) -> Result<Response> {
    // Before a large body is read.
    broadcast::may_send(&signed.actor).map_err(Error::from)?;
    let now = app.store.now();
    let wanted = |sent, has_file| wanted(sent, has_file, now);
    let came = evidence::receive_beside(&app, once, request, "broadcast", wanted).await?;
    let (new, file, once) = match came {
        Received::Before(earlier) => return Ok(earlier),
        Received::New(new, file, once) => (new, file, once),
    };
    let stored = evidence::stored(file.as_ref());
    let new = NewBroadcast { file, ..new };
    let made = kept!(app, once, |tx| {
        let id = broadcast::send(tx, &signed.actor, new).await?;
        let out = shown(tx, &signed, id).await?;
        Ok(Answer::created(format!("/api/v1/broadcasts/{id}"), &out))
    });
    Ok(evidence::tidied(&app, stored, made).await?)
}

/// No file is stored for what will be refused.
fn wanted(sent: NewBroadcastIn, has_file: bool, now: DateTime<Utc>) -> Result<NewBroadcast> {
    let new = sent.into_domain();
    if has_file {
        broadcast::check(&new, now)?;
    }
    Ok(new)
}

async fn shown(tx: &Tx, signed: &Signed, id: i64) -> domain::Result<BroadcastOut> {
    Ok(broadcast::find_in(tx, &signed.actor, id).await?.into())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RecipientQuery {
    /// Only those in this state.
    state: Option<String>,
    /// Recipients, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the recipients of the page before.
    cursor: Option<String>,
}

/// A broadcast, its counts and a page of its people.
#[utoipa::path(get, path = "/broadcasts/{id}", tag = "broadcast", operation_id = "broadcasts_get",
    params(("id" = i64, Path), RecipientQuery), responses((status = 200, body = BroadcastOut)))]
async fn one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(query): Query<RecipientQuery>,
) -> Result<Json<BroadcastOut>> {
    let state: Option<RecipientWord> = query
        .state
        .as_deref()
        .map(|one| word("state", one))
        .transpose()?;
    let window = window(query.limit, query.cursor)?;
    let found = broadcast::find(&app.store, &signed.actor, id).await?;
    let state = state.map(Into::into);
    let page = broadcast::recipients(&app.store, &signed.actor, id, state, window).await?;
    let posts = broadcast::posts(&app.store, &signed.actor, id).await?;
    let mut out = BroadcastOut::from(found);
    out.recipients = Some(List::of(page, RecipientOut::from));
    out.groups = Some(posts.into_iter().map(PostOut::from).collect());
    Ok(Json(out))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BroadcastQuery {
    /// States with commas, such as `draft,active`.
    status: Option<String>,
    drill: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Broadcasts, newest first: all of them with the permission `broadcast` or at level 3, else one's own.
#[utoipa::path(get, path = "/broadcasts", tag = "broadcast", operation_id = "broadcasts_list", params(BroadcastQuery),
    responses((status = 200, body = List<BroadcastOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<BroadcastQuery>,
) -> Result<Json<List<BroadcastOut>>> {
    let statuses: Vec<BroadcastWord> = word_list("status", query.status.as_deref())?;
    let filter = BroadcastFilter {
        statuses: statuses.into_iter().map(Into::into).collect(),
        drill: query.drill,
    };
    let window = window(query.limit, query.cursor)?;
    let page = broadcast::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, BroadcastOut::from)))
}

/// Confirms a draft: it leaves. Needs the permission `broadcast`, and never whoever put it in. Only what came from outside can
/// be changed.
#[utoipa::path(post, path = "/broadcasts/{id}/confirm", tag = "broadcast", operation_id = "broadcasts_confirm",
    params(("id" = i64, Path)), request_body = Option<ConfirmationIn>, responses((status = 200, body = BroadcastOut)))]
async fn confirm(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    MaybeJson(sent): MaybeJson<ConfirmationIn>,
) -> Result<Response> {
    let decided = sent.into_domain();
    let done = kept!(app, once, |tx| {
        broadcast::confirm(tx, &signed.actor, id, decided).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}

/// Stops what has not left. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts/{id}/cancel", tag = "broadcast", operation_id = "broadcasts_cancel",
    params(("id" = i64, Path)), responses((status = 200, body = BroadcastOut)))]
async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        broadcast::cancel(tx, &signed.actor, id).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}

/// Ends a broadcast with a last word and asks for reports. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts/{id}/close", tag = "broadcast", operation_id = "broadcasts_close",
    params(("id" = i64, Path)), request_body = ClosingIn, responses((status = 200, body = BroadcastOut)))]
async fn close(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<ClosingIn>,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        broadcast::close(tx, &signed.actor, id, sent.text.as_deref()).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}

/// A prepared broadcast.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtocolOut {
    code: String,
    label: String,
    template: String,
    /// Whom it is usually for, as `POST /broadcasts` takes it; nothing for what is for anybody.
    audience: Option<AudienceOut>,
    confirm_word: Option<String>,
}

/// The prepared broadcasts.
#[utoipa::path(get, path = "/protocols", tag = "catalogue", operation_id = "protocols_list",
    responses((status = 200, body = List<ProtocolOut>)))]
async fn protocols(_: Signed) -> Result<Json<List<ProtocolOut>>> {
    let page = domain::Page {
        items: broadcast::protocols(),
        next_cursor: None,
    };
    Ok(Json(List::of(page, |one| ProtocolOut {
        code: one.code,
        label: one.label,
        template: one.template,
        audience: one.audience.map(AudienceOut::from),
        confirm_word: one.confirm_word,
    })))
}
