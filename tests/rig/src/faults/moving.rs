//! Everybody moves at once, in the middle of dialogues, while others write.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::{FutureExt, future::try_join_all};
use it::{Board, Http, board::TOPICS, until::within};
use rand::{RngExt, rngs::StdRng};
use tokio::{task::JoinHandle, time::interval};

use crate::{
    cluster::{Cluster, Plan},
    load::{Force, Member, Samples, Talk},
    model::Texts,
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "moving",
    fault: "500 agents move every 5 s for 2 minutes, in the middle of dialogues",
    run: |bench| run(bench).boxed(),
};

/// From a move to the board that shows it.
const SHOWN: Duration = Duration::from_secs(1);

/// From a text of somebody else to its answer.
const ANSWERED: Duration = Duration::from_millis(500);

const PATIENCE: Duration = Duration::from_secs(60);

/// At most one row for each person in this time.
const ONE_ROW: Duration = Duration::from_secs(5);

/// For as long as Telegram says.
const SHARED: u32 = 8 * 3600;

/// Where everybody begins, and how far the steps are, in degrees.
const HERE: (f64, f64) = (-34.6, -58.4);
const STEP: f64 = 1e-5;

const TOO_CLOSE: &str = "
    SELECT count(*) FROM (
        SELECT recorded_at - lag(recorded_at) OVER (PARTITION BY agent_id ORDER BY recorded_at, id) AS gap FROM positions
    ) AS gaps WHERE gap < interval '5 seconds'";

/// Every dialogue as it stands.
const DIALOGUES: &str = "SELECT coalesce(hashtextextended(string_agg(dialogues::text, ';' ORDER BY chat_id), 0), 0) FROM dialogues";

