//! Who hears of it first: whoever is on duty, and of those whoever was last seen nearest to what it is about.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef,
};

use ::entity::{agent, last_position};

use super::{
    Audience,
    audience::{Person, SEEN_MINUTES},
};
use crate::{Result, geo::Point};

/// These people in the order in which they are told: on duty before off duty, then the nearest before those who are further
/// away or were not seen lately.
pub(super) async fn in_order(
    db: &impl ConnectionTrait,
    mut people: Vec<Person>,
    centre: Option<Point>,
    now: DateTime<Utc>,
) -> Result<Vec<Person>> {
    let distances = match centre {
        Some(centre) => distances(db, centre, now).await?,
        None => HashMap::new(),
    };
    let far = |one: &Person| *distances.get(&one.user_id).unwrap_or(&f64::INFINITY);
    people.sort_by(|one, other| {
        let on_duty_first = other.on_duty.cmp(&one.on_duty);
        on_duty_first.then_with(|| far(one).total_cmp(&far(other)))
    });
    Ok(people)
}

/// Where it happens: its own place, else the middle of whom it is meant for.
pub(super) fn centre(audience: &Audience, place: Option<Point>) -> Option<Point> {
    place.or_else(|| match audience {
        Audience::Radius { lat, lon, .. } => Point::new(*lat, *lon).ok(),
        Audience::Area { points } => middle(points),
        _ => None,
    })
}

fn middle(points: &[Point]) -> Option<Point> {
    let corners = points.len().max(1) as f64;
    let mean = |of: fn(&Point) -> f64| points.iter().map(of).sum::<f64>() / corners;
    Point::new(mean(|point| point.lat), mean(|point| point.lon)).ok()
}

/// How far away each account is, in metres, as far as it was seen lately.
async fn distances(
    db: &impl ConnectionTrait,
    centre: Point,
    now: DateTime<Utc>,
) -> Result<HashMap<i64, f64>> {
    let since = now - TimeDelta::minutes(SEEN_MINUTES);
    let rows: Vec<(Option<i64>, f64, f64)> = last_position::Entity::find()
        .select_only()
        .column(agent::Column::UserId)
        .column(last_position::Column::Lat)
        .column(last_position::Column::Lon)
        .join(JoinType::InnerJoin, whose())
        .filter(last_position::Column::RecordedAt.gte(since))
        .filter(agent::Column::UserId.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(user_id, lat, lon)| Some((user_id?, Point { lat, lon }.distance_m(centre))))
        .collect())
}

/// From a position to its agent.
fn whose() -> RelationDef {
    last_position::Entity::belongs_to(agent::Entity)
        .from(last_position::Column::AgentId)
        .to(agent::Column::Id)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_place_counts_before_the_middle_of_the_audience() {
        let here = Point { lat: 1.0, lon: 2.0 };
        let circle = Audience::Radius {
            lat: 3.0,
            lon: 4.0,
            radius_m: 10.0,
        };
        assert_eq!(centre(&circle, Some(here)), Some(here));
        assert_eq!(centre(&circle, None), Some(Point { lat: 3.0, lon: 4.0 }));
        let points = [(0.0, 0.0), (0.0, 3.0), (3.0, 0.0)];
        let points = points.map(|(lat, lon)| Point { lat, lon }).to_vec();
        let area = Audience::Area { points };
        assert_eq!(centre(&area, None), Some(Point { lat: 1.0, lon: 1.0 }));
        assert_eq!(centre(&Audience::All, None), None);
    }
}
