//! Tasks: lists, creation and changes.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{
    Actor,
    agent::{self, AgentFilter},
    assignment,
    task::{
        Task, create, edit,
        list::{self, TaskFilter},
        load, timeline, urgency,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::estimates::Band;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    cache,
    error::{About, FieldError, Problem, Result},
    extract::{
        Asked, Checked, CheckedQuery, IfMatch, Json, Paging, Path, Query, cursor, faults, ids,
        window, word, words,
    },
    once::{Once, kept},
    out::{
        List, TaskPriority, TaskStatus,
        agents::CandidateOut,
        tasks::{TaskOut, TimelineEntry},
    },
    wanted::tasks::{AssignmentsIn, NewTaskIn, TaskPatchIn},
};

mod check_ins;
mod life;

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, add))
        .routes(routes!(one, change))
        .routes(routes!(assign))
        .routes(routes!(story))
        .routes(routes!(candidates))
        .merge(check_ins::router())
        .merge(life::router())
}

/// Which tasks are wanted; everything that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TaskQuery {
    /// States with commas, such as `scheduled,in_progress`.
    status: Option<String>,
    /// Code of the kind.
    kind: Option<String>,
    priority: Option<String>,
    unit_id: Option<i64>,
    /// Whoever is on it or leads it.
    agent_id: Option<i64>,
    /// Words in code, title or place.
    q: Option<String>,
    /// Planned to start at or after.
    from: Option<DateTime<Utc>>,
    /// Planned to start before.
    to: Option<DateTime<Utc>>,
    /// Only completed ones, at or after.
    completed_from: Option<DateTime<Utc>>,
    /// Only completed ones, before.
    completed_to: Option<DateTime<Utc>>,
    /// Only those that should have started or ended by now.
    late: Option<bool>,
    /// Only open ones with an offer that nobody has answered.
    unacknowledged: Option<bool>,
    /// Only those that an estimate rests on: those of the `day`, of the `night` or `all`.
    measured: Option<String>,
    /// Only these, with commas.
    ids: Option<String>,
    /// `newest` first (when nothing is said), or by `urgency`: the open ones, first those that are late, then nearly
    /// late, then without an answer; among equals by priority, then by planned start.
    sort: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Asked for TaskQuery {
    fn wrong(&self) -> Vec<FieldError> {
        [
            faults(self.statuses()),
            faults(self.priority()),
            faults(self.measured()),
            faults(ids("ids", self.ids.as_deref())),
            faults(self.sort()),
            faults(window(self.limit, None)),
            faults(cursor(self.cursor.as_deref())),
        ]
        .concat()
    }
}

impl TaskQuery {
    fn statuses(&self) -> Result<Vec<TaskStatus>> {
        words("status", self.status.as_deref())
    }

    fn priority(&self) -> Result<Option<TaskPriority>> {
        let named = self.priority.as_deref();
        named.map(|one| word("priority", one)).transpose()
    }

    fn measured(&self) -> Result<Option<Band>> {
        let named = self.measured.as_deref();
        named.map(|one| word("measured", one)).transpose()
    }

    fn sort(&self) -> Result<Sort> {
        let named = self.sort.as_deref();
        let sort = named.map(|one| word("sort", one)).transpose()?;
        Ok(sort.unwrap_or_default())
    }

    fn filter(&self) -> Result<TaskFilter> {
        let (statuses, priority) = (self.statuses()?, self.priority()?);
        let measured = self.measured()?;
        Ok(TaskFilter {
            statuses: statuses.into_iter().map(Into::into).collect(),
            kind: self.kind.clone(),
            priority: priority.map(Into::into),
            unit_id: self.unit_id,
            agent_id: self.agent_id,
            text: self.q.clone(),
            from: self.from,
            to: self.to,
            completed_from: self.completed_from,
            completed_to: self.completed_to,
            late: self.late.unwrap_or(false),
            unanswered: self.unacknowledged.unwrap_or(false),
            measured: measured.map(Into::into),
            ids: ids("ids", self.ids.as_deref())?,
            within: None,
            created_by: None,
            ..TaskFilter::default()
        })
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    #[default]
    Newest,
    Urgency,
}

/// Tasks within one's scope, newest first.
#[utoipa::path(get, path = "/tasks", tag = "tasks", operation_id = "tasks_list", params(TaskQuery),
    responses((status = 200, body = List<TaskOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    CheckedQuery(query): CheckedQuery<TaskQuery>,
) -> Result<Response> {
    // A change is seen at once by everybody who looks at it: they ask the same at the same moment.
    let what = format!("tasks {query:?}");
    let (sort, filter) = (query.sort()?, query.filter()?);
    let window = window(query.limit, query.cursor)?;
    let made = async {
        let page = match sort {
            Sort::Newest => list::list(&app.store, &signed.actor, filter, window).await?,
            Sort::Urgency => {
                urgency::most_urgent(&app.store, &signed.actor, filter, window).await?
            }
        };
        Ok(List::of(page, TaskOut::from))
    };
    cache::answer_here(&app, &signed.actor, &what, Box::pin(made)).await
}

/// Creates a task and asks its people. Level 2 and above.
#[utoipa::path(post, path = "/tasks", tag = "tasks", operation_id = "tasks_create", request_body = NewTaskIn,
    responses((status = 201, body = TaskOut, headers(("Location", description = "Where it is")))))]