async fn run(bench: Bench) -> Result<Findings> {
    let (moving, talking, every, time) = bench.size((500, 20, 5, 120), (50, 5, 2, 15));
    let (every, time) = (Duration::from_secs(every), Duration::from_secs(time));
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    let force = Force::hire(&cluster, moving + talking).await?;
    cluster.settled(PATIENCE).await?;
    let (walkers, talkers) = force.members.split_at(moving);
    let begun = Instant::now();
    let mut walkers = set_out(walkers, &mut bench.random())?;
    cluster.settled(PATIENCE).await?;
    let dialogues = cluster.count(DIALOGUES).await?;
    let chats = Chats::now(&walkers);

    let watch = watch(cluster.admin(0).await?).await?;
    let texts = Texts::default();
    let walk = walk(&mut walkers, every, time);
    let talk = Talk::steady(talkers, &texts, 4, time);
    let (moves, talk) = tokio::try_join!(walk, talk)?;
    let settled = cluster.settled(PATIENCE).await?;
    // The next one of everybody is kept.
    moment::pass(ONE_ROW).await;
    let last = step(&mut walkers)?;
    let under_way = begun.elapsed();
    shown(&cluster, &walkers).await?;
    cluster.settled(PATIENCE).await?;
    let seen = watch.abandon().await;

    let all: Vec<Moved> = moves.into_iter().chain(last).collect();
    findings.did(format!("{} moves of {moving} agents", all.len()));
    let kept = cluster.count("SELECT count(*) FROM positions").await?;
    let close = cluster.count(TOO_CLOSE).await?;
    findings.must(close == 0, format!("{close} rows within five seconds"));
    let rows = kept as f64 / moving as f64;
    let budget = (under_way.as_secs_f64() / ONE_ROW.as_secs_f64()).ceil() + 1.0;
    findings.at_most("rows kept of each agent, mean", rows, "rows", budget);
    let few = (time.as_secs_f64() / ONE_ROW.as_secs_f64() / 2.0).floor();
    findings.must(
        (few..=budget).contains(&rows),
        format!("{rows} rows of each agent, not {few} to {budget}"),
    );
    let now = cluster.count(DIALOGUES).await?;
    findings.must(now == dialogues, "a move reached a dialogue");
    chats.unchanged(&walkers, &mut findings);
    let answers = talk.answers(&cluster.paper);
    findings.must(
        answers.missing == 0,
        format!("{} of the others had no answer", answers.missing),
    );
    let shown = delays(&all, &seen);
    findings.did(format!(
        "{kept} rows kept, {} seen on a board",
        shown.count()
    ));
    let heard: HashSet<i64> = seen.iter().map(|one| one.agent_id).collect();
    findings.must(
        heard.len() == moving,
        format!("a board heard of {} of {moving}", heard.len()),
    );
    findings.time("move to board, p95", shown.percentile(95), SHOWN);
    findings.time("move to board, worst", shown.worst(), 5 * SHOWN);
    findings.time(
        "others' answers, p95",
        answers.delays.percentile(95),
        ANSWERED,
    );
    findings.time("all handled after the last", settled, SHOWN);
    findings.did(cluster.delays().await?);
    texts.check(&cluster, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Somebody with a live location, on his way to the north.
struct Walker {
    member: Member,
    message: i64,
    at: (f64, f64),
}

/// A step, which nobody else has made.
struct Moved {
    agent_id: i64,
    lat: f64,
    at: Instant,
}

/// Everybody shares his place, and then begins a dialogue.
fn set_out(members: &[Member], chances: &mut StdRng) -> Result<Vec<Walker>> {
    let walker = |member: &Member| {
        let at = (HERE.0, HERE.1 + chances.random_range(-0.1..0.1));
        let shared = member.phone.shares_live_location(at.0, at.1, SHARED)?;
        member.phone.says("/licencia")?;
        Ok(Walker {
            member: member.clone(),
            message: shared.message_id.context("a message")?,
            at,
        })
    };
    members.iter().map(walker).collect()
}

/// Steps of everybody, spread over each round.
async fn walk(walkers: &mut [Walker], every: Duration, time: Duration) -> Result<Vec<Moved>> {
    let count = u32::try_from(walkers.len())?;
    let mut pace = interval(every / count);
    let (end, mut moves) = (Instant::now() + time, Vec::new());
    while Instant::now() < end {
        for walker in walkers.iter_mut() {
            pace.tick().await;
            moves.push(walker.step()?);
        }
    }
    Ok(moves)
}

fn step(walkers: &mut [Walker]) -> Result<Vec<Moved>> {
    walkers.iter_mut().map(Walker::step).collect()
}

impl Walker {
    fn step(&mut self) -> Result<Moved> {
        self.at.0 += STEP;
        let at = Instant::now();
        let phone = &self.member.phone;
        phone.moves_live_location(self.message, self.at.0, self.at.1)?;
        Ok(Moved {
            agent_id: self.member.agent_id,
            lat: self.at.0,
            at,
        })
    }
}

/// Waits until the map of every instance shows everybody where he is.
async fn shown(cluster: &Cluster, walkers: &[Walker]) -> Result<()> {
    let maps = (0..cluster.size()).map(|n| async move {
        let http = cluster.admin(n).await?;
        within(PATIENCE, "the map to show where everybody is", || async {
            let places = places(&http).await?;
            let there = |walker: &Walker| {
                let place = places.get(&walker.member.agent_id);
                place.is_some_and(|(lat, lon)| same(*lat, walker.at.0) && same(*lon, walker.at.1))
            };
            Ok(walkers.iter().all(there).then_some(()))
        })
        .await
    });
    try_join_all(maps).await.map(drop)
}

/// Agents and where the map shows them.
async fn places(http: &Http) -> Result<HashMap<i64, (f64, f64)>> {
    let map = http.get("/api/v1/map").await?.expect(200)?;
    let features = map["features"].as_array().context("features")?;
    let agents = features
        .iter()
        .filter(|one| one["properties"]["layer"] == "agent");
    let place = |one: &serde_json::Value| {
        let place = &one["geometry"]["coordinates"];
        let point = (place[1].as_f64()?, place[0].as_f64()?);
        Some((one["properties"]["id"].as_i64()?, point))
    };
    Ok(agents.filter_map(place).collect())
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < STEP / 10.0
}

/// What everybody has in his chat.
struct Chats(Vec<usize>);

impl Chats {
    fn now(walkers: &[Walker]) -> Self {
        let count = |walker: &Walker| walker.member.phone.messages().len();
        Self(walkers.iter().map(count).collect())
    }

    fn unchanged(self, walkers: &[Walker], findings: &mut Findings) {
        let pairs = self.0.into_iter().zip(Self::now(walkers).0);
        let told = pairs.filter(|(before, now)| before != now).count();
        findings.must(told == 0, format!("{told} were written to for moving"));
    }
}

/// A board that notes when it hears of whom.
struct Watch {
    looking: JoinHandle<()>,
    heard: tokio::sync::mpsc::UnboundedReceiver<Moved>,
}

async fn watch(http: Http) -> Result<Watch> {
    let mut board = Board::connect(&http).await?;
    board.subscribe(&TOPICS, None).await?;
    let (tell, heard) = tokio::sync::mpsc::unbounded_channel();
    let looking = tokio::spawn(async move {
        while let Ok(event) = board.next_within(PATIENCE).await {
            let data = event.as_ref().map(|event| &event["data"]);
            let moved = data.and_then(|data| {
                Some(Moved {
                    agent_id: data["agent_id"].as_i64()?,
                    lat: data["lat"].as_f64()?,
                    at: Instant::now(),
                })
            });
            if moved.is_some_and(|moved| tell.send(moved).is_err()) {
                break;
            }
            board.forget();
        }
    });
    Ok(Watch { looking, heard })
}

impl Watch {
    /// What it has heard so far; it closes.
    async fn abandon(mut self) -> Vec<Moved> {
        self.looking.abort();
        let mut all = Vec::new();
        while let Some(moved) = self.heard.recv().await {
            all.push(moved);
        }
        all
    }
}

/// From each move to the first word of it, as far as there was one: of two within five seconds one is kept.
fn delays(moves: &[Moved], seen: &[Moved]) -> Samples {
    let of = |one: &Moved| {
        let heard = seen.iter().find(|other| {
            other.agent_id == one.agent_id && same(other.lat, one.lat) && other.at >= one.at
        });
        heard.map(|heard| heard.at - one.at)
    };
    moves.iter().filter_map(of).collect()
}
