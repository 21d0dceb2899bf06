//! When people said that they could not.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::unavailability::{self, UnavailabilityFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Query, window},
    out::{List, time::UnavailabilityOut},
};

pub(crate) fn router() -> Addresses {
    Addresses::default().routes(routes!(all))
}

/// Which times are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UnavailabilityQuery {
    agent_id: Option<i64>,
    unit_id: Option<i64>,
    /// Those that end after, or of which no end is known.
    from: Option<DateTime<Utc>>,
    /// Those that start before.
    to: Option<DateTime<Utc>>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// When people within one's scope said that they could not, latest first.
#[utoipa::path(get, path = "/unavailabilities", tag = "time", operation_id = "unavailabilities_list",
    params(UnavailabilityQuery), responses((status = 200, body = List<UnavailabilityOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<UnavailabilityQuery>,
) -> Result<Json<List<UnavailabilityOut>>> {
    let window = window(query.limit, query.cursor)?;
    let filter = UnavailabilityFilter {
        agent_id: query.agent_id,
        unit_id: query.unit_id,
        from: query.from,
        to: query.to,
    };
    let page = unavailability::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, UnavailabilityOut::from)))
}
