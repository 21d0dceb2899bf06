//! An overview for supervisors, unasked: in the morning, and when the shift changes.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{
    agent,
    leave::{self, LeaveStatus},
    shift::{self, ShiftStatus},
    task, unit,
};

use crate::{
    Actor, Result, Store, Tx,
    actor::Level,
    agent::within_scope,
    availability, duty, late,
    nudge::{self, Told},
    outbox::Notice,
    shift::{Shift, load},
    stats::{self, Overview},
    task::visible,
    timer::{self, Due},
    zone,
};

/// By the clock of the installation's zone.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).unwrap();

/// What is later than this is no morning, and no change of shift, any more.
const TOO_LATE: TimeDelta = TimeDelta::hours(4);

/// A shift that began longer ago is no change any more: somebody planned it afterwards.
const CHANGING: TimeDelta = TimeDelta::minutes(15);

/// Those whose shift begins at the same moment have a minute to say that they are there.
const SETTLED: TimeDelta = TimeDelta::minutes(1);

/// The most that is named of anything.
const NAMED: u64 = 5;

/// What a supervisor should know now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// One unit when its shift changes, else all of his.
    pub unit: Option<String>,
    pub figures: Overview,
    /// Whose shift runs, and who did not say that they are there; not all of them are named.
    pub on_shift: u64,
    pub absent: Vec<String>,
    /// Codes and titles of what is late; not all of them.
    pub late: Vec<(String, String)>,
    /// Leave that somebody has to decide about.
    pub leaves: u64,
}

/// Whose eyes an overview is read with, and what it counts is listed: those of one unit, or the person's own.
pub fn scope(actor: &Actor, unit_id: Option<i64>) -> Actor {
    match unit_id {
        Some(id) => Actor {
            level: Level::Supervisor,
            unit_ids: vec![id],
            user_id: None,
            agent_id: None,
            ..actor.clone()
        },
        None => actor.clone(),
    }
}

/// Whether an overview that was put on its way at `since` may reach this person now: not off duty, and not hours later.
pub async fn bears(store: &Store, reader: &Actor, since: DateTime<Utc>) -> Result<bool> {
    Ok(store.now() - since < TOO_LATE && nudge::may_ring(store, reader).await?)
}

/// The overview as it is now for this person.
pub async fn read(store: &Store, actor: &Actor, unit_id: Option<i64>) -> Result<Digest> {
    let narrow = scope(actor, unit_id);
    let db = store.reader();
    let unit = match unit_id {
        Some(id) => unit::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let running = running(store.now());
    let on_shift = shift::Entity::find()
        .filter(within_scope(&narrow, shift::Column::AgentId))
        .filter(running.clone());
    let missing = Query::select()
        .column(shift::Column::AgentId)
        .from(shift::Entity)
        .cond_where(running)
        .and_where(Expr::col(shift::Column::PresentAt).is_null())
        .to_owned();
    let absent = agent::Entity::find()
        .select_only()
        .column(agent::Column::Name)
        .filter(within_scope(&narrow, agent::Column::Id))
        .filter(agent::Column::Id.in_subquery(missing))
        .order_by_asc(agent::Column::Name)
        .limit(NAMED)
        .into_tuple();
    let late = task::Entity::find()
        .select_only()
        .column(task::Column::Code)
        .column(task::Column::Title)
        .filter(visible::to(&narrow))
        .filter(late::is_late(store.now()))
        .order_by_asc(task::Column::WindowEndAt)
        .limit(NAMED)
        .into_tuple();
    let leaves = leave::Entity::find()
        .filter(within_scope(&narrow, leave::Column::AgentId))
        .filter(leave::Column::Status.eq(LeaveStatus::Requested));
    Ok(Digest {
        unit: unit.map(|unit| unit.name),
        figures: stats::overview(store, &narrow).await?,
        on_shift: on_shift.count(db).await?,
        absent: absent.all(db).await?,
        late: late.all(db).await?,
        leaves: leaves.count(db).await?,
    })
}

/// The most shifts that are listed.
const LISTED: u64 = 200;

/// Whose shift runs, as an overview counts them.
pub async fn on_shift(store: &Store, actor: &Actor, unit_id: Option<i64>) -> Result<Vec<Shift>> {
    let narrow = scope(actor, unit_id);
    let rows = shift::Entity::find()
        .filter(within_scope(&narrow, shift::Column::AgentId))
        .filter(running(store.now()))
        .order_by_asc(shift::Column::StartsAt)
        .order_by_asc(shift::Column::Id)
        .limit(LISTED)
        .all(store.reader())
        .await?;
    load(store.reader(), rows).await
}

/// Shifts that run, of people who are not on leave. By the clock: what should have ended by now may wait for its timer,
/// after a night in which nothing ran.
fn running(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(shift::Column::Status.eq(ShiftStatus::Active))
        .add(shift::Column::EndsAt.gt(now))
        .add(availability::excused(now).not())
}

/// The next morning.
fn morning(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = zone::to_local(now, zone).date();
    let at = |day: chrono::NaiveDate| zone::to_utc(day.and_time(MORNING), zone);
    match at(today) {
        first if first > now => first,
        first => today.checked_add_days(Days::new(1)).map_or(first, at),
    }
}

/// Makes sure that a morning is waited for.
pub(crate) async fn start(tx: &mut Tx) -> Result<()> {
    let at = morning(tx.now(), tx.rules().zone);
    timer::ensure(tx, &Due::Morning, at).await
}

/// It is morning.
pub(crate) async fn good_morning(tx: &mut Tx, due_at: DateTime<Utc>) -> Result<()> {
    if tx.now() - due_at < TOO_LATE {
        let readers = duty::all_in_charge(tx).await?;
        nudge::tell(
            tx,
            Told::Overview,
            readers,
            Notice::Digest { unit_id: None },
        )
        .await?;
    }
    let at = morning(tx.now(), tx.rules().zone);
    timer::set(tx, &Due::Morning, at).await
}

/// Shifts of these units have begun: one overview for each unit and moment.
pub(crate) async fn announce(tx: &mut Tx, begun: &[shift::Model]) -> Result<()> {
    let recent = tx.now() - CHANGING;
    let changes: BTreeSet<(i64, DateTime<Utc>)> = begun
        .iter()
        .filter(|row| row.starts_at > recent)
        .filter_map(|row| Some((row.unit_id?, row.starts_at)))
        .collect();
    for (unit_id, at) in changes {
        let due_at = tx.now() + SETTLED;
        timer::ensure(tx, &Due::Changeover { unit_id, at }, due_at).await?;
    }
    Ok(())
}

/// Two transactions that began shifts of one moment may each have set a timer: the unit's row is locked, so that the
/// second one sees that the first is done.
pub(crate) async fn lock(tx: &Tx, unit_id: i64) -> Result<()> {
    let row = unit::Entity::find_by_id(unit_id).lock_exclusive();
    row.one(tx.db()).await?;
    Ok(())
}

/// The shift of a unit has changed.
pub(crate) async fn changed(tx: &mut Tx, timer_id: i64, unit_id: i64) -> Result<()> {
    if timer::twin_fired(tx, timer_id).await? {
        return Ok(());
    }
    let readers = duty::in_charge(tx, Some(unit_id)).await?;
    let notice = Notice::Digest {
        unit_id: Some(unit_id),
    };
    nudge::tell(tx, Told::Overview, readers, notice).await
}
