//! What the database holds, and whether anything was left undone.

use std::{sync::PoisonError, time::Duration};

use anyhow::{Context, Error, Result, ensure};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use crate::{
    app::TestApp,
    panics,
    until::{DEADLINE, within},
};

const UNDONE: [(&str, &str); 2] = [
    (
        "updates wait",
        "SELECT count(*) FROM inbox WHERE status = 'pending'",
    ),
    (
        "messages wait",
        "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')",
    ),
];

impl TestApp {
    /// Rows of the database, past everything.
    pub async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_string(self.rows.get_database_backend(), sql);
        Ok(self.rows.query_all_raw(statement).await?)
    }

    /// The number that a statement of the kind `SELECT count(*) …` gives.
    pub async fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.rows(sql).await?;
        Ok(rows.first().context("a row")?.try_get_by_index(0)?)
    }

    /// Waits until every update is handled and every message that may leave has left.
    pub async fn settled(&self) -> Result<()> {
        self.settled_within(DEADLINE).await
    }

    /// The same for a test that gives much to do.
    pub async fn settled_within(&self, deadline: Duration) -> Result<()> {
        let what = "updates to be handled and messages to be sent";
        within(deadline, what, || async {
            Ok((self.arrived().await? && self.undone().await?.is_empty()).then_some(()))
        })
        .await
    }

    /// Whether every update of Telegram is, or was, in the inbox, but for what is not kept: one that is under way is in no queue.
    async fn arrived(&self) -> Result<bool> {
        let rows = self.rows("SELECT update_id FROM inbox").await?;
        let ids: Vec<i64> = rows
            .iter()
            .map(|row| row.try_get_by_index(0))
            .collect::<Result<_, _>>()?;
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.extend(ids);
        let updates = self.paper.updates();
        let mut wanted = updates.iter().filter(|one| bot::receive::is_wanted(one));
        Ok(wanted.all(|one| {
            one["update_id"]
                .as_i64()
                .is_none_or(|id| arrived.contains(&id))
        }))
    }

    /// What waits, in words; nothing when nothing does.
    async fn undone(&self) -> Result<Vec<String>> {
        let mut undone = Vec::new();
        for (what, sql) in UNDONE {
            match self.count(sql).await? {
                0 => {}
                some => undone.push(format!("{some} {what}")),
            }
        }
        Ok(undone)
    }

    pub(crate) async fn check(&self) -> Result<()> {
        let settled = self.settled().await;
        let undone = self.undone().await?;
        ensure!(undone.is_empty(), "left behind: {}", undone.join(", "));
        settled?;
        let dead = self
            .count("SELECT count(*) FROM inbox WHERE status = 'dead'")
            .await?;
        ensure!(dead == 0, "{dead} updates were buried");
        let panics = panics::on(&self.thread);
        ensure!(panics.is_empty(), "panics: {}", panics.join("; "));
        Ok(())
    }
}

/// What is read of a test that leaves something behind: first what it failed with, of which the other mostly comes.
pub(crate) fn told(left: &Error, failure: Option<String>) -> String {
    match failure {
        Some(failure) => format!("{failure}\n\nwhat is left of it: {left:#}"),
        None => format!("{left:#}"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn what_is_left_behind_does_not_cover_up_the_failure() {
        let left = anyhow!("left behind: 1 messages wait");
        assert_eq!(told(&left, None), "left behind: 1 messages wait");
        let both = told(&left, patience::last_failure());
        assert_eq!(both, "left behind: 1 messages wait");
        patience::failed("409 was expected");
        assert_eq!(
            told(&left, patience::last_failure()),
            "409 was expected\n\nwhat is left of it: left behind: 1 messages wait"
        );
    }
}
