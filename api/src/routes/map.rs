//! The map as GeoJSON (RFC 7946): open tasks with a place, and agents where they last were.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    agent::{self, Agent, AgentFilter},
    geo::{Bounds, Point},
    page::{MOST, Window},
    task::{
        Status, Task,
        list::{self, TaskFilter},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Json, Query},
    out::{AvailabilityWord, TaskPriority, TaskStatus, age_s},
};

/// The most pages that are read of each layer.
const PAGES: usize = 10;

pub(crate) fn router() -> Addresses {
    Addresses::default().routes(routes!(map))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MapQuery {
    /// `west,south,east,north` in degrees; the whole world when there is none.
    bbox: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct MapOut {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    kind: CollectionWord,
    features: Vec<MapFeature>,
}

#[derive(Serialize, ToSchema)]
enum CollectionWord {
    FeatureCollection,
}

#[derive(Serialize, ToSchema)]
struct MapFeature {
    #[serde(rename = "type")]
    kind: FeatureWord,
    geometry: MapPoint,
    properties: MapProperties,
}

#[derive(Serialize, ToSchema)]
enum FeatureWord {
    Feature,
}

#[derive(Serialize, ToSchema)]
struct MapPoint {
    #[serde(rename = "type")]
    kind: PointWord,
    /// Longitude, latitude.
    #[schema(min_items = 2, max_items = 2)]
    coordinates: Vec<f64>,
}

#[derive(Serialize, ToSchema)]
enum PointWord {
    Point,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Layer {
    Agent,
    Task,
}

/// What a mark says; which fields are there depends on the layer.
#[derive(Serialize, ToSchema)]
struct MapProperties {
    layer: Layer,
    id: i64,
    /// Agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability: Option<AvailabilityWord>,
    /// Agents: how old the position is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_m: Option<f64>,
    /// Tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<TaskStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<TaskPriority>,
    /// Tasks: the words of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl MapProperties {
    fn of(layer: Layer, id: i64) -> Self {
        Self {
            layer,
            id,
            name: None,
            availability: None,
            age_s: None,
            accuracy_m: None,
            code: None,
            title: None,
            status: None,
            priority: None,
            label: None,
        }
    }
}

/// Open tasks and agents within one's scope, at most 2,000 of each.
#[utoipa::path(get, path = "/map", tag = "map", operation_id = "map_get", params(MapQuery),
    responses((status = 200, body = MapOut, content_type = "application/geo+json")))]
async fn map(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<MapQuery>,
) -> Result<Response> {
    let within = query.bbox.as_deref().map(bounds).transpose()?;
    let mut features = tasks(&app, &signed, within).await?;
    features.extend(agents(&app, &signed, within).await?);
    let out = Json(MapOut {
        kind: CollectionWord::FeatureCollection,
        features,
    });
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], out).into_response())
}

fn bounds(text: &str) -> Result<Bounds> {
    let wrong = || Problem::malformed("bbox", "is not west,south,east,north in degrees");
    let numbers: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse().map_err(|_| wrong()))
        .collect::<Result<_>>()?;
    let &[west, south, east, north] = numbers.as_slice() else {
        return Err(wrong());
    };
    let whole = (-180.0..=180.0).contains(&west)
        && (-180.0..=180.0).contains(&east)
        && (-90.0..=90.0).contains(&south)
        && (-90.0..=90.0).contains(&north);
    if whole && west <= east && south <= north {
        Ok(Bounds {
            west,
            south,
            east,
            north,
        })
    } else {
        Err(wrong())
    }
}

async fn tasks(app: &App, signed: &Signed, within: Option<Bounds>) -> Result<Vec<MapFeature>> {
    let filter = TaskFilter {
        statuses: vec![Status::Scheduled, Status::InProgress, Status::Paused],
        within: Some(within.unwrap_or(WORLD)),
        ..TaskFilter::default()
    };
    let mut features = Vec::new();
    let mut window = Window::first(MOST);
    for _ in 0..PAGES {
        let page = list::list(&app.store, &signed.actor, filter.clone(), window).await?;
        features.extend(page.items.into_iter().filter_map(of_task));
        let Some(cursor) = page.next_cursor else {
            break;
        };
        window = Window {
            limit: MOST,
            cursor: Some(cursor),
        };
    }
    Ok(features)
}

async fn agents(app: &App, signed: &Signed, within: Option<Bounds>) -> Result<Vec<MapFeature>> {
    let filter = AgentFilter {
        within: Some(within.unwrap_or(WORLD)),
        ..AgentFilter::default()
    };
    let now = app.store.now();
    let mut features = Vec::new();
    let mut window = Window::first(MOST);
    for _ in 0..PAGES {
        let page = agent::list(&app.store, &signed.actor, filter.clone(), window).await?;
        features.extend(
            page.items
                .into_iter()
                .filter_map(|agent| of_agent(agent, now)),
        );
        let Some(cursor) = page.next_cursor else {
            break;
        };
        window = Window {
            limit: MOST,
            cursor: Some(cursor),
        };
    }
    Ok(features)
}

const WORLD: Bounds = Bounds {
    west: -180.0,
    south: -90.0,
    east: 180.0,
    north: 90.0,
};

fn of_task(task: Task) -> Option<MapFeature> {
    let place = task.place?;
    let properties = MapProperties {
        code: Some(task.code),
        title: Some(task.title),
        status: Some(task.status.into()),
        priority: Some(task.priority.into()),
        label: place.label,
        ..MapProperties::of(Layer::Task, task.id)
    };
    Some(feature(place.point?, properties))
}

fn of_agent(agent: Agent, now: chrono::DateTime<chrono::Utc>) -> Option<MapFeature> {
    let position = agent.position?;
    let properties = MapProperties {
        name: Some(agent.name),
        availability: Some(agent.availability.into()),
        age_s: Some(age_s(now, position.at)),
        accuracy_m: position.accuracy_m,
        ..MapProperties::of(Layer::Agent, agent.id)
    };
    Some(feature(position.point, properties))
}

fn feature(point: Point, properties: MapProperties) -> MapFeature {
    let geometry = MapPoint {
        kind: PointWord::Point,
        coordinates: vec![point.lon, point.lat],
    };
    MapFeature {
        kind: FeatureWord::Feature,
        geometry,
        properties,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_read_or_refused() {
        assert!(bounds("-58.6,-34.8,-58.2,-34.4").is_ok());
        for wrong in [
            "",
            "1,2,3",
            "a,b,c,d",
            "10,0,-10,1",
            "0,0,0,91",
            "nan,0,1,1",
        ] {
            assert!(bounds(wrong).is_err(), "{wrong}");
        }
    }
}
