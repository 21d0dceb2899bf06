//! Emergencies as people see them.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::emergency;

use super::{
    EmergencyStatus, OfferState, PlaceSource, call::wants_place, end::withdrawable_until,
    people::eta_minutes, rows::many, unplaced::UNPLACED, visible,
};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::Permission,
    error::Thing,
    geo::Point,
    page::Window,
    task::{AgentRef, UserRef},
};

/// Somebody who was thought of, why, and what he said.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub agent: AgentRef,
    pub state: OfferState,
    /// When it came into this state.
    pub at: DateTime<Utc>,
    /// In which the search asked him; none where it did not, because those in command sent him.
    pub ring: Option<i32>,
    /// The straight line when he was thought of.
    pub distance_m: Option<f64>,
    /// How old his position was then.
    pub position_age_s: Option<i64>,
    /// How exactly it was known, in metres.
    pub position_accuracy_m: Option<f64>,
    /// Open tasks he had then; for those who command only.
    pub load: Option<i32>,
    /// What stood against asking him: an availability, `stale`, `not_linked`, `blocked`, `requirement`, `farther`, `busier`,
    /// `in_need`, `unplaced` (free, but his place is not known) or `dismissed`.
    pub why: Option<String>,
    /// Each time the search asked him, in order.
    pub askings: Vec<DateTime<Utc>>,
    /// When he was asked last.
    pub offered_at: Option<DateTime<Utc>>,
    /// When Telegram took the message.
    pub sent_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    /// When whoever comes said that he goes: "Voy", or that he is on his way.
    pub en_route_at: Option<DateTime<Utc>>,
    /// When whoever comes said that he is there.
    pub on_site_at: Option<DateTime<Utc>>,
    /// He comes to a call that goes on, and Telegram tells him nothing any more.
    pub blocked: bool,
    /// The same, and he calls for help himself: the code of that call, which goes on.
    pub own_call: Option<String>,
}

impl Offer {
    /// Estimated minutes, where a distance is known.
    pub fn eta_minutes(&self) -> Option<i64> {
        self.distance_m.map(eta_minutes)
    }

    /// When he was asked first.
    pub fn first_offered_at(&self) -> Option<DateTime<Utc>> {
        self.askings.first().copied().or(self.offered_at)
    }

    /// How often he was asked: once also by those in command, and before each time was recorded.
    pub fn times_offered(&self) -> usize {
        self.askings.len().max(self.offered_at.is_some().into())
    }

    /// Whether he said himself that he goes: whom those in command sent may only have said that he got it.
    pub fn said_he_goes(&self) -> bool {
        self.en_route_at.or(self.on_site_at).is_some()
    }

    /// Whether he comes and can be counted on: he said so himself, Telegram reaches him, and he does not call for help himself.
    pub fn counts(&self) -> bool {
        let lost = self.blocked || self.own_call.is_some();
        self.state == OfferState::Taken && self.said_he_goes() && !lost
    }

    /// Whether he was not asked because nobody knows where he is.
    pub fn is_unplaced(&self) -> bool {
        self.state == OfferState::Passed && self.why.as_deref() == Some(UNPLACED)
    }
}

/// A call for help and how far the search is.
#[derive(Clone, Debug, PartialEq)]
pub struct Emergency {
    pub id: i64,
    /// None while a place is awaited.
    pub task_id: Option<i64>,
    pub code: Option<String>,
    pub title: Option<String>,
    pub unit_id: Option<i64>,
    pub status: EmergencyStatus,
    pub place: Option<Point>,
    pub place_source: PlaceSource,
    pub place_at: Option<DateTime<Utc>>,
    /// Within how many metres of it, where the phone said so.
    pub place_accuracy_m: Option<f64>,
    pub text: Option<String>,
    pub specialty: Option<String>,
    pub drill: bool,
    /// How many are needed.
    pub crew: i32,
    pub ring: i32,
    pub raised_by: Option<UserRef>,
    pub created_at: DateTime<Utc>,
    pub raised_at: Option<DateTime<Utc>>,
    pub withdrawable_until: Option<DateTime<Utc>>,
    /// While a place is awaited: when the alert leaves without one.
    pub waits_until: Option<DateTime<Utc>>,
    /// While people are asked: when the silent are rung again and others are asked.
    pub next_ring_at: Option<DateTime<Utc>>,
    /// While it is open and nobody says that he goes: since when.
    pub nobody_since: Option<DateTime<Utc>>,
    /// When the first message that nobody comes had been sent to somebody.
    pub escalated_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Who said that it is over; nobody where it ended by itself.
    pub ended_by: Option<UserRef>,
    pub end_reason: Option<String>,
    /// How many were asked, and to how many of them Telegram took the message.
    pub asked: usize,
    pub told: usize,
    /// Everybody who was thought of, best first; for those who do not command himself and those who come.
    pub offers: Vec<Offer>,
    /// Whom those in command put on its task and who has not answered.
    pub silent: Vec<AgentRef>,
}

