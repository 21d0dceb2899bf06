//! Shifts and leave, which assigning obeys.

use axum::{extract::State, response::Response};
use domain::{leave, shift};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Path, Query, window},
    once::{Once, kept},
    out::{
        List,
        time::{LeaveOut, ShiftOut},
    },
    wanted::people::{NewLeaveIn, NewShiftIn},
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(shifts, plan))
        .routes(routes!(leaves, ask))
        .routes(routes!(approve))
        .routes(routes!(reject))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TimeQuery {
    agent_id: Option<i64>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Shifts within one's scope, latest first.
#[utoipa::path(get, path = "/shifts", tag = "time", operation_id = "shifts_list", params(TimeQuery),
    responses((status = 200, body = List<ShiftOut>)))]
async fn shifts(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<TimeQuery>,
) -> Result<Json<List<ShiftOut>>> {
    let window = window(query.limit, query.cursor)?;
    let page = shift::list(&app.store, &signed.actor, query.agent_id, window).await?;
    Ok(Json(List::of(page, ShiftOut::from)))
}

/// Plans a shift. Level 2 and above of the scope.
#[utoipa::path(post, path = "/shifts", tag = "time", operation_id = "shifts_create", request_body = NewShiftIn,
    responses((status = 201, body = ShiftOut)))]
async fn plan(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<NewShiftIn>,
) -> Result<Response> {
    let new = sent.into_domain()?;
    let made = kept!(app, once, |tx| {
        let shift = shift::create(tx, &signed.actor, new).await?;
        let place = format!("/api/v1/shifts?agent_id={}", shift.agent_id);
        Ok(Answer::created(place, &ShiftOut::from(shift)))
    });
    Ok(made?)
}

/// Leave within one's scope, latest first.
#[utoipa::path(get, path = "/leaves", tag = "time", operation_id = "leaves_list", params(TimeQuery),
    responses((status = 200, body = List<LeaveOut>)))]
async fn leaves(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<TimeQuery>,
) -> Result<Json<List<LeaveOut>>> {
    let window = window(query.limit, query.cursor)?;
    let page = leave::list(&app.store, &signed.actor, query.agent_id, window).await?;
    Ok(Json(List::of(page, LeaveOut::from)))
}

/// Asks for leave: for oneself, or for an agent of one's units.
#[utoipa::path(post, path = "/leaves", tag = "time", operation_id = "leaves_create", request_body = NewLeaveIn,
    responses((status = 201, body = LeaveOut)))]
async fn ask(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<NewLeaveIn>,
) -> Result<Response> {
    let made = kept!(app, once, |tx| {
        let leave = leave::request(tx, &signed.actor, sent.into()).await?;
        let place = format!("/api/v1/leaves?agent_id={}", leave.agent_id);
        Ok(Answer::created(place, &LeaveOut::from(leave)))
    });
    Ok(made?)
}

/// Approves leave. Level 2 and above of the scope, never one's own.
#[utoipa::path(post, path = "/leaves/{id}/approve", tag = "time", operation_id = "leaves_approve",
    params(("id" = i64, Path)), responses((status = 200, body = LeaveOut)))]
async fn approve(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    decide(&app, signed, id, true, once).await
}

async fn decide(
    app: &App,
    signed: Signed,
    id: i64,
    approved: bool,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let leave = leave::decide(tx, &signed.actor, id, approved).await?;
        Ok(Answer::ok(&LeaveOut::from(leave)))
    });
    Ok(done?)
}

/// Rejects leave. Level 2 and above of the scope, never one's own.
#[utoipa::path(post, path = "/leaves/{id}/reject", tag = "time", operation_id = "leaves_reject",
    params(("id" = i64, Path)), responses((status = 200, body = LeaveOut)))]
async fn reject(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    decide(&app, signed, id, false, once).await
}
