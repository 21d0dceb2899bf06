//! Telegram tells many chats to wait.

use std::time::Duration;

use anyhow::Result;
use futures::FutureExt;
use telegram::{Call, Fault, FaultKind};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Member, Talk},
    model::Texts,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "gated",
    fault: "429 for 50 chats with retry_after 30",
    run: |bench| run(bench).boxed(),
};

const OTHERS: Duration = Duration::from_millis(1500);

const PATIENCE: Duration = Duration::from_secs(120);

async fn run(bench: Bench) -> Result<Findings> {
    let (told, others, wait, time) = bench.size((50, 60, 30, 45), (10, 20, 4, 6));
    let mut findings = Findings::default();
    let cluster = Plan::default().limited().start(&bench).await?;
    let force = Force::hire(&cluster, told + others).await?;
    cluster.settled(PATIENCE).await?;
    let texts = Texts::default();
    let (told, others) = force.members.split_at(told);
    for member in told {
        let busy = Fault::new(FaultKind::TooManyRequests(wait)).on("sendMessage");
        cluster
            .paper
            .fault(busy.in_chat(member.phone.id()).times(1));
    }
    let (rate, time) = (bench.size(10, 4), Duration::from_secs(time));
    let (waiting, talk) = tokio::try_join!(
        Talk::steady(told, &texts, rate, time),
        Talk::steady(others, &texts, rate, time)
    )?;
    cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "{} chats told to wait {wait} s, {} texts in them, {} in others",
        told.len(),
        waiting.count(),
        talk.count()
    ));
    obeyed(
        &cluster,
        told,
        Duration::from_secs(wait.into()),
        &mut findings,
    );
    let answers = talk.answers(&cluster.paper);
    findings.must(
        answers.missing == 0,
        format!("{} of the others had no answer", answers.missing),
    );
    findings.time(
        "others' answers, p99",
        answers.delays.percentile(99),
        OTHERS,
    );
    findings.did(cluster.delays().await?);
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Nothing goes to a chat before its time, and nothing but what was asked for is answered 429.
fn obeyed(cluster: &Cluster, told: &[Member], wait: Duration, findings: &mut Findings) {
    let calls = cluster.paper.calls();
    let refused: Vec<&Call> = calls.iter().filter(|call| call.status == 429).collect();
    findings.must(
        refused.len() == told.len(),
        format!(
            "{} chats were to be told to wait, {} were",
            told.len(),
            refused.len()
        ),
    );
    let early = refused.iter().filter(|first| {
        let next = calls
            .iter()
            .find(|call| call.number > first.number && call.chat() == first.chat());
        next.is_some_and(|next| next.instant.duration_since(first.instant) < wait)
    });
    let early = early.count();
    findings.must(
        early == 0,
        format!("{early} chats were called before their time"),
    );
}
