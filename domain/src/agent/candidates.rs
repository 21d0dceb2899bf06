//! Whom to send: the people of a picker, best first.

use std::collections::BTreeSet;

use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use ::entity::agent;

use super::{Agent, AgentFilter, filtered, list};
use crate::{
    Actor, Refusal, Result, Store, availability::Availability, geo::Point, nearest, page::Window,
};

/// Somebody who could be sent, and how well it suits.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub agent: Agent,
    /// From the agent's last position to the place, where both are known.
    pub distance_m: Option<f64>,
}

/// The most people that are ranked.
const RANKED: u64 = 200;

/// The agents this person may send, best first: free, near, few tasks, name; those who need help themselves after all others
/// who are not on leave.
///
/// # Errors
/// Level 2 and above; everybody else is [`Refusal::NotAllowed`].
pub async fn candidates(
    store: &Store,
    actor: &Actor,
    wanted: AgentFilter,
    place: Option<Point>,
) -> Result<Vec<Candidate>> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let filter = AgentFilter {
        ids: Some(short_list(store, actor, &wanted, place).await?),
        ..AgentFilter::default()
    };
    let agents = list(store, actor, filter, Window::first(RANKED)).await?;
    let mut ranked: Vec<Candidate> = agents
        .items
        .into_iter()
        .map(|agent| Candidate {
            distance_m: distance(&agent, place),
            agent,
        })
        .collect();
    ranked.sort_by(|a, b| {
        rank(a)
            .partial_cmp(&rank(b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(ranked)
}

/// Those worth ranking in a force of any size: the nearest, then others who are free, then anybody.
async fn short_list(
    store: &Store,
    actor: &Actor,
    wanted: &AgentFilter,
    place: Option<Point>,
) -> Result<Vec<i64>> {
    let mut ids = BTreeSet::new();
    if let Some(place) = place {
        let near = nearest::nearest(store, actor, place, RANKED, wanted.clone()).await?;
        ids.extend(near.iter().map(|one| one.agent_id));
    }
    for availability in [Some(Availability::Available), None] {
        let left = (RANKED as usize).saturating_sub(ids.len());
        if left > 0 {
            let more = first(store, actor, wanted, availability).await?;
            let fresh: Vec<i64> = more.into_iter().filter(|id| !ids.contains(id)).collect();
            ids.extend(fresh.into_iter().take(left));
        }
    }
    Ok(ids.into_iter().collect())
}

async fn first(
    store: &Store,
    actor: &Actor,
    wanted: &AgentFilter,
    availability: Option<Availability>,
) -> Result<Vec<i64>> {
    let filter = AgentFilter {
        availability,
        ..wanted.clone()
    };
    Ok(filtered(actor, &filter, store.now())
        .select_only()
        .column(agent::Column::Id)
        .filter(Window::default().behind(agent::Column::Name, agent::Column::Id)?)
        .order_by_asc(agent::Column::Name)
        .order_by_asc(agent::Column::Id)
        .limit(RANKED)
        .into_tuple()
        .all(store.reader())
        .await?)
}

fn distance(agent: &Agent, place: Option<Point>) -> Option<f64> {
    Some(agent.position?.point.distance_m(place?))
}

fn rank(candidate: &Candidate) -> (u8, f64, i64, &str) {
    let agent = &candidate.agent;
    let free = match agent.availability {
        Availability::OnLeave => 5,
        _ if agent.need.is_some() => 4,
        Availability::Available => 0,
        Availability::OnTask => 1,
        Availability::OffShift => 2,
        Availability::Unavailable => 3,
    };
    (
        free,
        candidate.distance_m.unwrap_or(f64::MAX),
        agent.active_tasks,
        &agent.name,
    )
}
