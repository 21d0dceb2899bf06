//! What was done in a period: by a person, in a unit, in one's whole scope. Summed up by the database; of days that are
//! over the sums are kept, so that a page costs the same among ten thousand tasks and among millions.

use std::{collections::BTreeMap, ops::AddAssign};

use chrono::{Datelike, Days, NaiveDate, TimeDelta};

use crate::{Actor, Refusal, Result, Store, error::Problem, user, zone};

mod count;
mod keep;
mod kept;
mod listed;
mod whose;

pub(crate) use keep::{keep, spoil};
pub(crate) use kept::ended;
pub use listed::{Answered, Counted, Stretch, answers, tasks};
use whose::unit_or_scope;
pub(crate) use whose::{Whose, scope};

/// The most days of a period.
pub const DAYS_MOST: i64 = 366;

/// Years that both databases keep, with room for the day after.
const YEARS: std::ops::Range<i32> = 1970..9999;

/// More days than these are shown as weeks.
const DAYS_APART: i64 = 62;

/// Days of the installation's zone, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Period {
    /// Some days in a row.
    ///
    /// # Errors
    /// Refused when the end comes before the beginning, when it is too long, or of a year that no calendar here shows.
    pub fn new(from: NaiveDate, until: NaiveDate) -> Result<Self, Refusal> {
        match (until - from).num_days() {
            0..DAYS_MOST if YEARS.contains(&from.year()) && YEARS.contains(&until.year()) => {
                Ok(Self { from, until })
            }
            _ => Err(Refusal::invalid("until", Problem::OutOfRange)),
        }
    }

    /// The last `days` days, today included.
    pub fn last(store: &Store, days: i64) -> Self {
        let until = zone::to_local(store.now(), store.rules().zone).date();
        let from = until - TimeDelta::days(days.clamp(1, DAYS_MOST) - 1);
        Self { from, until }
    }

    pub(crate) fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from
            .iter_days()
            .take_while(move |day| *day <= self.until)
    }

    fn is_long(self) -> bool {
        (self.until - self.from).num_days() >= DAYS_APART
    }

    /// The first day of what this day is shown with.
    fn shown_with(self, day: NaiveDate) -> NaiveDate {
        let into = if self.is_long() {
            (day - self.from).num_days() % 7
        } else {
            0
        };
        day - TimeDelta::days(into)
    }

    /// First day and number of days of everything that is shown apart.
    fn parts(self) -> Vec<(NaiveDate, Days)> {
        let step = if self.is_long() { 7 } else { 1 };
        let firsts = self.days().step_by(step);
        let parts = firsts.map(|first| {
            let left = (self.until - first).num_days() + 1;
            (first, Days::new((step as u64).min(left.unsigned_abs())))
        });
        parts.collect()
    }
}

/// How long something took, on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub mean_seconds: f64,
    /// Of how many.
    pub count: u64,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub completed: u64,
    pub cancelled: u64,
    /// Completed ones of which it was known when they should end.
    pub timed: u64,
    /// Those of them that ended by then.
    pub on_time: u64,
    pub reports: u64,
    acknowledged: (u64, f64),
    on_site: (u64, f64),
    worked: (u64, f64),
}

impl Sums {
    /// From being offered to the answer.
    pub fn to_acknowledge(&self) -> Option<Interval> {
        mean(self.acknowledged)
    }

    /// From the answer to being there.
    pub fn to_arrive(&self) -> Option<Interval> {
        mean(self.on_site)
    }

    /// From being there to the end of the task.
    pub fn to_complete(&self) -> Option<Interval> {
        mean(self.worked)
    }

