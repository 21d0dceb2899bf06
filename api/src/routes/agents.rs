//! Agents: who is free, and where.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{
    Actor, Tx,
    agent::{self, Agent, AgentFilter},
    geo::Point,
    nearest::nearest as search,
    position,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{IfMatch, Json, Paging, Path, Query, ids, window, word},
    once::{Once, kept},
    out::{
        AvailabilityWord, List,
        agents::{AgentOut, FixOut, NearestOut},
    },
    wanted::people::{AgentPatchIn, AvailabilityIn, NewAgentIn},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, add))
        .routes(routes!(nearest))
        .routes(routes!(one, change))
        .routes(routes!(availability))
        .routes(routes!(positions))
}

/// Which agents are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AgentQuery {
    /// Words in name or badge.
    q: Option<String>,
    availability: Option<String>,
    unit_id: Option<i64>,
    /// Only these, with commas.
    ids: Option<String>,
    /// Also those out of service.
    inactive: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Agents within one's scope, by name.
#[utoipa::path(get, path = "/agents", tag = "agents", operation_id = "agents_list", params(AgentQuery),
    responses((status = 200, body = List<AgentOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<AgentQuery>,
) -> Result<Json<List<AgentOut>>> {
    let availability: Option<AvailabilityWord> = query
        .availability
        .as_deref()
        .map(|one| word("availability", one))
        .transpose()?;
    let filter = AgentFilter {
        availability: availability.map(Into::into),
        unit_id: query.unit_id,
        text: query.q,
        ids: ids("ids", query.ids.as_deref())?,
        inactive: query.inactive.unwrap_or(false),
        ..AgentFilter::default()
    };
    let page = agent::list(
        &app.store,
        &signed.actor,
        filter,
        window(query.limit, query.cursor)?,
    )
    .await?;
    let now = app.store.now();
    Ok(Json(List::of(page, |agent| AgentOut::of(agent, now))))
}

/// Adds an agent without an account. Admins.
#[utoipa::path(post, path = "/agents", tag = "agents", operation_id = "agents_create", request_body = NewAgentIn,
    responses((status = 201, body = AgentOut)))]
async fn add(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<NewAgentIn>,
) -> Result<Response> {
    let made = kept!(app, once, |tx| {
        let id = agent::create(tx, &signed.actor, sent.into()).await?;
        let agent = agent::find_in(tx, &signed.actor, id).await?;
        let (version, place) = (agent.version, format!("/api/v1/agents/{id}"));
        Ok(Answer::created(place, &AgentOut::of(agent, tx.now())).tagged(version))
    });
    Ok(made?)
}

async fn shown(tx: &Tx, actor: &Actor, id: i64) -> domain::Result<Answer> {
    Ok(tagged(agent::find_in(tx, actor, id).await?, tx.now()))
}

fn tagged(agent: Agent, now: DateTime<Utc>) -> Answer {
    let version = agent.version;
    Answer::ok(&AgentOut::of(agent, now)).tagged(version)
}

/// One agent.
#[utoipa::path(get, path = "/agents/{id}", tag = "agents", operation_id = "agents_get", params(("id" = i64, Path)),
    responses((status = 200, body = AgentOut)))]
async fn one(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Answer> {
    let agent = agent::find(&app.store, &signed.actor, id).await?;
    Ok(tagged(agent, app.store.now()))
}

/// Changes an agent. Admins.
#[utoipa::path(patch, path = "/agents/{id}", tag = "agents", operation_id = "agents_change", request_body = AgentPatchIn,
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The version it was made on")),
    responses((status = 200, body = AgentOut)))]
async fn change(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    IfMatch(version): IfMatch,
    once: Once,
    Json(sent): Json<AgentPatchIn>,
) -> Result<Response> {
    let patch = sent.into_domain(version);
    let done = kept!(app, once, |tx| {
        // Whom one may not see is not there, rather than forbidden.
        agent::find_in(tx, &signed.actor, id).await?;
        agent::edit(tx, &signed.actor, id, patch).await?;
        shown(tx, &signed.actor, id).await
    });
    Ok(done?)
}

/// Sets or lifts "unavailable": for oneself, or for agents of one's units.
#[utoipa::path(put, path = "/agents/{id}/availability", tag = "agents", operation_id = "agents_availability",
    params(("id" = i64, Path)), request_body = AvailabilityIn, responses((status = 200, body = AgentOut)))]
async fn availability(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<AvailabilityIn>,
) -> Result<Response> {
    let AvailabilityIn {
        unavailable,
        reason,
        until,
    } = sent;
    let done = kept!(app, once, |tx| {
        agent::set_availability(tx, &signed.actor, id, unavailable, reason, until).await?;
        shown(tx, &signed.actor, id).await
    });
    Ok(done?)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NearestQuery {
    /// Degrees, WGS 84.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Only those of this unit.
    unit_id: Option<i64>,
    /// Rows, 1 to 200; 10 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
}

/// The nearest free agents whose position is fresh. Level 2 and above.
#[utoipa::path(get, path = "/agents/nearest", tag = "agents", operation_id = "agents_nearest", params(NearestQuery),
    responses((status = 200, body = List<NearestOut>)))]
async fn nearest(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<NearestQuery>,
) -> Result<Json<List<NearestOut>>> {
    let from = Point::new(query.lat, query.lon)?;
    let limit = window(query.limit.or(Some(10)), None)?.limit;
    let wanted = AgentFilter {
        unit_id: query.unit_id,
        well: true,
        ..AgentFilter::default()
    };
    let found = search(&app.store, &signed.actor, from, limit, wanted).await?;
    Ok(Json(List::whole(
        found.into_iter().map(NearestOut::from).collect(),
    )))
}

/// Where an agent was, newest first.
#[utoipa::path(get, path = "/agents/{id}/positions", tag = "agents", operation_id = "agents_positions",
    params(("id" = i64, Path), Paging), responses((status = 200, body = List<FixOut>)))]
async fn positions(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(paging): Query<Paging>,
) -> Result<Json<List<FixOut>>> {
    let page = position::history(&app.store, &signed.actor, id, paging.window()?).await?;
    Ok(Json(List::of(page, FixOut::from)))
}
