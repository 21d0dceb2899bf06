//! A month on buttons: days to tap, arrows to the months beside it, and today.

use chrono::{Datelike, Days, Months, NaiveDate};
use locales::Sentence;

use crate::{
    dialogues::choice,
    keyboards::{Button, Rows},
    view::View,
};

/// What stands on buttons that mean nothing.
pub const NOTHING: &str = "-";

/// The month around `month`, in which no day before `first` can be tapped.
pub fn rows(
    view: &View,
    serial: i64,
    month: Option<NaiveDate>,
    first: NaiveDate,
    today: NaiveDate,
) -> Rows {
    let start = month.unwrap_or(first).max(first);
    let start = start.with_day(1).unwrap_or(start);
    let button = |label: String, word: String| {
        let choice = word;
        (label, Button::Step { serial, choice })
    };
    let nothing = |label: &str| button(label.into(), NOTHING.into());
    let day = |day: Option<NaiveDate>| match day {
        Some(day) if day >= first => button(day.day().to_string(), format!("day:{day}")),
        _ => nothing("·"),
    };
    let before = (start > first)
        .then(|| start.checked_sub_months(Months::new(1)))
        .flatten();
    let after = start.checked_add_months(Months::new(1));
    let turn = |arrow: &str, month: Option<NaiveDate>| match month {
        Some(month) => button(arrow.into(), format!("month:{month}")),
        None => nothing("·"),
    };
    let names = view.say(&Sentence::CalendarDays);
    let mut rows = Rows::default()
        .row([
            turn("⬅️", before),
            nothing(&head(view, start)),
            turn("➡️", after),
        ])
        .row(names.split_whitespace().map(nothing));
    for week in weeks(start) {
        rows = rows.row(week.map(day));
    }
    match today >= first {
        true => rows.row([choice(view, serial, &Sentence::ButtonToday, "today")]),
        false => rows,
    }
}

fn head(view: &View, start: NaiveDate) -> String {
    let names = view.say(&Sentence::CalendarMonths);
    let name = names.split_whitespace().nth(start.month0() as usize);
    view.say(&Sentence::CalendarHead {
        month: name.unwrap_or_default().into(),
        // As words: a number would get a separator.
        year: start.year().to_string().into(),
    })
}

/// The weeks of a month from Monday on; days of other months are left out.
fn weeks(start: NaiveDate) -> Vec<[Option<NaiveDate>; 7]> {
    let skipped = u64::from(start.weekday().num_days_from_monday());
    let mut weeks = Vec::new();
    let mut monday = start.checked_sub_days(Days::new(skipped)).unwrap_or(start);
    while monday <= start || monday.month() == start.month() {
        weeks.push(std::array::from_fn(|number| {
            monday
                .checked_add_days(Days::new(number as u64))
                .filter(|day| (day.year(), day.month()) == (start.year(), start.month()))
        }));
        match monday.checked_add_days(Days::new(7)) {
            Some(next) => monday = next,
            None => break,
        }
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_has_each_of_its_days_once_below_its_weekday() {
        for number in 0..48 {
            let start = NaiveDate::from_ymd_opt(2026, 1, 1)
                .and_then(|day| day.checked_add_months(Months::new(number)))
                .expect("a month");
            let weeks = weeks(start);
            assert!((4..=6).contains(&weeks.len()), "{start}");
            let mut due = start;
            for week in &weeks {
                for (place, day) in week.iter().enumerate() {
                    let Some(day) = day else { continue };
                    assert_eq!(*day, due);
                    assert_eq!(day.weekday().num_days_from_monday() as usize, place);
                    due = due.succ_opt().expect("not the end of time");
                }
            }
            assert_eq!((due.day(), due.month()), (1, start.month() % 12 + 1));
        }
    }
}
