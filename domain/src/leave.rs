//! Leave of agents; never while it is approved is an agent available.

mod asked;
mod broken;
mod list;
mod removed;
mod withdraw;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;

use ::entity::leave;
pub use ::entity::leave::LeaveStatus;

pub use asked::SICK_DAYS_BACK;
use asked::{check_begin, check_once};
pub use broken::{Broken, broken, lock_hand_on};
use list::reload;
pub use list::{LeaveFilter, find, list};
pub(crate) use removed::drop_requests_of;
pub use withdraw::{can_restore, cancel, restore};

use crate::{
    Actor, Refusal, Result, Tx, agent,
    attachment::{self, Attachment, NewFile, Owner},
    audit::{self, Subject},
    consent, duty, edge,
    error::{Invalid, Problem, Thing},
    event::Event,
    outbox::{self, Message},
    shift::names,
    zone,
};

/// Leave to be asked for.
#[derive(Clone, Debug, Default)]
pub struct NewLeave {
    pub agent_id: i64,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
    /// Sick days, which may have begun already.
    pub sick: bool,
    /// Proves the reason.
    pub certificate: Option<NewFile>,
}

/// Leave of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    pub id: i64,
    pub agent_id: i64,
    pub agent: String,
    pub status: LeaveStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: Option<String>,
    /// The name of whoever decided.
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_reason: Option<String>,
    /// When the agent took it back, or its rest.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Certificates.
    pub attachments: Vec<Attachment>,
}

impl Leave {
    /// Whether the request ended because the agent was switched off: what he takes back himself bears the time of that.
    pub fn is_dropped(&self) -> bool {
        self.status == LeaveStatus::Cancelled
            && self.decided_at.is_some()
            && self.withdrawn_at.is_none()
    }
}

/// The most certificates of one request.
const FILES: usize = 10;

