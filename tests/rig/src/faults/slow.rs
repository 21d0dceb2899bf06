//! One chat whose updates are slow, and many of them. What makes them slow is a trigger.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::FutureExt;

use crate::{
    cluster::Plan,
    load::{Force, Talk},
    model::Texts,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "slow",
    fault: "one chat with 500 slow updates",
    run: |bench| run(bench).boxed(),
};

const OTHERS: Duration = Duration::from_millis(500);

const PATIENCE: Duration = Duration::from_secs(180);

/// What each of them takes.
const EACH: Duration = Duration::from_millis(100);

const SLOW: &str = "
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.text LIKE 'Lento %' THEN PERFORM pg_sleep(0.1); END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER slow BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION slow()";

async fn run(bench: Bench) -> Result<Findings> {
    let (slow, chats, rate, time) = bench.size((500_u32, 100, 50, 30), (30, 20, 4, 5));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    cluster.execute(SLOW).await?;
    let force = Force::hire(&cluster, chats).await?;
    cluster.settled(PATIENCE).await?;
    let texts = Texts::default();
    let (first, others) = force.members.split_at(1);
    let begun = Instant::now();
    for _ in 0..slow {
        texts.write_about(&first[0], "Lento")?;
    }
    let talk = Talk::steady(others, &texts, rate, Duration::from_secs(time)).await?;
    cluster.settled(PATIENCE).await?;
    findings.must(
        begun.elapsed() >= EACH * slow,
        "the updates were not slow, so nothing was tried",
    );
    findings.did(format!(
        "{slow} slow updates of one chat, {} of {} others",
        talk.count(),
        others.len()
    ));
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
