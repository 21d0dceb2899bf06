//! Times as people write them: `18:30`, `mañana 9:00`, `25/11 14:00`.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::zone;
use locales::Sentence;

use crate::reply::CreateProblem;

/// A plan that begins now when the word says so.
pub fn planned(
    text: &str,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Option<NaiveDateTime>, CreateProblem> {
    match locales::matches(&Sentence::CreateWhenNow, text) {
        true => Ok(None),
        false => future(text, now, zone).map(Some),
    }
}

/// A plan: not in the past.
pub fn future(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<NaiveDateTime, CreateProblem> {
    let local = zone::to_local(now, zone);
    let at = parse(text, local.date()).ok_or(CreateProblem::TimeUnclear)?;
    // A minute of grace for whoever types the present time.
    if at + TimeDelta::minutes(1) < local {
        return Err(CreateProblem::TimePast {
            time: at.format("%d/%m %H:%M").to_string(),
        });
    }
    Ok(at)
}

/// A moment that has passed: a time of day that is still to come means yesterday, a day of the year the latest such day.
pub fn past(text: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let local = zone::to_local(now, zone);
    let at = parse_near(text, local.date(), Near::Before)?;
    let at = if at > local && time_of(text).is_some() {
        at - TimeDelta::days(1)
    } else {
        at
    };
    (at <= local).then(|| zone::to_utc(at, zone))
}

/// Which of the same days of several years is meant.
#[derive(Clone, Copy, PartialEq)]
enum Near {
    After,
    Before,
}

fn parse(text: &str, today: NaiveDate) -> Option<NaiveDateTime> {
    parse_near(text, today, Near::After)
}

fn parse_near(text: &str, today: NaiveDate, near: Near) -> Option<NaiveDateTime> {
    let text = text.trim();
    if let Some(time) = locales::after(&Sentence::WordToday, text) {
        return Some(today.and_time(time_of(time)?));
    }
    if near == Near::After
        && let Some(time) = locales::after(&Sentence::WordTomorrow, text)
    {
        return Some(today.succ_opt()?.and_time(time_of(time)?));
    }
    match text.split_once(' ') {
        Some((date, time)) => Some(date_of(date, today, near)?.and_time(time_of(time)?)),
        None => Some(today.and_time(time_of(text)?)),
    }
}

/// `18:30`, `18.30`, `1830h` is none; `9` and `9h` are full hours.
fn time_of(text: &str) -> Option<NaiveTime> {
    let text = text.trim().trim_end_matches(['h', 'H']).trim();
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "0"));
    NaiveTime::from_hms_opt(number(hour)?, number(minute)?, 0)
}

/// `25/11`, `25/11/2026`, `25-11`: the day comes first. Without a year, the next or the latest such day.
fn date_of(text: &str, today: NaiveDate, near: Near) -> Option<NaiveDate> {
    let parts: Vec<u32> = text.split(['/', '-']).map(number).collect::<Option<_>>()?;
    match parts[..] {
        [day, month] => {
            let this_year = NaiveDate::from_ymd_opt(today.year(), month, day);
            let (fits, other) = match near {
                Near::After => (this_year.filter(|date| *date >= today), today.year() + 1),
                Near::Before => (this_year.filter(|date| *date <= today), today.year() - 1),
            };
            fits.or_else(|| NaiveDate::from_ymd_opt(other, month, day))
                .or(this_year)
        }
        [day, month, year] => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day),
        _ => None,
    }
}

fn number(text: &str) -> Option<u32> {
    (text.len() <= 4 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::America::Argentina::Buenos_Aires;

    /// A Sunday, 12:00 on the wall.
    fn noon() -> DateTime<Utc> {
        "2026-11-22T15:00:00Z".parse().expect("a literal")
    }

    fn plan(text: &str) -> Result<String, CreateProblem> {
        future(text, noon(), ZONE).map(|at| at.to_string())
    }

    #[test]
    fn plans_as_people_write_them() {
        for (text, at) in [
            ("18:30", "2026-11-22 18:30:00"),
            ("18.30", "2026-11-22 18:30:00"),
            ("hoy 18h", "2026-11-22 18:00:00"),
            ("mañana 9:00", "2026-11-23 09:00:00"),
            ("tomorrow 9", "2026-11-23 09:00:00"),
            ("25/11 14:00", "2026-11-25 14:00:00"),
            ("25/11/2027 14:00", "2027-11-25 14:00:00"),
            ("1/2 8:00", "2027-02-01 08:00:00"),
        ] {
            assert_eq!(plan(text).as_deref(), Ok(at), "{text}");
        }
    }

    #[test]
    fn the_word_of_the_preview_means_now_in_every_language() {
        for text in ["ahora", "Ahora.", "now", "Agora"] {
            assert_eq!(planned(text, noon(), ZONE), Ok(None), "{text}");
        }
        assert_eq!(
            planned("ahorita", noon(), ZONE),
            Err(CreateProblem::TimeUnclear)
        );
    }

    #[test]
    fn nonsense_and_the_past_are_told_apart() {
        for text in [
            "",
            "pronto",
            "25:00",
            "18:30:10",
            "31/2 10:00",
            "-5",
            "99999999",
            "9:-1",
        ] {
            assert_eq!(plan(text), Err(CreateProblem::TimeUnclear), "{text}");
        }
        assert!(matches!(plan("11:00"), Err(CreateProblem::TimePast { .. })));
    }

    #[test]
    fn a_time_still_to_come_was_yesterday() {
        let at = |text| past(text, noon(), ZONE).map(|at| at.to_rfc3339());
        assert_eq!(at("11:30").as_deref(), Some("2026-11-22T14:30:00+00:00"));
        assert_eq!(at("23:00").as_deref(), Some("2026-11-22T02:00:00+00:00"));
        assert_eq!(at("sin hora"), None);
        assert_eq!(at("mañana 9:00"), None);
        assert_eq!(at("hoy 23:00"), None);
    }

    #[test]
    fn a_day_that_has_passed_is_the_latest_such_day() {
        let at = |text| past(text, noon(), ZONE).map(|at| at.to_rfc3339());
        for (text, utc) in [
            ("21/11 23:00", "2026-11-22T02:00:00+00:00"),
            ("22/11 11:00", "2026-11-22T14:00:00+00:00"),
            ("31/12 8:00", "2025-12-31T11:00:00+00:00"),
            ("21/11/2026 23:00", "2026-11-22T02:00:00+00:00"),
        ] {
            assert_eq!(at(text).as_deref(), Some(utc), "{text}");
        }
        assert_eq!(at("22/11 13:00"), None);
        assert_eq!(at("21/11/2027 23:00"), None);
    }
}
