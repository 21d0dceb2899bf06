//! Programs that use the API at a steady pace, whatever becomes of it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use futures::future::try_join_all;
use it::{Http, http::Answer};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::Samples;
use crate::{cluster::Cluster, moment};

/// Before a client that was told to come again does so.
const COMES_AGAIN: Duration = Duration::from_millis(500);

/// Clients of every instance; requests go to them by turns. Cheap to clone.
#[derive(Clone)]
pub struct Traffic(Arc<Vec<Http>>);

/// One request and what became of it.
#[derive(Debug)]
pub struct Asked {
    pub instance: usize,
    pub at: Instant,
    pub took: Duration,
    /// The title of the task that was to be created; otherwise something was read.
    pub title: Option<String>,
    /// `None` when the connection broke.
    pub status: Option<u16>,
    /// Whether it was told when to come again.
    pub retry_after: bool,
    /// The answer's body, or what broke.
    pub said: String,
}

impl Asked {
    pub fn done(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    /// Refused for now, as the API promises it.
    pub fn refused_well(&self) -> bool {
        self.status == Some(503) && self.retry_after
    }
}

impl Traffic {
    /// Signs in at every instance.
    pub async fn of(cluster: &Cluster) -> Result<Self> {
        let clients = try_join_all((0..cluster.size()).map(|n| cluster.admin(n))).await?;
        ensure!(!clients.is_empty(), "there is no instance");
        Ok(Self(Arc::new(clients)))
    }

    /// The signed-in client of each instance.
    pub fn clients(&self) -> &[Http] {
        &self.0
    }

    /// Asks so many times a second, half of it writing; everything that was asked, answered or not.
    pub async fn steady(&self, name: &str, rate: u32, time: Duration) -> Result<Vec<Asked>> {
        let time = async {
            moment::pass(time).await;
            Ok(())
        };
        Ok(self.steady_while(name, rate, time).await?.0)
    }

    /// The same as long as something else goes on, and what came of that.
    pub async fn steady_while<T>(
        &self,
        name: &str,
        rate: u32,
        meanwhile: impl Future<Output = Result<T>>,
    ) -> Result<(Vec<Asked>, T)> {
        let mut pace = interval(Duration::from_secs(1) / rate);
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut under_way = JoinSet::new();
        let asking = async {
            for number in 0.. {
                pace.tick().await;
                let (traffic, name) = (self.clone(), name.to_owned());
                under_way.spawn(async move { traffic.ask(&name, number).await });
            }
        };
        let came = tokio::select! {
            came = meanwhile => came?,
            () = asking => bail!("it asks for ever"),
        };
        Ok((under_way.join_all().await, came))
    }

    /// Asks once: even numbers create a task, odd ones read a list.
    async fn ask(&self, name: &str, number: usize) -> Asked {
        let instance = number / 2 % self.0.len();
        let (http, at) = (&self.0[instance], Instant::now());
        let title = number.is_multiple_of(2).then(|| format!("{name} {number}"));
        let answer = match &title {
            Some(title) => create(http, title).await,
            None => http.get("/api/v1/tasks?limit=20").await,
        };
        let (status, retry_after, said) = match answer {
            Ok(answer) => {
                let told = answer.headers.contains_key("retry-after");
                (Some(answer.status.as_u16()), told, answer.text)
            }
            Err(error) => (None, false, format!("{error:#}")),
        };
        Asked {
            instance,
            at,
            took: at.elapsed(),
            title,
            status,
            retry_after,
            said,
        }
    }
}

/// Asks one instance to create a task.
pub async fn create(http: &Http, title: &str) -> Result<Answer> {
    let task = json!({ "title": title, "kind": "patrullaje", "place": { "lat": -34.6, "lon": -58.4, "label": "Plaza" } });
    http.post("/api/v1/tasks", &task).await
}

/// The same, again and again while the instance is too busy; how often it was.
pub async fn create_in_the_end(http: &Http, title: &str) -> Result<usize> {
    let mut refused = 0;
    loop {
        let answer = create(http, title).await?;
        if answer.status != 503 || refused == 20 {
            return answer.expect(201).map(|_| refused);
        }
        refused += 1;
        moment::pass(COMES_AGAIN).await;
    }
}

/// How long those took that were answered at all.
pub fn delays(asked: &[Asked]) -> Samples {
    asked
        .iter()
        .filter(|one| one.status.is_some())
        .map(|one| one.took)
        .collect()
}
