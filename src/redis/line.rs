//! Keeps the line to Redis: connects, asks whether it is there, connects again.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use anyhow::Result;
use metrics::gauge;
use redis::{AsyncConnectionConfig, Client, PushInfo, PushKind, RedisError, RedisResult, aio, cmd};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::Redis;
use crate::{bells::Bells, config::RedisAccess};

/// How long connecting may take; it costs nobody anything.
const CONNECT: Duration = Duration::from_secs(1);

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

/// How often it is asked whether it is there when nobody else asks.
const PROBE: Duration = Duration::from_secs(1);

/// How long the answer to that may take before the line counts as dead.
const DEAD: Duration = Duration::from_millis(500);

type Line = aio::MultiplexedConnection;

impl Redis {
    /// Keeps the line and carries bells over it until the stop.
    pub async fn run(self, bells: Bells, stop: CancellationToken) -> Result<()> {
        let both = async { tokio::join!(self.keep(&bells), self.tell(&bells)) };
        stop.run_until_cancelled(both).await;
        Ok(())
    }

    async fn tell(&self, bells: &Bells) {
        let channel = self.channel();
        bells
            .tell(|word| {
                let mut publish = cmd("PUBLISH");
                publish.arg(&channel).arg(word);
                async move {
                    // A lost word is made good by the polls of the others.
                    let _: Option<i64> = self.ask(&publish).await;
                }
            })
            .await;
    }

    fn channel(&self) -> String {
        self.key("bells")
    }

    async fn keep(&self, bells: &Bells) -> Infallible {
        let mut told = false;
        loop {
            match self.connect(bells).await {
                Ok(line) => {
                    told = false;
                    tracing::info!("Redis answers");
                    self.open(&line);
                    bells.missed();
                    let error = self.watch(line).await;
                    self.close();
                    tracing::warn!(%error, "Redis does not answer; this instance goes on without");
                }
                Err(error) if !told => {
                    told = true;
                    tracing::warn!(%error, "Redis cannot be reached; this instance goes on without");
                }
                Err(_) => {}
            }
            sleep(PAUSE).await;
        }
    }

    async fn connect(&self, bells: &Bells) -> RedisResult<Line> {
        let (bells, trouble) = (bells.clone(), Arc::clone(&self.0.trouble));
        let config = patient().set_push_sender(move |push| hear(&bells, &trouble, &push));
        let connecting = async {
            let client = &self.0.client;
            let mut line = client
                .get_multiplexed_async_connection_with_config(&config)
                .await?;
            line.subscribe(self.channel()).await?;
            Ok(line)
        };
        within(CONNECT, connecting).await
    }

    /// Lets people ask again.
    fn open(&self, line: &Line) {
        self.0.line.send_replace(Some(line.clone()));
        gauge!("gad_redis_up").set(1.0);
    }

    fn close(&self) {
        self.0.line.send_replace(None);
        gauge!("gad_redis_up").set(0.0);
    }

    /// Watches the line until it is dead. Somebody's impatience alone does not make it so: Redis may be far away.
    async fn watch(&self, mut line: Line) -> RedisError {
        loop {
            // Either way it is time to ask.
            let _ = timeout(PROBE, self.0.trouble.notified()).await;
            if let Err(error) = answers(&mut line).await {
                return error;
            }
            if !self.is_up() {
                self.open(&line);
            }
            self.count_instances(&mut line).await;
        }
    }

    /// Whoever listens on our channel is one of us.
    async fn count_instances(&self, line: &mut Line) {
        let mut listeners = cmd("PUBSUB");
        listeners.arg("NUMSUB").arg(self.channel());
        if let Ok((_, instances)) = within(DEAD, listeners.query_async::<(String, f64)>(line)).await
        {
            gauge!("gad_instances").set(instances);
        }
    }
}

async fn answers(line: &mut Line) -> RedisResult<()> {
    within(DEAD, cmd("PING").query_async(line)).await
}

async fn within<T>(
    patience: Duration,
    work: impl Future<Output = RedisResult<T>>,
) -> RedisResult<T> {
    timeout(patience, work).await.map_err(io::Error::from)?
}

/// Whoever asks has a clock of his own.
fn patient() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None)
}

fn hear(bells: &Bells, trouble: &Notify, push: &PushInfo) -> Result<(), Infallible> {
    match &push.kind {
        PushKind::Message => {
            let word = push.data.last().cloned();
            let word = word.and_then(|word| redis::from_redis_value::<String>(word).ok());
            bells.heard(&word.unwrap_or_default());
        }
        PushKind::Disconnection => trouble.notify_one(),
        _ => {}
    }
    Ok(())
}

/// What a look at a Redis has found.
pub struct Visit {
    pub version: String,
    pub took: Duration,
}

/// Connects once, for `gad doctor`.
pub async fn visit(place: &RedisAccess) -> RedisResult<Visit> {
    let client: Client = super::client(place)?;
    let config = patient();
    let look = async {
        let mut line = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let since = Instant::now();
        answers(&mut line).await?;
        let took = since.elapsed();
        let info: String = cmd("INFO").arg("server").query_async(&mut line).await?;
        let version = info
            .lines()
            .find_map(|line| line.strip_prefix("redis_version:"));
        Ok(Visit {
            version: version.unwrap_or("unknown").trim().to_owned(),
            took,
        })
    };
    within(3 * CONNECT, look).await
}
