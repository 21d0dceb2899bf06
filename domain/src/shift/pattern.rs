//! Weekly patterns: the same hours on some days of the week, for several people.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;

use super::{
    Lot, Planned, Rest,
    lot::{plan, sort_out},
};
use crate::{
    Actor, Refusal, Result, Store, Tx, duty,
    error::{Invalid, Problem},
    zone,
};

/// Shifts that repeat.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub agent_ids: Vec<i64>,
    pub weekdays: Vec<Weekday>,
    /// Wall time.
    pub start: NaiveTime,
    /// Wall time; of the next day when it is not after the start.
    pub end: NaiveTime,
    /// The installation's zone when there is none.
    pub zone: Option<Tz>,
    pub from: NaiveDate,
    /// The last day on which one may begin.
    pub until: NaiveDate,
    /// The first unit of each agent when there is none.
    pub unit_id: Option<i64>,
}

/// The most days from the first to the last.
const DAYS: i64 = 366;

impl Pattern {
    /// Every shift it means, by day and then by agent; the units are not known yet.
    pub fn shifts(&self, default_zone: Tz) -> Vec<Planned> {
        let zone = self.zone.unwrap_or(default_zone);
        let days = self
            .from
            .iter_days()
            .take_while(|day| *day <= self.until)
            .filter(|day| self.weekdays.contains(&day.weekday()));
        let on = |day: NaiveDate| {
            let over_night = u64::from(self.end <= self.start);
            let last = day.checked_add_days(Days::new(over_night)).unwrap_or(day);
            let span = (day.and_time(self.start), last.and_time(self.end));
            let one = move |id: &i64| Planned::by_the_wall(*id, self.unit_id, span, zone);
            self.agent_ids.iter().map(one)
        };
        days.flat_map(on).collect()
    }

    /// What is wrong with it before anybody looks at shifts.
    fn check(&self, most: u32, now: DateTime<Utc>) -> Result<(), Refusal> {
        zone::check_day("from", self.from, now)?;
        zone::check_day("until", self.until, now)?;
        let days = (self.until - self.from).num_days();
        let mut errors = Vec::new();
        let mut wrong = |field: &str, problem| {
            errors.push(Invalid {
                field: field.into(),
                problem,
            });
        };
        if self.agent_ids.is_empty() {
            wrong("agent_ids", Problem::Required);
        }
        if self.weekdays.is_empty() {
            wrong("weekdays", Problem::Required);
        }
        if days < 0 {
            wrong("until", Problem::Order);
        }
        if days >= DAYS {
            wrong("until", Problem::OutOfRange);
        }
        let a_week = (days / 7 + 1) * self.weekdays.len() as i64;
        if errors.is_empty() && a_week * self.agent_ids.len() as i64 > i64::from(most) {
            errors.push(Invalid {
                field: "agent_ids".into(),
                problem: Problem::OutOfRange,
            });
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(Refusal::Invalid { errors }),
        }
    }

    fn tidy(mut self) -> Self {
        self.agent_ids.sort_unstable();
        self.agent_ids.dedup();
        self
    }
}

/// What a pattern would plan, and what stands against it on which day. Nothing is stored.
///
/// # Errors
/// Supervisors for their units' agents; refused when it means nothing or too much.
pub async fn preview_pattern(store: &Store, actor: &Actor, pattern: Pattern) -> Result<Lot> {
    let pattern = pattern.tidy();
    pattern.check(store.rules().shift.batch, store.now())?;
    duty::check(store.reader(), actor, &pattern.agent_ids).await?;
    let shifts = of_units(store.reader(), actor, &pattern, store.rules().zone).await?;
    sort_out(store.reader(), shifts).await
}

/// Plans a pattern.
///
/// # Errors
/// Those of [`preview_pattern`], and [`Refusal::ShiftClashes`] when all of it was wanted and some cannot be.
pub async fn plan_pattern(tx: &mut Tx, actor: &Actor, pattern: Pattern, rest: Rest) -> Result<Lot> {
    let pattern = pattern.tidy();
    pattern.check(tx.rules().shift.batch, tx.now())?;
    duty::lock_all(tx, actor, &pattern.agent_ids).await?;
    let shifts = of_units(tx.db(), actor, &pattern, tx.rules().zone).await?;
    plan(tx, actor, shifts, rest).await
}

/// What a pattern means, each shift with its unit.
async fn of_units(
    db: &impl ConnectionTrait,
    actor: &Actor,
    pattern: &Pattern,
    zone: Tz,
) -> Result<Vec<Planned>> {
    let units = duty::units_for(db, actor, &pattern.agent_ids, pattern.unit_id).await?;
    let shifts = pattern.shifts(zone).into_iter();
    Ok(shifts
        .map(|one| Planned {
            unit_id: units.get(&one.agent_id).copied(),
            ..one
        })
        .collect())
}
