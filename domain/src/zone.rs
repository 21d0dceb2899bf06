//! Plans are local wall time in a zone; this is where they become moments.

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
    Timelike, Utc,
};
use chrono_tz::Tz;

use crate::{Refusal, error::Problem};

/// How far from now anything can be planned or asked for.
const REACH: TimeDelta = TimeDelta::days(3653);

/// Reads an IANA name such as `America/Argentina/Buenos_Aires`.
///
/// # Errors
/// Refused when there is no such zone.
pub fn parse(name: &str) -> Result<Tz, Refusal> {
    name.parse()
        .map_err(|_| Refusal::invalid("zone", Problem::Unknown))
}

/// The moment a wall clock in `zone` shows `local`. A time that is skipped in spring means the same
/// distance after the gap's start; one that comes twice in autumn means the first.
pub fn to_utc(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => to_utc(local - TimeDelta::hours(1), zone) + TimeDelta::hours(1),
    }
}

/// The moment at which a day begins in `zone`.
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    to_utc(day.and_time(NaiveTime::MIN), zone)
}

/// What a wall clock in `zone` shows at that moment.
pub fn to_local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// Refuses a moment too far from now, which no calendar and not every database could show.
pub(crate) fn check_reach(
    field: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    match (at - now).abs() <= REACH {
        true => Ok(()),
        false => Err(Refusal::invalid(field, Problem::OutOfRange)),
    }
}

/// The same for both ends of a span, which also has to end after it starts.
pub(crate) fn check_span(
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let (start, end) = (
        check_reach("starts_at", starts_at, now),
        check_reach("ends_at", ends_at, now),
    );
    Refusal::together([start.as_ref().err(), end.as_ref().err()])?;
    match ends_at > starts_at {
        true => Ok(()),
        false => Err(Refusal::invalid("ends_at", Problem::Order)),
    }
}

/// The same for a day.
pub(crate) fn check_day(field: &str, day: NaiveDate, now: DateTime<Utc>) -> Result<(), Refusal> {
    check_reach(field, day.and_time(NaiveTime::MIN).and_utc(), now)
}

/// The year in which a code is given out.
pub fn year(at: DateTime<Utc>, zone: Tz) -> i32 {
    to_local(at, zone).year()
}

/// Day is from 06:00 to before 18:00 local time; everything else is night.
pub fn is_day(at: DateTime<Utc>, zone: Tz) -> bool {
    (6..18).contains(&to_local(at, zone).hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().expect("a literal of the test")
    }

    #[test]
    fn a_skipped_hour_moves_behind_the_gap() {
        let at = to_utc(local("2026-03-29T02:30:00"), chrono_tz::Europe::Madrid);
        assert_eq!(at.to_rfc3339(), "2026-03-29T01:30:00+00:00");
    }

    #[test]
    fn a_doubled_hour_means_the_first() {
        let at = to_utc(local("2026-10-25T02:30:00"), chrono_tz::Europe::Madrid);
        assert_eq!(at.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_behind_the_gap() {
        let day = local("2027-09-05T12:00:00").date();
        let at = midnight(day, chrono_tz::America::Santiago);
        assert_eq!(at.to_rfc3339(), "2027-09-05T04:00:00+00:00");
    }

    #[test]
    fn there_and_back() {
        let zone = chrono_tz::America::Argentina::Buenos_Aires;
        let noon = local("2026-11-22T12:00:00");
        assert_eq!(to_local(to_utc(noon, zone), zone), noon);
    }
}
