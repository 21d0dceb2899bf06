//! The instance that sends stands still, or loses PostgreSQL without a word: another one sends instead, and what the
//! first does when it comes round harms nobody.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::FutureExt;
use it::{Http, until::within};
use rustix::process::Signal;
use telegram::{Fault, FaultKind};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Samples},
    model::Texts,
    moment,
    proxy::Link,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "holder",
    fault: "the sending instance frozen for 10 s (SIGSTOP), or without PostgreSQL in silence",
    run: |bench| run(bench).boxed(),
};

/// The lease has run out by then.
const TAKEN_OVER: Duration = Duration::from_secs(7);

/// Everything that was written is answered by the others: claims and leases of the lost one have run out.
const ANSWERED: Duration = Duration::from_secs(15);

/// It works again after its return.
const BACK: Duration = Duration::from_secs(5);

/// How long it is away at least.
const AWAY: Duration = Duration::from_secs(10);

/// Telegram's answers are so late that the sender has messages in hand.
const HELD: Duration = Duration::from_millis(500);

const PATIENCE: Duration = Duration::from_secs(90);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Frozen,
    Silent,
}

impl Trouble {
    async fn strike(self, cluster: &Cluster, n: usize) -> Result<()> {
        match self {
            Self::Frozen => cluster.signal(n, Signal::STOP).await,
            Self::Silent => {
                cluster.postgres[n].set(Link::Silent);
                Ok(())
            }
        }
    }

    async fn pass(self, cluster: &Cluster, n: usize) -> Result<()> {
        match self {
            Self::Frozen => cluster.signal(n, Signal::CONT).await,
            Self::Silent => {
                cluster.postgres[n].set(Link::Whole);
                Ok(())
            }
        }
    }
}

/// How it went, each time.
#[derive(Default)]
struct Times {
    taken_over: Samples,
    answered: Samples,
    back: Samples,
}

async fn run(bench: Bench) -> Result<Findings> {
    let (rounds, chats) = bench.size((5, 100), (1, 30));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::hire(&cluster, chats).await?;
    cluster.settled(PATIENCE).await?;
    let (before, texts) = (force.messages(), Texts::default());
    let mut window = 0;
    let (skipped, tried) = bench.size((0, 2), (usize::from(bench.seed.is_multiple_of(2)), 1));
    let troubles = [Trouble::Frozen, Trouble::Silent];
    for trouble in troubles.into_iter().skip(skipped).take(tried) {
        let mut times = Times::default();
        for _ in 0..rounds {
            window += lose(trouble, &cluster, &force, &texts, &mut times).await?;
        }
        let name = format!("{trouble:?}").to_lowercase();
        let mut figure = |what: &str, times: &Samples, goal| {
            findings.time(&format!("{name}: {what}, worst"), times.worst(), goal);
        };
        figure("another sends", &times.taken_over, TAKEN_OVER);
        figure("all answered by the others", &times.answered, ANSWERED);
        figure("ready after its return", &times.back, BACK);
    }
    cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "{rounds} times each of {tried}, {} texts",
        texts.count()
    ));
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    let (now, due) = (force.messages(), before + texts.count());
    findings.must(now >= due, format!("{now} messages came, {due} were due"));
    let doubled = now.saturating_sub(due);
    findings.must(
        doubled <= window,
        format!("{doubled} messages came twice, {window} were in flight"),
    );
    findings.did(format!(
        "{doubled} of {window} messages in flight came twice"
    ));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Loses the sender while everybody writes, and gets it back; how many messages it had in hand.
async fn lose(
    trouble: Trouble,
    cluster: &Cluster,
    force: &Force,
    texts: &Texts,
    times: &mut Times,
) -> Result<usize> {
    let lost = within(PATIENCE, "somebody to send", || cluster.sender()).await?;
    let held = Fault::new(FaultKind::AnswerHeld(HELD)).on("sendMessage");
    cluster.paper.fault(held);
    for member in &force.members {
        texts.write(member)?;
    }
    let in_hand = "SELECT count(*) FROM outbox WHERE status = 'sending'";
    within(PATIENCE, "messages to be in hand", || async {
        Ok((cluster.count(in_hand).await? > 0).then_some(()))
    })
    .await?;
    trouble.strike(cluster, lost).await?;
    let struck = Instant::now();
    let window = usize::try_from(cluster.count(in_hand).await?).context("a count")?;
    // The balancer has noticed.
    let others = (0..cluster.size()).filter(|n| *n != lost);
    cluster
        .paper
        .balance(others.map(|n| cluster.base(n)).collect());
    cluster.paper.clear_faults();
    for member in &force.members {
        texts.write(member)?;
    }
    let other = within(PATIENCE, "another to send", || async {
        Ok(cluster.sender().await?.filter(|sender| *sender != lost))
    });
    other.await?;
    times.taken_over.add(struck.elapsed());
    cluster.idle(PATIENCE).await?;
    times.answered.add(struck.elapsed());
    moment::pass(AWAY.saturating_sub(struck.elapsed())).await;
    trouble.pass(cluster, lost).await?;
    let returned = Instant::now();
    let http = Http::stranger(&cluster.base(lost))?;
    within(PATIENCE, "it to be ready again", || async {
        let ready = http.get("/health/ready").await;
        Ok(ready.is_ok_and(|ready| ready.status == 200).then_some(()))
    })
    .await?;
    times.back.add(returned.elapsed());
    cluster.paper.balance(cluster.live());
    cluster.settled(PATIENCE).await?;
    Ok(window)
}
