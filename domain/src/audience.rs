//! Who would get something now: the free agents of an audience, and how the others are.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, JoinType, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{agent as agents, last_position};

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
    pub counts: Counts,
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
    let seen = match audience.around {
        Some(around) => within(store, actor, &filter, around).await?,
        None => everywhere(store, actor, filter).await?,
    };
    Ok(Preview {
        unlinked: seen.0.iter().filter(|one| !one.agent.linked).count(),
        recipients: seen.0,
        counts: seen.1,
    })
}

type Counts = BTreeMap<&'static str, i64>;

/// The free ones by name.
async fn everywhere(
    store: &Store,
    actor: &Actor,
    filter: AgentFilter,
) -> Result<(Vec<Recipient>, Counts)> {
    let counts = counts(store, actor, &filter).await?;
    let free = AgentFilter {
        availability: Some(Availability::Available),
        ..filter
    };
    let found = agent::list(store, actor, free, Window::first(NAMED)).await?;
    let recipients = found.items.into_iter().map(|agent| Recipient {
        agent,
        distance_m: None,
    });
    Ok((recipients.collect(), counts))
}

/// The free ones, the nearest first, and the counts of those within the circle.
async fn within(
    store: &Store,
    actor: &Actor,
    filter: &AgentFilter,
    (point, radius_m): (Point, f64),
) -> Result<(Vec<Recipient>, Counts)> {
    let mut found = measured(store, actor, filter, point).await?;
    found.retain(|one| one.distance_m <= radius_m);
    found.sort_by(|a, b| {
        let far = a.distance_m.total_cmp(&b.distance_m);
        far.then(a.agent_id.cmp(&b.agent_id))
    });
    let mut counts = Counts::new();
    for one in &found {
        *counts.entry(one.availability.as_str()).or_default() += 1;
    }
    found.retain(|one| one.availability == Availability::Available);
    found.truncate(NAMED as usize);
    let named = AgentFilter {
        ids: Some(found.iter().map(|one| one.agent_id).collect()),
        ..AgentFilter::default()
    };
    let agents = agent::list(store, actor, named, Window::first(NAMED)).await?;
    let recipient = |one: &Measured| {
        let agent = agents.items.iter().find(|agent| agent.id == one.agent_id)?;
        Some(Recipient {
            agent: agent.clone(),
            distance_m: Some(one.distance_m),
        })
    };
    Ok((found.iter().filter_map(recipient).collect(), counts))
}

/// Somebody of the audience, and how far from the place he last was.
struct Measured {
    agent_id: i64,
    availability: Availability,
    distance_m: f64,
}

/// Everybody in the rectangle around the place.
async fn measured(
    store: &Store,
    actor: &Actor,
    filter: &AgentFilter,
    point: Point,
) -> Result<Vec<Measured>> {
    let own = Expr::col((last_position::Entity, last_position::Column::AgentId))
        .equals((agents::Entity, agents::Column::Id));
    let mut query = agent::filtered(actor, filter, store.now())
        .select_only()
        .column(agents::Column::Id)
        .expr_as(availability::expression(store.now()), "availability")
        .columns([last_position::Column::Lat, last_position::Column::Lon]);
    QuerySelect::query(&mut query).join(JoinType::InnerJoin, last_position::Entity, own);
    let rows: Vec<(i64, String, f64, f64)> = query.into_tuple().all(store.reader()).await?;
    let one = |(agent_id, word, lat, lon): (i64, String, f64, f64)| {
        Some(Measured {
            agent_id,
            availability: word.parse().ok()?,
            distance_m: Point { lat, lon }.distance_m(point),
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
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

async fn counts(store: &Store, actor: &Actor, filter: &AgentFilter) -> Result<Counts> {
    let rows: Vec<(String, i64)> = agent::filtered(actor, filter, store.now())
        .select_only()
        .expr_as(availability::expression(store.now()), "availability")
        .column_as(agents::Column::Id.count(), "count")
        .group_by(Expr::col("availability"))
        .into_tuple()
        .all(store.reader())
        .await?;
    let known = rows
        .into_iter()
        .filter_map(|(word, count)| Some((word.parse::<Availability>().ok()?.as_str(), count)));
    Ok(known.collect())
}
