//! Reports of tasks, responses and shifts as files.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use domain::ledger::{self, Wanted};
use papers::report::{self, Format, Order, Report};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

use super::{stats, write};
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Path, Query},
    lang, turn,
};

pub(crate) fn router() -> Addresses {
    Addresses::default().routes(routes!(file))
}

/// How many files are packed at once: each takes a core and some memory.
static PACKING: Semaphore = Semaphore::const_new(2);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day; at most 366 days in all, the last 30 when nothing is said.
    until: Option<NaiveDate>,
    /// All of one's units when nothing is said.
    unit_id: Option<i64>,
}

/// A report of a period: `tasks`, `response` or `shifts` as `csv`, `xlsx` or `pdf`. Tasks by their planned start,
/// responses by the offer, shifts by their start; the hours of one that runs are those until
/// now. A PDF takes 2,000 rows: longer ones are refused with `too_many_rows`. For
/// supervisors of the unit, and level 3.
#[utoipa::path(get, path = "/reports/{file}", tag = "numbers", operation_id = "reports_get",
    params(("file" = String, Path, description = "Such as tasks.csv"), ReportQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "In its own content type")))]
async fn file(
    State(app): State<App>,
    signed: Signed,
    Path(file): Path<String>,
    Query(query): Query<ReportQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let (report, format) = named(&file).ok_or_else(Problem::not_found)?;
    let unit_id = query.unit_id;
    let order = Order {
        report,
        format,
        wanted: Wanted {
            period: stats::period(&app.store, query.from, query.until)?,
            unit_id,
        },
        lang: lang::of_actor(&signed.actor)
            .map_or_else(|| lang::of_headers(&headers), |spoken| spoken.0),
    };
    let (actor, what, wanted) = (signed.actor.clone(), (report, format), order.wanted);
    write!(app, |tx| ledger::begun(tx, &actor, what, wanted).await)?;
    let head = head(&order);
    if format == Format::Csv {
        let lines = report::lines(app.store.clone(), signed.actor.as_ref().clone(), order);
        return Ok((head, Body::from_stream(lines)).into_response());
    }
    let _turn = turn::take(&PACKING).await?;
    let made = report::make(&app.store, &signed.actor, &order, |_| {}).await;
    let made = made.map_err(failed)?;
    Ok((head, body(made).await?).into_response())
}

async fn body(made: report::Made) -> Result<Body> {
    if !made.file.is_rolled() {
        return Ok(made.read().map_err(failed)?.into());
    }
    let file = made
        .file
        .into_file()
        .map_err(|error| failed(error.into()))?;
    Ok(Body::from_stream(ReaderStream::new(
        tokio::fs::File::from_std(file),
    )))
}

fn failed(error: papers::PaperError) -> Problem {
    match error {
        papers::PaperError::Domain(error) => error.into(),
        error => {
            tracing::error!(%error, "a report could not be made");
            Problem::away()
        }
    }
}

fn head(order: &Order) -> [(header::HeaderName, HeaderValue); 3] {
    let name = format!("attachment; filename=\"{}\"", order.file_name());
    let value = |text: &str| {
        HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
    };
    [
        (header::CONTENT_TYPE, value(order.mime())),
        (header::CONTENT_DISPOSITION, value(&name)),
        (header::CACHE_CONTROL, value("private, no-store")),
    ]
}

fn named(file: &str) -> Option<(Report, Format)> {
    let (report, format) = file.split_once('.')?;
    let report = match report {
        "tasks" => Report::Tasks,
        "response" => Report::Response,
        "shifts" => Report::Shifts,
        _ => return None,
    };
    let format = match format {
        "csv" => Format::Csv,
        "xlsx" => Format::Xlsx,
        "pdf" => Format::Pdf,
        _ => return None,
    };
    Some((report, format))
}
