//! Whether a report is longer than paper takes: asked before it begins, and counted no further than that.

use sea_orm::FromQueryResult;

use super::{ROUNDS, ReportName, Scope, WHEN, homes};
use crate::{Result, Tx, asked::Asked};

#[derive(FromQueryResult)]
struct Counted {
    count: i64,
}

/// Whether it has more rows than so many.
pub(super) async fn is_longer(
    tx: &Tx,
    scope: &Scope,
    report: ReportName,
    most: u64,
) -> Result<bool> {
    let mut asked = Asked::of(tx.db());
    asked.add("SELECT COUNT(*) AS count FROM (");
    match report {
        ReportName::Tasks => {
            scope.page(&mut asked, "SELECT t.id FROM tasks t", (WHEN, "t.id"), None);
            scope.of_units(&mut asked, "t.unit_id");
        }
        ReportName::Response => rounds(&mut asked, scope, most),
        ReportName::Shifts => {
            let part = format!(" LIMIT {}", most + 1);
            homes::add(&mut asked, scope, "SELECT s.id FROM shifts s", None, &part);
        }
    }
    asked.add(&format!(" LIMIT {}) AS counted", most + 1));
    let counted: Vec<Counted> = asked.all(tx.db()).await?;
    Ok(counted.iter().any(|row| row.count.unsigned_abs() > most))
}

fn rounds(asked: &mut Asked, scope: &Scope, most: u64) {
    for (number, (table, id, _)) in ROUNDS.into_iter().enumerate() {
        let union = if number > 0 { " UNION ALL " } else { "" };
        asked.add(&format!("{union}SELECT * FROM ("));
        let select = format!("SELECT a.id FROM {table} a JOIN tasks t ON t.id = a.task_id");
        scope.page(asked, &select, ("a.offered_at", id), None);
        scope.of_units(asked, "t.unit_id");
        asked.add(&format!(" LIMIT {}) AS rounds", most + 1));
    }
}
