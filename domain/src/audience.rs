//! Who would get something now: the free agents of an audience, and how the others are.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, QuerySelect};

use ::entity::agent as agents;

use crate::{
    Actor, Refusal, Result, Store,
    agent::{self, Agent, AgentFilter},
    availability::{self, Availability},
    geo::{self, Bounds, Point},
    page::Window,
};

/// Whom something is for; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    pub unit_id: Option<i64>,
    pub specialty: Option<String>,
    /// A place and a radius in metres.
    pub around: Option<(Point, f64)>,
}

/// Somebody who would get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    pub agent: Agent,
    /// From his last position to the place, when one was given.
    pub distance_m: Option<f64>,
}

/// What would happen now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The free ones, the nearest or else by name.
    pub recipients: Vec<Recipient>,
    /// How all of the audience are, those who are free included.
    pub counts: BTreeMap<&'static str, i64>,
    /// Of the recipients, those whom Telegram does not reach.
    pub unlinked: usize,
}

/// The most recipients that are named.
const NAMED: u64 = 200;

/// Who of the audience is free at this moment, by the predicate that assigning and nearest search use.
///
/// # Errors
/// Level 2 and above; within one's scope.
pub async fn preview(store: &Store, actor: &Actor, audience: Audience) -> Result<Preview> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let filter = filter(store, &audience);
    let counts = counts(store, actor, &filter).await?;
    let free = AgentFilter {
        availability: Some(Availability::Available),
        ..filter
    };
    let found = agent::list(store, actor, free, Window::first(NAMED)).await?;
    let mut recipients: Vec<Recipient> = found
        .items
        .into_iter()
        .filter_map(|agent| near(agent, &audience))
        .collect();
    recipients.sort_by(|a, b| {
        let far = |one: &Recipient| one.distance_m.unwrap_or(0.0);
        far(a)
            .total_cmp(&far(b))
            .then_with(|| a.agent.name.cmp(&b.agent.name))
    });
    Ok(Preview {
        unlinked: recipients.iter().filter(|one| !one.agent.linked).count(),
        recipients,
        counts,
    })
}

fn filter(store: &Store, audience: &Audience) -> AgentFilter {
    let fresh = chrono::TimeDelta::minutes(store.rules().position_fresh_minutes.into());
    AgentFilter {
        unit_id: audience.unit_id,
        specialty: audience.specialty.clone(),
        within: audience.around.and_then(rectangle),
        seen_since: audience.around.map(|_| store.now() - fresh),
        ..AgentFilter::default()
    }
}

/// What the index narrows down to; the circle itself is measured afterwards.
fn rectangle((point, radius_m): (Point, f64)) -> Option<Bounds> {
    match geo::around(point, radius_m)[..] {
        [one] => Some(one),
        // Across the date line there are two: then everybody is measured.
        _ => None,
    }
}

fn near(agent: Agent, audience: &Audience) -> Option<Recipient> {
    let Some((point, radius_m)) = audience.around else {
        return Some(Recipient {
            agent,
            distance_m: None,
        });
    };
    let distance = agent.position?.point.distance_m(point);
    (distance <= radius_m).then_some(Recipient {
        agent,
        distance_m: Some(distance),
    })
}

async fn counts(
    store: &Store,
    actor: &Actor,
    filter: &AgentFilter,
) -> Result<BTreeMap<&'static str, i64>> {
    let rows: Vec<(String, i64)> = agent::filtered(actor, filter, store.now())
        .select_only()
        .expr_as(availability::expression(store.now()), "availability")
        .column_as(agents::Column::Id.count(), "count")
        .group_by(sea_orm::sea_query::Expr::col("availability"))
        .into_tuple()
        .all(store.reader())
        .await?;
    let known = rows
        .into_iter()
        .filter_map(|(word, count)| Some((word.parse::<Availability>().ok()?.as_str(), count)));
    Ok(known.collect())
}
