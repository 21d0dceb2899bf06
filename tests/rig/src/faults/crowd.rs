//! A broadcast to a whole city within Telegram's limits: the sending instance is lost in the middle, and the board shows
//! at any moment how far it is.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures::FutureExt;
use it::{Board, Http, until::within};
use patience::Deadline;
use telegram::Call;
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinHandle,
};

use crate::{
    cluster::{Cluster, Plan},
    load::{
        Crowd, Samples,
        radio::{dispatcher, tell_all},
    },
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "crowd",
    fault: "a broadcast to 10,000 people, kill -9 of the sending instance in the middle",
    run: |bench| run(bench).boxed(),
};

/// The words by which it is told from other messages.
const WORDS: &str = "Toda la ciudad";

/// So far the board may be behind.
const BEHIND: Duration = Duration::from_secs(2);

/// Between two looks at the truth.
const LOOK: Duration = Duration::from_millis(200);

/// What is neither telling nor waiting for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open board hears something at least every 25 seconds.
const QUIET: Duration = Duration::from_secs(60);

const TRUTH: &str = "
    SELECT count(*) FILTER (WHERE state <> 'queued'), count(*) FILTER (WHERE answered_at IS NOT NULL)
    FROM broadcast_recipients";

async fn run(bench: Bench) -> Result<Findings> {
    let (people, goal, answers, pause) = bench.size((10_000, 380, 20, 15), (80, 30, 3, 1));
    let (goal, pause) = (Duration::from_secs(goal), Duration::from_secs(pause));
    let mut findings = Findings::default();
    let cluster = Plan::default().limited().start(&bench).await?;
    let crowd = Crowd::gather(&cluster, people).await?;
    let radio = dispatcher(&cluster).await?;
    let sender = within(PATIENCE, "somebody to send", || cluster.sender()).await?;
    let other = radio.at(&cluster.base((sender + 1) % cluster.size()));
    let board = Board::connect(&other).await?;

    let sent = Instant::now();
    let id = tell_all(&other, WORDS).await?;
    let looking = look(board, other, id).await?;
    let ((), truths, ()) = tokio::try_join!(
        lose(&cluster, sender, people),
        until_told(&cluster, people, goal + PATIENCE),
        answer(&crowd, answers, pause),
    )?;
    let truths = [truths, vec![Truth::now(&cluster).await?]].concat();
    // What the board shows last is the truth of the end.
    let shown = looking.until(truths[truths.len() - 1]).await;
    board_is_true(&truths, &shown, &mut findings);
    told_all(&cluster, &crowd, sent, goal, &mut findings)?;
    findings.did(format!(
        "{people} people, {answers} answers meanwhile, {} looks at the board",
        shown.len()
    ));
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Ends the sending instance in the middle and starts it again.
async fn lose(cluster: &Cluster, sender: usize, people: usize) -> Result<()> {
    let half = i64::try_from(people / 2)?;
    within(PATIENCE * 5, "half of them to be told", || async {
        moment::pass(LOOK).await;
        Ok((Truth::now(cluster).await?.told >= half).then_some(()))
    })
    .await?;
    cluster.kill(sender).await?;
    cluster.start(sender).await.map(drop)
}

/// Those who were told first say so, one after the other.
async fn answer(crowd: &Crowd, answers: usize, pause: Duration) -> Result<()> {
    for phone in crowd.phones.iter().take(answers) {
        moment::pass(pause).await;
        phone.until_button("Recibido").await?;
        phone.taps("Recibido")?;
    }
    Ok(())
}

/// How far it is, at some moment.
#[derive(Clone, Copy, Debug)]
struct Truth {
    at: Instant,
    /// Those whose message has left.
    told: i64,
    answered: i64,
}

impl Truth {
    async fn now(cluster: &Cluster) -> Result<Self> {
        let at = Instant::now();
        let rows = cluster.rows(TRUTH).await?;
        let row = rows.first().context("a row")?;
        Ok(Self {
            at,
            told: row.try_get_by_index(0)?,
            answered: row.try_get_by_index(1)?,
        })
    }

    fn reaches(self, other: Self) -> bool {
        self.told >= other.told && self.answered >= other.answered
    }
}

/// The truth as it went, until everybody was told.
async fn until_told(cluster: &Cluster, people: usize, patience: Duration) -> Result<Vec<Truth>> {
    let (people, mut end) = (i64::try_from(people)?, Deadline::after(patience));
    let mut truths = Vec::new();
    loop {
        let now = Truth::now(cluster).await?;
        truths.push(now);
        if now.told >= people {
            return Ok(truths);
        }
        ensure!(!end.is_over(), "only {} of {people} were told", now.told);
        moment::pass(LOOK).await;
    }
}

/// A board on which somebody follows the broadcast.
struct Looking {
    running: JoinHandle<Result<()>>,
    shown: UnboundedReceiver<Truth>,
}

/// Reads the counters whenever the socket says that they have changed, as the dashboard does.
async fn look(mut board: Board, http: Http, id: i64) -> Result<Looking> {
    board.subscribe(&["broadcasts"], None).await?;
    let (tell, shown) = mpsc::unbounded_channel();
    let running = tokio::spawn(follow(board, http, id, tell));
    Ok(Looking { running, shown })
}

async fn follow(mut board: Board, http: Http, id: i64, tell: UnboundedSender<Truth>) -> Result<()> {
    // Whoever looks is gone when nobody takes it any more.
    while tell.send(counters(&http, id).await?).is_ok() {
        while let Some(event) = board.next_within(QUIET).await? {
            board.forget();
            if event["event_type"] == "broadcast_progress" {
                break;
            }
        }
    }
    Ok(())
}

async fn counters(http: &Http, id: i64) -> Result<Truth> {
    let path = format!("/api/v1/broadcasts/{id}?limit=1");
    let counts = http.get(&path).await?.expect(200)?["counts"].clone();
    let of = |state: &str| counts[state].as_i64().unwrap_or_default();
    let answered = of("acknowledged") + of("on_the_way") + of("needs_help") + of("declined");
    Ok(Truth {
        at: Instant::now(),
        told: answered + of("sent") + of("unreachable"),
        answered,
    })
}

impl Looking {
    /// Everything it showed until it showed this, or until it is clear that it never will.
    async fn until(mut self, last: Truth) -> Vec<Truth> {
        let mut seen: Vec<Truth> = Vec::new();
        let mut end = Deadline::after(BEHIND * 10);
        while !seen.last().is_some_and(|shown| shown.reaches(last)) {
            let Some(Some(shown)) = end.bound(self.shown.recv()).await else {
                break;
            };
            seen.push(shown);
        }
        self.running.abort();
        seen
    }
}

/// Whatever was true at a moment stood on the board soon after.
fn board_is_true(truths: &[Truth], shown: &[Truth], findings: &mut Findings) {
    let behind = |truth: &Truth| {
        let caught_up = shown.iter().find(|one| one.reaches(*truth))?;
        Some(caught_up.at.saturating_duration_since(truth.at))
    };
    let delays: Vec<Option<Duration>> = truths.iter().map(behind).collect();
    let never = delays.iter().filter(|delay| delay.is_none()).count();
    findings.must(
        never == 0,
        format!("the board never showed {never} of {} moments", truths.len()),
    );
    let delays: Samples = delays.into_iter().flatten().collect();
    findings.time("the board behind the truth, worst", delays.worst(), BEHIND);
}

/// Everybody has the message, within the time, and Telegram never had to say "slower".
fn told_all(
    cluster: &Cluster,
    crowd: &Crowd,
    sent: Instant,
    goal: Duration,
    findings: &mut Findings,
) -> Result<()> {
    let says = |call: &&Call| {
        let fits = call.method == "sendMessage" && call.is_ok();
        fits && call.text().is_some_and(|text| text.contains(WORDS))
    };
    let calls = cluster.paper.calls();
    let mut told: BTreeMap<i64, Instant> = BTreeMap::new();
    for call in calls.iter().filter(says) {
        told.entry(call.chat().context("a chat")?)
            .or_insert(call.instant);
    }
    let missed = crowd.phones.iter();
    let missed = missed.filter(|phone| !told.contains_key(&phone.id()));
    let missed = missed.count();
    findings.must(missed == 0, format!("{missed} never got the message"));
    let refused = calls.iter().filter(|call| call.status == 429).count();
    findings.must(refused == 0, format!("{refused} calls were answered 429"));
    let mut times: Vec<Instant> = told.into_values().collect();
    times.sort_unstable();
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
    let (gap, last) = (gaps.max().unwrap_or_default(), times.last());
    findings.did(format!("nobody was told for {:.1} s", gap.as_secs_f64()));
    let took = last.context("somebody who was told")?.duration_since(sent);
    findings.time("everybody told", took, goal);
    Ok(())
}
