//! Shifts from a file of comma or semicolon separated values.
//!
//! The first line names the columns, in any order: `badge`, `date` (`2026-12-01` or `01/12/2026`), `start` and
//! `end` (`22:00`; an end that is not after the start is of the next day), and as one likes `zone` and `unit`.
//! Nothing in a cell is ever evaluated: what begins like a formula is refused.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Deserialize;

use ::entity::{agent, unit};

use super::{
    Lot, Planned, Rest,
    lot::{plan, sort_out},
};
use crate::{
    Actor, Refusal, Result, Rules, Store, Tx,
    actor::Level,
    agent::within_scope,
    duty,
    error::{Invalid, Problem},
    zone,
};

mod lines;

pub use lines::BYTES_MOST;
pub(crate) use lines::{Cell, cell, lines};

/// One thing that is wrong with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Counts the names of the columns as the first.
    pub line: u64,
    pub field: String,
    pub problem: Problem,
}

/// What a file would plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Lines that were read.
    pub rows: usize,
    pub errors: Vec<RowError>,
    pub lot: Lot,
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    badge: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    start: String,
    #[serde(default)]
    end: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    unit: String,
}

/// What a file would plan, line by line. Nothing is stored.
///
/// # Errors
/// Supervisors, for their units' agents; refused when the file is too large or has no such columns.
pub async fn preview_import(store: &Store, actor: &Actor, file: &[u8]) -> Result<Import> {
    let (mut import, wanted) =
        read(store.reader(), (store.rules(), store.now()), actor, file).await?;
    import.lot = sort_out(store.reader(), wanted).await?;
    Ok(import)
}

/// Plans a file.
///
/// # Errors
/// Those of [`preview_import`]; when all of it was wanted, what is wrong with it as a refusal.
pub async fn plan_import(tx: &mut Tx, actor: &Actor, file: &[u8], rest: Rest) -> Result<Import> {
    let (mut import, wanted) = read(tx.db(), (tx.rules(), tx.now()), actor, file).await?;
    if let (Rest::Nothing, false) = (rest, import.errors.is_empty()) {
        let errors = import.errors.iter().map(|error| Invalid {
            field: format!("line {}: {}", error.line, error.field),
            problem: error.problem,
        });
        return Err(Refusal::Invalid {
            errors: errors.collect(),
        }
        .into());
    }
    let ids: Vec<i64> = wanted.iter().map(|one| one.agent_id).collect();
    duty::lock_all(tx, actor, &ids).await?;
    import.lot = plan(tx, actor, wanted, rest).await?;
    Ok(import)
}

async fn read(
    db: &impl ConnectionTrait,
    (rules, now): (&Rules, DateTime<Utc>),
    actor: &Actor,
    file: &[u8],
) -> Result<(Import, Vec<Planned>)> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let lines = lines(file, &COLUMNS, rules.shift.batch)?;
    let people = People::of(db, actor, &lines).await?;
    let (mut import, mut wanted) = (Import::default(), Vec::new());
    for (number, line) in lines {
        import.rows += 1;
        match line.and_then(|line| people.planned(&line, rules.zone, now)) {
            Ok(one) => wanted.push(one),
            Err((field, problem)) => import.errors.push(RowError {
                line: number,
                field: field.into(),
                problem,
            }),
        }
    }
    Ok((import, wanted))
}

const COLUMNS: [&str; 4] = ["badge", "date", "start", "end"];

/// The agents and units that the lines name.
struct People {
    agents: HashMap<String, i64>,
    /// Of each agent, the first one first.
    units_of: HashMap<i64, Vec<i64>>,
    units: HashMap<String, i64>,
    /// The units into which everybody may be planned; all of them when there is no list.
    open: Option<Vec<i64>>,
}

impl People {
    async fn of(
        db: &impl ConnectionTrait,
        actor: &Actor,
        lines: &[(u64, Cell<Line>)],
    ) -> Result<Self> {
        let named = |cell: fn(&Line) -> &String| {
            let good = lines.iter().filter_map(|(_, line)| line.as_ref().ok());
            good.map(cell).cloned().collect::<BTreeSet<_>>()
        };
        let rows = agent::Entity::find()
            .filter(agent::Column::Badge.is_in(named(|line| &line.badge)))
            .filter(agent::Column::Active.eq(true))
            .filter(within_scope(actor, agent::Column::Id))
            .all(db)
            .await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let units_of = duty::units_of_all(db, &ids).await?;
        let units = unit::Entity::find()
            .filter(unit::Column::Name.is_in(named(|line| &line.unit)))
            .all(db)
            .await?;
        Ok(Self {
            agents: rows
                .into_iter()
                .filter_map(|row| Some((row.badge?, row.id)))
                .collect(),
            units_of,
            units: units.into_iter().map(|row| (row.name, row.id)).collect(),
            open: (actor.level != Level::Admin).then(|| actor.unit_ids.clone()),
        })
    }

