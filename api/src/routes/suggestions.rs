//! What became of the suggestions to take more people.

use axum::{extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Page,
    suggestion::{self, Answered, Answers, Suggested, SuggestionFilter, SuggestionStatus},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::stats::period;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Path, Query, window, word},
    once::{Once, kept},
    out::{List, words},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all))
        .routes(routes!(counts))
        .routes(routes!(accept))
        .routes(routes!(reject))
}

words! {
    /// What was said to a suggestion; offered: nothing yet.
    SuggestionWord as SuggestionStatus = SuggestionStatus { Offered, Accepted, Rejected }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SuggestionQuery {
    /// `offered`, `accepted` or `rejected`.
    status: Option<String>,
    /// Code of the kind.
    kind: Option<String>,
    task_id: Option<i64>,
    /// The first day on which they were made.
    from: Option<NaiveDate>,
    /// The last day; at most 366 days in all, the last 30 when nothing is said.
    until: Option<NaiveDate>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// More people than a task was planned with, as they were suggested to whoever created it.
#[derive(Serialize, ToSchema)]
struct SuggestionOut {
    id: i64,
    task_id: i64,
    code: String,
    title: String,
    /// The code of the kind.
    kind: String,
    status: SuggestionWord,
    /// So many more people.
    people: i32,
    /// Finished tasks it rested on, and what three in four of them took at most.
    count: i64,
    p75_seconds: i64,
    created_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    answered_by: Option<String>,
}

impl From<Suggested> for SuggestionOut {
    fn from(one: Suggested) -> Self {
        Self {
            id: one.id,
            task_id: one.task_id,
            code: one.code,
            title: one.title,
            kind: one.kind,
            status: one.status.into(),
            people: one.people,
            count: one.count,
            p75_seconds: one.p75_seconds,
            created_at: one.created_at,
            answered_at: one.answered_at,
            answered_by: one.answered_by,
        }
    }
}

/// The suggestions about tasks that one may see, newest first. Level 2 and above.
#[utoipa::path(get, path = "/suggestions", tag = "numbers", operation_id = "suggestions_list", params(SuggestionQuery),
    responses((status = 200, body = List<SuggestionOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<SuggestionQuery>,
) -> Result<Json<List<SuggestionOut>>> {
    let status: Option<SuggestionWord> = query
        .status
        .as_deref()
        .map(|one| word("status", one))
        .transpose()?;
    let filter = SuggestionFilter {
        period: period(&app.store, query.from, query.until)?,
        status: status.map(Into::into),
        kind: query.kind,
        task_id: query.task_id,
    };
    let window = window(query.limit, query.cursor)?;
    let page = suggestion::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, SuggestionOut::from)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountQuery {
    /// The first day on which they were made.
    from: Option<NaiveDate>,
    /// The last day; at most 366 days in all, the last 30 when nothing is said.
    until: Option<NaiveDate>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// How the suggestions about a kind of work were answered.
#[derive(Serialize, ToSchema)]
struct SuggestionCounts {
    /// The code of the kind.
    kind: String,
    /// Not answered, or not yet.
    offered: u64,
    accepted: u64,
    rejected: u64,
}

impl From<(String, Answers)> for SuggestionCounts {
    fn from((kind, answers): (String, Answers)) -> Self {
        Self {
            kind,
            offered: answers.offered,
            accepted: answers.accepted,
            rejected: answers.rejected,
        }
    }
}

/// How the suggestions of a period were answered, by kind of work; kinds without any are left out. Level 2 and above.
#[utoipa::path(get, path = "/suggestions/counts", tag = "numbers", operation_id = "suggestions_counts", params(CountQuery),
    responses((status = 200, body = List<SuggestionCounts>)))]
async fn counts(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<CountQuery>,
) -> Result<Json<List<SuggestionCounts>>> {
    let period = period(&app.store, query.from, query.until)?;
    let window = window(query.limit, query.cursor)?;
    let kinds = suggestion::answers(&app.store, &signed.actor, period).await?;
    let rows: Vec<(String, Answers)> = kinds.into_iter().collect();
    let page = Page::of_all(rows, &window, |(kind, _)| kind.clone())?;
    Ok(Json(List::of(page, SuggestionCounts::from)))
}

/// What became of an answer.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SuggestionOutcome {
    /// People are on the task now.
    Added,
    /// Nobody is free when it takes place: the question stays.
    Nobody,
    /// It stays as it was planned.
    Kept,
    /// It was answered before, or the task is over or has its people: nothing changes.
    Before,
}

#[derive(Serialize, ToSchema)]
struct SuggestionAnswer {
    outcome: SuggestionOutcome,
    /// Who was added, by name.
    added: Vec<String>,
}

impl From<Answered> for SuggestionAnswer {
    fn from(answered: Answered) -> Self {
        let (outcome, added) = match answered {
            Answered::Added(names) => (SuggestionOutcome::Added, names),
            Answered::Nobody => (SuggestionOutcome::Nobody, Vec::new()),
            Answered::Kept => (SuggestionOutcome::Kept, Vec::new()),
            Answered::Before => (SuggestionOutcome::Before, Vec::new()),
        };
        Self { outcome, added }
    }
}

/// Adds the best of those who are free when the task takes place. For whoever may assign people to it.
#[utoipa::path(post, path = "/suggestions/{id}/accept", tag = "numbers", operation_id = "suggestions_accept",
    params(("id" = i64, Path)), responses((status = 200, body = SuggestionAnswer)))]
async fn accept(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    answer(&app, signed, id, true, once).await
}

/// Leaves the task as it was planned. For whoever may assign people to it.
#[utoipa::path(post, path = "/suggestions/{id}/reject", tag = "numbers", operation_id = "suggestions_reject",
    params(("id" = i64, Path)), responses((status = 200, body = SuggestionAnswer)))]
async fn reject(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    answer(&app, signed, id, false, once).await
}

async fn answer(app: &App, signed: Signed, id: i64, yes: bool, once: Once) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let answered = match yes {
            true => suggestion::accept(tx, &signed.actor, id).await?,
            false => suggestion::reject(tx, &signed.actor, id).await?,
        };
        Ok(Answer::ok(&SuggestionAnswer::from(answered)))
    });
    Ok(done?)
}
