//! Power cuts between sending a message and marking it sent.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::{Actor, actor::Channel, task::edit};
use futures::FutureExt;
use it::until::within;
use rand::{RngExt, rngs::StdRng};
use telegram::{Fault, FaultKind};

use crate::{
    cluster::{Cluster, Plan},
    load::Force,
    model::Texts,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "crash",
    fault: "crash between send and mark, 30 times in 1,000 sends",
    run: |bench| run(bench).boxed(),
};

const PATIENCE: Duration = Duration::from_secs(90);

/// Answers are held back longer than the sender lives.
const HELD: Duration = Duration::from_secs(9);

async fn run(bench: Bench) -> Result<Findings> {
    let (crashes, sends, chats) = bench.size((30, 1_000, 100), (3, 90, 30));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::hire(&cluster, chats).await?;
    cluster.settled(PATIENCE).await?;
    let before = force.messages();
    let (mut random, texts, mut titles) = (bench.random(), Texts::default(), Titles::new(chats));
    let mut window = 0;
    for crashed in 0..crashes {
        strike_soon(&cluster, &mut random);
        // A message and an edit each; what the division leaves goes with the last.
        let (done, due) = (
            sends * crashed / crashes / 2,
            sends * (crashed + 1) / crashes / 2,
        );
        for _ in done..due {
            texts.write(&force.members[random.random_range(0..chats)])?;
            titles
                .change(&cluster, &force, random.random_range(0..chats))
                .await?;
        }
        window += crash(&cluster).await?;
    }
    cluster.settled(PATIENCE).await?;
    let edits = titles.changes;
    findings.did(format!(
        "{crashes} crashes, {} messages, {edits} edits, {chats} chats",
        texts.count()
    ));
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    let now = force.messages();
    findings.must(
        now >= before + texts.count(),
        format!("{now} messages came, {before} + {} were due", texts.count()),
    );
    let doubled = now.saturating_sub(before + texts.count());
    findings.must(
        doubled <= window,
        format!("{doubled} messages came twice, {window} were in flight"),
    );
    findings.at_most(
        "messages that came twice, of those in flight",
        count(doubled),
        "messages",
        count(window),
    );
    titles.check(&force, &mut findings);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// From some call on, Telegram does what it is asked but does not say so.
fn strike_soon(cluster: &Cluster, random: &mut StdRng) {
    let held = Fault::new(FaultKind::AnswerHeld(HELD));
    let held = held.on("sendMessage").on("editMessageText");
    cluster.paper.fault(held.after(random.random_range(0..8)));
}

/// Kills the sender while answers are held back; how many messages it had in hand.
async fn crash(cluster: &Cluster) -> Result<usize> {
    within(PATIENCE, "an answer to be held back", || async {
        let calls = cluster.paper.calls();
        let open = |call: &&telegram::Call| {
            call.status == 0 && call.took.is_none() && call.instant.elapsed() < HELD
        };
        Ok(calls.iter().rev().take(500).find(open).map(drop))
    })
    .await?;
    let sender = within(PATIENCE, "somebody to send", || cluster.sender()).await?;
    cluster.kill(sender).await?;
    let in_hand = cluster
        .count("SELECT count(*) FROM outbox WHERE status = 'sending'")
        .await?;
    cluster.paper.clear_faults();
    cluster.start(sender).await?;
    usize::try_from(in_hand).context("a count")
}

/// The title that each agent's card must show in the end.
struct Titles {
    last: Vec<Option<String>>,
    changes: usize,
}

impl Titles {
    fn new(chats: usize) -> Self {
        Self {
            last: vec![None; chats],
            changes: 0,
        }
    }

    async fn change(&mut self, cluster: &Cluster, force: &Force, who: usize) -> Result<()> {
        self.changes += 1;
        let title = format!("Cambio {}", self.changes);
        let patch = edit::TaskPatch {
            title: Some(title.clone()),
            ..edit::TaskPatch::default()
        };
        let task_id = force.members[who].task_id;
        let system = Actor::system(Channel::Cli);
        let changed = cluster.store.write(move |tx| {
            Box::pin(async move { edit::edit(tx, &system, task_id, patch).await.map(drop) })
        });
        changed.await?;
        self.last[who] = Some(title);
        Ok(())
    }

    /// Exactly one message of each chat shows the task by its last title.
    fn check(&self, force: &Force, findings: &mut Findings) {
        for (member, title) in force.members.iter().zip(&self.last) {
            let Some(title) = title else { continue };
            let seen = member.phone.messages();
            let cards: Vec<_> = seen
                .iter()
                .filter(|message| message.from_bot && message.edited)
                .collect();
            let shown = cards
                .iter()
                .filter(|card| card.text.lines().any(|line| line.contains(title.as_str())))
                .count();
            findings.must(
                shown == 1 && cards.len() == 1,
                format!(
                    "{} sees {title:?} {shown} times, on {} cards",
                    member.name,
                    cards.len()
                ),
            );
        }
    }
}
