//! The command line, as a process.

use std::time::Duration;

use anyhow::{Context, Result};
use it::{
    Backend, Database,
    process::{self, Process},
};
use serde_json::Value;

use crate::GAD;

fn variables(database: &Database) -> Vec<(String, String)> {
    let folder = database.folder().display().to_string();
    [
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", &folder),
        ("PORT", "0"),
        ("TELEGRAM_BOT_USERNAME", "a_bot"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Exit code, standard output and standard error.
async fn gad(arguments: &[&str], variables: &[(String, String)]) -> Result<(i32, String, String)> {
    let output = process::output(GAD, arguments, variables).await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((
        output.status.code().context("no exit code")?,
        text(&output.stdout),
        text(&output.stderr),
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_managed_beside_a_running_server() -> Result<()> {
    let Some(database) = Database::empty(Backend::Sqlite).await? else {
        return Ok(());
    };
    let variables = variables(&database);
    let server = Process::serve(GAD, &variables).await?;
    let (code, out, err) = gad(
        &[
            "user",
            "add",
            "r.sosa",
            "--name",
            "Raúl Sosa",
            "--level",
            "1",
            "--unit",
            "Norte",
            "--badge",
            "7",
        ],
        &variables,
    )
    .await?;
    assert_eq!((code, out.trim()), (0, "1"), "{err}");
    let (code, out, err) = gad(&["user", "invite", "r.sosa", "--json"], &variables).await?;
    let link: Value = serde_json::from_str(&out)?;
    let url = format!(
        "https://t.me/a_bot?start={}",
        link["code"].as_str().context("a code")?
    );
    assert_eq!(
        (code, link["url"].as_str()),
        (0, Some(url.as_str())),
        "{err}"
    );
    let (code, _, err) = gad(&["user", "disable", "nobody"], &variables).await?;
    assert_eq!(code, 1);
    assert!(err.contains("there is no user nobody"), "{err}");
    assert_eq!(gad(&["user", "disable", "r.sosa"], &variables).await?.0, 0);
    let port = server.base().rsplit(':').next().context("a port")?;
    let mut probe = variables.clone();
    probe.retain(|(name, _)| name != "PORT");
    probe.push(("PORT".into(), port.to_owned()));
    let (code, _, err) = gad(&["healthcheck"], &probe).await?;
    assert_eq!(code, 0, "{err}");
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(10)).await?, Some(0));
    let (code, _, err) = gad(&["healthcheck"], &probe).await?;
    assert_eq!(code, 1, "nobody answers any more");
    assert!(!err.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_got_wrong_is_told_and_ends_with_2() -> Result<()> {
    let Some(database) = Database::empty(Backend::Sqlite).await? else {
        return Ok(());
    };
    let mut variables = variables(&database);
    for arguments in [
        &["user", "add"][..],
        &["migrate", "down", "0"],
        &["fly"],
        &["seed", "navy"],
        &[],
    ] {
        let (code, _, err) = gad(arguments, &variables).await?;
        assert_eq!(code, 2, "{arguments:?}: {err}");
    }
    variables.extend([
        ("PORT".to_owned(), "web".to_owned()),
        ("GAD_ACK__RING".to_owned(), "1".to_owned()),
    ]);
    let (code, _, err) = gad(&["serve"], &variables).await?;
    assert_eq!(code, 2);
    assert!(
        err.contains("PORT:") && err.contains("GAD_ACK__RINGS"),
        "{err}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_database_is_changed_only_by_command() -> Result<()> {
    let Some(database) = Database::empty(Backend::Postgres).await? else {
        return Ok(());
    };
    let variables = variables(&database);
    let (code, _, err) = gad(&["serve"], &variables).await?;
    assert_eq!(code, 1);
    assert!(err.contains("gad migrate up"), "{err}");
    assert_eq!(gad(&["migrate", "up"], &variables).await?.0, 0);
    assert_eq!(gad(&["migrate", "down", "1"], &variables).await?.0, 0);
    let (_, out, _) = gad(&["migrate", "status"], &variables).await?;
    assert!(out.contains("applied") && out.contains("pending"), "{out}");
    assert_eq!(gad(&["migrate", "up"], &variables).await?.0, 0);
    let server = Process::serve(GAD, &variables).await?;
    server.signal("INT").await?;
    assert_eq!(server.ended(Duration::from_secs(10)).await?, Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_help_with_an_example() -> Result<()> {
    let commands: [&[&str]; 23] = [
        &["serve"],
        &["demo"],
        &["migrate"],
        &["migrate", "up"],
        &["migrate", "down"],
        &["migrate", "status"],
        &["seed"],
        &["user"],
        &["user", "add"],
        &["user", "invite"],
        &["user", "disable"],
        &["audit"],
        &["audit", "verify"],
        &["backup"],
        &["backup", "create"],
        &["backup", "verify"],
        &["backup", "restore"],
        &["webhook"],
        &["webhook", "set"],
        &["doctor"],
        &["healthcheck"],
        &["openapi"],
        &["asyncapi"],
    ];
    for command in commands {
        let (code, out, _) = gad(&[command, &["--help"]].concat(), &[]).await?;
        assert!(
            code == 0 && out.contains("Example") && out.contains("--config"),
            "{command:?}: {out}"
        );
    }
    Ok(())
}
