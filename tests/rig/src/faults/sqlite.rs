//! Power cuts of one instance on a database file while many write.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::FutureExt;
use it::Http;
use rand::RngExt;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tokio::{sync::Mutex, task::JoinSet};

use crate::{
    load::Samples,
    moment,
    report::Findings,
    run::{Bench, Row},
    solo::Solo,
};

pub const ROW: Row = Row {
    name: "sqlite",
    fault: "SQLite, 50 writers, 200 kills",
    run: |bench| run(bench).boxed(),
};

const WRITERS: usize = 50;

/// Ready again after a start.
const READY: Duration = Duration::from_secs(5);

/// Before a writer tries the same again.
const PAUSE: Duration = Duration::from_millis(50);

/// It runs on for so long after the last kill.
const PEACE: Duration = Duration::from_secs(2);

/// So many percent of the writers may be told to come again.
const BUSY: f64 = 1.0;

/// What SQLite says when writers get in each other's way.
const LOCKED: &str = "database is locked";

async fn run(bench: Bench) -> Result<Findings> {
    let kills = bench.size(200, 12);
    let mut findings = Findings::default();
    let folder = tempfile::tempdir()?;
    let solo = Solo::start(&bench, folder.path()).await?;
    let book = Arc::new(Book::default());
    let admin = solo.admin().await?;
    let mut writers = JoinSet::new();
    for n in 0..WRITERS {
        writers.spawn(write(n, admin.clone(), Arc::clone(&book)));
    }
    let (mut random, mut ready) = (bench.random(), Samples::default());
    let (mut up, mut since) = (Vec::new(), Instant::now());
    for _ in 0..kills {
        moment::pass(Duration::from_millis(random.random_range(0..400))).await;
        up.push(since..Instant::now());
        solo.node.kill().await?;
        ready.add(solo.node.start().await?);
        since = Instant::now();
    }
    // In peace too.
    moment::pass(PEACE).await;
    up.push(since..Instant::now());
    book.over.store(true, Ordering::Relaxed);
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    nobody_is_locked_out(&solo, &book, &up, &mut findings).await?;
    let store = solo.finish(&mut findings).await?;
    let said = book.wrong.lock().await;
    findings.must(
        said.is_empty(),
        format!(
            "{} answers were wrong, such as {:?}",
            said.len(),
            said.first()
        ),
    );
    let db = store.writer();
    let one = async |sql: &str| {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        db.query_one_raw(statement).await?.context("a row")
    };
    let sound: String = one("PRAGMA integrity_check").await?.try_get_by_index(0)?;
    findings.must(sound == "ok", format!("the file is damaged: {sound}"));
    let made = book.made.lock().await;
    let tasks: i64 = one("SELECT count(*) FROM tasks")
        .await?
        .try_get_by_index(0)?;
    let different = "SELECT count(DISTINCT title) FROM tasks";
    let titles: i64 = one(different).await?.try_get_by_index(0)?;
    let acknowledged = i64::try_from(made.len())?;
    findings.must(
        tasks == acknowledged && titles == acknowledged,
        format!("{acknowledged} tasks were acknowledged, there are {tasks} with {titles} titles"),
    );
    findings.did(format!(
        "{kills} kills, {WRITERS} writers, {acknowledged} tasks"
    ));
    findings.time("ready after a start, worst", ready.worst(), READY);
    Ok(findings)
}

/// Nobody was told that the file is locked, neither in so many words nor by a refusal while the instance ran.
async fn nobody_is_locked_out(
    solo: &Solo,
    book: &Book,
    up: &[Range<Instant>],
    findings: &mut Findings,
) -> Result<()> {
    let refused = book.refused.lock().await;
    let while_up = |one: &&Refused| {
        let inside = |up: &Range<Instant>| up.contains(&one.asked) && up.contains(&one.told);
        up.iter().any(inside)
    };
    // Fifty at once on a busy machine may have to come again; that is told from a file that is locked by its words.
    let busy = refused.iter().filter(while_up).count();
    let asked = book.made.lock().await.len() + refused.len();
    let percent = 100.0 * busy as f64 / asked.max(1) as f64;
    findings.at_most("refused while it ran, of all", percent, "%", BUSY);
    let locked = refused
        .iter()
        .filter(|one| one.said.contains(LOCKED))
        .count();
    findings.must(locked == 0, format!("{locked} were told: {LOCKED}"));
    let logged = solo.node.log()?;
    let logged: Vec<&str> = logged
        .lines()
        .filter(|line| line.contains(LOCKED))
        .collect();
    findings.must(
        logged.is_empty(),
        format!("{} times in the log: {:?}", logged.len(), logged.first()),
    );
    findings.did(format!("{} refused at starts and ends", refused.len()));
    Ok(())
}

/// An answer 503.
struct Refused {
    asked: Instant,
    told: Instant,
    said: String,
}

/// What writers were told.
#[derive(Default)]
struct Book {
    over: AtomicBool,
    refused: Mutex<Vec<Refused>>,
    made: Mutex<Vec<String>>,
    wrong: Mutex<Vec<String>>,
}

/// Makes one task after another; what was not answered is asked for again under the same key.
async fn write(writer: usize, http: Http, book: Arc<Book>) -> Result<()> {
    for n in 0.. {
        if book.over.load(Ordering::Relaxed) {
            break;
        }
        let title = format!("Ronda {writer}-{n}");
        let sent = json!({ "title": title, "kind": "patrullaje" });
        loop {
            let request = http
                .request(Method::POST, "/api/v1/tasks")
                .header("Idempotency-Key", &title)
                .json(&sent);
            let asked = Instant::now();
            match http.send(request).await {
                Ok(answer) if answer.status == 201 => break,
                // It begins or ends.
                Ok(answer) if answer.status == 503 => {
                    let (told, said) = (Instant::now(), answer.text);
                    book.refused
                        .lock()
                        .await
                        .push(Refused { asked, told, said });
                }
                Ok(answer) => {
                    book.wrong
                        .lock()
                        .await
                        .push(format!("{}: {}", answer.status, answer.text));
                    return Ok(());
                }
                // The power went.
                Err(_) => {}
            }
            moment::pass(PAUSE).await;
        }
        book.made.lock().await.push(title);
    }
    Ok(())
}
