//! Power cuts of one instance on a database file while many write.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
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
    for _ in 0..kills {
        moment::pass(Duration::from_millis(random.random_range(0..400))).await;
        solo.node.kill().await?;
        ready.add(solo.node.start().await?);
    }
    book.over.store(true, Ordering::Relaxed);
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
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

/// What writers were told.
#[derive(Default)]
struct Book {
    over: AtomicBool,
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
            match http.send(request).await {
                Ok(answer) if answer.status == 201 => break,
                // Away, or busy for longer than one waits.
                Ok(answer) if answer.status == 503 => {}
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
