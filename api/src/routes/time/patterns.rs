//! Many shifts at once: weekly patterns and files.

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::Response,
};
use domain::shift::{self, BYTES_MOST, Rest};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Query},
    once::{Once, kept},
    out::time::{ImportOut, LotOut},
    wanted::time::PatternIn,
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(import))
        .layer(DefaultBodyLimit::max(BYTES_MOST))
        .routes(routes!(plan))
        .routes(routes!(preview))
}

fn rest(skip: bool) -> Rest {
    match skip {
        true => Rest::Planned,
        false => Rest::Nothing,
    }
}

/// What a weekly pattern would plan, and what stands against it day by day. Nothing is stored. Level 2 and above of
/// the scope.
#[utoipa::path(post, path = "/shifts/patterns/preview", tag = "time", operation_id = "shifts_patterns_preview",
    request_body = PatternIn, responses((status = 200, body = LotOut)))]
async fn preview(
    State(app): State<App>,
    signed: Signed,
    Json(sent): Json<PatternIn>,
) -> Result<Json<LotOut>> {
    let pattern = sent.into_domain();
    let lot = shift::preview_pattern(&app.store, &signed.actor, pattern).await?;
    Ok(Json(lot.into()))
}

/// Plans a weekly pattern: all of it, or with `skip_conflicts` the days on which nothing stands against it. Level 2
/// and above of the scope.
#[utoipa::path(post, path = "/shifts/patterns", tag = "time", operation_id = "shifts_patterns_create",
    request_body = PatternIn, responses((status = 200, body = LotOut)))]
async fn plan(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<PatternIn>,
) -> Result<Response> {
    let rest = rest(sent.skip_conflicts);
    let pattern = sent.into_domain();
    let done = kept!(app, once, |tx| {
        let lot = shift::plan_pattern(tx, &signed.actor, pattern, rest).await?;
        Ok(Answer::ok(&LotOut::from(lot)))
    });
    Ok(done?)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Without it nothing is stored: a preview.
    #[serde(default)]
    #[param(required = false)]
    confirm: bool,
    /// Whether lines with errors and conflicts are left out; else nothing is planned then.
    #[serde(default)]
    #[param(required = false)]
    skip_errors: bool,
}

/// Plans shifts from a file of comma or semicolon separated values, after a preview. Columns, in any order: `badge`,
/// `date` (`2026-12-01` or `01/12/2026`), `start`, `end` (`06:00`, of the next day when it is not after the start), and
/// optionally `zone` and `unit`. At most 512 KiB. Level 2 and above of the scope.
#[utoipa::path(post, path = "/shifts/import", tag = "time", operation_id = "shifts_import", params(ImportQuery),
    request_body(content = String, content_type = "text/csv"), responses((status = 200, body = ImportOut)))]
async fn import(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<ImportQuery>,
    once: Once,
    file: Bytes,
) -> Result<Response> {
    use axum::response::IntoResponse;
    if !query.confirm {
        let import = shift::preview_import(&app.store, &signed.actor, &file).await?;
        return Ok(Json(ImportOut::of(import, false)).into_response());
    }
    let rest = rest(query.skip_errors);
    let done = kept!(app, once, |tx| {
        let import = shift::plan_import(tx, &signed.actor, &file, rest).await?;
        Ok(Answer::ok(&ImportOut::of(import, true)))
    });
    Ok(done?)
}
