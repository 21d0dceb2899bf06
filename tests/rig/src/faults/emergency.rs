//! A call for help, and a broadcast to everybody, behind a long queue of routine messages.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use domain::outbox::{self, Lane, Message, Notice};
use futures::FutureExt;
use it::until::within;
use serde_json::json;
use telegram::Call;

use crate::{
    cluster::{Cluster, Plan},
    load::{
        Force, Member,
        radio::{RADIO, dispatcher},
    },
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "emergency",
    fault: "emergency lane behind 5,000 routine messages, 200 people",
    run: |bench| run(bench).boxed(),
};

const FIRST: Duration = Duration::from_secs(1);
const ALL: Duration = Duration::from_secs(8);

const PATIENCE: Duration = Duration::from_secs(60);

/// The words by which the two are told from the routine messages.
const CALL: &str = "EMG-";
const BROADCAST: &str = "Plaza Norte";

async fn run(bench: Bench) -> Result<Findings> {
    let (people, routine) = bench.size((200, 5_000), (50, 500));
    let mut findings = Findings::default();
    let cluster = Plan::default().limited().start(&bench).await?;
    let force = Force::hire(&cluster, people).await?;
    let radio = dispatcher(&cluster).await?;
    cluster.settled(PATIENCE * 2).await?;
    let per_person = routine / people;
    push(&cluster, &force, per_person).await?;
    let queued = cluster.paper.calls().len();
    within(PATIENCE, "routine messages to leave", || async {
        Ok((cluster.paper.calls().len() > queued + 2 * people / 3).then_some(()))
    })
    .await?;
    let called = Instant::now();
    let help = json!({ "lat": -34.6, "lon": -58.4, "text": "Choque" });
    let help = radio.post("/api/v1/emergencies", &help).await?;
    help.expect(201)?;
    let watcher = |chat| chat == RADIO;
    let first = until_told(&cluster, CALL, called, 1, watcher).await?;
    let sent = Instant::now();
    let all = json!({ "protocol": "evacuacion", "text": BROADCAST, "audience": { "kind": "all" } });
    let all = radio.post("/api/v1/broadcasts", &all).await?;
    all.expect(201)?;
    let member = |chat| force.members.iter().any(|one| one.phone.id() == chat);
    let told = until_told(&cluster, BROADCAST, sent, people, member).await?;
    let waiting = "SELECT count(*) FROM outbox WHERE lane = 'task' AND status = 'queued'";
    let waiting = cluster.count(waiting).await?;
    findings.must(waiting > 0, "there was no queue to be overtaken");
    findings.did(format!(
        "{people} people, {} routine messages, {waiting} of them still waiting at the end",
        per_person * people
    ));
    findings.time("a call for help told", first[0], FIRST);
    findings.time("a broadcast, first told", told[0], FIRST);
    findings.time("a broadcast, all told", told[people - 1], ALL);
    let calls = cluster.paper.calls();
    let refused = calls.iter().filter(|call| call.status == 429).count();
    findings.must(refused == 0, format!("{refused} calls were answered 429"));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Routine messages about everybody's task that do not collapse into one.
async fn push(cluster: &Cluster, force: &Force, each: usize) -> Result<()> {
    let messages: Vec<Message> = (0..each)
        .flat_map(|_| force.members.iter().map(about))
        .collect();
    let pushed = cluster
        .store
        .write(move |tx| Box::pin(async move { outbox::push(tx, messages).await }));
    Ok(pushed.await?)
}

fn about(member: &Member) -> Message {
    let Member {
        task_id, agent_id, ..
    } = *member;
    let notice = Notice::Declined { task_id, agent_id };
    Message::about(member.phone.id(), Some(member.user_id), task_id, notice).in_lane(Lane::Task)
}

/// How soon each of so many people had a message with these words, soonest first.
async fn until_told(
    cluster: &Cluster,
    words: &str,
    since: Instant,
    people: usize,
    counts: impl Fn(i64) -> bool,
) -> Result<Vec<Duration>> {
    let says = |call: &&Call| {
        let sent = call.method == "sendMessage" && call.is_ok() && call.instant >= since;
        sent && call.text().is_some_and(|text| text.contains(words))
    };
    within(PATIENCE, words, || async {
        let mut told = BTreeMap::new();
        for call in cluster.paper.calls().iter().filter(says) {
            let chat = call.chat().unwrap_or_default();
            if counts(chat) {
                told.entry(chat).or_insert(call.instant - since);
            }
        }
        let mut times: Vec<Duration> = told.into_values().collect();
        times.sort_unstable();
        Ok((times.len() >= people).then_some(times))
    })
    .await
}
