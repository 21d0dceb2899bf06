//! How a process ends, and the proofs and copies an operator makes, as processes.

use std::time::Duration;

use anyhow::{Context, Result};
use it::{
    Backend, Database, Http,
    process::{self, Process},
    until,
};
use sea_orm::ConnectionTrait;

use crate::GAD;

/// A database file and the settings of a server on it.
async fn house() -> Result<(Database, Vec<(String, String)>)> {
    let database = Database::empty(Backend::Sqlite).await?;
    let database = database.context("a file is always there")?;
    let folder = database.folder().display().to_string();
    let variables = [
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", &folder),
        ("PORT", "0"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok((database, variables.into()))
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
async fn copies_and_proofs_are_made_beside_a_running_server() -> Result<()> {
    let (database, variables) = house().await?;
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
    let (code, said) = gad(&["backup", "restore", "latest"], &variables).await?;
    assert!(code == 1 && said.contains("--force"), "{said}");
    let rows = database.connect().await?;
    rows.execute_unprepared("UPDATE audit SET action = 'nothing'")
        .await?;
    let (code, said) = gad(&["audit", "verify"], &variables).await?;
    assert!(code == 1 && said.contains("entry 1"), "{said}");
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(30)).await?, Some(0));
    let (code, said) = gad(&["backup", "restore", "latest", "--force"], &variables).await?;
    assert_eq!(code, 0, "{said}");
    let (code, said) = gad(&["audit", "verify"], &variables).await?;
    assert_eq!(code, 0, "{said}");
    Ok(())
}
