//! The columns of each report, and its rows as cells.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    Actor, Store,
    ledger::{self, Key, ResponseRow, ShiftRow, TaskRow},
    zone,
};
use locales::{Lang, Sentence};

use super::{Order, Report};
use crate::{Cell, Result, words};

/// Titles and widths.
pub fn columns(report: Report) -> Vec<(Sentence, u16)> {
    match report {
        Report::Tasks => vec![
            (Sentence::PaperCode, 22),
            (Sentence::PaperTask, 34),
            (Sentence::PaperKind, 16),
            (Sentence::PaperStatus, 13),
            (Sentence::PaperPriority, 11),
            (Sentence::PaperUnit, 14),
            (Sentence::PaperLead, 20),
            (Sentence::PaperPlace, 24),
            (Sentence::PaperPlanned, 17),
            (Sentence::PaperDue, 17),
            (Sentence::PaperStarted, 17),
            (Sentence::PaperEnded, 17),
            (Sentence::PaperMinutes, 9),
            (Sentence::PaperPeople, 9),
            (Sentence::PaperReports, 9),
        ],
        Report::Response => vec![
            (Sentence::PaperCode, 22),
            (Sentence::PaperTask, 30),
            (Sentence::PaperPriority, 11),
            (Sentence::PaperUnit, 14),
            (Sentence::PaperAgent, 22),
            (Sentence::PaperBadge, 10),
            (Sentence::PaperState, 13),
            (Sentence::PaperReason, 18),
            (Sentence::PaperOfferedAt, 17),
            (Sentence::PaperAcknowledgedAt, 17),
            (Sentence::PaperOnSiteAt, 17),
            (Sentence::PaperCompletedAt, 17),
            (Sentence::PaperToAcknowledge, 9),
            (Sentence::PaperToArrive, 9),
            (Sentence::PaperToComplete, 9),
            (Sentence::PaperRings, 7),
        ],
        Report::Shifts => vec![
            (Sentence::PaperAgent, 26),
            (Sentence::PaperBadge, 10),
            (Sentence::PaperUnit, 16),
            (Sentence::PaperStatus, 12),
            (Sentence::PaperStarts, 17),
            (Sentence::PaperEnds, 17),
            (Sentence::PaperPresent, 17),
            (Sentence::PaperEnded, 17),
            (Sentence::PaperHours, 9),
            (Sentence::PaperNote, 36),
        ],
    }
}

/// Reads a report page by page.
pub struct Reader {
    order: Order,
    after: Option<Key>,
}

/// How rows are shown.
#[derive(Clone, Copy)]
struct Look {
    lang: Lang,
    zone: Tz,
    now: DateTime<Utc>,
}

impl Reader {
    pub fn new(order: &Order) -> Self {
        Self {
            order: order.clone(),
            after: None,
        }
    }

    /// The next page; none when all has been read.
    pub async fn next(&mut self, store: &Store, actor: &Actor) -> Result<Vec<Vec<Cell>>> {
        let look = Look {
            lang: self.order.lang,
            zone: store.rules().zone,
            now: store.now(),
        };
        let (wanted, after) = (self.order.wanted, self.after);
        Ok(match self.order.report {
            Report::Tasks => {
                let rows = ledger::tasks(store, actor, wanted, after).await?;
                self.after = rows.last().map(|row| (row.at, row.id));
                rows.into_iter().map(|row| look.task(row)).collect()
            }
            Report::Response => {
                let rows = ledger::responses(store, actor, wanted, after).await?;
                self.after = rows.last().map(|row| (row.at, row.id));
                rows.into_iter().map(|row| look.response(row)).collect()
            }
            Report::Shifts => {
                let rows = ledger::shifts(store, actor, wanted, after).await?;
                self.after = rows.last().map(|row| (row.at, row.id));
                rows.into_iter().map(|row| look.shift(row)).collect()
            }
        })
    }
}

impl Look {
    fn at(self, at: DateTime<Utc>) -> Cell {
        Cell::Time(zone::to_local(at, self.zone))
    }

    fn maybe(self, at: Option<DateTime<Utc>>) -> Cell {
        at.map_or(Cell::Nothing, |at| self.at(at))
    }

