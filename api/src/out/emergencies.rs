//! Emergencies as they are sent.

use chrono::{DateTime, Utc};
use domain::emergency::{Contact, Emergency, EmergencyStatus, Offer, OfferState, PlaceSource};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    tasks::{Place, UserRef},
    words,
};

words! {
    /// Where an emergency stands.
    EmergencyWord as EmergencyStatus = EmergencyStatus { Waiting, Active, Answered, Resolved, Cancelled }
}

words! {
    /// Where the place comes from.
    PlaceSourceWord as PlaceSource = PlaceSource { Shared, LastKnown, None }
}

words! {
    /// What became of one person in the search.
    OfferWord as OfferState = OfferState { Passed, Offered, Taken, Declined, StoodDown, Unreachable }
}

/// What a person was judged by.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReasonsOut {
    /// The straight line, in metres.
    pub distance_m: Option<f64>,
    pub position_age_s: Option<i64>,
    /// The radius of uncertainty, in metres.
    pub position_accuracy_m: Option<f64>,
    /// Open tasks; for those who command only, like the age of the position and what stood against it.
    pub load: Option<i32>,
    /// What stood against asking him: an availability, `stale`, `not_linked`, `blocked`, `requirement`, `farther`, `busier`,
    /// `in_need`, `unplaced` (free, but his place is not known) or `dismissed`.
    pub why: Option<String>,
}

/// Somebody who was thought of.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferOut {
    pub agent_id: i64,
    pub name: String,
    pub state: OfferWord,
    /// When it came into this state.
    pub at: DateTime<Utc>,
    /// In which the search asked him; none where it did not, because those in command sent him.
    pub ring: Option<i32>,
    pub distance_m: Option<f64>,
    pub reasons: ReasonsOut,
    /// Estimated by the straight line, a detour of 1.4 and 30 km/h; never a promise.
    pub eta_minutes: Option<i64>,
    /// When he was asked last.
    pub offered_at: Option<DateTime<Utc>>,
    /// When he was asked first; each time stands in the timeline of the task.
    pub first_offered_at: Option<DateTime<Utc>>,
    /// How often he was asked.
    #[schema(required = false)]
    pub times_offered: usize,
    /// When Telegram took the message.
    pub sent_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    /// When whoever comes said that he goes: «Voy» or «En camino»; whom somebody sent may only have said that he got it.
    pub en_route_at: Option<DateTime<Utc>>,
    /// When whoever comes said that he is there.
    pub on_site_at: Option<DateTime<Utc>>,
    /// He comes, and Telegram tells him nothing any more: somebody has to call him.
    #[schema(required = false)]
    pub blocked: bool,
    /// He calls for help himself, with this code, and is not counted among those who come.
    pub own_call: Option<String>,
}

impl From<Offer> for OfferOut {
    fn from(one: Offer) -> Self {
        Self {
            eta_minutes: one.eta_minutes(),
            first_offered_at: one.first_offered_at(),
            times_offered: one.times_offered(),
            agent_id: one.agent.agent_id,
            name: one.agent.name,
            state: one.state.into(),
            at: one.at,
            ring: one.ring,
            distance_m: one.distance_m,
            reasons: ReasonsOut {
                distance_m: one.distance_m,
                position_age_s: one.position_age_s,
                position_accuracy_m: one.position_accuracy_m,
                load: one.load,
                why: one.why,
            },
            offered_at: one.offered_at,
            sent_at: one.sent_at,
            answered_at: one.answered_at,
            en_route_at: one.en_route_at,
            on_site_at: one.on_site_at,
            blocked: one.blocked,
            own_call: one.own_call,
        }
    }
}

/// Somebody to be called by phone.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactOut {
    pub name: String,
    pub phone: String,
}

impl From<Contact> for ContactOut {
    fn from(one: Contact) -> Self {
        Self {
            name: one.name,
            phone: one.phone,
        }
    }
}

/// A call for help and how far the search is.
#[derive(Serialize, ToSchema)]
pub(crate) struct EmergencyOut {
    pub id: i64,
    pub code: Option<String>,
    pub status: EmergencyWord,
    pub task_id: Option<i64>,
    pub place: Option<Place>,
    pub place_source: PlaceSourceWord,
    /// When somebody was there.
    pub place_at: Option<DateTime<Utc>>,
    /// Within how many metres of the place, where the phone said so.
    pub place_accuracy_m: Option<f64>,
    pub text: Option<String>,
    pub specialty: Option<String>,
    pub drill: bool,
    /// How many are needed.
    pub crew: i32,
    /// The ring the search is in.
    pub ring: i32,
    pub raised_by: Option<UserRef>,
    pub raised_at: Option<DateTime<Utc>>,
    /// Until when whoever called can take it back.
    pub withdrawable_until: Option<DateTime<Utc>>,
    /// While a place is awaited: when the alert leaves without one.
    pub waits_until: Option<DateTime<Utc>>,
    /// While people are asked: when the silent are rung again and others are asked.
    pub next_ring_at: Option<DateTime<Utc>>,
    /// While it is open and nobody says that he goes: since when.
    pub nobody_since: Option<DateTime<Utc>>,
    /// When the first message that nobody comes had been sent.
    pub escalated_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Who said that it is over.
    pub ended_by: Option<UserRef>,
    pub end_reason: Option<String>,
    /// Those who were asked; without level 2 or `broadcast` oneself and those who come.
    pub offers: Vec<OfferOut>,
    /// Those who come, and whom somebody sent and who has only said that he got it: he has neither `en_route_at` nor `on_site_at`.
    pub takers: Vec<OfferOut>,
    /// The nearest who were not asked, then those whose place is not known, and why not; for those who command.
    pub passed: Vec<OfferOut>,
}

impl From<Emergency> for EmergencyOut {
    fn from(one: Emergency) -> Self {
        let takers = one.takers().cloned().map(OfferOut::from).collect();
        let (passed, offers): (Vec<Offer>, Vec<Offer>) = one
            .offers
            .into_iter()
            .partition(|offer| offer.state == OfferState::Passed);
        Self {
            id: one.id,
            code: one.code,
            status: one.status.into(),
            task_id: one.task_id,
            place: one.place.map(Place::at),
            place_source: one.place_source.into(),
            place_at: one.place_at,
            place_accuracy_m: one.place_accuracy_m,
            text: one.text,
            specialty: one.specialty,
            drill: one.drill,
            crew: one.crew,
            ring: one.ring,
            raised_by: one.raised_by.map(UserRef::from),
            raised_at: one.raised_at,
            withdrawable_until: one.withdrawable_until,
            waits_until: one.waits_until,
            next_ring_at: one.next_ring_at,
            nobody_since: one.nobody_since,
            escalated_at: one.escalated_at,
            ended_at: one.ended_at,
            ended_by: one.ended_by.map(UserRef::from),
            end_reason: one.end_reason,
            offers: offers.into_iter().map(OfferOut::from).collect(),
            takers,
            passed: passed.into_iter().map(OfferOut::from).collect(),
        }
    }
}
