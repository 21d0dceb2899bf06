//! Exchanges of shifts between two agents.

use axum::{extract::State, response::Response};
use domain::swap::{self, SwapFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, MaybeJson, Path, Query, window, word},
    once::{Once, kept},
    out::{
        List,
        time::{SwapOut, SwapWord},
    },
    wanted::time::{DecisionIn, NewSwapIn},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, propose))
        .routes(routes!(one))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(cancel))
}

/// Which exchanges are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SwapQuery {
    /// `proposed`, `accepted`, `approved`, `declined`, `rejected` or `cancelled`.
    status: Option<String>,
    /// Of either side.
    agent_id: Option<i64>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Exchanges within one's scope, latest first.
#[utoipa::path(get, path = "/shift-swaps", tag = "time", operation_id = "swaps_list", params(SwapQuery),
    responses((status = 200, body = List<SwapOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<SwapQuery>,
) -> Result<Json<List<SwapOut>>> {
    let window = window(query.limit, query.cursor)?;
    let status: Option<SwapWord> = query
        .status
        .as_deref()
        .map(|one| word("status", one))
        .transpose()?;
    let filter = SwapFilter {
        status: status.map(Into::into),
        agent_id: query.agent_id,
        id: None,
    };
    let page = swap::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, SwapOut::from)))
}

/// Proposes to give a shift of one's own to a colleague of the unit, mostly for one of his.
#[utoipa::path(post, path = "/shift-swaps", tag = "time", operation_id = "swaps_create", request_body = NewSwapIn,
    responses((status = 201, body = SwapOut)))]
async fn propose(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<NewSwapIn>,
) -> Result<Response> {
    let made = kept!(app, once, |tx| {
        let swap = swap::propose(tx, &signed.actor, sent.into()).await?;
        let place = format!("/api/v1/shift-swaps/{}", swap.id);
        Ok(Answer::created(place, &SwapOut::from(swap)))
    });
    Ok(made?)
}

/// One exchange.
#[utoipa::path(get, path = "/shift-swaps/{id}", tag = "time", operation_id = "swaps_get", params(("id" = i64, Path)),
    responses((status = 200, body = SwapOut)))]
async fn one(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Json<SwapOut>> {
    let swap = swap::find(&app.store, &signed.actor, id).await?;
    Ok(Json(swap.into()))
}

/// Accepts what a colleague proposed to oneself; then a supervisor decides.
#[utoipa::path(post, path = "/shift-swaps/{id}/accept", tag = "time", operation_id = "swaps_accept",
    params(("id" = i64, Path)), responses((status = 200, body = SwapOut)))]
async fn accept(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    answer(&app, signed, id, true, once).await
}

/// Declines what a colleague proposed to oneself.
#[utoipa::path(post, path = "/shift-swaps/{id}/decline", tag = "time", operation_id = "swaps_decline",
    params(("id" = i64, Path)), responses((status = 200, body = SwapOut)))]
async fn decline(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    answer(&app, signed, id, false, once).await
}

async fn answer(app: &App, signed: Signed, id: i64, yes: bool, once: Once) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let swap = swap::answer(tx, &signed.actor, id, yes).await?;
        Ok(Answer::ok(&SwapOut::from(swap)))
    });
    Ok(done?)
}

/// Approves an exchange that both agreed on: the shifts change hands at once. Level 2 and above of both, never one's
/// own.
#[utoipa::path(post, path = "/shift-swaps/{id}/approve", tag = "time", operation_id = "swaps_approve",
    params(("id" = i64, Path)), request_body = Option<DecisionIn>, responses((status = 200, body = SwapOut)))]
async fn approve(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    MaybeJson(sent): MaybeJson<DecisionIn>,
) -> Result<Response> {
    decide(&app, signed, id, true, sent, once).await
}

/// Rejects an exchange that both agreed on. Level 2 and above of both, never one's own.
#[utoipa::path(post, path = "/shift-swaps/{id}/reject", tag = "time", operation_id = "swaps_reject",
    params(("id" = i64, Path)), request_body = Option<DecisionIn>, responses((status = 200, body = SwapOut)))]
async fn reject(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    MaybeJson(sent): MaybeJson<DecisionIn>,
) -> Result<Response> {
    decide(&app, signed, id, false, sent, once).await
}

async fn decide(
    app: &App,
    signed: Signed,
    id: i64,
    yes: bool,
    sent: DecisionIn,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let swap = swap::decide(tx, &signed.actor, id, yes, sent.reason).await?;
        Ok(Answer::ok(&SwapOut::from(swap)))
    });
    Ok(done?)
}

/// Takes back what one proposed oneself.
#[utoipa::path(post, path = "/shift-swaps/{id}/cancel", tag = "time", operation_id = "swaps_cancel",
    params(("id" = i64, Path)), responses((status = 200, body = SwapOut)))]
async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        let swap = swap::cancel(tx, &signed.actor, id).await?;
        Ok(Answer::ok(&SwapOut::from(swap)))
    });
    Ok(done?)
}
