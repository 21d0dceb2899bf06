//! One update in a hundred fails or panics in its handler. What poisons it stands in the database: a trigger that
//! refuses the row, or gives back one with a time that no program can read.

use std::time::Duration;

use anyhow::Result;
use futures::FutureExt;
use it::until::within;

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Member, Talk},
    model::Texts,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "poison",
    fault: "1 % of updates panic or fail",
    run: |bench| run(bench).boxed(),
};

const PATIENCE: Duration = Duration::from_secs(60);

/// Tries until an update is buried.
const TRIES: i64 = 5;

const POISON: &str = "
    CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.text LIKE 'Veneno %' THEN RAISE EXCEPTION 'poison'; END IF;
        IF NEW.text LIKE 'Espanto %' THEN NEW.happened_at := 'infinity'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER poison BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION poison()";

async fn run(bench: Bench) -> Result<Findings> {
    let (chats, rate, time, bad) = bench.size((200, 50, 30, 16), (30, 4, 5, 2));
    let time = Duration::from_secs(time);
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    cluster.execute(POISON).await?;
    let force = Force::hire(&cluster, chats).await?;
    cluster.settled(PATIENCE).await?;
    let texts = Texts::default();
    // Some chats are poisoned, the others are measured.
    let (poisoned, others) = force.members.split_at(chats / 10);
    let calm = Talk::steady(others, &texts, rate, time).await?;
    let ((), talk) = tokio::try_join!(
        poisoned_talk(poisoned, &texts, bad, time),
        Talk::steady(others, &texts, rate, time)
    )?;
    let bad = i64::from(bad);
    within(PATIENCE, "the poison to be buried", || async {
        let dead = cluster
            .count("SELECT count(*) FROM inbox WHERE status = 'dead'")
            .await?;
        Ok((dead >= bad).then_some(()))
    })
    .await?;
    cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "{bad} poisoned of {} updates in {chats} chats",
        texts.count()
    ));
    texts.forget_about("Veneno");
    texts.forget_about("Espanto");
    findings.did(cluster.delays().await?);
    texts.check(&cluster, &mut findings).await?;
    buried(&cluster, bad, &mut findings).await?;
    findings.must(
        !cluster.panics()?.is_empty(),
        "no handler panicked, so nothing was tried",
    );
    compare(&cluster, &calm, &talk, &mut findings);
    cluster.finish_after_panics(&mut findings).await?;
    Ok(findings)
}

/// So many bad updates, each between two good ones of the same chat, spread over the time.
async fn poisoned_talk(members: &[Member], texts: &Texts, bad: u32, time: Duration) -> Result<()> {
    let mut pace = tokio::time::interval(time / bad);
    for (n, member) in (0..bad).zip(members.iter().cycle()) {
        pace.tick().await;
        texts.write(member)?;
        let poison = if n % 2 == 0 { "Veneno" } else { "Espanto" };
        texts.write_about(member, poison)?;
        texts.write(member)?;
    }
    Ok(())
}

/// What is bad, and only that, was buried after its tries.
async fn buried(cluster: &Cluster, bad: i64, findings: &mut Findings) -> Result<()> {
    let dead = cluster
        .count("SELECT count(*) FROM inbox WHERE status = 'dead'")
        .await?;
    findings.must(
        dead == bad,
        format!("{bad} updates were bad, {dead} were buried"),
    );
    let sql = format!("SELECT count(*) FROM inbox WHERE status = 'dead' AND tries <> {TRIES}");
    let early = cluster.count(&sql).await?;
    findings.must(
        early == 0,
        format!("{early} updates were not tried {TRIES} times"),
    );
    Ok(())
}

/// Others are answered as soon as without poison.
fn compare(cluster: &Cluster, calm: &Talk, talk: &Talk, findings: &mut Findings) {
    let (before, during) = (calm.answers(&cluster.paper), talk.answers(&cluster.paper));
    findings.must(
        during.missing == 0,
        format!("{} of the others had no answer", during.missing),
    );
    let (before, during) = (before.delays.percentile(99), during.delays.percentile(99));
    let percent = during.as_secs_f64() / before.as_secs_f64() * 100.0;
    findings.did(format!(
        "others' p99 {} ms before, {} ms during",
        before.as_millis(),
        during.as_millis()
    ));
    findings.at_most("others' p99, of that before", percent, "%", 120.0);
}