    /// The unit of a line: the agent's first, or the one that is named, if the agent may be planned into it.
    fn unit(&self, agent_id: i64, name: &str) -> Cell<Option<i64>> {
        let his = self.units_of.get(&agent_id).map_or(&[][..], Vec::as_slice);
        if name.is_empty() {
            return Ok(his.first().copied());
        }
        let open =
            |id: &i64| his.contains(id) || self.open.as_ref().is_none_or(|all| all.contains(id));
        let found = self.units.get(name).copied().filter(open);
        found.map(Some).ok_or(("unit", Problem::Unknown))
    }

    fn planned(&self, line: &Line, default_zone: Tz, now: DateTime<Utc>) -> Cell<Planned> {
        let badge = cell("badge", &line.badge)?;
        let agent_id = *self.agents.get(badge).ok_or(("badge", Problem::Unknown))?;
        let day = date(cell("date", &line.date)?).ok_or(("date", Problem::Malformed))?;
        zone::check_day("date", day, now).map_err(|_| ("date", Problem::OutOfRange))?;
        let start = time(cell("start", &line.start)?).ok_or(("start", Problem::Malformed))?;
        let end = time(cell("end", &line.end)?).ok_or(("end", Problem::Malformed))?;
        let zone = match line.zone.as_str() {
            "" => default_zone,
            name => name.parse().map_err(|_| ("zone", Problem::Unknown))?,
        };
        let unit_id = self.unit(agent_id, &line.unit)?;
        let over_night = Days::new(u64::from(end <= start));
        let last = day
            .checked_add_days(over_night)
            .ok_or(("date", Problem::OutOfRange))?;
        let span = (day.and_time(start), last.and_time(end));
        Ok(Planned::by_the_wall(agent_id, unit_id, span, zone))
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d/%m/%Y"]
        .into_iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
}

/// Midnight at the end of a day may be written as 24:00.
fn time(text: &str) -> Option<NaiveTime> {
    let text = if text == "24:00" { "00:00" } else { text };
    ["%H:%M", "%H:%M:%S"]
        .into_iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_separators_a_mark_and_any_order_are_read() {
        for file in [
            "badge,date,start,end\nA7,2026-12-01,22:00,06:00\n",
            "\u{feff}End;Start;Date;Badge\r\n06:00;22:00;01/12/2026;A7\r\n",
        ] {
            let lines = lines::<Line>(file.as_bytes(), &COLUMNS, 10).expect("it is a file");
            let line = lines[0].1.as_ref().expect("a line");
            assert_eq!((line.badge.as_str(), line.end.as_str()), ("A7", "06:00"));
            assert_eq!(date(&line.date), NaiveDate::from_ymd_opt(2026, 12, 1));
            assert_eq!(lines[0].0, 2);
        }
    }

    #[test]
    fn empty_lines_count_and_so_do_those_within_quotes() {
        for end in ["\n", "\r\n"] {
            let file = [
                "badge,date,start,end",
                "",
                "A7,x,x,x",
                "",
                "",
                "\"A\n8\",x,x,x",
                "A9,x,x,x",
            ];
            let lines =
                lines::<Line>(file.join(end).as_bytes(), &COLUMNS, 10).expect("it is a file");
            let numbers: Vec<u64> = lines.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, [3, 6, 8], "{end:?}");
        }
    }

    #[test]
    fn formulas_and_too_much_are_refused() {
        assert_eq!(
            cell("badge", "=HYPERLINK(\"x\")"),
            Err(("badge", Problem::Malformed))
        );
        assert_eq!(cell("badge", "A-7"), Ok("A-7"));
        let many = format!("badge,date,start,end\n{}", "A,B,C,D\n".repeat(11));
        assert!(lines::<Line>(many.as_bytes(), &COLUMNS, 10).is_err());
        assert!(lines::<Line>(b"name,day\nx,y\n", &COLUMNS, 10).is_err());
    }

    #[test]
    fn midnight_can_be_twenty_four() {
        assert_eq!(time("24:00"), NaiveTime::from_hms_opt(0, 0, 0));
        assert_eq!(time("25:00"), None);
    }
}