impl Emergency {
    /// Those who come.
    pub fn takers(&self) -> impl Iterator<Item = &Offer> {
        self.offers
            .iter()
            .filter(|one| one.state == OfferState::Taken)
    }

    /// How many of them can be counted on; of a call that has ended, how many said that they go.
    pub fn going(&self) -> usize {
        self.offers.iter().filter(|one| one.counts()).count()
    }

    /// Whether as many as are needed go who can be counted on.
    pub fn enough(&self) -> bool {
        self.going() >= self.crew as usize
    }

    /// What this person may know of the others: without a say over people, who comes and nothing of the rest.
    fn seen_by(mut self, actor: &Actor) -> Self {
        if actor.may_command() || actor.has(Permission::Broadcast) {
            return self;
        }
        self.offers.retain(|one| {
            let own = Some(one.agent.agent_id) == actor.agent_id;
            one.state == OfferState::Taken || (own && one.state != OfferState::Passed)
        });
        for one in &mut self.offers {
            (one.position_age_s, one.position_accuracy_m) = (None, None);
            (one.load, one.why) = (None, None);
        }
        self
    }

    /// The offer to an agent, if he was asked.
    pub fn offer_to(&self, agent_id: i64) -> Option<&Offer> {
        self.offers
            .iter()
            .find(|one| one.agent.agent_id == agent_id && one.state != OfferState::Passed)
    }
}

/// Which emergencies are wanted.
#[derive(Clone, Debug, Default)]
pub struct EmergencyFilter {
    pub statuses: Vec<EmergencyStatus>,
    pub drill: Option<bool>,
}

/// The emergencies of this person's scope, newest first, without calls that still wait for a place.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: EmergencyFilter,
    window: Window,
) -> Result<Page<Emergency>> {
    let mut select = emergency::Entity::find()
        .filter(visible::to(actor))
        .filter(emergency::Column::TaskId.is_not_null())
        .filter(window.before(emergency::Column::Id)?);
    if !filter.statuses.is_empty() {
        select = select.filter(emergency::Column::Status.is_in(filter.statuses));
    }
    if let Some(drill) = filter.drill {
        select = select.filter(emergency::Column::Drill.eq(drill));
    }
    let rows = select
        .order_by_desc(emergency::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    let seconds = store.rules().emergency.withdraw_seconds;
    let items = many(store.reader(), page.items, seconds).await?;
    Ok(Page {
        items: items.into_iter().map(|one| one.seen_by(actor)).collect(),
        next_cursor: page.next_cursor,
    })
}

/// An emergency that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Emergency> {
    let seconds = store.rules().emergency.withdraw_seconds;
    one(store.reader(), Some(actor), id, seconds).await
}

/// The same from inside a transaction.
pub async fn find_in(tx: &Tx, actor: &Actor, id: i64) -> Result<Emergency> {
    one(
        tx.db(),
        Some(actor),
        id,
        tx.rules().emergency.withdraw_seconds,
    )
    .await
}

/// An emergency for whoever has a card of it.
pub async fn show(store: &Store, id: i64) -> Result<Emergency> {
    let seconds = store.rules().emergency.withdraw_seconds;
    one(store.reader(), None, id, seconds).await
}

/// A call of one's own that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenCall {
    pub id: i64,
    /// None while a place is awaited.
    pub task_id: Option<i64>,
    pub called_at: DateTime<Utc>,
    /// A place that he shares is the place of this call.
    pub wants_place: bool,
    /// He can still take it back.
    pub withdrawable: bool,
}

/// The newest call of this person that has not ended, a real one before a drill.
pub async fn open_of(store: &Store, actor: &Actor) -> Result<Option<OpenCall>> {
    let Some(user_id) = actor.user_id else {
        return Ok(None);
    };
    let row = emergency::Entity::find()
        .filter(emergency::Column::RaisedBy.eq(user_id))
        .filter(emergency::Column::Status.is_in([
            EmergencyStatus::Waiting,
            EmergencyStatus::Active,
            EmergencyStatus::Answered,
        ]))
        .order_by_asc(emergency::Column::Drill)
        .order_by_desc(emergency::Column::Id)
        .one(store.reader())
        .await?;
    let (now, seconds) = (store.now(), store.rules().emergency.withdraw_seconds);
    Ok(row.map(|row| OpenCall {
        id: row.id,
        task_id: row.task_id,
        called_at: row.created_at,
        wants_place: wants_place(&row, now),
        withdrawable: row.status == EmergencyStatus::Waiting
            || withdrawable_until(seconds, &row).is_some_and(|until| now < until),
    }))
}

async fn one(
    db: &impl ConnectionTrait,
    actor: Option<&Actor>,
    id: i64,
    seconds: u32,
) -> Result<Emergency> {
    let mut select = emergency::Entity::find_by_id(id);
    if let Some(actor) = actor {
        select = select.filter(visible::to(actor));
    }
    let rows = select.all(db).await?;
    let one = many(db, rows, seconds).await?.pop();
    let one = one.ok_or(Refusal::missing(Thing::Emergency))?;
    Ok(match actor {
        Some(actor) => one.seen_by(actor),
        None => one,
    })
}