    fn task(self, row: TaskRow) -> Vec<Cell> {
        let title = if row.drill {
            format!("{} · {}", Sentence::TaskCardDrill.to(self.lang), row.title)
        } else {
            row.title
        };
        let worked = minutes(row.started_at, row.ended_at)
            .map(|worked| worked - row.paused_seconds as f64 / 60.0);
        vec![
            Cell::text(row.code),
            Cell::text(title),
            Cell::text(row.kind),
            Cell::text(words::status(row.status, self.lang)),
            Cell::text(words::priority(row.priority, self.lang)),
            Cell::maybe(row.unit),
            Cell::maybe(row.lead),
            Cell::maybe(row.place),
            self.maybe(row.planned_start),
            self.maybe(row.due),
            self.maybe(row.started_at),
            self.maybe(row.ended_at),
            decimal(worked),
            Cell::Number(row.people),
            Cell::Number(row.reports),
        ]
    }

    fn response(self, row: ResponseRow) -> Vec<Cell> {
        vec![
            Cell::text(row.code),
            Cell::text(row.title),
            Cell::text(words::priority(row.priority, self.lang)),
            Cell::maybe(row.unit),
            Cell::text(row.agent),
            Cell::maybe(row.badge),
            Cell::text(words::state(row.state, self.lang)),
            Cell::maybe(row.reason),
            self.at(row.at),
            self.maybe(row.acknowledged_at),
            self.maybe(row.on_site_at),
            self.maybe(row.completed_at),
            decimal(minutes(Some(row.at), row.acknowledged_at)),
            decimal(minutes(row.acknowledged_at, row.on_site_at)),
            decimal(minutes(row.on_site_at, row.completed_at)),
            Cell::Number(row.rings.into()),
        ]
    }

    /// The minutes somebody was there: until now while it runs, none before it begins.
    fn worked(self, row: &ShiftRow) -> Option<f64> {
        let until = row.ended_at.unwrap_or(row.ends_at).min(self.now);
        let since = row.present_at.filter(|_| row.at <= self.now);
        minutes(since, Some(until))
    }

    fn shift(self, row: ShiftRow) -> Vec<Cell> {
        let hours = self.worked(&row).map(|minutes| minutes / 60.0);
        vec![
            Cell::text(row.agent),
            Cell::maybe(row.badge),
            Cell::maybe(row.unit),
            Cell::text(words::shift(row.status, self.lang)),
            self.at(row.at),
            self.at(row.ends_at),
            self.maybe(row.present_at),
            self.maybe(row.ended_at),
            decimal(hours),
            Cell::maybe(row.note),
        ]
    }
}

/// From one to the other, when both are known and in this order.
fn minutes(from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> Option<f64> {
    let span = until? - from?;
    (span >= chrono::TimeDelta::zero()).then(|| span.as_seconds_f64() / 60.0)
}

fn decimal(number: Option<f64>) -> Cell {
    number.map_or(Cell::Nothing, Cell::Decimal)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::shift::ShiftStatus;

    use super::*;

    /// The minutes of a shift of ten hours that begins, was taken up and was ended so many hours from now.
    fn worked(begins: i64, present: Option<i64>, ended: Option<i64>) -> Option<f64> {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let at = |hours: i64| now + TimeDelta::hours(hours);
        let look = Look {
            lang: Lang::Es,
            zone: Tz::UTC,
            now,
        };
        look.worked(&ShiftRow {
            id: 1,
            at: at(begins),
            agent: "Ana".into(),
            badge: None,
            unit: None,
            status: ShiftStatus::Planned,
            ends_at: at(begins + 10),
            present_at: present.map(at),
            ended_at: ended.map(at),
            note: None,
        })
    }

    #[test]
    fn only_hours_that_are_over_count() {
        assert_eq!(worked(-3, Some(-3), None), Some(180.0), "it runs");
        assert_eq!(worked(-12, Some(-11), None), Some(540.0), "it is over");
        assert_eq!(worked(-5, Some(-5), Some(-1)), Some(240.0), "ended before");
        assert_eq!(worked(1, Some(-1), None), None, "he is there too early");
        assert_eq!(worked(-3, None, None), None, "nobody was there");
    }
}
