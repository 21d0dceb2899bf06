//! How long work usually takes.

use std::collections::HashMap;

use axum::extract::State;
use domain::{
    Page,
    estimate::{self, Estimate},
    kind,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Query, window},
    out::List,
};

pub(crate) fn router() -> Addresses {
    Addresses::default().routes(routes!(estimates))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The code of a kind of task.
    kind: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// When the work began, by the clock at its place.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Band {
    /// From 06:00 to before 18:00.
    Day,
    Night,
    /// Day and night together.
    All,
}

impl From<Band> for estimate::Band {
    fn from(band: Band) -> Self {
        match band {
            Band::Day => Self::Day,
            Band::Night => Self::Night,
            Band::All => Self::All,
        }
    }
}

/// What half and three quarters of the finished tasks of a kind took at most, pauses left out.
#[derive(Serialize, ToSchema)]
struct EstimateOut {
    /// The code of the kind.
    kind: String,
    band: Band,
    /// Finished tasks it rests on; five at least.
    count: i64,
    p50_seconds: i64,
    p75_seconds: i64,
}

impl From<(String, Estimate)> for EstimateOut {
    fn from((kind, one): (String, Estimate)) -> Self {
        Self {
            kind,
            band: match one.band.as_str() {
                "day" => Band::Day,
                "night" => Band::Night,
                _ => Band::All,
            },
            count: one.count,
            p50_seconds: one.p50_seconds,
            p75_seconds: one.p75_seconds,
        }
    }
}

/// What is known, by kind and band. Kinds and bands with less than five finished tasks are left out.
#[utoipa::path(get, path = "/estimates", tag = "numbers", operation_id = "estimates_list", params(Wanted),
    responses((status = 200, body = List<EstimateOut>)))]
async fn estimates(
    State(app): State<App>,
    _: Signed,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<EstimateOut>>> {
    let window = window(wanted.limit, wanted.cursor)?;
    let known = estimate::list(&app.store).await?;
    let kinds: HashMap<i64, String> = kind::list(&app.store)
        .await?
        .into_iter()
        .map(|kind| (kind.id, kind.code))
        .collect();
    let asked = |code: &String| wanted.kind.as_ref().is_none_or(|kind| kind == code);
    let named = known.into_iter().filter_map(|one| {
        let kind = kinds.get(&one.kind_id).filter(|code| asked(code))?;
        Some((kind.clone(), one))
    });
    let rows: Vec<(String, Estimate)> = named.collect();
    let page = Page::of_all(rows, &window, |(_, one)| (one.kind_id, one.band.clone()))?;
    Ok(Json(List::of(page, EstimateOut::from)))
}
