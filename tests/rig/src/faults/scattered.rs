//! Updates that come several times, mixed up, to all instances at once: what people press and write has its effect
//! once, and everything ends as a plain model says.

mod life;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result, ensure};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use it::{Http, until::within};
use rand::{
    RngExt,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};
use reqwest::Method;
use serde_json::Value;

use self::life::{Life, Move};
use crate::{
    cluster::{Cluster, Plan, SECRET},
    load::{Force, Member},
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "scattered",
    fault: "each update 1 to 5 times, shuffled, to 3 instances at once (property test)",
    run: |bench| run(bench).boxed(),
};

const PATIENCE: Duration = Duration::from_secs(90);

/// So many deliveries are under way.
const AT_ONCE: usize = 48;

/// What somebody writes at once.
const TEXTS: usize = 3;

async fn run(bench: Bench) -> Result<Findings> {
    let (people, rounds) = bench.size((200, 25), (40, 8));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::ask(&cluster, people).await?;
    cluster.settled(PATIENCE).await?;
    // Telegram brings nothing by itself until the end: then everything comes once more.
    cluster.paper.balance(Vec::new());
    let (mut lot, begun) = (bench.random(), cluster.paper.updates().len());
    let mut day: Vec<Person> = force.members.iter().map(Person::begins).collect();
    let mut copies = 0;
    for _ in 0..rounds {
        let before = cluster.paper.updates().len();
        for person in &mut day {
            person.goes_on(&mut lot)?;
        }
        let all = cluster.paper.updates().split_off(begun);
        copies += bring(&cluster, &all, before - begun, &mut lot).await?;
        cluster.idle(PATIENCE).await?;
    }
    cluster.paper.balance(cluster.live());
    cluster.settled(PATIENCE).await?;
    let updates = cluster.paper.updates().len() - begun;
    findings.did(format!(
        "{rounds} rounds of {people} people, {updates} updates in {copies} copies"
    ));
    let presses: usize = day.iter().map(|person| person.life.history.len()).sum();
    findings.did(format!("{presses} changes of state"));
    as_the_model_says(&cluster, &day, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// An agent and what must be true of his task.
struct Person<'a> {
    member: &'a Member,
    life: Life,
    texts: Vec<String>,
}

impl<'a> Person<'a> {
    fn begins(member: &'a Member) -> Self {
        Self {
            member,
            life: Life::offered(),
            texts: Vec::new(),
        }
    }

    fn goes_on(&mut self, lot: &mut StdRng) -> Result<()> {
        let (phone, task) = (&self.member.phone, self.member.task_id);
        match self.life.goes_on(lot) {
            Move::Press(verb) => {
                let card = phone.messages().into_iter().find(|one| one.from_bot);
                let card = card.context("a card")?.id;
                phone.presses_data(card, &format!("t.{verb}.{task:x}"))?;
            }
            Move::Reason => drop(phone.says("Así es")?),
            Move::Clean => drop(phone.taps("Sin novedades")?),
            Move::Texts => {
                for _ in 0..TEXTS {
                    let text = format!("{} de {}", self.texts.len(), self.member.name);
                    phone.says(&text)?;
                    self.texts.push(text);
                }
            }
        }
        Ok(())
    }
}

/// Brings each new update one to five times, and some of those before, all mixed up; how many copies that were.
async fn bring(
    cluster: &Cluster,
    updates: &[Value],
    old: usize,
    lot: &mut StdRng,
) -> Result<usize> {
    let (before, fresh) = updates.split_at(old);
    let mut copies = Vec::new();
    for update in fresh {
        copies.extend(std::iter::repeat_n(update, lot.random_range(1..=5)));
        copies.extend(before.choose(lot));
    }
    copies.shuffle(lot);
    let brought = copies.iter().map(|update| {
        let base = cluster.base(lot.random_range(0..cluster.size()));
        hand_over(base, (*update).clone())
    });
    let brought: Vec<_> = brought.collect();
    let brought = stream::iter(brought).buffer_unordered(AT_ONCE);
    brought.try_collect::<()>().await?;
    Ok(copies.len())
}

/// Until it was kept, as Telegram does.
async fn hand_over(base: String, update: Value) -> Result<()> {
    let http = Http::stranger(&base)?;
    within(PATIENCE, "an update to be kept", || async {
        let request = http.request(Method::POST, "/telegram/webhook");
        let request = request.header("x-telegram-bot-api-secret-token", SECRET);
        let answer = http.send(request.json(&update)).await?;
        let (kept, later) = (answer.status == 200, answer.status == 503);
        ensure!(kept || later, "{}: {}", answer.status, answer.text);
        Ok(kept.then_some(()))
    })
    .await
}

/// Every task, its agent's part in it, its history and its reports.
async fn as_the_model_says(
    cluster: &Cluster,
    day: &[Person<'_>],
    findings: &mut Findings,
) -> Result<()> {
    let mut states = BTreeMap::new();
    let sql = "SELECT tasks.id, status, state FROM tasks JOIN assignments ON task_id = tasks.id";
    for row in cluster.rows(sql).await? {
        let state: (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        states.insert(row.try_get_by_index::<i64>(0)?, state);
    }
    let steps =
        "SELECT task_id, to_status FROM status_history WHERE from_status IS NOT NULL ORDER BY id";
    let (mut steps, mut texts) = (
        by_task(cluster, steps).await?,
        by_task(cluster, "SELECT task_id, text FROM reports ORDER BY text").await?,
    );
    for Person {
        member,
        life,
        texts: written,
    } in day
    {
        let (name, task) = (&member.name, member.task_id);
        let state = states.remove(&task).unwrap_or_default();
        let (status, post) = life.states();
        findings.must(
            (state.0.as_str(), state.1.as_str()) == (status, post),
            format!("the task of {name} is {state:?}, not {status} and {post}"),
        );
        let steps = steps.remove(&task).unwrap_or_default();
        findings.must(
            steps == life.history,
            format!("the task of {name} went {steps:?}, not {:?}", life.history),
        );
        let (texts, mut written) = (texts.remove(&task).unwrap_or_default(), written.clone());
        written.sort();
        findings.must(
            texts == written,
            format!("{name} has written {written:?}, not {texts:?}"),
        );
    }
    Ok(())
}

/// The second column by the first.
async fn by_task(cluster: &Cluster, sql: &str) -> Result<BTreeMap<i64, Vec<String>>> {
    let mut all: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in cluster.rows(sql).await? {
        let task = all.entry(row.try_get_by_index(0)?).or_default();
        task.push(row.try_get_by_index(1)?);
    }
    Ok(all)
}
