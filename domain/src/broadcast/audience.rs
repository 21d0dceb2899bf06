//! Who shall get a broadcast: found in one statement, whatever the number.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use ::entity::{agent, last_position, unit_member, user};

use super::{
    AckMode, callers, may,
    posts::{self, Wave},
};
use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Level,
    availability,
    error::Problem,
    geo::{self, Bounds, Point},
};

/// Whom a broadcast is meant for; never whoever sends it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Audience {
    /// Everybody with an active account.
    #[default]
    All,
    Unit {
        unit_id: i64,
    },
    Supervisors,
    /// Agents who are neither off shift nor on leave, also those who say that they cannot.
    OnDuty,
    /// Whoever was seen within the circle lately.
    Radius {
        lat: f64,
        lon: f64,
        radius_m: f64,
    },
    /// Whoever was seen within the drawn area lately.
    Area {
        points: Vec<Point>,
    },
    Specialty {
        specialty: String,
    },
}

/// Somebody it is meant for.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Person {
    pub user_id: i64,
    pub name: String,
    pub chat: Option<i64>,
    pub blocked: bool,
    /// On shift or still at work, and not on leave.
    pub on_duty: bool,
    /// His call for help goes on.
    pub calling: bool,
}

/// Somebody who cannot be reached, and why: `not_linked` or `blocked`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    pub user_id: i64,
    pub name: String,
    pub why: &'static str,
}

/// Whom it would reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub recipients: usize,
    pub unreachable: Vec<Missed>,
    /// The groups of units that hear it first.
    pub groups: Vec<Wave>,
    /// What has to be typed to send it.
    pub confirm_word: Option<String>,
    /// How many calls for help go on: whoever raised them gets no drill.
    pub open_calls: u64,
    /// Those of the recipients who raised them.
    pub calling: usize,
}

impl Preview {
    /// The same of a drill, which leaves out whoever called for help.
    pub fn practised(self, drill: bool) -> Self {
        let spared = if drill { self.calling } else { 0 };
        Self {
            recipients: self.recipients.saturating_sub(spared),
            ..self
        }
    }

    /// Refuses to wait for more answers than those whom it would reach can give.
    ///
    /// # Errors
    /// [`Refusal::QuorumTooLarge`].
    pub fn check(&self, ack: AckMode) -> Result<(), Refusal> {
        ack.check(self.recipients)
    }
}

/// Whom a broadcast would reach and whom not, before it is sent.
pub async fn preview(
    store: &Store,
    actor: &Actor,
    audience: &Audience,
    protocol: Option<&str>,
) -> Result<Preview> {
    may(actor)?;
    check(audience)?;
    let people = resolve(store.reader(), audience, actor, store.now()).await?;
    let recipients = reached(&people);
    let calling = people.iter().filter(|one| one.calling);
    let calling = calling.filter(|one| is_reached(one)).count();
    let missed = people.into_iter().filter_map(|one| {
        let why = match (one.chat, one.blocked) {
            (None, _) => "not_linked",
            (_, true) => "blocked",
            _ => return None,
        };
        Some(Missed {
            user_id: one.user_id,
            name: one.name,
            why,
        })
    });
    Ok(Preview {
        recipients,
        unreachable: missed.collect(),
        groups: posts::wave(store, audience).await?,
        confirm_word: protocol
            .and_then(super::protocol::find)
            .and_then(|protocol| protocol.confirm_word),
        open_calls: callers::open_calls(store.reader()).await?,
        calling,
    })
}

/// How many of them Telegram reaches.
pub(super) fn reached(people: &[Person]) -> usize {
    people.iter().filter(|one| is_reached(one)).count()
}

fn is_reached(one: &Person) -> bool {
    one.chat.is_some() && !one.blocked
}

pub(super) async fn resolve(
    db: &impl ConnectionTrait,
    audience: &Audience,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Person>> {
    let mut select = user::Entity::find()
        .select_only()
        .column_as(user::Column::Id, "user_id")
        .column(user::Column::Name)
        .column_as(user::Column::TelegramId, "chat")
        .column_as(user::Column::UnreachableAt.is_not_null(), "blocked")
        .column_as(user::Column::Id.in_subquery(on_duty(now)), "on_duty")
        .column_as(user::Column::Id.in_subquery(callers::callers()), "calling")
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::Id.ne(actor.user_id.unwrap_or_default()))
        .order_by_asc(user::Column::Id);
    select = match audience {
        Audience::All => select,
        Audience::Unit { unit_id } => {
            select.filter(user::Column::Id.in_subquery(members(*unit_id)))
        }
        Audience::Supervisors => select.filter(user::Column::Level.gte(Level::Supervisor as i16)),
        Audience::OnDuty => select.filter(user::Column::Id.in_subquery(on_duty(now))),
        Audience::Radius { lat, lon, radius_m } => {
            let centre = centre(*lat, *lon)?;
            let ids = within(db, centre, radius_m.clamp(0.0, WIDEST_M), now).await?;
            select.filter(user::Column::Id.in_subquery(accounts(ids)))
        }
        Audience::Area { points } => {
            let ids = inside(db, points, now).await?;
            select.filter(user::Column::Id.in_subquery(accounts(ids)))
        }
        Audience::Specialty { specialty } => {
            let own = Query::select()
                .column(agent::Column::UserId)
                .from(agent::Entity)
                .and_where(Expr::col(agent::Column::Active).eq(true))
                .and_where(Expr::col(agent::Column::UserId).is_not_null())
                .and_where(Expr::col(agent::Column::Specialty).eq(specialty.as_str()))
                .to_owned();
            select.filter(user::Column::Id.in_subquery(own))
        }
    };
    Ok(select.into_model().all(db).await?)
}

