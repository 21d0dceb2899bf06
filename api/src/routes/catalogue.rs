//! Units, their groups in Telegram, and kinds of tasks.

use axum::{extract::State, http::StatusCode, response::Response};
use domain::{group, kind, unit};

use super::write;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Checked, Json, Paging, Path, Query},
    once::{Once, kept},
    out::{
        List,
        people::{GroupOut, TaskKindOut, UnitOut},
    },
    wanted::people::{KindPatchIn, NewKindIn, UnitIn},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(units, found_unit))
        .routes(routes!(one_unit, rename_unit))
        .routes(routes!(end_group))
        .routes(routes!(topics_again))
        .routes(routes!(kinds, add_kind))
        .routes(routes!(one_kind, change_kind))
}

/// Units by name: admins see all, others their own.
#[utoipa::path(get, path = "/units", tag = "catalogue", operation_id = "units_list", params(Paging),
    responses((status = 200, body = List<UnitOut>)))]
async fn units(
    State(app): State<App>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Result<Json<List<UnitOut>>> {
    let page = unit::list(&app.store, &signed.actor, &paging.window()?).await?;
    let ids = page.items.iter().map(|unit| unit.id).collect();
    let mut groups = group::of_units(&app.store, ids).await?;
    Ok(Json(List::of(page, |unit| {
        let own = groups.remove(&unit.id).unwrap_or_default();
        UnitOut::of(unit, own)
    })))
}

/// Founds a unit. Admins.
#[utoipa::path(post, path = "/units", tag = "catalogue", operation_id = "units_create", request_body = UnitIn,
    responses((status = 201, body = UnitOut)))]
async fn found_unit(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<UnitIn>,
) -> Result<Response> {
    let made = kept!(app, once, |tx| {
        let unit = unit::create(tx, &signed.actor, &sent.name).await?;
        let place = format!("/api/v1/units/{}", unit.id);
        Ok(Answer::created(place, &UnitOut::of(unit, Vec::new())))
    });
    Ok(made?)
}

/// One unit.
#[utoipa::path(get, path = "/units/{id}", tag = "catalogue", operation_id = "units_get", params(("id" = i64, Path)),
    responses((status = 200, body = UnitOut)))]
async fn one_unit(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<UnitOut>> {
    let unit = unit::find(&app.store, &signed.actor, id).await?;
    let mut groups = group::of_units(&app.store, vec![id]).await?;
    let own = groups.remove(&id).unwrap_or_default();
    Ok(Json(UnitOut::of(unit, own)))
}

/// Gives a unit another name. Admins.
#[utoipa::path(patch, path = "/units/{id}", tag = "catalogue", operation_id = "units_rename",
    params(("id" = i64, Path)), request_body = UnitIn, responses((status = 200, body = UnitOut)))]
async fn rename_unit(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<UnitIn>,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let unit = unit::rename(tx, &signed.actor, id, &sent.name).await?;
        let groups = group::of_unit_in(tx, id).await?;
        Ok(Answer::ok(&UnitOut::of(unit, groups)))
    });
    Ok(done?)
}

/// Ends that a Telegram group gets the broadcasts of a unit. Admins, and supervisors of the unit.
#[utoipa::path(delete, path = "/units/{id}/groups/{group_id}", tag = "catalogue", operation_id = "units_end_group",
    params(("id" = i64, Path), ("group_id" = i64, Path)), responses((status = 204)))]
async fn end_group(
    State(app): State<App>,
    signed: Signed,
    Path((id, group_id)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    write!(app, |tx| group::end_of_unit(
        tx,
        &signed.actor,
        id,
        group_id
    )
    .await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for topics in a group again that Telegram refused: at once for emergencies that go on, else with the next. Admins, and
/// supervisors of the unit.
#[utoipa::path(post, path = "/units/{id}/groups/{group_id}/topics", tag = "catalogue", operation_id = "units_topics_again",
    params(("id" = i64, Path), ("group_id" = i64, Path)), responses((status = 200, body = GroupOut)))]
async fn topics_again(
    State(app): State<App>,
    signed: Signed,
    Path((id, group_id)): Path<(i64, i64)>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let group = group::topics_again(tx, &signed.actor, id, group_id).await?;
        Ok(Answer::ok(&GroupOut::from(group)))
    });
    Ok(done?)
}

/// The catalogue of task kinds, in its order.
#[utoipa::path(get, path = "/task-kinds", tag = "catalogue", operation_id = "kinds_list",
    responses((status = 200, body = List<TaskKindOut>)))]
async fn kinds(State(app): State<App>, _: Signed) -> Result<Json<List<TaskKindOut>>> {
    let kinds = kind::list(&app.store).await?;
    Ok(Json(List::whole(
        kinds.into_iter().map(TaskKindOut::from).collect(),
    )))
}

/// Adds a kind. Admins.
#[utoipa::path(post, path = "/task-kinds", tag = "catalogue", operation_id = "kinds_create", request_body = NewKindIn,
    responses((status = 201, body = TaskKindOut)))]
async fn add_kind(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Checked(sent): Checked<NewKindIn>,
) -> Result<Response> {
    let made = kept!(app, once, |tx| {
        let kind = kind::create(tx, &signed.actor, sent.into()).await?;
        let place = format!("/api/v1/task-kinds/{}", kind.id);
        Ok(Answer::created(place, &TaskKindOut::from(kind)))
    });
    Ok(made?)
}

/// One kind.
#[utoipa::path(get, path = "/task-kinds/{id}", tag = "catalogue", operation_id = "kinds_get", params(("id" = i64, Path)),
    responses((status = 200, body = TaskKindOut)))]
async fn one_kind(
    State(app): State<App>,
    _: Signed,
    Path(id): Path<i64>,
) -> Result<Json<TaskKindOut>> {
    Ok(Json(kind::find(&app.store, id).await?.into()))
}

/// Changes a kind; code and prefix stay. Admins.
#[utoipa::path(patch, path = "/task-kinds/{id}", tag = "catalogue", operation_id = "kinds_change",
    params(("id" = i64, Path)), request_body = KindPatchIn, responses((status = 200, body = TaskKindOut)))]
async fn change_kind(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<KindPatchIn>,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let kind = kind::patch(tx, &signed.actor, id, sent.into()).await?;
        Ok(Answer::ok(&TaskKindOut::from(kind)))
    });
    Ok(done?)
}
