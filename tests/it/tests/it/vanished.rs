//! The host of the database vanishes without a word. Nobody waits for it for ever, and all goes on with the one that
//! takes its name.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use domain::{
    Clock, Error, Rules, Store,
    bell::{Bell, Topic},
    setting,
    store::Connect,
};
use it::{Backend, Board, Database, Http, TestApp, Wire, until::within};
use reqwest::{StatusCode, Url};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::json;

const SECOND: Duration = Duration::from_secs(1);

const CONNECTIONS: u32 = 4;

/// Several times what the settings of these tests add up to.
const LONG: Duration = Duration::from_secs(90);

/// A wire to the server of this address, and the same database at its other end.
async fn wired(url: &str) -> Result<(Wire, String)> {
    let mut url = Url::parse(url)?;
    let wire = Wire::to(url.port().context("a port")?).await?;
    let set = url.set_port(Some(wire.port()));
    ensure!(set.is_ok(), "{url} takes no port");
    Ok((wire, url.into()))
}

async fn store(url: &str) -> Result<Store> {
    let connect = Connect {
        connections: CONNECTIONS,
        acquire_timeout: 3 * SECOND,
        statement_timeout: 6 * SECOND,
        ..Connect::new(url)
    };
    let clock = Clock::running();
    Ok(Store::connect(&connect, clock, Bell::default(), Rules::default()).await?)
}

/// Waits until the server works for every connection over the wire.
async fn until_it_works(db: &DatabaseConnection) -> Result<()> {
    const WORKS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND state = 'active' AND query LIKE 'SELECT pg_sleep%'";
    within(LONG, "the statements to run", || async {
        let look = sea_orm::Statement::from_string(db.get_database_backend(), WORKS);
        let row = db.query_one_raw(look).await?.context("a count")?;
        let count: i64 = row.try_get_by_index(0)?;
        Ok((count >= i64::from(CONNECTIONS)).then_some(()))
    })
    .await
}

async fn writes(store: &Store, value: &'static str) -> domain::Result<()> {
    store
        .write(move |tx| Box::pin(async move { setting::set(tx, "vanished", value.into()).await }))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_vanished_database_was_asked_is_given_up_and_asked_of_its_successor() -> Result<()> {
    let Some(database) = Database::migrated(Backend::Postgres).await? else {
        return Ok(());
    };
    let (wire, url) = wired(database.url()).await?;
    let (store, beside) = (store(&url).await?, database.connect().await?);
    writes(&store, "before").await?;
    // Every connection is in use, and each has its place in the pool.
    let asked = (0..CONNECTIONS).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let slow = store.reader().execute_unprepared("SELECT pg_sleep(30)");
            slow.await.map(drop)
        })
    });
    let asked: Vec<_> = asked.collect();
    until_it_works(&beside).await?;
    wire.lose();
    for answer in asked {
        let answer = tokio::time::timeout(LONG, answer).await;
        let answer = answer.context("it waits for a server that is gone")??;
        let error = Error::from(answer.err().context("nobody can have answered")?);
        ensure!(matches!(error, Error::Away(_)), "{error:?}");
    }

    within(LONG, "reading again", || async {
        Ok(store.ping().await.ok())
    })
    .await?;
    within(LONG, "writing again", || async {
        Ok(writes(&store, "after").await.ok())
    })
    .await?;
    let kept = setting::get(&store, "vanished").await?;
    assert_eq!(kept.as_deref(), Some("after"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_finds_the_successor_of_its_database_and_hears_the_others_again() -> Result<()>
{
    let Some(app) = TestApp::on(Backend::Postgres).start().await? else {
        return Ok(());
    };
    let (wire, url) = wired(app.database().url()).await?;
    let mate = app
        .another(&[
            ("DATABASE_URL", &url),
            ("GAD_DATABASE__CONNECTIONS", "8"),
            ("GAD_DATABASE__ACQUIRE_SECONDS", "4"),
            ("GAD_DATABASE__STATEMENT_SECONDS", "2"),
        ])
        .await?;
    let boss = app.supervisor("Marta").await?;
    let (here, there) = (app.http(&boss).await?, mate.http(&boss).await?);
    let mut board = Board::open(&there).await?;
    wire.lose();
    within(LONG, "an answer", || async {
        let answer = there.get("/api/v1/tasks").await?;
        let polite = answer.status == StatusCode::SERVICE_UNAVAILABLE
            && answer.headers.contains_key("retry-after");
        ensure!(answer.status == StatusCode::OK || polite, "{answer:?}");
        Ok((answer.status == StatusCode::OK).then_some(()))
    })
    .await?;
    let new = json!({ "title": "Después", "kind": "patrullaje" });
    here.post("/api/v1/tasks", &new).await?.expect(201)?;
    board.until("task_created").await?;

    // Nothing but a bell tells of this topic.
    let mut ear = mate.store().bell().listen(Topic::Sessions);
    for _ in 0..LONG.as_secs() {
        app.store().bell().ring(Topic::Sessions);
        if ear.wait(SECOND).await {
            return Ok(());
        }
    }
    bail!("no bell is heard any more")
}

/// A balancer sends nobody there, nothing ends the process, and strangers do not hear why.
#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_an_instance_lives_but_is_not_ready() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Postgres).start().await? else {
        return Ok(());
    };
    let (wire, url) = wired(app.database().url()).await?;
    let mate = app
        .another(&[
            ("DATABASE_URL", &url),
            ("GAD_DATABASE__ACQUIRE_SECONDS", "4"),
            ("GAD_DATABASE__STATEMENT_SECONDS", "2"),
        ])
        .await?;
    let http = Http::stranger(&mate.base())?;
    http.get("/health/ready").await?.expect(200)?;
    wire.cut();
    let away = within(LONG, "readiness to end", || async {
        let ready = http.get("/health/ready").await?;
        Ok((ready.status != StatusCode::OK).then_some(ready))
    })
    .await?;
    let checks = away.expect(503)?["checks"].clone();
    assert_eq!(checks["database"], "error", "{checks}");
    let states = ["ok", "degraded", "not_configured", "error"];
    let checks = checks.as_object().context("checks")?;
    let words: Vec<&str> = checks
        .values()
        .filter_map(serde_json::Value::as_str)
        .collect();
    assert_eq!(words.len(), checks.len(), "{checks:?}");
    assert!(words.iter().all(|word| states.contains(word)), "{checks:?}");
    http.get("/health/live").await?.expect(200)?;
    wire.mend();
    within(LONG, "readiness to come back", || async {
        let ready = http.get("/health/ready").await?;
        Ok((ready.status == StatusCode::OK).then_some(()))
    })
    .await
}
