//! Many shifts at once: what stands against each of them, and planning them in a few statements.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

use ::entity::{
    leave::{self, LeaveStatus},
    shift::{self, ShiftStatus},
};

use super::names;
use crate::{
    Actor, Refusal, Result, Tx,
    agent::announce_availability,
    audit::{self, Subject},
    duty, edge,
    error::{Clash, ClashKind},
    event::Event,
    outbox::{self, Lane, Message, Notice},
    zone,
};

/// A shift as it would be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub agent_id: i64,
    pub unit_id: Option<i64>,
    pub starts_local: NaiveDateTime,
    pub ends_local: NaiveDateTime,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub zone: Tz,
}

impl Planned {
    /// By the wall clock, which is what plans are made by. A time that the clocks skip lies as far behind
    /// the gap's end as it lay behind its start; one that comes twice is the first.
    pub fn by_the_wall(
        agent_id: i64,
        unit_id: Option<i64>,
        (starts_local, ends_local): (NaiveDateTime, NaiveDateTime),
        zone: Tz,
    ) -> Self {
        Self {
            agent_id,
            unit_id,
            starts_local,
            ends_local,
            starts_at: zone::to_utc(starts_local, zone),
            ends_at: zone::to_utc(ends_local, zone),
            zone,
        }
    }

    pub(super) fn between(
        tx: &Tx,
        agent_id: i64,
        unit_id: Option<i64>,
        (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
        zone: Option<Tz>,
    ) -> Self {
        let zone = zone.unwrap_or(tx.rules().zone);
        Self {
            agent_id,
            unit_id,
            starts_local: zone::to_local(starts_at, zone),
            ends_local: zone::to_local(ends_at, zone),
            starts_at,
            ends_at,
            zone,
        }
    }

    fn meets(&self, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> bool {
        self.starts_at < ends_at && self.ends_at > starts_at
    }
}

/// Shifts that can be planned together, and those that cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    pub planned: Vec<Planned>,
    pub clashes: Vec<Clash>,
}

/// What becomes of a lot in which some shifts cannot be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing is planned.
    Nothing,
    /// Those that can be are planned.
    Planned,
}

/// Tells the shifts that can be planned from those that cannot.
pub(super) async fn sort_out(db: &impl ConnectionTrait, wanted: Vec<Planned>) -> Result<Lot> {
    let standing = Standing::of(db, &wanted).await?;
    let names = names(db, wanted.iter().map(|one| one.agent_id)).await?;
    let mut lot = Lot::default();
    for one in wanted {
        match standing.against(&one, &lot.planned) {
            None => lot.planned.push(one),
            Some(because) => lot.clashes.push(Clash {
                agent_id: one.agent_id,
                agent: names.get(&one.agent_id).cloned().unwrap_or_default(),
                day: one.starts_local.date(),
                starts_at: one.starts_at,
                ends_at: one.ends_at,
                because,
            }),
        }
    }
    Ok(lot)
}

/// What is there already in the whole time of a lot.
struct Standing {
    shifts: Vec<shift::Model>,
    leaves: Vec<leave::Model>,
}

