//! The life of a task: one address per transition.

use axum::{extract::State, response::Response};
use domain::task::life;

use super::{about, expect, shown};
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{IfMatch, MaybeJson, Path},
    once::{Once, kept},
    out::tasks::TaskOut,
    wanted::tasks::TransitionIn,
};

pub(super) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(start))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(complete))
        .routes(routes!(cancel))
        .routes(routes!(reopen))
}

/// Begins work. The lead, or level 2 and above of the scope.
#[utoipa::path(post, path = "/tasks/{id}/start", tag = "tasks", operation_id = "tasks_start",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    request_body = Option<TransitionIn>, responses((status = 200, body = TaskOut)))]
async fn start(
    app: State<App>,
    signed: Signed,
    id: Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    MaybeJson(sent): MaybeJson<TransitionIn>,
) -> Result<Response> {
    let (State(app), Path(id), step) = (app, id, sent.into_domain()?);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        life::start(tx, &actor, id, step).await.map(shown)
    });
    about(&app, &signed.actor, id, done).await
}

/// Interrupts work, with a reason.
#[utoipa::path(post, path = "/tasks/{id}/pause", tag = "tasks", operation_id = "tasks_pause",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    request_body = Option<TransitionIn>, responses((status = 200, body = TaskOut)))]
async fn pause(
    app: State<App>,
    signed: Signed,
    id: Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    MaybeJson(sent): MaybeJson<TransitionIn>,
) -> Result<Response> {
    let (State(app), Path(id), step) = (app, id, sent.into_domain()?);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        life::pause(tx, &actor, id, step).await.map(shown)
    });
    about(&app, &signed.actor, id, done).await
}

/// Goes on with what was paused.
#[utoipa::path(post, path = "/tasks/{id}/resume", tag = "tasks", operation_id = "tasks_resume",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    request_body = Option<TransitionIn>, responses((status = 200, body = TaskOut)))]
async fn resume(
    app: State<App>,
    signed: Signed,
    id: Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    MaybeJson(sent): MaybeJson<TransitionIn>,
) -> Result<Response> {
    let (State(app), Path(id), step) = (app, id, sent.into_domain()?);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        life::resume(tx, &actor, id, step).await.map(shown)
    });
    about(&app, &signed.actor, id, done).await
}

/// Ends work and releases everybody. The lead; level 2 and above with a reason.
#[utoipa::path(post, path = "/tasks/{id}/complete", tag = "tasks", operation_id = "tasks_complete",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    request_body = Option<TransitionIn>, responses((status = 200, body = TaskOut)))]
async fn complete(
    app: State<App>,
    signed: Signed,
    id: Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    MaybeJson(sent): MaybeJson<TransitionIn>,
) -> Result<Response> {
    let (State(app), Path(id), step) = (app, id, sent.into_domain()?);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        life::complete(tx, &actor, id, step).await.map(shown)
    });
    about(&app, &signed.actor, id, done).await
}

/// Calls it off, with a reason. Level 2 and above of the scope, or whoever created it.
#[utoipa::path(post, path = "/tasks/{id}/cancel", tag = "tasks", operation_id = "tasks_cancel",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    request_body = Option<TransitionIn>, responses((status = 200, body = TaskOut)))]
async fn cancel(
    app: State<App>,
    signed: Signed,
    id: Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    MaybeJson(sent): MaybeJson<TransitionIn>,
) -> Result<Response> {
    let (State(app), Path(id), step) = (app, id, sent.into_domain()?);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        life::cancel(tx, &actor, id, step).await.map(shown)
    });
    about(&app, &signed.actor, id, done).await
}

/// Takes a completion back: within 60 s by whoever completed it, later by level 2 and above with a reason.
#[utoipa::path(post, path = "/tasks/{id}/reopen", tag = "tasks", operation_id = "tasks_reopen",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    request_body = Option<TransitionIn>, responses((status = 200, body = TaskOut)))]
async fn reopen(
    app: State<App>,
    signed: Signed,
    id: Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    MaybeJson(sent): MaybeJson<TransitionIn>,
) -> Result<Response> {
    let (State(app), Path(id), step) = (app, id, sent.into_domain()?);
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        expect(tx, &actor, id, version).await?;
        let reopened = life::reopen(tx, &actor, id, step).await?;
        let version = reopened.task.version;
        let task = TaskOut {
            missing: reopened.missing,
            ..TaskOut::from(reopened.task)
        };
        Ok(Answer::ok(&task).tagged(version))
    });
    about(&app, &signed.actor, id, done).await
}
