//! Redis joins instances, and nobody pays for it when it is killed, held, cut off or emptied.

mod small;
mod tls;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use domain::{Store, bell::Topic};
use it::{Backend, Http, Mate, Redis, TestApp, Wire, until};
use patience::Stopwatch;
use rstest::rstest;
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpListener};

/// What Redis may cost a request.
const PATIENCE: Duration = Duration::from_millis(100);

/// Ten times that: machines are shared and noisy.
const SLOWEST: Duration = Duration::from_secs(1);

/// What a request takes on the average while one at most has paid.
const EACH: Duration = Duration::from_millis(80);

/// Requests before, and as many while it is away.
const REQUESTS: usize = 60;

/// Two instances on one PostgreSQL, joined over a Redis at the other end of a wire.
struct Pair {
    app: TestApp,
    mate: Mate,
    redis: Redis,
    wire: Wire,
}

async fn pair(settings: &[(&str, &str)]) -> Result<Option<Pair>> {
    let Some(redis) = Redis::start().await? else {
        return Ok(None);
    };
    let wire = Wire::to(redis.port()).await?;
    let url = format!("redis://127.0.0.1:{}/0", wire.port());
    let wish = TestApp::on(Backend::Postgres)
        .set("REDIS_URL", &url)
        .set("GAD_LIMITS__ENABLED", "true")
        .set("GAD_LIMITS__REQUESTS", "1000000");
    let wish = settings
        .iter()
        .fold(wish, |wish, (name, value)| wish.set(name, value));
    let Some(app) = wish.start().await? else {
        return Ok(None);
    };
    let mate = app.another(&[]).await?;
    let pair = Pair {
        app,
        mate,
        redis,
        wire,
    };
    pair.until_redis_is("ok").await?;
    Ok(Some(pair))
}

impl Pair {
    /// Waits until both see Redis so; always ready, whatever they see.
    async fn until_redis_is(&self, state: &str) -> Result<()> {
        for base in [self.app.base(), self.mate.base()] {
            let http = Http::stranger(&base)?;
            until(&format!("Redis to be {state}"), || async {
                let ready = http.get("/health/ready").await?.expect(200)?;
                Ok((ready["checks"]["redis"] == state).then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    async fn lose(&mut self, fault: Fault) -> Result<()> {
        match fault {
            Fault::Killed => self.redis.kill().await,
            Fault::Held => self.redis.hold().await,
            Fault::CutOff => {
                self.wire.cut();
                Ok(())
            }
        }
    }

    async fn rings_through(&self) -> Result<()> {
        hears(self.mate.store(), &self.app.store()).await
    }
}

/// Whether a ring there is heard here: nothing but a bell tells of this topic.
async fn hears(here: &Store, there: &Store) -> Result<()> {
    let mut ear = here.bell().listen(Topic::Sessions);
    for _ in 0..30 {
        there.bell().ring(Topic::Sessions);
        if ear.wait(Duration::from_millis(500)).await {
            return Ok(());
        }
    }
    bail!("no bell is heard");
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Killed,
    Held,
    CutOff,
}

#[rstest]
#[case::killed(Fault::Killed)]
#[case::held(Fault::Held)]
#[case::cut_off(Fault::CutOff)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_pays_while_redis_is_away_and_all_is_well_when_it_is_back(
    #[case] fault: Fault,
) -> Result<()> {
    let Some(mut pair) = pair(&[]).await? else {
        return Ok(());
    };
    let boss = pair.app.supervisor("Marta").await?;
    let (here, mut board) = (pair.app.http(&boss).await?, pair.mate.board(&boss).await?);
    pair.rings_through().await?;
    let usual = took(&here).await?[REQUESTS / 2];

    pair.lose(fault).await?;
    // One may pay for all, but not each for himself.
    let during = took(&here).await?;
    let dear = during.iter().filter(|took| **took > usual + PATIENCE);
    assert!(dear.count() < REQUESTS / 2, "everybody waits for Redis");
    assert!(during[REQUESTS - 1] < SLOWEST, "{during:?}");
    let sum: Duration = during.iter().sum();
    assert!(sum < EACH * REQUESTS as u32, "{during:?}");
    create(&here, "Durante").await?;
    board.until("task_created").await?;
    pair.until_redis_is("degraded").await?;

    match fault {
        Fault::Killed => pair.redis.run().await?,
        Fault::Held => pair.redis.release().await?,
        Fault::CutOff => pair.wire.mend(),
    }
    pair.until_redis_is("ok").await?;
    pair.rings_through().await?;
    create(&here, "Después").await?;
    board.until("task_created").await?;
    let text = here.get("/metrics").await?.text;
    assert!(text.contains("gad_redis_up 1"), "{text}");
    Ok(())
}

/// How long requests take, the quickest first.
async fn took(http: &Http) -> Result<Vec<Duration>> {
    let mut took = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let asked = Stopwatch::start();
        http.get("/api/v1/tasks").await?.expect(200)?;
        took.push(asked.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

async fn create(http: &Http, title: &str) -> Result<()> {
    let new = json!({ "title": title, "kind": "patrullaje" });
    http.post("/api/v1/tasks", &new)
        .await?
        .expect(201)
        .map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_for_all_instances_and_in_each_when_redis_is_gone() -> Result<()> {
    let Some(mut pair) = pair(&[("GAD_LIMITS__REQUESTS", "9")]).await? else {
        return Ok(());
    };
    let boss = pair.app.supervisor("Marta").await?;
    // Signing in is counted against the address, all else against her.
    let here = pair.app.http(&boss).await?;
    let there = here.at(&pair.mate.base());
    let mut left = Vec::new();
    for http in [&here, &there, &here, &there] {
        let answer = http.get("/api/v1/auth/me").await?;
        answer.expect(200)?;
        left.push(remaining(&answer)?);
    }
    assert_eq!(left, [8, 7, 6, 5]);
    pair.redis.says("FLUSHALL").await?;
    let answer = there.get("/api/v1/auth/me").await?;
    assert_eq!(remaining(&answer)?, 8, "emptied, it counts anew");
    pair.redis.kill().await?;
    let answer = there.get("/api/v1/auth/me").await?;
    assert_eq!(remaining(&answer)?, 5, "the fourth here");
    for _ in 0..5 {
        there.get("/api/v1/auth/me").await?.expect(200)?;
    }
    let refused = there.get("/api/v1/auth/me").await?;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    Ok(())
}

fn remaining(answer: &it::http::Answer) -> Result<u32> {
    let value = answer.headers.get("ratelimit-remaining");
    let value = value.context("the header is missing")?;
    Ok(value.to_str()?.parse()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_instances_hear_each_other_over_postgresql() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Postgres).start().await? else {
        return Ok(());
    };
    let mate = app.another(&[]).await?;
    hears(mate.store(), &app.store()).await?;
    hears(&app.store(), mate.store()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_shall_be_encrypted_is_never_said_in_plain_text() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port().to_string();
    let wish = TestApp::on(Backend::Sqlite)
        .set("REDIS_HOST", "127.0.0.1")
        .set("REDIS_PORT", &port)
        .set("REDIS_PASSWORD", "hush")
        .set("REDIS_TLS", "true");
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    // The record type of a TLS handshake, at every attempt.
    for _ in 0..3 {
        let (mut line, _) = listener.accept().await?;
        assert_eq!(line.read_u8().await?, 0x16);
    }
    let ready = app.stranger()?.get("/health/ready").await?.expect(200)?;
    assert_eq!(ready["checks"]["redis"], "degraded");
    Ok(())
}
