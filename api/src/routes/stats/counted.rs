//! The lists that figures count.

use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    figures::{self, Answered, Counted, Stretch},
    ledger::Wanted,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::period;
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Query, window, word},
    out::{List, tasks::TaskOut, words},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(tasks))
        .routes(routes!(answers))
}

words! {
    /// A figure of tasks that ended: all, those that had to end by a time, and those of them that did and did not.
    CountedWord as CountedTasks = Counted { Completed, Cancelled, Timed, OnTime, Overdue }
}

words! {
    /// What lies between two moments of an answer.
    StretchWord as Stretch = Stretch { OfferedToAcknowledged, AcknowledgedToOnSite, OnSiteToCompleted }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TasksQuery {
    /// `completed` (when nothing is said), `cancelled`, `timed`, `on_time` or `overdue`.
    figure: Option<String>,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day; at most 366 days in all, the last 30 when nothing is said.
    until: Option<NaiveDate>,
    /// One's whole scope when nothing is said.
    unit_id: Option<i64>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The tasks that a figure of a period counts, what ended last first. A unit's for its supervisors and level 3.
#[utoipa::path(get, path = "/stats/tasks", tag = "numbers", operation_id = "stats_tasks", params(TasksQuery),
    responses((status = 200, body = List<TaskOut>)))]
async fn tasks(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<TasksQuery>,
) -> Result<Json<List<TaskOut>>> {
    let figure = query.figure.as_deref().map(|one| word("figure", one));
    let figure = figure.transpose()?.unwrap_or(CountedWord::Completed);
    let wanted = Wanted {
        period: period(&app.store, query.from, query.until)?,
        unit_id: query.unit_id,
    };
    let window = window(query.limit, query.cursor)?;
    let page = figures::tasks(&app.store, &signed.actor, figure.into(), wanted, window).await?;
    Ok(Json(List::of(page, TaskOut::from)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AnswersQuery {
    /// `offered_to_acknowledged` (when nothing is said), `acknowledged_to_on_site` or `on_site_to_completed`.
    stretch: Option<String>,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day; at most 366 days in all, the last 30 when nothing is said.
    until: Option<NaiveDate>,
    /// One's whole scope when nothing is said.
    unit_id: Option<i64>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// How long one person took with one completed task.
#[derive(Serialize, ToSchema)]
struct AnsweredOut {
    task_id: i64,
    code: String,
    title: String,
    agent_id: i64,
    name: String,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    seconds: f64,
}

impl From<Answered> for AnsweredOut {
    fn from(one: Answered) -> Self {
        Self {
            task_id: one.task_id,
            code: one.code,
            title: one.title,
            agent_id: one.agent_id,
            name: one.agent,
            begins_at: one.begins,
            ends_at: one.ends,
            seconds: (one.ends - one.begins).as_seconds_f64(),
        }
    }
}

/// The answers that an interval of a period is the mean of, by the end of their tasks, the last first: whoever was
/// asked twice stands there twice. A unit's for its supervisors and level 3.
#[utoipa::path(get, path = "/stats/answers", tag = "numbers", operation_id = "stats_answers", params(AnswersQuery),
    responses((status = 200, body = List<AnsweredOut>)))]
async fn answers(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<AnswersQuery>,
) -> Result<Json<List<AnsweredOut>>> {
    let stretch = query.stretch.as_deref().map(|one| word("stretch", one));
    let stretch = stretch.transpose()?;
    let stretch: StretchWord = stretch.unwrap_or(StretchWord::OfferedToAcknowledged);
    let wanted = Wanted {
        period: period(&app.store, query.from, query.until)?,
        unit_id: query.unit_id,
    };
    let window = window(query.limit, query.cursor)?;
    let page = figures::answers(&app.store, &signed.actor, stretch.into(), wanted, window).await?;
    Ok(Json(List::of(page, AnsweredOut::from)))
}
