//! Several instances of `gad` on one database beside one paper Telegram.

pub(crate) mod node;
mod plan;
mod skew;
mod state;

use std::time::Duration;

use anyhow::{Context, Result};
use domain::Store;
use it::Database;
use rustix::process::Signal;
use sea_orm::DatabaseConnection;
use telegram::Paper;

use self::node::Node;
pub use self::plan::{ADMIN, Plan, SECRET};
use crate::{proxy::Proxy, report::Findings};

/// A running cluster; ends with this value.
pub struct Cluster {
    nodes: Vec<Node>,
    pub paper: Paper,
    /// For what a row prepares and looks up by the domain's own functions.
    pub store: Store,
    /// For what a row looks up or poisons past everything.
    pub rows: DatabaseConnection,
    /// The way of each instance to Redis.
    pub redis: Vec<Proxy>,
    /// The way of each instance to PostgreSQL.
    pub postgres: Vec<Proxy>,
    database: Database,
}

impl Cluster {
    /// How many instances there are, running or not.
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The addresses of the instances that run, such as `http://127.0.0.1:1234`.
    pub fn live(&self) -> Vec<String> {
        self.nodes
            .iter()
            .filter(|node| node.is_up())
            .map(Node::base)
            .collect()
    }

    /// The address of one instance.
    pub fn base(&self, n: usize) -> String {
        self.nodes[n].base()
    }

    /// Ends an instance as a power cut would; updates go to the others from now on.
    pub async fn kill(&self, n: usize) -> Result<()> {
        self.nodes[n].kill().await?;
        self.route();
        Ok(())
    }

    /// Starts an instance again; the time until it said that it is ready for requests.
    pub async fn start(&self, n: usize) -> Result<Duration> {
        let took = self.nodes[n].start().await?;
        self.route();
        Ok(took)
    }

    /// Sends a signal to an instance, which still gets updates.
    pub async fn signal(&self, n: usize, signal: Signal) -> Result<()> {
        self.nodes[n].signal(signal).await
    }

    /// Waits for the end of an instance that was told to end; its exit code.
    pub async fn ended(&self, n: usize, patience: Duration) -> Result<Option<i32>> {
        let code = self.nodes[n].ended(patience).await?;
        self.route();
        Ok(code)
    }

    /// What the instance has logged so far, over all its starts.
    pub fn log(&self, n: usize) -> Result<String> {
        self.nodes[n].log()
    }

    /// The memory of an instance, in bytes.
    pub async fn memory(&self, n: usize) -> Result<usize> {
        self.nodes[n].memory().await
    }

    /// Brings updates to the instances that run.
    fn route(&self) {
        self.paper.balance(self.live());
    }

    /// The instance that sends at this moment.
    pub async fn sender(&self) -> Result<Option<usize>> {
        let holder = "SELECT holder FROM leases WHERE name LIKE 'send:%' AND expires_at > now()";
        let rows = self.rows(holder).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let holder: String = row.try_get_by_index(0)?;
        Ok(self.nodes.iter().position(|node| node.is_called(&holder)))
    }

    /// Stops everything, and holds what must be true of every row: no panic, no instance that ended by itself.
    pub async fn finish(self, findings: &mut Findings) -> Result<()> {
        let panics = self.panics()?;
        findings.must(panics.is_empty(), format!("panics: {}", panics.join("; ")));
        self.finish_after_panics(findings).await
    }

    /// The panics so far, as the logs have them.
    pub fn panics(&self) -> Result<Vec<String>> {
        let of_each: Result<Vec<_>> = self.nodes.iter().map(Node::panics).collect();
        Ok(of_each.context("a log")?.concat())
    }

    /// The same for a row whose panics are meant to be.
    pub async fn finish_after_panics(self, findings: &mut Findings) -> Result<()> {
        for (n, node) in self.nodes.iter().enumerate() {
            findings.must(
                !node.has_died().await?,
                format!("instance {n} ended by itself"),
            );
            node.kill().await?;
        }
        self.paper.stop().await;
        Ok(())
    }
}
