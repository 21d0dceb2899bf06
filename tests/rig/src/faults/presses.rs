//! Everybody answers a broadcast, and to be sure presses three times.

use std::{
    collections::{BTreeSet, HashMap},
    iter::repeat_n,
    time::Duration,
};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use domain::Clock;
use futures::FutureExt;
use rand::{rngs::StdRng, seq::SliceRandom};
use telegram::Person;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    cluster::{Cluster, Plan},
    load::{
        Crowd, Samples,
        radio::{dispatcher, tell_all},
    },
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "presses",
    fault: "10,000 people press three times each within 60 s",
    run: |bench| run(bench).boxed(),
};

/// From the first press of somebody to the commit of his answer.
const DURABLE: Duration = Duration::from_secs(1);

const PATIENCE: Duration = Duration::from_secs(240);

/// How often everybody presses.
const TIMES: usize = 3;

/// Who answered, and when that was committed; PostgreSQL keeps the moment itself.
const ANSWERS: &str = "
    SELECT telegram_id, extract(epoch FROM pg_xact_commit_timestamp(broadcast_answers.xmin))::float8
    FROM broadcast_answers JOIN users ON users.id = broadcast_answers.user_id";

const ACKNOWLEDGED: &str = "SELECT count(*) FROM broadcast_recipients WHERE state = 'acknowledged'";

async fn run(bench: Bench) -> Result<Findings> {
    let (people, seconds) = bench.size((10_000, 60), (60, 3));
    let mut findings = Findings::default();
    // Nobody is asked again meanwhile: this is about the answers.
    let cluster = Plan::default()
        .set("GAD_ACK__CRITICAL_SECONDS", "600")
        .start(&bench)
        .await?;
    let crowd = Crowd::gather(&cluster, people).await?;
    let radio = dispatcher(&cluster).await?;
    tell_all(&radio, "¿Están todos bien?").await?;
    cluster.settled(PATIENCE).await?;
    let pressed = press(&crowd, Duration::from_secs(seconds), &mut bench.random()).await?;
    let settled = cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "{} presses of {people} people in {seconds} s, all done {:.1} s after the last",
        people * TIMES,
        settled.as_secs_f64()
    ));
    findings.did(cluster.delays().await?);
    answered_once(&cluster, &pressed, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Everybody presses, all mixed up, evenly over the time; when each of them did so first.
async fn press(
    crowd: &Crowd,
    time: Duration,
    lot: &mut StdRng,
) -> Result<HashMap<i64, DateTime<Utc>>> {
    let mut order: Vec<&Person> = repeat_n(&crowd.phones, TIMES).flatten().collect();
    order.shuffle(lot);
    let mut pace = interval(time / u32::try_from(order.len())?);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (clock, mut pressed) = (Clock::running(), HashMap::new());
    for phone in order {
        pace.tick().await;
        let now = clock.now();
        phone.taps("Recibido")?;
        pressed.entry(phone.id()).or_insert(now);
    }
    Ok(pressed)
}

/// One answer of each, no matter how often he pressed, and soon.
async fn answered_once(
    cluster: &Cluster,
    pressed: &HashMap<i64, DateTime<Utc>>,
    findings: &mut Findings,
) -> Result<()> {
    let (mut durable, mut people) = (Samples::default(), BTreeSet::new());
    let rows = cluster.rows(ANSWERS).await?;
    for row in &rows {
        let (chat, committed): (i64, f64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let at = pressed.get(&chat).context("he has pressed")?;
        let took = committed - at.timestamp_micros() as f64 / 1e6;
        durable.add(Duration::from_secs_f64(took.max(0.0)));
        people.insert(chat);
    }
    findings.must(
        rows.len() == pressed.len() && people.len() == pressed.len(),
        format!(
            "{} answers of {} people, {} have pressed",
            rows.len(),
            people.len(),
            pressed.len()
        ),
    );
    let counted = cluster.count(ACKNOWLEDGED).await?;
    findings.must(
        usize::try_from(counted)? == pressed.len(),
        format!("the roll-call counts {counted} answers"),
    );
    findings.time("an answer durable, p50", durable.percentile(50), DURABLE);
    findings.time("an answer durable, p99", durable.percentile(99), DURABLE);
    Ok(())
}
