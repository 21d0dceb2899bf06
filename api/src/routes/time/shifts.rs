//! Single shifts: planning, moving, presence and hand-over.

use axum::{
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::Response,
};
use chrono::{DateTime, Utc};
use domain::shift::{self, HandOver, ShiftFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::{
    evidence::{self, Received, ReportForm, UPLOAD_MOST},
    write,
};
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Checked, Json, Paging, Path, Query, window},
    once::{Once, kept},
    out::{
        List,
        time::{NoteOut, ShiftOut, ShiftReportOut},
    },
    wanted::{
        tasks::ReportIn,
        time::{NewShiftIn, ShiftPatchIn},
    },
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(end))
        .layer(DefaultBodyLimit::max(UPLOAD_MOST))
        .routes(routes!(all, plan))
        .routes(routes!(one, change, remove))
        .routes(routes!(present))
        .routes(routes!(handover))
        .routes(routes!(observed))
}

/// Which shifts are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ShiftQuery {
    agent_id: Option<i64>,
    unit_id: Option<i64>,
    /// Those that end after.
    from: Option<DateTime<Utc>>,
    /// Those that start before.
    to: Option<DateTime<Utc>>,
    /// Only those whose agents should have been there for a quarter of an hour and do not say so; nobody on leave.
    missing: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Shifts within one's scope, the latest start first.
#[utoipa::path(get, path = "/shifts", tag = "time", operation_id = "shifts_list", params(ShiftQuery),
    responses((status = 200, body = List<ShiftOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<ShiftQuery>,
) -> Result<Json<List<ShiftOut>>> {
    let window = window(query.limit, query.cursor)?;
    let filter = ShiftFilter {
        agent_id: query.agent_id,
        unit_id: query.unit_id,
        from: query.from,
        to: query.to,
        ids: None,
        missing: query.missing.unwrap_or_default(),
    };
    let page = shift::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, ShiftOut::from)))
}

/// Plans a shift. Level 2 and above of the scope.
#[utoipa::path(post, path = "/shifts", tag = "time", operation_id = "shifts_create", request_body = NewShiftIn,
    responses((status = 201, body = ShiftOut)))]
async fn plan(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Checked(sent): Checked<NewShiftIn>,
) -> Result<Response> {
    let new = sent.into_domain();
    let made = kept!(app, once, |tx| {
        let shift = shift::create(tx, &signed.actor, new).await?;
        let place = format!("/api/v1/shifts/{}", shift.id);
        Ok(Answer::created(place, &ShiftOut::from(shift)))
    });
    Ok(made?)
}

/// One shift.
#[utoipa::path(get, path = "/shifts/{id}", tag = "time", operation_id = "shifts_get", params(("id" = i64, Path)),
    responses((status = 200, body = ShiftOut)))]
async fn one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<ShiftOut>> {
    let shift = shift::find(&app.store, &signed.actor, id).await?;
    Ok(Json(shift.into()))
}

/// Moves a shift that has not begun. Level 2 and above of the scope.
#[utoipa::path(patch, path = "/shifts/{id}", tag = "time", operation_id = "shifts_change", params(("id" = i64, Path)),
    request_body = ShiftPatchIn, responses((status = 200, body = ShiftOut)))]
async fn change(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<ShiftPatchIn>,
) -> Result<Response> {
    let patch = sent.into_domain();
    let done = kept!(app, once, |tx| {
        let shift = shift::edit(tx, &signed.actor, id, patch).await?;
        Ok(Answer::ok(&ShiftOut::from(shift)))
    });
    Ok(done?)
}

/// Removes a shift that has not begun. Level 2 and above of the scope.
#[utoipa::path(delete, path = "/shifts/{id}", tag = "time", operation_id = "shifts_delete", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode> {
    write!(app, |tx| shift::remove(tx, &signed.actor, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that somebody is there: he himself around the start, level 2 and above of the scope until the end.
#[utoipa::path(post, path = "/shifts/{id}/present", tag = "time", operation_id = "shifts_present",
    params(("id" = i64, Path)), responses((status = 200, body = ShiftOut)))]
async fn present(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let shift = shift::present(tx, &signed.actor, id).await?;
        Ok(Answer::ok(&ShiftOut::from(shift)))
    });
    Ok(done?)
}

/// Ends a running shift, with a note for the next one as text or file: JSON, or multipart. For oneself, or for agents
/// of one's units.
#[utoipa::path(post, path = "/shifts/{id}/end", tag = "time", operation_id = "shifts_end",
    params(("id" = i64, Path)),
    request_body(content((ReportIn = "application/json"), (ReportForm = "multipart/form-data"))),
    responses((status = 200, body = ShiftOut)))]
async fn end(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    request: Request,
) -> Result<Response> {
    // Before a large body is read.
    shift::find(&app.store, &signed.actor, id).await?;
    let (sent, file, once) = match evidence::receive(&app, once, request).await? {
        Received::Before(earlier) => return Ok(earlier),
        Received::New(sent, file, once) => (sent, file, once),
    };
    let stored = evidence::stored(file.as_ref());
    let handover = HandOver {
        text: sent.text,
        file,
    };
    let done = kept!(app, once, |tx| {
        let shift = shift::end(tx, &signed.actor, id, handover).await?;
        Ok(Answer::ok(&ShiftOut::from(shift)))
    });
    Ok(evidence::tidied(&app, stored, done).await?)
}

/// What the shifts before have left for this one to know, the newest first.
#[utoipa::path(get, path = "/shifts/{id}/handover", tag = "time", operation_id = "shifts_handover",
    params(("id" = i64, Path)), responses((status = 200, body = List<NoteOut>)))]
async fn handover(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<List<NoteOut>>> {
    let notes = shift::notes_for(&app.store, &signed.actor, id).await?;
    Ok(Json(List::whole(
        notes.into_iter().map(NoteOut::from).collect(),
    )))
}

/// What was reported on a shift, by whoever was on it without a task, the latest first.
#[utoipa::path(get, path = "/shifts/{id}/reports", tag = "time", operation_id = "shifts_reports",
    params(("id" = i64, Path), Paging), responses((status = 200, body = List<ShiftReportOut>)))]
async fn observed(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(paging): Query<Paging>,
) -> Result<Json<List<ShiftReportOut>>> {
    let page = shift::observed(&app.store, &signed.actor, id, paging.window()?).await?;
    Ok(Json(List::of(page, ShiftReportOut::from)))
}
