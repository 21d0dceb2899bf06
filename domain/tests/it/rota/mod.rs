//! Shifts, leave, exchanges, and what of them passes by itself.

mod audience;
mod availability;
mod away;
mod back;
mod calendar;
mod dst;
mod import;
mod large;
mod leave;
mod missing;
mod observed;
mod pattern;
mod presence;
mod reach;
mod shifts;
mod spoken;
mod swap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Result,
    outbox::{self, Lane, Notice},
    shift::{self, HandOver, NewShift, Shift},
};

use crate::support::{World, start};

/// So many hours after the start of the test.
pub fn at(hours: i64) -> DateTime<Utc> {
    start() + TimeDelta::hours(hours)
}

pub fn id(who: &Actor) -> i64 {
    who.agent_id.expect("an agent")
}

/// Runs one function of the domain in a transaction of its own.
macro_rules! write {
    ($world:expr, $actor:expr, |$tx:ident, $who:ident| $call:expr) => {{
        let $who = $actor.clone();
        $world
            .store
            .write(move |$tx| Box::pin(async move { $call.await }))
            .await
    }};
}
pub(crate) use write;

pub async fn plan(world: &World, boss: &Actor, who: &Actor, from: i64, to: i64) -> Result<Shift> {
    world.shift(boss, id(who), (at(from), at(to))).await
}

pub async fn planned(world: &World, boss: &Actor, who: &Actor, from: i64, to: i64) -> Shift {
    plan(world, boss, who, from, to).await.expect("planned")
}

pub async fn present(world: &World, by: &Actor, shift_id: i64) -> Result<Shift> {
    write!(world, by, |tx, by| shift::present(tx, &by, shift_id))
}

pub async fn end(world: &World, by: &Actor, shift_id: i64, text: Option<&str>) -> Result<Shift> {
    let handover = HandOver {
        text: text.map(Into::into),
        file: None,
    };
    write!(world, by, |tx, by| shift::end(tx, &by, shift_id, handover))
}

pub fn new_shift(who: &Actor, from: i64, to: i64) -> NewShift {
    NewShift {
        agent_id: id(who),
        starts_at: at(from),
        ends_at: at(to),
        ..NewShift::default()
    }
}

/// The notices that wait for a chat, oldest first; they wait no longer.
pub async fn told(world: &World, chat_id: i64) -> Vec<Notice> {
    let mut told = Vec::new();
    for row in world.all::<entity::outbox::Entity>().await {
        if row.chat_id == chat_id && row.lane != Lane::Digest {
            told.push(serde_json::from_value(row.notice).expect("a notice"));
        }
    }
    told
}

/// How the availability of an agent changed, as the board heard it.
pub async fn heard(
    world: &World,
    agent_id: i64,
    after: i64,
) -> Vec<domain::availability::Availability> {
    let events = domain::event::since(&world.store, after, 10_000)
        .await
        .expect("events");
    events
        .events
        .into_iter()
        .filter_map(|logged| match logged.event {
            domain::event::Event::AgentAvailabilityChanged {
                agent_id: one,
                availability,
            } if one == agent_id => Some(availability),
            _ => None,
        })
        .collect()
}

pub async fn seq(world: &World) -> i64 {
    domain::event::last_seq(&world.store).await.expect("events")
}

/// Lets time pass up to this hour, doing everything when it falls due.
pub async fn until(world: &World, hours: i64) {
    while let Some(next) = domain::timer::next(&world.store).await.expect("timers") {
        if next > at(hours) {
            break;
        }
        if next > world.store.now() {
            world.store.clock().set(next);
        }
        world.run_timers().await;
    }
    world.store.clock().set(at(hours));
}

/// Whether a message with this key waits.
pub async fn waits(world: &World, key: &str) -> bool {
    world
        .all::<entity::outbox::Entity>()
        .await
        .iter()
        .any(|row| {
            row.collapse.as_deref() == Some(key) && row.status == outbox::OutboxStatus::Queued
        })
}