    /// The part of tasks that ended in time, 0 to 1.
    pub fn on_time_share(&self) -> Option<f64> {
        (self.timed > 0).then(|| self.on_time as f64 / self.timed as f64)
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn mean((count, seconds): (u64, f64)) -> Option<Interval> {
    (count > 0).then(|| Interval {
        mean_seconds: seconds / count as f64,
        count,
    })
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.completed += other.completed;
        self.cancelled += other.cancelled;
        self.timed += other.timed;
        self.on_time += other.on_time;
        self.reports += other.reports;
        for (ours, theirs) in [
            (&mut self.acknowledged, other.acknowledged),
            (&mut self.on_site, other.on_site),
            (&mut self.worked, other.worked),
        ] {
            ours.0 += theirs.0;
            ours.1 += theirs.1;
        }
    }
}

/// What was done in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    pub period: Period,
    pub total: Sums,
    /// By day; in long periods by week, called by its first day. Days without anything too.
    pub days: BTreeMap<NaiveDate, Sums>,
}

impl Figures {
    fn of(period: Period, parts: impl IntoIterator<Item = (NaiveDate, Sums)>) -> Self {
        let mut days: BTreeMap<_, _> = period
            .parts()
            .into_iter()
            .map(|(first, _)| (first, Sums::default()))
            .collect();
        let mut total = Sums::default();
        for (day, sums) in parts {
            total += sums;
            *days.entry(period.shown_with(day)).or_default() += sums;
        }
        Self {
            period,
            total,
            days,
        }
    }
}

/// What somebody did: of himself, of people in one's units, of anybody at level 3.
///
/// # Errors
/// Missing for whom one may not see.
pub async fn of_user(
    store: &Store,
    actor: &Actor,
    user_id: i64,
    period: Period,
) -> Result<Figures> {
    let user = user::find(store, actor, user_id).await?;
    let agent_id = user.agent_id.unwrap_or_default();
    figures(store, &Whose::Person { user_id, agent_id }, period).await
}

/// What was done in a unit, for its supervisors and level 3.
///
/// # Errors
/// Refused for others, missing when there is no such unit.
pub async fn of_unit(
    store: &Store,
    actor: &Actor,
    unit_id: i64,
    period: Period,
) -> Result<Figures> {
    let whose = unit_or_scope(store, actor, Some(unit_id)).await?;
    figures(store, &whose, period).await
}

/// What was done in one's scope: everywhere, in one's units, by oneself.
pub async fn of_scope(store: &Store, actor: &Actor, period: Period) -> Result<Figures> {
    figures(store, &scope(actor), period).await
}

async fn figures(store: &Store, whose: &Whose, period: Period) -> Result<Figures> {
    let (db, zone) = (store.reader(), store.rules().zone);
    if matches!(whose, Whose::Person { .. }) {
        let counted = count::count(db, &period.parts(), zone, whose).await?;
        return Ok(Figures::of(period, counted));
    }
    let (days, mut sums) = kept::read(db, zone, whose, period).await?;
    let missing: Vec<_> = period
        .days()
        .filter(|day| !days.contains(day))
        .map(|day| (day, Days::new(1)))
        .collect();
    sums.extend(count::count(db, &missing, zone, whose).await?);
    Ok(Figures::of(period, sums))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a literal of the test")
    }

    #[test]
    fn long_periods_are_shown_by_week() {
        let year = Period::new(day("2026-01-01"), day("2026-12-31")).expect("a year");
        let parts = year.parts();
        assert_eq!(parts.len(), 53);
        assert_eq!(parts[52], (day("2026-12-31"), Days::new(1)));
        assert_eq!(year.shown_with(day("2026-01-14")), day("2026-01-08"));
        let month = Period::new(day("2026-01-01"), day("2026-01-31")).expect("a month");
        assert_eq!(month.parts().len(), 31);
        assert!(Period::new(day("2026-01-02"), day("2026-01-01")).is_err());
        assert!(Period::new(day("2024-01-01"), day("2026-01-01")).is_err());
    }

    #[test]
    fn nothing_is_known_without_data() {
        let none = Sums::default();
        assert_eq!(none.on_time_share(), None);
        assert_eq!(none.to_acknowledge(), None);
        assert!(none.is_empty());
    }
}
