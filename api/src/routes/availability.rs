//! Who would get something now.

use std::collections::BTreeMap;

use axum::extract::State;
use domain::{
    audience::{self, Audience, Recipient},
    geo::Point,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Json, Query},
};

pub(crate) fn router() -> Addresses {
    Addresses::default().routes(routes!(preview))
}

/// An audience; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AudienceQuery {
    unit_id: Option<i64>,
    specialty: Option<String>,
    /// Degrees, WGS 84; with `lon` and `radius_m`.
    #[param(minimum = -90, maximum = 90)]
    lat: Option<f64>,
    #[param(minimum = -180, maximum = 180)]
    lon: Option<f64>,
    /// Metres; only positions that are fresh count.
    #[param(minimum = 1, maximum = 500000)]
    radius_m: Option<f64>,
}

impl AudienceQuery {
    fn into_domain(self) -> Result<Audience> {
        let around = match (self.lat, self.lon, self.radius_m) {
            (None, None, None) => None,
            (Some(lat), Some(lon), Some(radius_m)) if (1.0..=500_000.0).contains(&radius_m) => {
                Some((Point::new(lat, lon)?, radius_m))
            }
            _ => {
                let needs = "needs lat, lon and 1 to 500000 metres together";
                return Err(Problem::malformed("radius_m", needs));
            }
        };
        Ok(Audience {
            unit_id: self.unit_id,
            specialty: self.specialty,
            around,
        })
    }
}

/// Somebody who would get it.
#[derive(Serialize, ToSchema)]
struct AvailableOut {
    agent_id: i64,
    name: String,
    distance_m: Option<f64>,
    /// Whether he can be reached by Telegram.
    linked: bool,
}

impl From<Recipient> for AvailableOut {
    fn from(one: Recipient) -> Self {
        Self {
            agent_id: one.agent.id,
            name: one.agent.name,
            distance_m: one.distance_m,
            linked: one.agent.linked,
        }
    }
}

/// What would happen now.
#[derive(Serialize, ToSchema)]
struct AudiencePreview {
    /// Those who are available, the nearest or else by name; at most 200 are named.
    recipients: Vec<AvailableOut>,
    /// How many of the audience are `available`, `on_task`, `unavailable`, `off_shift`, `on_leave`. With a radius:
    /// of those within it.
    counts: BTreeMap<&'static str, i64>,
    /// Of the recipients, those whom Telegram does not reach.
    unlinked: usize,
}

/// Who of an audience would get something now. Level 2 and above, within one's scope.
#[utoipa::path(get, path = "/availability/preview", tag = "agents", operation_id = "availability_preview",
    params(AudienceQuery), responses((status = 200, body = AudiencePreview)))]
async fn preview(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<AudienceQuery>,
) -> Result<Json<AudiencePreview>> {
    let seen = audience::preview(&app.store, &signed.actor, query.into_domain()?).await?;
    Ok(Json(AudiencePreview {
        recipients: seen.recipients.into_iter().map(Into::into).collect(),
        counts: seen.counts,
        unlinked: seen.unlinked,
    }))
}
