//! Updates through the bot: how soon one is answered, and how many go through when everybody writes at once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use telegram::{Call, Paper, Person};

use crate::{
    house::House,
    table::{Row, Spread},
};

const WITHIN: Duration = Duration::from_secs(10);
const QUESTION: &str = "/estado";
const REPORT: &str = "Sin cambios en la esquina, sigo el recorrido";
/// A slow machine gets no longer than this, and the rate of what it has done by then.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(50);
/// How often everybody writes, all at once.
const ROUNDS: usize = 10;

/// One person after another first, then all of them.
pub async fn all(house: &House) -> Result<Vec<Row>> {
    // The first of all fills caches.
    one_by_one(house, QUESTION, 1).await?;
    let asked = one_by_one(house, QUESTION, 50).await?;
    let mut rows = asked.delays("update to answer", Some((95, 50.0)));
    let reported = one_by_one(house, REPORT, 50).await?;
    rows.extend(reported.delays("report to answer", None));
    rows.push(rush(house, "bot questions", QUESTION).await?);
    rows.push(rush(house, "bot reports", REPORT).await?);
    Ok(rows)
}

async fn one_by_one(house: &House, text: &str, people: usize) -> Result<Spread> {
    let begun = Instant::now();
    let mut took = Vec::new();
    for person in house.people.iter().take(people) {
        took.push(answer(&house.paper, person, text).await?);
    }
    Ok(Spread::of(took, begun.elapsed()))
}

/// From the update in Telegram's queue to the answer that arrives there.
async fn answer(paper: &Paper, person: &Person, text: &str) -> Result<Duration> {
    let said = Instant::now();
    person.says(text)?;
    let is_it = |call: &&Call| {
        call.instant > said && call.method == "sendMessage" && call.chat() == Some(person.id())
    };
    let calls = paper
        .until_calls(|calls| calls.iter().rev().any(|call| is_it(&call)), WITHIN)
        .await?;
    let call = calls.iter().find(is_it).context("the call just seen")?;
    Ok(call.instant - said)
}

async fn rush(house: &House, name: &str, text: &str) -> Result<Row> {
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        for person in &house.people {
            person.says(text)?;
        }
    }
    let wanted = house.people.len() * ROUNDS;
    let mut looks = tokio::time::interval(LOOK);
    let mut answered = Vec::new();
    while answered.len() < wanted && begun.elapsed() < PATIENCE {
        looks.tick().await;
        // Copying the log is dear: not before everything was fetched.
        if house.paper.pending_updates() == 0 {
            answered = answers(&house.paper, begun);
        }
    }
    let last = answered.get(wanted - 1).or(answered.last());
    let took = *last.context("nobody was answered")? - begun;
    let count = u32::try_from(answered.len().min(wanted))?;
    Ok(Row::new(
        name,
        f64::from(count) / took.as_secs_f64(),
        "updates/s",
    ))
}

/// When answers arrived, in their order.
fn answers(paper: &Paper, begun: Instant) -> Vec<Instant> {
    let calls = paper.calls_of("sendMessage").into_iter();
    calls
        .map(|call| call.instant)
        .filter(|instant| *instant > begun)
        .collect()
}