/// Whether any of them is linked now; blocked ones are.
pub(crate) async fn reaches_anybody(tx: &Tx, actor: &Actor, audience: &Audience) -> Result<bool> {
    let people = resolve(tx.db(), audience, actor, tx.now()).await?;
    Ok(people.iter().any(|one| one.chat.is_some()))
}

/// What people are good at, by name.
pub async fn specialties(store: &Store) -> Result<Vec<String>> {
    let rows: Vec<Option<String>> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Specialty)
        .filter(agent::Column::Active.eq(true))
        .filter(agent::Column::Specialty.is_not_null())
        .distinct()
        .order_by_asc(agent::Column::Specialty)
        .limit(40)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

fn members(unit_id: i64) -> SelectStatement {
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).eq(unit_id))
        .to_owned()
}

fn on_duty(now: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .column(agent::Column::UserId)
        .from(agent::Entity)
        .and_where(Expr::col((agent::Entity, agent::Column::Active)).eq(true))
        .and_where(Expr::col((agent::Entity, agent::Column::UserId)).is_not_null())
        .cond_where(availability::on_duty(now))
        .to_owned()
}

fn accounts(agent_ids: Vec<i64>) -> SelectStatement {
    Query::select()
        .column(agent::Column::UserId)
        .from(agent::Entity)
        .and_where(Expr::col(agent::Column::Active).eq(true))
        .and_where(Expr::col(agent::Column::UserId).is_not_null())
        .and_where(Expr::col(agent::Column::Id).is_in(agent_ids))
        .to_owned()
}

/// How old a position may be that somebody is found by, in minutes.
pub(super) const SEEN_MINUTES: i64 = 30;

/// The corners of an area, at least three.
const CORNERS: std::ops::RangeInclusive<usize> = 3..=200;

/// The longest radius, in metres.
const WIDEST_M: f64 = 1_000_000.0;

/// Refuses a circle and an area that are none, whoever is there.
pub(crate) fn check(audience: &Audience) -> Result<(), Refusal> {
    match audience {
        Audience::Radius { lat, lon, radius_m } => {
            let (centre, radius) = (centre(*lat, *lon), check_radius(*radius_m));
            Refusal::together([centre.as_ref().err(), radius.as_ref().err()])
        }
        Audience::Area { points } => check_corners(points),
        _ => Ok(()),
    }
}

fn centre(lat: f64, lon: f64) -> Result<Point, Refusal> {
    Point::new(lat, lon).map_err(|refusal| refusal.within("audience"))
}

fn check_radius(radius_m: f64) -> Result<(), Refusal> {
    match (1.0..=WIDEST_M).contains(&radius_m) {
        true => Ok(()),
        false => Err(Refusal::invalid("audience.radius_m", Problem::OutOfRange)),
    }
}

fn check_corners(points: &[Point]) -> Result<(), Refusal> {
    if !CORNERS.contains(&points.len()) {
        return Err(Refusal::invalid("audience.points", Problem::OutOfRange));
    }
    let checked: Vec<_> = points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            let corner = Point::new(point.lat, point.lon);
            corner.map_err(|refusal| refusal.within(&format!("audience.points[{at}]")))
        })
        .collect();
    Refusal::together(checked.iter().map(|corner| corner.as_ref().err()))
}

/// Agents last seen within the area, at most half an hour ago.
async fn inside(
    db: &impl ConnectionTrait,
    points: &[Point],
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    check_corners(points)?;
    let rows = seen_between(db, geo::box_of(points), now).await?;
    Ok(rows
        .into_iter()
        .filter(|(_, point)| point.is_inside(points))
        .map(|(agent_id, _)| agent_id)
        .collect())
}

/// Agents last seen within the circle, at most half an hour ago.
async fn within(
    db: &impl ConnectionTrait,
    centre: Point,
    radius_m: f64,
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for bounds in geo::around(centre, radius_m) {
        let rows = seen_between(db, bounds, now).await?;
        found.extend(
            rows.into_iter()
                .filter(|(_, point)| point.distance_m(centre) <= radius_m)
                .map(|(agent_id, _)| agent_id),
        );
    }
    Ok(found)
}

async fn seen_between(
    db: &impl ConnectionTrait,
    bounds: Bounds,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, Point)>> {
    let rows = last_position::Entity::find()
        .filter(last_position::Column::Lat.between(bounds.south, bounds.north))
        .filter(last_position::Column::Lon.between(bounds.west, bounds.east))
        .filter(last_position::Column::RecordedAt.gte(now - TimeDelta::minutes(SEEN_MINUTES)))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let point = Point {
                lat: row.lat,
                lon: row.lon,
            };
            (row.agent_id, point)
        })
        .collect())
}

/// The account behind a chat.
pub(super) fn account_in(chat_id: i64) -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::TelegramId).eq(chat_id))
        .to_owned()
}
