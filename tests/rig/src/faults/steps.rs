//! Many steps of escalation fall due while instances are killed: each is done once and soon, and one that nobody does
//! raises the alarm.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::{
    Actor,
    actor::{Channel, Level},
    unit::Key,
    user,
};
use futures::FutureExt;
use it::{Http, until::within};
use rand::rngs::StdRng;

use super::late::{how_late, kill_one};
use crate::{
    cluster::{Cluster, Plan},
    load::{Force, people},
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "steps",
    fault: "1,000 due steps of escalation while instances are killed",
    run: |bench| run(bench).boxed(),
};

/// Two rings more, and then whoever is responsible is told.
const STEPS: usize = 3;

const PATIENCE: Duration = Duration::from_secs(90);

/// The phone of whoever is responsible.
const BOSS: i64 = 9_002;

const ESCALATED: &str = "SELECT count(*) FROM assignments WHERE escalated_at IS NOT NULL";

/// Everybody rang so often, and was then told of.
const ODD: &str = "
    SELECT (SELECT count(*) FROM assignments WHERE rings <> 2)
         + (SELECT count(*) FROM (SELECT subject FROM timers WHERE kind = 'ack' AND status = 'fired'
                                  GROUP BY subject HAVING count(*) <> 3) AS odd)";

/// A step that only a later release knows: nobody does it.
const LEFT: &str = "
    INSERT INTO timers (kind, subject, data, due_at, status, tries, created_at)
    VALUES ('of_tomorrow', '1', '{}', now() - interval '61 seconds', 'waiting', 0, now())";

async fn run(bench: Bench) -> Result<Findings> {
    let (people, silence, kills) = bench.size((334, 45, 8), (16, 5, 1));
    let mut findings = Findings::default();
    let cluster = Plan::default()
        .set("GAD_ACK__DEFAULT_SECONDS", &silence.to_string())
        .start(&bench)
        .await?;
    boss(&cluster).await?;
    Force::ask(&cluster, people).await?;
    begin(&cluster, silence).await?;
    let times = lose(&cluster, kills, silence, &mut bench.random()).await?;
    let due = i64::try_from(people)?;
    within(PATIENCE, "the last step", || async {
        moment::pass(Duration::from_millis(100)).await;
        Ok((cluster.count(ESCALATED).await? >= due).then_some(()))
    })
    .await?;
    findings.did(format!(
        "{people} people silent for {STEPS} times {silence} s, {kills} kills, one every {} s",
        silence * (STEPS as u64 + 1) / u64::from(kills + 1)
    ));
    each_once(&cluster, people, &mut findings).await?;
    let done = how_late(&cluster, &["ack"], &times, &mut findings).await?;
    let steps = people * STEPS;
    findings.must(done == steps, format!("{done} steps of {steps}"));
    alarm(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Somebody who is responsible for everybody.
pub(super) async fn boss(cluster: &Cluster) -> Result<()> {
    let units = (0..people::UNITS).map(|n| Key::Name(people::unit_of(n)));
    let new = user::NewUser {
        units: units.collect(),
        lang: Some("es".into()),
        ..user::NewUser::named("jefe", "Jefe Rojas", Level::Supervisor)
    };
    let user = user::create(&cluster.store, &Actor::system(Channel::Cli), new).await?;
    cluster.paper.person(BOSS, "Rojas", "es").knows_the_bot();
    let link = format!(
        "UPDATE users SET telegram_id = {BOSS} WHERE id = {}",
        user.id
    );
    cluster.execute(&link).await
}

/// From here on the silence of everybody counts, of one after the other, so that steps fall due all the time and not only near a
/// kill: they were asked by a store that waits longer than the instances do.
async fn begin(cluster: &Cluster, silence: u64) -> Result<()> {
    let due = |id: &str| format!("now() + ({silence} + {id} % {silence}) * interval '1 second'");
    let asked = due("id");
    let asked = format!("UPDATE assignments SET ack_due_at = {asked} WHERE ack_due_at IS NOT NULL");
    let timers = due("(data->>'assignment_id')::bigint");
    let timers = format!("UPDATE timers SET due_at = {timers} WHERE kind = 'ack'");
    // Both at the same moment: they are one transaction.
    cluster.execute(&format!("{asked}; {timers}")).await
}

/// Kills instances for as long as steps fall due; when, in Unix time.
async fn lose(cluster: &Cluster, kills: u32, silence: u64, lot: &mut StdRng) -> Result<Vec<f64>> {
    // The last steps are due so long after the first.
    let span = Duration::from_secs(silence) * (STEPS as u32 + 1);
    let (between, mut times) = (span / (kills + 1), Vec::new());
    for number in 0..kills {
        moment::pass(between).await;
        times.push(kill_one(cluster, number, lot).await?);
    }
    Ok(times)
}

/// Nobody rang more or less often than he should, and of everybody it was told once.
async fn each_once(cluster: &Cluster, people: usize, findings: &mut Findings) -> Result<()> {
    let odd = cluster.count(ODD).await?;
    findings.must(odd == 0, format!("{odd} rang too often or too seldom"));
    let told = format!("FROM outbox WHERE notice->>'notice' = 'no_answer' AND chat_id = {BOSS}");
    let all = cluster.count(&format!("SELECT count(*) {told}")).await?;
    let each = format!("SELECT count(DISTINCT task_id) {told}");
    let each = cluster.count(&each).await?;
    let due = i64::try_from(people)?;
    findings.must(
        all == due && each == due,
        format!("{people} were to be told of once, {each} were, {all} times"),
    );
    Ok(())
}

/// A step that nobody does is counted by every instance, and none was before.
async fn alarm(cluster: &Cluster, findings: &mut Findings) -> Result<()> {
    until_overdue(cluster, 0.0).await?;
    cluster.execute(LEFT).await?;
    until_overdue(cluster, 1.0).await?;
    findings.did("one step that nobody does is counted by every instance");
    cluster
        .execute("DELETE FROM timers WHERE kind = 'of_tomorrow'")
        .await
}

/// Waits until every instance counts so many: what it says is some seconds old.
async fn until_overdue(cluster: &Cluster, count: f64) -> Result<()> {
    for n in 0..cluster.size() {
        let counted = within(PATIENCE, "the steps that are overdue", || async {
            Ok((overdue(cluster, n).await? == count).then_some(()))
        });
        counted
            .await
            .with_context(|| format!("instance {n} does not count {count}"))?;
    }
    Ok(())
}

async fn overdue(cluster: &Cluster, n: usize) -> Result<f64> {
    let metrics = Http::stranger(&cluster.base(n))?.get("/metrics").await?;
    let line = metrics
        .text
        .lines()
        .find(|line| line.starts_with("gad_timers_overdue"));
    let value = line.and_then(|line| line.rsplit(' ').next());
    Ok(value.context("gad_timers_overdue")?.parse()?)
}
