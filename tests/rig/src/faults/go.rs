//! Everybody who was asked to help comes at once: exactly as many as are needed, and the others learn it soon.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::FutureExt;
use serde_json::json;
use telegram::Call;

use crate::{
    cluster::{Cluster, Plan},
    load::{Crowd, Samples, radio::dispatcher},
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "go",
    fault: "50 agents press \"Voy\" at once, over 3 instances",
    run: |bench| run(bench).boxed(),
};

/// From the press of whoever is not needed until he knows it.
const LEARNT: Duration = Duration::from_secs(2);

const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody has pressed.
struct Press {
    chat: i64,
    at: Instant,
    query: String,
}

async fn run(bench: Bench) -> Result<Findings> {
    let people = bench.size(50, 12);
    let mut findings = Findings::default();
    let cluster = Plan::default()
        .limited()
        .set("GAD_EMERGENCY__OFFERS", &people.to_string())
        .start(&bench)
        .await?;
    let crowd = Crowd::gather(&cluster, people).await?;
    crowd.is_seen(&cluster).await?;
    let radio = dispatcher(&cluster).await?;
    let help = json!({ "lat": -34.6, "lon": -58.4, "text": "Choque" });
    let help = radio.post("/api/v1/emergencies", &help).await?;
    let id = help.expect(201)?["id"].as_i64().context("a number")?;
    for phone in &crowd.phones {
        phone.until_button("Voy").await?;
    }
    cluster.settled(PATIENCE).await?;
    let pressed = press(&crowd)?;
    cluster.settled(PATIENCE).await?;
    let winners = the_crew_wins(&cluster, id, people, &mut findings).await?;
    findings.did(format!(
        "{people} presses at once, {} were needed",
        winners.len()
    ));
    the_others_learn_it(&cluster, &pressed, &winners, &mut findings);
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Everybody presses at the same moment.
fn press(crowd: &Crowd) -> Result<Vec<Press>> {
    let press = |phone: &telegram::Person| {
        let at = Instant::now();
        let query = phone.taps("Voy")?.query_id;
        Ok(Press {
            chat: phone.id(),
            at,
            query: query.context("a query")?,
        })
    };
    crowd.phones.iter().map(press).collect()
}

/// As many as are needed come, and are on the task; all others were told that they are not. The chats of those who come.
async fn the_crew_wins(
    cluster: &Cluster,
    id: i64,
    people: usize,
    findings: &mut Findings,
) -> Result<BTreeSet<i64>> {
    let takers = format!(
        "SELECT telegram_id FROM emergency_offers JOIN agents ON agents.id = agent_id
         JOIN users ON users.id = agents.user_id WHERE emergency_id = {id} AND state = 'taken'"
    );
    let takers = cluster.rows(&takers).await?;
    let winners: BTreeSet<i64> = takers
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    let crew = format!("SELECT crew::bigint FROM emergencies WHERE id = {id}");
    let crew = cluster.count(&crew).await?;
    findings.must(
        i64::try_from(winners.len())? == crew,
        format!("{crew} were needed, {} come", winners.len()),
    );
    let held = format!(
        "SELECT count(*) FROM assignments WHERE state = 'en_route'
         AND task_id = (SELECT task_id FROM emergencies WHERE id = {id})"
    );
    let held = cluster.count(&held).await?;
    findings.must(held == crew, format!("{held} are on their way"));
    let others = format!(
        "SELECT count(*) FROM emergency_offers WHERE emergency_id = {id} AND state = 'stood_down'"
    );
    let others = cluster.count(&others).await?;
    findings.must(
        others + crew == i64::try_from(people)?,
        format!("{others} are known not to be needed"),
    );
    Ok(winners)
}

/// By the answer to their press, or by their card.
fn the_others_learn_it(
    cluster: &Cluster,
    pressed: &[Press],
    winners: &BTreeSet<i64>,
    findings: &mut Findings,
) {
    let calls = cluster.paper.calls();
    let others = pressed.iter().filter(|one| !winners.contains(&one.chat));
    let others: Vec<&Press> = others.collect();
    let first = |one: &Press, tells: &dyn Fn(&Press, &Call) -> bool| {
        let mut told = calls.iter();
        let told = told.find(|call| call.instant >= one.at && call.is_ok() && tells(one, call));
        told.map(|call| call.instant - one.at)
    };
    let cards = others.iter().filter_map(|one| first(one, &changes_card));
    let cards: Samples = cards.collect();
    findings.did(format!(
        "{} cards of others changed, the last {:.1} s after its press",
        cards.count(),
        cards.worst().as_secs_f64()
    ));
    let learnt = others.iter().filter_map(|one| {
        first(one, &|one: &Press, call: &Call| {
            answers(one, call) || changes_card(one, call)
        })
    });
    let learnt: Samples = learnt.collect();
    let never = others.len() - learnt.count();
    findings.must(never == 0, format!("{never} never learnt it"));
    findings.time("the others learn it, worst", learnt.worst(), LEARNT);
}

/// The words that Telegram shows over the chat.
fn answers(press: &Press, call: &Call) -> bool {
    call.method == "answerCallbackQuery"
        && call.params["callback_query_id"].as_str() == Some(press.query.as_str())
        && call.text().is_some()
}

fn changes_card(press: &Press, call: &Call) -> bool {
    call.method.starts_with("editMessage") && call.chat() == Some(press.chat)
}