/// Asks for leave: for oneself, or for an agent of one's units.
///
/// # Errors
/// Refused when it ends before it starts, or begins in the past (sick days: more than [`SICK_DAYS_BACK`] days ago);
/// [`Refusal::LeaveOverlap`] when he asked for some of these days before.
pub async fn request(tx: &mut Tx, actor: &Actor, new: NewLeave) -> Result<Leave> {
    duty::lock_own(tx, actor, new.agent_id).await?;
    let span = (new.starts_at, new.ends_at);
    let reason = check(tx, &new)?;
    check_once(tx, new.agent_id, span, None).await?;
    let row = leave::ActiveModel {
        agent_id: Set(new.agent_id),
        status: Set(LeaveStatus::Requested),
        reason: Set(reason),
        starts_at: Set(new.starts_at),
        ends_at: Set(new.ends_at),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = leave::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?;
    if let Some(file) = new.certificate {
        consent::check_file(tx, actor, &file).await?;
        attachment::attach(tx, Owner::Leave(row.id), file).await?;
    }
    ask(tx, &row).await?;
    settled(tx, actor, "leave.request", &row).await
}

/// The reason as it is kept, when nothing is wrong with the request; else everything that is.
fn check(tx: &Tx, new: &NewLeave) -> Result<Option<String>, Refusal> {
    let days = zone::check_span((new.starts_at, new.ends_at), tx.now());
    let (begin, reason) = (check_begin(tx, new), duty::reason(new.reason.as_deref()));
    Refusal::together([
        days.as_ref().err(),
        begin.as_ref().err(),
        reason.as_ref().err(),
    ])?;
    reason
}

/// What is wrong with it whatever the day is.
pub fn wrong_words(new: &NewLeave) -> Vec<Invalid> {
    let reason = duty::reason(new.reason.as_deref());
    reason.err().map(Refusal::into_fields).unwrap_or_default()
}

/// Adds a certificate to a request that is not decided against.
///
/// # Errors
/// For oneself, or for an agent of one's units; refused when there are ten.
pub async fn certify(tx: &mut Tx, actor: &Actor, id: i64, file: NewFile) -> Result<Leave> {
    let row = own_or_planned(tx, actor, id).await?;
    if !is_open(&row) {
        return Err(Refusal::Settled { what: Thing::Leave }.into());
    }
    if attachment::count_of_leave(tx, id).await? >= FILES {
        return Err(Refusal::invalid("file", Problem::OutOfRange).into());
    }
    consent::check_file(tx, actor, &file).await?;
    attachment::attach(tx, Owner::Leave(id), file).await?;
    settled(tx, actor, "leave.certify", &row).await
}

/// Approves or rejects a request. Said again by the same person, nothing changes.
///
/// # Errors
/// Supervisors for their units' agents, never for themselves; only what is still requested.
pub async fn decide(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    approve: bool,
    reason: Option<String>,
) -> Result<Leave> {
    let row = decidable(tx, actor, id).await?;
    let status = if approve {
        LeaveStatus::Approved
    } else {
        LeaveStatus::Rejected
    };
    if row.status == status && row.decided_by == actor.user_id {
        return reload(tx.db(), row).await;
    }
    open(&row)?;
    let update = leave::ActiveModel {
        id: Set(id),
        status: Set(status),
        decided_by: Set(actor.user_id),
        decided_at: Set(Some(tx.now())),
        decided_reason: Set(duty::reason(reason.as_deref())?),
        ..Default::default()
    };
    let row = leave::Entity::update(update).exec(tx.db()).await?;
    ring(tx, &row).await?;
    settled(tx, actor, "leave.decide", &row).await
}

/// Tells before anybody writes a reason whether this person can decide about a request.
///
/// # Errors
/// Those of [`decide`].
pub async fn check_decide(tx: &Tx, actor: &Actor, id: i64) -> Result<()> {
    Ok(open(&decidable(tx, actor, id).await?)?)
}

/// A request of somebody whose time this person may plan, and not his own.
async fn decidable(tx: &Tx, actor: &Actor, id: i64) -> Result<leave::Model> {
    let agent_id = agent_of(tx, id).await?;
    duty::lock(tx, actor, agent_id).await?;
    let row = locked(tx, id).await?;
    match actor.agent_id == Some(row.agent_id) {
        true => Err(Refusal::NotAllowed.into()),
        false => Ok(row),
    }
}

fn open(row: &leave::Model) -> Result<(), Refusal> {
    match row.status {
        LeaveStatus::Requested => Ok(()),
        _ => Err(Refusal::Settled { what: Thing::Leave }),
    }
}

/// Approved leave of somebody whose time this person may plan, from inside a transaction.
///
/// # Errors
/// [`Refusal::Settled`] when it is not, or not any more, approved.
pub async fn approved(tx: &Tx, actor: &Actor, id: i64) -> Result<Leave> {
    let row = decidable(tx, actor, id).await?;
    match row.status {
        LeaveStatus::Approved if row.ends_at > tx.now() => reload(tx.db(), row).await,
        _ => Err(Refusal::Settled { what: Thing::Leave }.into()),
    }
}

fn is_open(row: &leave::Model) -> bool {
    matches!(row.status, LeaveStatus::Requested | LeaveStatus::Approved)
}

async fn agent_of(tx: &Tx, id: i64) -> Result<i64> {
    let row = leave::Entity::find_by_id(id).one(tx.db()).await?;
    Ok(row.ok_or(Refusal::missing(Thing::Leave))?.agent_id)
}

async fn locked(tx: &Tx, id: i64) -> Result<leave::Model> {
    let row = leave::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    row.ok_or_else(|| Refusal::missing(Thing::Leave).into())
}

/// Somebody else's leave is not there for whom it does not concern.
async fn own_or_planned(tx: &Tx, actor: &Actor, id: i64) -> Result<leave::Model> {
    let agent_id = agent_of(tx, id).await?;
    let found = duty::lock_own(tx, actor, agent_id).await;
    found.map_err(|error| match error.refusal() {
        Some(_) => Refusal::missing(Thing::Leave).into(),
        None => error,
    })?;
    locked(tx, id).await
}

/// What follows from every step: the record, the timers, the cards and the boards.
async fn settled(tx: &mut Tx, actor: &Actor, action: &str, row: &leave::Model) -> Result<Leave> {
    let data = json!({ "agent": row.agent_id, "status": row.status });
    audit::record(tx, actor, action, Subject::Leave(row.id), data).await?;
    edge::settle(tx, &[row.agent_id]).await?;
    outbox::refresh_leave(tx, row.id).await?;
    let id = row.id;
    duty::log(tx, &[row.agent_id], |agent_id| Event::LeaveChanged {
        id,
        agent_id,
    })
    .await?;
    agent::announce_availability(tx, vec![row.agent_id]).await?;
    reload(tx.db(), row.clone()).await
}

/// The card goes to those who decide, and without a sound to whoever asks.
async fn ask(tx: &mut Tx, row: &leave::Model) -> Result<()> {
    let deciding = duty::supervisors(tx, row.agent_id).await?;
    let own = duty::readers(tx, &[row.agent_id]).await?;
    let cards = deciding
        .into_iter()
        .chain(own)
        .map(|(chat_id, user_id)| Message::leave(chat_id, Some(user_id), row.id, true));
    outbox::push(tx, cards.collect()).await
}

/// Refuses what falls into approved leave of this agent.
pub(crate) async fn check_none(
    tx: &Tx,
    agent_id: i64,
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    let away = leave::Entity::find()
        .filter(leave::Column::AgentId.eq(agent_id))
        .filter(leave::Column::Status.eq(LeaveStatus::Approved))
        .filter(leave::Column::StartsAt.lt(ends_at))
        .filter(leave::Column::EndsAt.gt(starts_at))
        .one(tx.db())
        .await?;
    let Some(row) = away else { return Ok(()) };
    let name = names(tx.db(), [agent_id]).await?.remove(&agent_id);
    Err(Refusal::OnLeave {
        agent_id: Some(agent_id),
        agent: name.unwrap_or_default(),
        until: row.ends_at,
    }
    .into())
}

/// Whether anybody who decides about this agent can be told by Telegram.
pub async fn is_heard(tx: &Tx, agent_id: i64) -> Result<bool> {
    Ok(!duty::supervisors(tx, agent_id).await?.is_empty())
}

/// Whoever asked hears the decision.
async fn ring(tx: &mut Tx, row: &leave::Model) -> Result<()> {
    let own = duty::readers(tx, &[row.agent_id]).await?;
    let cards = own
        .into_iter()
        .map(|(chat_id, user_id)| Message::leave(chat_id, Some(user_id), row.id, true));
    outbox::push(tx, cards.collect()).await
}

/// Has the cards of a request show what it breaks by now.
pub async fn refresh(tx: &mut Tx, id: i64) -> Result<()> {
    outbox::refresh_leave(tx, id).await
}
