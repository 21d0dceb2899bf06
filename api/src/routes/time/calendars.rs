//! Shifts for calendar programs, under secret links (iCalendar, RFC 5545).

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    calendar::{self, Feed},
    shift::Shift,
};
use icalendar::{Component, EventLike};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::write;
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Json, Path, Query},
    out::{List, time::CalendarOut},
    wanted::time::NewCalendarIn,
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, make))
        .routes(routes!(revoke))
}

/// Calendar programs cannot sign in: the link is the secret.
pub(crate) fn open() -> Addresses {
    Addresses::default().routes(routes!(feed))
}

/// The links one has made that still work.
#[utoipa::path(get, path = "/shifts/calendars", tag = "time", operation_id = "calendars_list",
    responses((status = 200, body = List<CalendarOut>)))]
async fn all(State(app): State<App>, signed: Signed) -> Result<Json<List<CalendarOut>>> {
    let links = calendar::list(&app.store, &signed.actor).await?;
    let shown = links.into_iter().map(|one| CalendarOut::of(&one, None));
    Ok(Json(List::whole(shown.collect())))
}

/// Makes a link; its address is shown only now. For oneself and, from level 2 on, for agents and units of the scope.
#[utoipa::path(post, path = "/shifts/calendars", tag = "time", operation_id = "calendars_create",
    request_body = NewCalendarIn, responses((status = 201, body = CalendarOut)))]
async fn make(
    State(app): State<App>,
    signed: Signed,
    Json(sent): Json<NewCalendarIn>,
) -> Result<Response> {
    let whose = sent.into_domain()?;
    let made = write!(app, |tx| calendar::open(tx, &signed.actor, whose).await)?;
    let place = format!("/api/v1/shifts/calendars/{}", made.calendar.id);
    // Without a public address the path, which the caller knows where to find.
    let base = app.config.public_origin().unwrap_or_default();
    let url = format!("{base}/api/v1/shifts.ics?token={}", made.token);
    let shown = CalendarOut::of(&made.calendar, Some(url));
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(shown),
    )
        .into_response())
}

/// Makes a link useless from now on.
#[utoipa::path(delete, path = "/shifts/calendars/{id}", tag = "time", operation_id = "calendars_delete",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn revoke(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode> {
    write!(app, |tx| calendar::revoke(tx, &signed.actor, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FeedQuery {
    /// The secret of the link.
    token: String,
}

/// Shifts from a month ago to a year ahead as iCalendar; 404 once the link is revoked.
#[utoipa::path(get, path = "/shifts.ics", tag = "time", operation_id = "shifts_feed", params(FeedQuery),
    responses((status = 200, body = String, content_type = "text/calendar")), security(()))]
async fn feed(State(app): State<App>, Query(query): Query<FeedQuery>) -> Result<Response> {
    let feed = calendar::read(&app.store, &query.token).await?;
    let feed = feed.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, max-age=300"),
    ];
    Ok((headers, written(&feed, app.store.now())).into_response())
}

fn written(feed: &Feed, now: chrono::DateTime<chrono::Utc>) -> String {
    let mut calendar = icalendar::Calendar::new();
    calendar.name(&feed.name);
    for shift in &feed.shifts {
        calendar.push(event(shift, now));
    }
    calendar.to_string()
}

fn event(shift: &Shift, now: chrono::DateTime<chrono::Utc>) -> icalendar::Event {
    let unit = shift.unit.as_ref().map(|unit| format!(" · {}", unit.name));
    icalendar::Event::new()
        .uid(&format!("shift-{}@gad", shift.id))
        .timestamp(now)
        .summary(&format!("{}{}", shift.agent, unit.unwrap_or_default()))
        .starts(shift.starts_at)
        .ends(shift.ends_at)
        .done()
}
