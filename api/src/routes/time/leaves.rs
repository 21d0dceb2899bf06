//! Leave: asked for, proved, decided and withdrawn.

use axum::{
    extract::{DefaultBodyLimit, Request, State},
    response::Response,
};
use chrono::{DateTime, Utc};
use domain::leave::{self, LeaveFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::evidence::{self, Received, ReportForm, UPLOAD_MOST};
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Checked, Json, MaybeJson, Path, Query, window, word},
    once::{Once, kept},
    out::{
        List,
        time::{LeaveDetail, LeaveOut, LeaveWord},
    },
    wanted::time::{DecisionIn, NewLeaveIn},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(certify))
        .layer(DefaultBodyLimit::max(UPLOAD_MOST))
        .routes(routes!(all, ask))
        .routes(routes!(one))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(cancel))
}

/// Which leaves are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LeaveQuery {
    agent_id: Option<i64>,
    unit_id: Option<i64>,
    /// `requested`, `approved`, `rejected` or `cancelled`.
    status: Option<String>,
    /// Those that end after.
    from: Option<DateTime<Utc>>,
    /// Those that start before.
    to: Option<DateTime<Utc>>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Leave within one's scope, latest first.
#[utoipa::path(get, path = "/leaves", tag = "time", operation_id = "leaves_list", params(LeaveQuery),
    responses((status = 200, body = List<LeaveOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<LeaveQuery>,
) -> Result<Json<List<LeaveOut>>> {
    let window = window(query.limit, query.cursor)?;
    let status: Option<LeaveWord> = query
        .status
        .as_deref()
        .map(|one| word("status", one))
        .transpose()?;
    let filter = LeaveFilter {
        agent_id: query.agent_id,
        unit_id: query.unit_id,
        status: status.map(Into::into),
        from: query.from,
        to: query.to,
        ids: None,
    };
    let page = leave::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, LeaveOut::from)))
}

/// Asks for leave: for oneself, or for an agent of one's units.
#[utoipa::path(post, path = "/leaves", tag = "time", operation_id = "leaves_create", request_body = NewLeaveIn,
    responses((status = 201, body = LeaveOut)))]
async fn ask(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Checked(sent): Checked<NewLeaveIn>,
) -> Result<Response> {
    let made = kept!(app, once, |tx| {
        let leave = leave::request(tx, &signed.actor, sent.into()).await?;
        let place = format!("/api/v1/leaves/{}", leave.id);
        Ok(Answer::created(place, &LeaveOut::from(leave)))
    });
    Ok(made?)
}

/// One leave, with the open tasks that it breaks.
#[utoipa::path(get, path = "/leaves/{id}", tag = "time", operation_id = "leaves_get", params(("id" = i64, Path)),
    responses((status = 200, body = LeaveDetail)))]
async fn one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<LeaveDetail>> {
    let leave = leave::find(&app.store, &signed.actor, id).await?;
    let broken = leave::broken(&app.store, &leave).await?;
    Ok(Json(LeaveDetail::of(leave, broken)))
}

/// Adds a certificate, as a form with a file. For oneself, or for agents of one's units.
#[utoipa::path(post, path = "/leaves/{id}/certificate", tag = "time", operation_id = "leaves_certificate",
    params(("id" = i64, Path)), request_body(content = ReportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = LeaveOut)))]
async fn certify(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    request: Request,
) -> Result<Response> {
    // Before a large body is read.
    leave::find(&app.store, &signed.actor, id).await?;
    let (file, once) = match evidence::receive(&app, once, request).await? {
        Received::Before(earlier) => return Ok(earlier),
        Received::New(_, file, once) => (file, once),
    };
    let file = file.ok_or_else(|| Problem::malformed("file", "is needed"))?;
    let stored = evidence::stored(Some(&file));
    let done = kept!(app, once, |tx| {
        let leave = leave::certify(tx, &signed.actor, id, file).await?;
        Ok(Answer::ok(&LeaveOut::from(leave)))
    });
    Ok(evidence::tidied(&app, stored, done).await?)
}

/// Approves leave and answers with the open tasks that it breaks. Level 2 and above of the scope, never one's own.
#[utoipa::path(post, path = "/leaves/{id}/approve", tag = "time", operation_id = "leaves_approve",
    params(("id" = i64, Path)), request_body = Option<DecisionIn>, responses((status = 200, body = LeaveDetail)))]
async fn approve(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    MaybeJson(sent): MaybeJson<DecisionIn>,
) -> Result<Response> {
    decide(&app, signed, id, true, sent, once).await
}

/// Rejects leave. Level 2 and above of the scope, never one's own.
#[utoipa::path(post, path = "/leaves/{id}/reject", tag = "time", operation_id = "leaves_reject",
    params(("id" = i64, Path)), request_body = Option<DecisionIn>, responses((status = 200, body = LeaveDetail)))]
async fn reject(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    MaybeJson(sent): MaybeJson<DecisionIn>,
) -> Result<Response> {
    decide(&app, signed, id, false, sent, once).await
}

async fn decide(
    app: &App,
    signed: Signed,
    id: i64,
    approved: bool,
    sent: DecisionIn,
    once: Once,
) -> Result<Response> {
    let broken = match leave::find(&app.store, &signed.actor, id).await {
        Ok(leave) => leave::broken(&app.store, &leave).await?,
        // Whether it may be decided is judged below.
        Err(_) => Vec::new(),
    };
    let done = kept!(app, once, |tx| {
        let leave = leave::decide(tx, &signed.actor, id, approved, sent.reason).await?;
        Ok(Answer::ok(&LeaveDetail::of(leave, broken)))
    });
    Ok(done?)
}

/// Takes one's own leave back, or what is left of it.
#[utoipa::path(post, path = "/leaves/{id}/cancel", tag = "time", operation_id = "leaves_cancel",
    params(("id" = i64, Path)), responses((status = 200, body = LeaveOut)))]
async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let leave = leave::cancel(tx, &signed.actor, id).await?;
        Ok(Answer::ok(&LeaveOut::from(leave)))
    });
    Ok(done?)
}