impl Standing {
    async fn of(db: &impl ConnectionTrait, wanted: &[Planned]) -> Result<Self> {
        let mut ids: Vec<i64> = wanted.iter().map(|one| one.agent_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (Some(from), Some(to)) = (
            wanted.iter().map(|one| one.starts_at).min(),
            wanted.iter().map(|one| one.ends_at).max(),
        ) else {
            return Ok(Self {
                shifts: Vec::new(),
                leaves: Vec::new(),
            });
        };
        Ok(Self {
            shifts: shift::Entity::find()
                .filter(shift::Column::AgentId.is_in(ids.clone()))
                .filter(shift::Column::StartsAt.lt(to))
                .filter(shift::Column::EndsAt.gt(from))
                .all(db)
                .await?,
            leaves: leave::Entity::find()
                .filter(leave::Column::AgentId.is_in(ids))
                .filter(leave::Column::Status.eq(LeaveStatus::Approved))
                .filter(leave::Column::StartsAt.lt(to))
                .filter(leave::Column::EndsAt.gt(from))
                .all(db)
                .await?,
        })
    }

    fn against(&self, one: &Planned, before: &[Planned]) -> Option<ClashKind> {
        if one.ends_at <= one.starts_at {
            return Some(ClashKind::Gap);
        }
        let stored = self
            .shifts
            .iter()
            .any(|row| row.agent_id == one.agent_id && one.meets(row.starts_at, row.ends_at));
        let same_lot = before.iter().any(|other| {
            other.agent_id == one.agent_id && one.meets(other.starts_at, other.ends_at)
        });
        if stored || same_lot {
            return Some(ClashKind::Shift);
        }
        let away = self
            .leaves
            .iter()
            .any(|row| row.agent_id == one.agent_id && one.meets(row.starts_at, row.ends_at));
        away.then_some(ClashKind::Leave)
    }
}

/// Plans what can be planned, or nothing when all was wanted. The agents must be locked.
pub(super) async fn plan(
    tx: &mut Tx,
    actor: &Actor,
    wanted: Vec<Planned>,
    rest: Rest,
) -> Result<Lot> {
    let lot = sort_out(tx.db(), wanted).await?;
    if rest == Rest::Nothing && !lot.clashes.is_empty() {
        return Err(Refusal::ShiftClashes {
            clashes: lot.clashes,
        }
        .into());
    }
    insert(tx, actor, lot.planned.clone()).await?;
    Ok(lot)
}

/// Rows to a statement.
const AT_ONCE: usize = 500;

/// Stores shifts that nothing stands against, and tells whom they concern.
pub(super) async fn insert(tx: &mut Tx, actor: &Actor, planned: Vec<Planned>) -> Result<Vec<i64>> {
    let mut agents: Vec<i64> = planned.iter().map(|one| one.agent_id).collect();
    agents.sort_unstable();
    agents.dedup();
    let mut ids = Vec::with_capacity(planned.len());
    for some in planned.chunks(AT_ONCE) {
        let rows = shift::Entity::insert_many(some.iter().map(|one| row(tx, one)))
            .exec_with_returning(tx.db())
            .await?;
        ids.extend(rows.into_iter().map(|row| row.id));
    }
    match (&planned[..], &ids[..]) {
        ([one], [id]) => {
            let data = json!({ "agent": one.agent_id });
            audit::record(tx, actor, "shift.create", Subject::Shift(*id), data).await?;
        }
        ([], _) => return Ok(ids),
        _ => {
            let entry = |agent_id: &i64| {
                let shifts = planned.iter().filter(|one| one.agent_id == *agent_id);
                let data = json!({ "shifts": shifts.count() });
                (Subject::Agent(*agent_id), data)
            };
            let entries = agents.iter().map(entry).collect();
            audit::record_each(tx, actor, "shift.plan", entries).await?;
        }
    }
    edge::settle(tx, &agents).await?;
    tell(tx, actor, &agents).await?;
    duty::log(tx, &agents, |agent_id| Event::ShiftsChanged { agent_id }).await?;
    announce_availability(tx, agents).await?;
    Ok(ids)
}

fn row(tx: &Tx, one: &Planned) -> shift::ActiveModel {
    shift::ActiveModel {
        agent_id: Set(one.agent_id),
        unit_id: Set(one.unit_id),
        status: Set(ShiftStatus::Planned),
        starts_local: Set(one.starts_local),
        starts_at: Set(one.starts_at),
        ends_local: Set(one.ends_local),
        ends_at: Set(one.ends_at),
        zone: Set(one.zone.name().into()),
        created_at: Set(tx.now()),
        ..Default::default()
    }
}

/// Tells these agents that their plan changed, once however often it does before they are told.
pub(super) async fn tell(tx: &mut Tx, actor: &Actor, agents: &[i64]) -> Result<()> {
    let messages = duty::readers(tx, agents)
        .await?
        .into_iter()
        .filter(|(_, user_id)| Some(*user_id) != actor.user_id)
        .map(|(chat_id, user_id)| Message {
            collapse: Some(format!("shifts:{chat_id}")),
            ..Message::news(chat_id, Some(user_id), Notice::ShiftsPlanned).in_lane(Lane::Digest)
        });
    outbox::push(tx, messages.collect()).await
}
