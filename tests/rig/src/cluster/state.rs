//! What the database holds, and whether everything was done.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use it::until::within;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::Cluster;
use crate::report::Findings;

const WAITS: &str = "
    SELECT (SELECT count(*) FROM inbox WHERE status = 'pending')
         + (SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending'))";

impl Cluster {
    /// Rows of the database.
    pub async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_string(self.rows.get_database_backend(), sql);
        Ok(self.rows.query_all_raw(statement).await?)
    }

    /// The number that a statement of the kind `SELECT count(*) …` gives.
    pub async fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.rows(sql).await?;
        Ok(rows.first().context("a row")?.try_get_by_index(0)?)
    }

    /// Changes the database past everything, such as by a trigger that poisons a row.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        Ok(self.rows.execute_unprepared(sql).await.map(drop)?)
    }

    /// Waits until every update was kept and handled and every message has left; how long that took.
    pub async fn settled(&self, deadline: Duration) -> Result<Duration> {
        let begun = Instant::now();
        let nothing_waits = within(
            deadline,
            "updates to be handled and messages to leave",
            || async {
                let arrived = self.paper.pending_updates() == 0 && self.kept().await?;
                Ok((arrived && self.count(WAITS).await? == 0).then_some(()))
            },
        );
        match nothing_waits.await {
            Ok(()) => Ok(begun.elapsed()),
            Err(error) => Err(error.context(format!("left: {}", self.left().await?))),
        }
    }

    /// Whether every update of Telegram is in the inbox.
    async fn kept(&self) -> Result<bool> {
        let updates = self.paper.updates();
        let sent: BTreeSet<i64> = updates
            .iter()
            .filter_map(|update| update["update_id"].as_i64())
            .collect();
        Ok(self.count("SELECT count(*) FROM inbox").await? >= i64::try_from(sent.len())?)
    }

    async fn left(&self) -> Result<String> {
        let inbox = self
            .count("SELECT count(*) FROM inbox WHERE status = 'pending'")
            .await?;
        let outbox = self
            .count("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')")
            .await?;
        let away = self.paper.pending_updates();
        Ok(format!(
            "{away} updates at Telegram, {inbox} in the inbox, {outbox} messages"
        ))
    }

    /// Nothing was buried or given up.
    pub async fn nothing_given_up(&self, findings: &mut Findings) -> Result<()> {
        let dead = self
            .count("SELECT count(*) FROM inbox WHERE status = 'dead'")
            .await?;
        findings.must(dead == 0, format!("{dead} updates were buried"));
        let failed = self
            .count("SELECT count(*) FROM outbox WHERE status IN ('failed', 'unreachable')")
            .await?;
        findings.must(failed == 0, format!("{failed} messages were given up"));
        Ok(())
    }
}
