//! Whether the people of a task are well: who is asked how often, and who says so.

use axum::{extract::State, http::StatusCode, response::Response};
use domain::check_in;

use super::about;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Path},
    once::{Once, kept},
    out::check_ins::CheckInsOut,
    wanted::tasks::CheckInsIn,
};

pub(super) fn router() -> Addresses {
    Addresses::default().routes(routes!(show, begin, stop))
}

/// Who of a task says that he is well, the silent first. Whoever sees the task.
#[utoipa::path(get, path = "/tasks/{id}/check-ins", tag = "tasks", operation_id = "tasks_check_ins",
    params(("id" = i64, Path)), responses((status = 200, body = CheckInsOut)))]
async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<CheckInsOut>> {
    let check = check_in::of_task(&app.store, &signed.actor, id).await?;
    Ok(Json(check.into()))
}

/// Asks everybody who has acknowledged a task under way whether he is well, now and every so many minutes. The lead, or
/// level 2 and above of the scope.
#[utoipa::path(post, path = "/tasks/{id}/check-ins", tag = "tasks", operation_id = "tasks_check_ins_start",
    params(("id" = i64, Path)), request_body = CheckInsIn,
    responses((status = 201, body = CheckInsOut, headers(("Location", description = "Where it is")))))]
async fn begin(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<CheckInsIn>,
) -> Result<Response> {
    let actor = signed.actor.clone();
    let made = kept!(app, once, |tx| {
        check_in::start(tx, &actor, id, sent.every_minutes).await?;
        let check = check_in::of_task_in(tx, &actor, id).await?;
        let place = format!("/api/v1/tasks/{id}/check-ins");
        Ok(Answer::created(place, &CheckInsOut::from(check)))
    });
    about(&app, &signed.actor, id, made).await
}

/// Asks them no longer. The lead, or level 2 and above of the scope.
#[utoipa::path(delete, path = "/tasks/{id}/check-ins", tag = "tasks", operation_id = "tasks_check_ins_stop",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn stop(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode> {
    let actor = signed.actor.clone();
    let done = app
        .store
        .write(move |tx| Box::pin(async move { check_in::stop_task(tx, &actor, id).await }))
        .await;
    about(&app, &signed.actor, id, done).await?;
    Ok(StatusCode::NO_CONTENT)
}
