//! An emergency for everybody behind a long queue of routine messages. Emergencies themselves are not built yet: the
//! rows are put into the outbox by the domain's own functions.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use domain::outbox::{self, Lane, Message, Notice};
use futures::FutureExt;
use it::until::within;
use telegram::Call;

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Member},
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

async fn run(bench: Bench) -> Result<Findings> {
    let (people, routine) = bench.size((200, 5_000), (50, 500));
    let mut findings = Findings::default();
    let cluster = Plan::default().limited().start(&bench).await?;
    let force = Force::hire(&cluster, people).await?;
    cluster.settled(PATIENCE * 2).await?;
    let per_person = routine / people;
    push(&cluster, &force, Lane::Task, per_person).await?;
    let queued = cluster.paper.calls().len();
    within(PATIENCE, "routine messages to leave", || async {
        Ok((cluster.paper.calls().len() > queued + 2 * people / 3).then_some(()))
    })
    .await?;
    let begun = Instant::now();
    push(&cluster, &force, Lane::Emergency, 1).await?;
    within(PATIENCE, "everybody to be told", || async {
        let left = cluster
            .count("SELECT count(*) FROM outbox WHERE lane = 'emergency' AND status <> 'sent'")
            .await?;
        Ok((left == 0).then_some(()))
    })
    .await?;
    findings.did(format!(
        "{people} people, {} routine messages",
        per_person * people
    ));
    let told = told(&cluster, &force, begun)?;
    findings.must(
        told.len() == people,
        format!("{} of {people} were told", told.len()),
    );
    findings.time(
        "first told",
        told.first().copied().unwrap_or(PATIENCE),
        FIRST,
    );
    findings.time("all told", told.last().copied().unwrap_or(PATIENCE), ALL);
    let refused = cluster
        .paper
        .calls()
        .iter()
        .filter(|call| call.status == 429)
        .count();
    findings.must(refused == 0, format!("{refused} calls were answered 429"));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Messages about everybody's task that do not collapse into one.
async fn push(cluster: &Cluster, force: &Force, lane: Lane, each: usize) -> Result<()> {
    let messages: Vec<Message> = (0..each)
        .flat_map(|_| force.members.iter().map(|member| about(member, lane)))
        .collect();
    let pushed = cluster
        .store
        .write(move |tx| Box::pin(async move { outbox::push(tx, messages).await }));
    Ok(pushed.await?)
}

fn about(member: &Member, lane: Lane) -> Message {
    let Member {
        task_id, agent_id, ..
    } = *member;
    let notice = match lane {
        Lane::Emergency => Notice::NoAnswer { task_id, agent_id },
        _ => Notice::Declined { task_id, agent_id },
    };
    Message::about(member.phone.id(), Some(member.user_id), task_id, notice).in_lane(lane)
}

/// How soon each person was told, soonest first: the emergency says other words than the routine messages.
fn told(cluster: &Cluster, force: &Force, begun: Instant) -> Result<Vec<Duration>> {
    let calls = cluster.paper.calls();
    let sent = |call: &&Call| call.method == "sendMessage" && call.is_ok();
    let routine = calls
        .iter()
        .rfind(|call| call.instant < begun && sent(call));
    let routine = kind(routine.context("a routine message")?);
    let mut told = BTreeMap::new();
    for call in calls
        .iter()
        .filter(|call| call.instant >= begun && sent(call))
    {
        if kind(call) != routine {
            told.entry(call.chat())
                .or_insert(call.instant.duration_since(begun));
        }
    }
    told.retain(|chat, _| {
        force
            .members
            .iter()
            .any(|member| Some(member.phone.id()) == *chat)
    });
    let mut times: Vec<Duration> = told.into_values().collect();
    times.sort_unstable();
    Ok(times)
}

/// The first word, which tells the sentences apart.
fn kind(call: &Call) -> String {
    call.text()
        .unwrap_or_default()
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}
