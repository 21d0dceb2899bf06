//! Emergencies as people see them: in a fixed number of statements for any number.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{agent, emergency, emergency_offer, task, user};

use super::{
    EmergencyStatus, OfferState, PlaceSource, call::wants_place, end::withdrawable_until,
    people::eta_minutes,
};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    actor::{Level, Permission},
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
    pub ring: i32,
    /// The straight line when he was thought of.
    pub distance_m: Option<f64>,
    /// How old his position was then.
    pub position_age_s: Option<i64>,
    /// Open tasks he had then.
    pub load: i32,
    /// What stood against asking him: an availability, `stale`, `not_linked`, `requirement` or `farther`.
    pub why: Option<String>,
    pub offered_at: Option<DateTime<Utc>>,
    /// When Telegram took the message.
    pub sent_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
}

impl Offer {
    /// Estimated minutes, where a distance is known.
    pub fn eta_minutes(&self) -> Option<i64> {
        self.distance_m.map(eta_minutes)
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
    pub escalated_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub end_reason: Option<String>,
    /// Everybody who was thought of, best first.
    pub offers: Vec<Offer>,
}

impl Emergency {
    /// Those who come.
    pub fn takers(&self) -> impl Iterator<Item = &Offer> {
        self.offers
            .iter()
            .filter(|one| one.state == OfferState::Taken)
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
        .filter(visible(actor))
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
    Ok(Page {
        items: many(store.reader(), page.items, seconds).await?,
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
        wants_place: wants_place(&row, now),
        withdrawable: row.status == EmergencyStatus::Waiting
            || withdrawable_until(seconds, &row).is_some_and(|until| now < until),
    }))
}

/// The newest emergency that an agent was asked for and has not answered, and when.
pub async fn asked_of(store: &Store, agent_id: i64) -> Result<Option<(i64, DateTime<Utc>)>> {
    let newest = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::AgentId.eq(agent_id))
        .filter(emergency_offer::Column::State.eq(OfferState::Offered))
        .order_by_desc(emergency_offer::Column::OfferedAt)
        .order_by_desc(emergency_offer::Column::Id)
        .one(store.reader())
        .await?;
    Ok(newest.and_then(|one| Some((one.emergency_id, one.offered_at?))))
}

async fn one(
    db: &impl ConnectionTrait,
    actor: Option<&Actor>,
    id: i64,
    seconds: u32,
) -> Result<Emergency> {
    let mut select = emergency::Entity::find_by_id(id);
    if let Some(actor) = actor {
        select = select.filter(visible(actor));
    }
    let rows = select.all(db).await?;
    many(db, rows, seconds)
        .await?
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Emergency).into())
}

/// Admins and dispatchers all; supervisors those of their units; everybody his own and those he was asked for.
fn visible(actor: &Actor) -> Condition {
    if actor.level == Level::Admin || actor.has(Permission::Broadcast) {
        return Condition::all();
    }
    let mut any = Condition::any().add(Expr::value(false));
    if let Some(user_id) = actor.user_id {
        any = any.add(emergency::Column::RaisedBy.eq(user_id));
    }
    if let Some(agent_id) = actor.agent_id {
        let asked = Query::select()
            .column(emergency_offer::Column::EmergencyId)
            .from(emergency_offer::Entity)
            .and_where(Expr::col(emergency_offer::Column::AgentId).eq(agent_id))
            .and_where(Expr::col(emergency_offer::Column::State).ne(OfferState::Passed))
            .to_owned();
        any = any.add(emergency::Column::Id.in_subquery(asked));
    }
    if actor.level == Level::Supervisor {
        let own = Query::select()
            .column(task::Column::Id)
            .from(task::Entity)
            .and_where(Expr::col(task::Column::UnitId).is_in(actor.unit_ids.iter().copied()))
            .to_owned();
        any = any.add(emergency::Column::TaskId.in_subquery(own));
    }
    any
}

/// Emergencies in the order of their rows.
async fn many(
    db: &impl ConnectionTrait,
    rows: Vec<emergency::Model>,
    withdraw_seconds: u32,
) -> Result<Vec<Emergency>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut offers = offers(db, rows.iter().map(|row| row.id).collect()).await?;
    let tasks: HashMap<i64, (String, String, Option<i64>)> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .column(task::Column::Code)
        .column(task::Column::Title)
        .column(task::Column::UnitId)
        .filter(task::Column::Id.is_in(rows.iter().filter_map(|row| row.task_id)))
        .into_tuple::<(i64, String, String, Option<i64>)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(id, code, title, unit)| (id, (code, title, unit)))
        .collect();
    let callers: HashMap<i64, String> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.raised_by)))
        .into_tuple::<(i64, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let task = row.task_id.and_then(|id| tasks.get(&id)).cloned();
            let raised_by = row.raised_by.and_then(|user_id| {
                let name = callers.get(&user_id)?.clone();
                Some(UserRef { user_id, name })
            });
            Emergency {
                withdrawable_until: withdrawable_until(withdraw_seconds, &row),
                offers: offers.remove(&row.id).unwrap_or_default(),
                code: task.as_ref().map(|task| task.0.clone()),
                title: task.as_ref().map(|task| task.1.clone()),
                unit_id: task.and_then(|task| task.2),
                place: Point::of(row.lat, row.lon),
                id: row.id,
                task_id: row.task_id,
                status: row.status,
                place_source: row.place_source,
                place_at: row.place_at,
                text: row.text,
                specialty: row.specialty,
                drill: row.drill,
                crew: row.crew,
                ring: row.ring,
                raised_by,
                created_at: row.created_at,
                raised_at: row.raised_at,
                escalated_at: row.escalated_at,
                ended_at: row.ended_at,
                end_reason: row.end_reason,
            }
        })
        .collect())
}

async fn offers(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, Vec<Offer>>> {
    let rows = emergency_offer::Entity::find()
        .filter(emergency_offer::Column::EmergencyId.is_in(ids))
        .order_by_asc(emergency_offer::Column::Ring)
        .order_by_asc(emergency_offer::Column::DistanceM)
        .order_by_asc(emergency_offer::Column::Id)
        .all(db)
        .await?;
    let agents = agents(db, rows.iter().map(|row| row.agent_id).collect()).await?;
    let mut offers: HashMap<i64, Vec<Offer>> = HashMap::new();
    for row in rows {
        let Some(agent) = agents.get(&row.agent_id).cloned() else {
            continue;
        };
        offers.entry(row.emergency_id).or_default().push(Offer {
            agent,
            state: row.state,
            at: row.at,
            ring: row.ring,
            distance_m: row.distance_m,
            position_age_s: row.position_age_s,
            load: row.load,
            why: row.why,
            offered_at: row.offered_at,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
        });
    }
    // Those who were asked before those who were not.
    for list in offers.values_mut() {
        list.sort_by_key(|one| one.state == OfferState::Passed);
    }
    Ok(offers)
}

async fn agents(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, AgentRef>> {
    let rows = agent::Entity::find()
        .filter(agent::Column::Id.is_in(ids))
        .all(db)
        .await?;
    let chats: HashMap<i64, Option<i64>> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::TelegramId)
        .filter(user::Column::Id.is_in(rows.iter().filter_map(|row| row.user_id)))
        .into_tuple::<(i64, Option<i64>)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let telegram_id = row.user_id.and_then(|id| chats.get(&id).copied().flatten());
            let agent = AgentRef {
                agent_id: row.id,
                name: row.name,
                user_id: row.user_id,
                telegram_id,
            };
            (row.id, agent)
        })
        .collect())
}