async fn add(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Checked(sent): Checked<NewTaskIn>,
) -> Result<Response> {
    let new = sent.into_domain();
    let made = kept!(app, once, |tx| {
        let task = create::create(tx, &signed.actor, new).await?;
        let (version, place) = (task.version, format!("/api/v1/tasks/{}", task.id));
        Ok(Answer::created(place, &TaskOut::from(task)).tagged(version))
    });
    Ok(made?)
}

fn shown(task: Task) -> Answer {
    let version = task.version;
    Answer::ok(&TaskOut::from(task)).tagged(version)
}

/// One task.
#[utoipa::path(get, path = "/tasks/{id}", tag = "tasks", operation_id = "tasks_get", params(("id" = i64, Path)),
    responses((status = 200, body = TaskOut)))]
async fn one(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Answer> {
    Ok(shown(load::find(&app.store, &signed.actor, id).await?))
}

/// Changes what a task says about itself.
#[utoipa::path(patch, path = "/tasks/{id}", tag = "tasks", operation_id = "tasks_change", request_body = TaskPatchIn,
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    responses((status = 200, body = TaskOut)))]
async fn change(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    Checked(sent): Checked<TaskPatchIn>,
) -> Result<Response> {
    let patch = sent.into_domain(version);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| edit::edit(tx, &actor, id, patch)
        .await
        .map(shown));
    about(&app, &signed.actor, id, done).await
}

/// Puts exactly these people on a task.
#[utoipa::path(put, path = "/tasks/{id}/assignments", tag = "tasks", operation_id = "tasks_assign",
    request_body = AssignmentsIn,
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    responses((status = 200, body = TaskOut)))]
async fn assign(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    Json(sent): Json<AssignmentsIn>,
) -> Result<Response> {
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        assignment::assign(tx, &actor, id, sent.into())
            .await
            .map(shown)
    });
    about(&app, &signed.actor, id, done).await
}

/// Goes on only while the task has the version the client saw.
async fn expect(
    tx: &domain::Tx,
    actor: &Actor,
    id: i64,
    version: Option<i32>,
) -> domain::Result<()> {
    match version {
        Some(version) => load::expect_version(tx, actor, id, version).await,
        None => Ok(()),
    }
}

/// A refusal over a task names the task.
pub(super) async fn about<T>(
    app: &App,
    actor: &Actor,
    id: i64,
    done: domain::Result<T>,
) -> Result<T> {
    let error = match done {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let problem = Problem::from(&error);
    let Some(refusal) = error.refusal() else {
        return Err(problem);
    };
    let zone = app.store.rules().zone;
    match load::find(&app.store, actor, id).await {
        Ok(task) => Err(problem.about(
            refusal,
            &About {
                code: task.code,
                zone,
            },
        )),
        Err(_) => Err(problem),
    }
}

/// What happened to a task, oldest first.
#[utoipa::path(get, path = "/tasks/{id}/timeline", tag = "tasks", operation_id = "tasks_timeline",
    params(("id" = i64, Path), Paging), responses((status = 200, body = List<TimelineEntry>)))]
async fn story(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(paging): Query<Paging>,
) -> Result<Json<List<TimelineEntry>>> {
    let page = timeline::timeline(&app.store, &signed.actor, id, paging.window()?).await?;
    Ok(Json(List::of(page, TimelineEntry::from)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CandidateQuery {
    /// Words in name or badge.
    q: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// As everywhere; there is no page after the first.
    cursor: Option<String>,
}

/// Who could be sent, best first: free, near, few tasks. Level 2 and above.
#[utoipa::path(get, path = "/tasks/{id}/candidates", tag = "tasks", operation_id = "tasks_candidates",
    params(("id" = i64, Path), CandidateQuery), responses((status = 200, body = List<CandidateOut>)))]
async fn candidates(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(query): Query<CandidateQuery>,
) -> Result<Json<List<CandidateOut>>> {
    let limit = window(query.limit, query.cursor)?.limit as usize;
    let task = load::find(&app.store, &signed.actor, id).await?;
    let place = task.place.and_then(|place| place.point);
    let wanted = AgentFilter {
        text: query.q,
        for_task: Some(task.id),
        ..AgentFilter::default()
    };
    let ranked = agent::candidates(&app.store, &signed.actor, wanted, place).await?;
    let now = app.store.now();
    Ok(Json(List::whole(
        ranked
            .into_iter()
            .take(limit)
            .map(|one| CandidateOut::of(one, now))
            .collect(),
    )))
}
