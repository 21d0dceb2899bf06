//! The command line, as a process.

use std::time::Duration;

use anyhow::{Context, Result};
use it::{
    Backend, Board, Database, Http, TestApp,
    app::PASSWORD,
    process::{self, Process},
    until,
};
use patience::Stopwatch;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
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
    // Without a token the bot is off, and everything else runs.
    let board = Http::stranger(server.base())?;
    let ready = until("the server to be ready", || async {
        let answer = board.get("/health/ready").await?;
        Ok((answer.status == 200).then_some(answer))
    });
    let ready = ready.await?.expect(200)?;
    assert_eq!(ready["checks"]["telegram"], "not_configured");
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
    let chief = [
        "user",
        "add",
        "j.paz",
        "--name",
        "Julia Paz",
        "--level",
        "2",
        "--badge",
        "J1",
    ];
    let (code, out, err) = gad(&chief, &variables).await?;
    assert_eq!((code, out.trim()), (0, "2"), "{err}");
    assert!(err.contains("--badge is for agents alone"), "{err}");
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

/// The server hears of it from the database alone.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_switched_off_beside_the_server_is_out() -> Result<()> {
    let Some(database) = Database::empty(Backend::Sqlite).await? else {
        return Ok(());
    };
    let variables = variables(&database);
    let server = Process::serve(GAD, &variables).await?;
    let add = [
        "user",
        "add",
        "m.paz",
        "--name",
        "Marta Paz",
        "--level",
        "2",
        "--unit",
        "Norte",
        "--password-stdin",
    ];
    process::answer(GAD, &add, &variables, PASSWORD).await?;
    let http = Http::login(server.base(), "m.paz", PASSWORD).await?;
    let mut board = Board::open(&http).await?;
    http.get("/api/v1/auth/me").await?.expect(200)?;
    assert_eq!(gad(&["user", "disable", "m.paz"], &variables).await?.0, 0);
    let gone = Stopwatch::start();
    assert_eq!(board.until_closed().await?, Some(4401));
    until("the session to end", || async {
        Ok((http.get("/api/v1/auth/me").await?.status == 401).then_some(()))
    })
    .await?;
    // Ten times the second that is promised: machines are shared.
    assert!(gone.elapsed() < Duration::from_secs(10));
    server.ends_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_set_shown_and_removed_by_command() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).webhook().start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let mut variables = app.variables().to_vec();
    let url = format!("{}/telegram/webhook", app.base());
    variables.push(("TELEGRAM_WEBHOOK_URL".to_owned(), url.clone()));
    let (code, out, err) = gad(&["webhook", "delete"], &variables).await?;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("removed"), "{out}");
    let (_, out, _) = gad(&["webhook", "info"], &variables).await?;
    assert!(out.contains("none (long polling)"), "{out}");
    ana.says("/estado")?;
    let (_, out, _) = gad(&["webhook", "info"], &variables).await?;
    assert!(out.contains("waiting updates: 1"), "{out}");

    let (code, out, err) = gad(&["webhook", "set"], &variables).await?;
    assert_eq!((code, out.contains(&url)), (0, true), "{out}{err}");
    let set = app.paper.calls_of("setWebhook");
    let body = &set.last().context("it was called")?.params;
    assert_eq!(body["drop_pending_updates"], false, "what waits is kept");
    assert_eq!(
        body["allowed_updates"],
        serde_json::json!(bot::receive::ALLOWED_UPDATES)
    );
    let (_, out, _) = gad(&["webhook", "info"], &variables).await?;
    assert!(out.contains(&format!("url: {url}")), "{out}");
    // What waited comes by the webhook now.
    ana.until_button("Estoy sin compañía").await?;
    Ok(())
}

/// Whoever polls while a webhook is registered gets nothing, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn polling_beside_a_registered_webhook_is_trouble_that_ends_with_it() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    let mut variables = app.variables().to_vec();
    let elsewhere = "http://127.0.0.1:9/telegram/webhook".to_owned();
    variables.push(("TELEGRAM_WEBHOOK_URL".to_owned(), elsewhere));
    let stranger = app.stranger()?;
    let telegram = async || -> Result<Value> {
        Ok(stranger.get("/health/ready").await?.json()["checks"]["telegram"].clone())
    };
    assert_eq!(telegram().await?, "ok");
    assert_eq!(gad(&["webhook", "set"], &variables).await?.0, 0);
    until("the trouble", || async {
        Ok((telegram().await? == "degraded").then_some(()))
    })
    .await?;
    assert_eq!(gad(&["webhook", "delete"], &variables).await?.0, 0);
    ana.says("/estado")?;
    ana.until_button("Estoy sin compañía").await?;
    until("its end", || async {
        Ok((telegram().await? == "ok").then_some(()))
    })
    .await
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
async fn a_catalogue_is_filled_once_however_often_it_is_asked_for() -> Result<()> {
    let Some(database) = Database::migrated(Backend::Sqlite).await? else {
        return Ok(());
    };
    let variables = variables(&database);
    let rows = database.connect().await?;
    for (pack, kind) in [("police", "patrullaje"), ("municipal", "mantenimiento")] {
        let mut counted = Vec::new();
        for _ in 0..2 {
            let (code, _, err) = gad(&["seed", pack], &variables).await?;
            assert_eq!(code, 0, "{err}");
            counted.push(entity::task_kind::Entity::find().count(&rows).await?);
        }
        assert_eq!(counted[0], counted[1], "{pack}");
        let code = entity::task_kind::Column::Code.eq(kind);
        let found = entity::task_kind::Entity::find()
            .filter(code)
            .count(&rows)
            .await?;
        assert_eq!(found, 1, "{pack} has {kind}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_help_with_an_example() -> Result<()> {
    let commands: [&[&str]; 27] = [
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
        &["webhook", "info"],
        &["webhook", "delete"],
        &["user", "import"],
        &["backup", "list"],
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
