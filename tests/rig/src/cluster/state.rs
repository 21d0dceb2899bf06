//! What the database holds, and whether everything was done.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use it::until::within;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::Cluster;
use crate::report::Findings;

const WAITS: &str = "
    SELECT (SELECT count(*) FROM inbox WHERE status = 'pending')
         + (SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending'))";

const DELAYS: &str = "
    SELECT handled.ms[1], handled.ms[2], sent.ms[1], sent.ms[2] FROM
        (SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP
            (ORDER BY extract(epoch FROM done_at - received_at)::float8 * 1000) AS ms
         FROM inbox WHERE status = 'done') AS handled,
        (SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP
            (ORDER BY extract(epoch FROM sent_at - created_at)::float8 * 1000) AS ms
         FROM outbox WHERE status = 'sent' AND lane = 'answer') AS sent";

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
                let arrived = self.paper.pending_updates() == 0;
                Ok((arrived && self.count(WAITS).await? == 0).then_some(()))
            },
        );
        match nothing_waits.await {
            Ok(()) => Ok(begun.elapsed()),
            Err(error) => Err(error.context(format!("left: {}", self.left().await?))),
        }
    }

    /// Waits until every update that is kept was handled and every message has left.
    pub async fn idle(&self, deadline: Duration) -> Result<()> {
        let nothing_waits = within(deadline, "nothing to wait in the database", || async {
            Ok((self.count(WAITS).await? == 0).then_some(()))
        });
        match nothing_waits.await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("left: {}", self.left().await?))),
        }
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

    /// Where time went, by the database: from receipt to done, and from queued to sent.
    pub async fn delays(&self) -> Result<String> {
        let row = self.rows(DELAYS).await?;
        let row = row.first().context("a row")?;
        let of = |column| {
            row.try_get_by_index::<Option<f64>>(column)
                .map(Option::unwrap_or_default)
        };
        let (handled, sent) = ((of(0)?, of(1)?), (of(2)?, of(3)?));
        Ok(format!(
            "handled within {:.0} ms (p50) and {:.0} ms (p99), sent within {:.0} and {:.0}",
            handled.0, handled.1, sent.0, sent.1
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
