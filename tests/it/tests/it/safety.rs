//! How a process ends, and the proofs and copies an operator makes, as processes.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use it::{
    Backend, Board, Database, Http,
    app::PASSWORD,
    process::{self, Process},
    until,
};
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::GAD;

/// A database file and the settings of a server on it.
async fn house() -> Result<(Database, Vec<(String, String)>)> {
    let house = house_on(Backend::Sqlite).await?;
    house.context("a file is always there")
}

/// A database and the settings of a server on it; nothing where PostgreSQL is asked for and the tests run without.
async fn house_on(backend: Backend) -> Result<Option<(Database, Vec<(String, String)>)>> {
    let Some(database) = Database::empty(backend).await? else {
        return Ok(None);
    };
    let folder = database.folder().display().to_string();
    let variables = [
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", &folder),
        ("PORT", "0"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Some((database, variables.into())))
}

/// Exit code, and everything that was said.
async fn gad(arguments: &[&str], variables: &[(String, String)]) -> Result<(i32, String)> {
    let output = process::output(GAD, arguments, variables).await?;
    let said = [output.stdout, output.stderr].concat();
    let code = output.status.code().context("no exit code")?;
    Ok((code, String::from_utf8_lossy(&said).into_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_ends_first_and_everything_is_answered_until_the_door_closes() -> Result<()> {
    let (_database, mut variables) = house().await?;
    variables.push(("GAD_SERVER__NOTICE_SECONDS".into(), "5".into()));
    let server = Process::serve(GAD, &variables).await?;
    let http = Http::stranger(server.base())?;
    http.get("/health/ready").await?.expect(200)?;
    server.signal("TERM").await?;
    until("readiness to end", || async {
        let ready = http.get("/health/ready").await?;
        Ok((ready.status == 503).then_some(()))
    })
    .await?;
    http.get("/health/live").await?.expect(200)?;
    assert_eq!(server.ended(Duration::from_secs(30)).await?, Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() -> Result<()> {
    let (_database, mut variables) = house().await?;
    variables.push(("GAD_SERVER__NOTICE_SECONDS".into(), "60".into()));
    let server = Process::serve(GAD, &variables).await?;
    let http = Http::stranger(server.base())?;
    server.signal("INT").await?;
    until("readiness to end", || async {
        let ready = http.get("/health/ready").await?;
        Ok((ready.status == 503).then_some(()))
    })
    .await?;
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(10)).await?, Some(130));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_ends_by_itself_ends_the_process_with_a_failure_and_its_name() -> Result<()> {
    let (_database, mut variables) = house().await?;
    variables.push(("GAD_SERVER__NOTICE_SECONDS".into(), "0".into()));
    for (how, cause) in [
        ("fails", "no luck"),
        ("panics", "by a panic"),
        ("ends", "without an error"),
    ] {
        let mut variables = variables.clone();
        variables.push(("TESTED_TASK".into(), how.into()));
        let (code, said) = gad(&["serve"], &variables).await?;
        let named = said.contains(&format!("tested ended: {cause}"));
        assert!(code == 1 && named, "{code}: {said}");
    }
    Ok(())
}

/// An admin with a password, made as an operator makes one.
async fn add_marta(variables: &[(String, String)]) -> Result<()> {
    let add = [
        "user",
        "add",
        "marta",
        "--name",
        "Marta",
        "--level",
        "3",
        "--password-stdin",
    ];
    let mut adding = process::command(GAD, &add, variables)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut input = adding.stdin.take().context("a pipe")?;
    input.write_all(PASSWORD.as_bytes()).await?;
    drop(input);
    let added = patience::within(BUSY, adding.wait_with_output()).await;
    let added = added.context("it does not end")??;
    anyhow::ensure!(added.status.success(), "{added:?}");
    Ok(())
}

/// How long who is in the middle of something is waited for, here and not in production.
const DRAIN: Duration = Duration::from_secs(3);

const SOCKETS: usize = 50;

/// What a busy machine may add.
const BUSY: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
async fn who_never_finishes_his_request_holds_it_up_no_longer_than_the_drain() -> Result<()> {
    let (_database, mut variables) = house().await?;
    let drain = DRAIN.as_secs().to_string();
    variables.push(("GAD_SERVER__NOTICE_SECONDS".into(), "0".into()));
    variables.push(("GAD_SERVER__DRAIN_SECONDS".into(), drain));
    let server = Process::serve(GAD, &variables).await?;
    let address = server.base().replacen("http://", "", 1);
    let mut slow = TcpStream::connect(&address).await?;
    let half = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{\"username\":";
    slow.write_all(half.as_bytes()).await?;
    // What was asked after it is answered: so it is being read.
    let http = Http::stranger(server.base())?;
    http.get("/health/live").await?.expect(200)?;
    let told = Instant::now();
    server.signal("TERM").await?;
    assert_eq!(server.ended(DRAIN + BUSY).await?, Some(0));
    let took = told.elapsed();
    assert!(took >= DRAIN / 2, "he was given no time, only {took:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_told_to_come_back_and_not_all_at_once() -> Result<()> {
    let (_database, mut variables) = house().await?;
    variables.push(("GAD_SERVER__NOTICE_SECONDS".into(), "0".into()));
    variables.push(("GAD_LIMITS__ENABLED".into(), "false".into()));
    let server = Process::serve(GAD, &variables).await?;
    add_marta(&variables).await?;
    let http = Http::login(server.base(), "marta", PASSWORD).await?;
    let mut boards = try_join_all((0..SOCKETS).map(|_| Board::open(&http))).await?;
    server.signal("TERM").await?;
    let closed = boards.iter_mut().map(|board| async move {
        let code = board.until_closed().await?;
        anyhow::Ok((code, Instant::now()))
    });
    let closed = try_join_all(closed).await?;
    assert!(
        closed.iter().all(|(code, _)| *code == Some(1012)),
        "{closed:?}"
    );
    let times = || closed.iter().map(|(_, at)| *at);
    let (first, last) = (times().min(), times().max());
    let spread = last.zip(first).map(|(last, first)| last - first);
    assert!(spread > Some(Duration::from_millis(500)), "{spread:?}");
    // No moment has more than half of them.
    for (_, at) in &closed {
        let near = |other: &Instant| *other >= *at && *other - *at < Duration::from_millis(250);
        assert!(times().filter(near).count() < SOCKETS / 2, "{closed:?}");
    }
    assert_eq!(server.ended(Duration::from_secs(30)).await?, Some(0));
    Ok(())
}

/// Whoever serves has set the timer of the next one, as it is shipped.
const NIGHTLY: &str = "SELECT count(*) FROM timers WHERE kind = 'backup' AND status = 'waiting' \
    AND CAST(due_at AS text) LIKE '%02:00:00%'";

/// Where PostgreSQL's programs are found.
#[expect(
    clippy::disallowed_methods,
    reason = "where programs are is told by the environment"
)]
fn path() -> Result<String> {
    Ok(std::env::var("PATH")?)
}

const PEOPLE: &str = "SELECT count(*) FROM users";

async fn count(rows: &DatabaseConnection, sql: &str) -> Result<i64> {
    let asked = Statement::from_string(rows.get_database_backend(), sql);
    let row = rows.query_one_raw(asked).await?.context("a count")?;
    Ok(row.try_get_by_index(0)?)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn copies_and_proofs_are_made_beside_a_running_server(
    #[case] backend: Backend,
) -> Result<()> {
    let Some((database, mut variables)) = house_on(backend).await? else {
        return Ok(());
    };
    variables.push(("PATH".into(), path()?));
    let (code, said) = gad(&["migrate", "up"], &variables).await?;
    assert_eq!(code, 0, "{said}");
    let server = Process::serve(GAD, &variables).await?;
    let add = ["user", "add", "ana", "--name", "Ana", "--level", "3"];
    let (code, said) = gad(&add, &variables).await?;
    assert_eq!(code, 0, "{said}");
    until("the record to be sealed", || async {
        let (code, said) = gad(&["audit", "verify"], &variables).await?;
        let sealed = code == 0 && said.starts_with("1 entries") && said.contains("0 more");
        Ok(sealed.then_some(()))
    })
    .await?;
    let (code, said) = gad(&["backup", "create"], &variables).await?;
    assert_eq!(code, 0, "{said}");
    let (code, said) = gad(&["backup", "list"], &variables).await?;
    assert!(code == 0 && said.trim_end().ends_with("good"), "{said}");
    let (code, said) = gad(&["backup", "verify"], &variables).await?;
    assert!(code == 0 && said.contains("good; restored"), "{said}");
    let (code, said) = gad(&["backup", "verify", "of-nobody"], &variables).await?;
    assert!(code == 1 && said.contains("gad backup list"), "{said}");
    let (code, said) = gad(&["backup", "restore", "latest"], &variables).await?;
    assert!(code == 1 && said.contains("--force"), "{said}");
    let rows = database.connect().await?;
    assert_eq!(count(&rows, NIGHTLY).await?, 1);
    let people = count(&rows, PEOPLE).await?;
    // What comes later is not part of it.
    let add = ["user", "add", "bea", "--name", "Bea", "--level", "3"];
    let (code, said) = gad(&add, &variables).await?;
    assert_eq!(code, 0, "{said}");
    assert_eq!(count(&rows, PEOPLE).await?, people + 1);
    rows.execute_unprepared("UPDATE audit SET action = 'nothing'")
        .await?;
    let (code, said) = gad(&["audit", "verify"], &variables).await?;
    assert!(code == 1 && said.contains("entry 1"), "{said}");
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(30)).await?, Some(0));
    let (code, said) = gad(&["backup", "restore", "latest", "--force"], &variables).await?;
    assert_eq!(code, 0, "{said}");
    let (code, said) = gad(&["audit", "verify"], &variables).await?;
    assert!(code == 0 && said.starts_with("1 entries"), "{said}");
    let rows = database.connect().await?;
    assert_eq!(count(&rows, PEOPLE).await?, people);
    Ok(())
}
