//! Evidence in a bucket: every instance opens it, and nobody is told that it is kept before it is.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::Clock;
use it::{Backend, Database, Http, Somebody, TestApp, Wish, process, until};
use objects::{Fault, KEY, Objects, SECRET};
use reqwest::{Method, header};
use sea_orm::ConnectionTrait;

use crate::{GAD, hand::press};

const BROKEN: &[u8] = b"a broken window";

fn with(wish: Wish, bucket: &Objects) -> Wish {
    wish.set("GAD_FILES__TARGET", "s3://evidence/gad")
        .set("GAD_FILES__S3_ENDPOINT", &bucket.endpoint)
        .set("GAD_FILES__S3_ACCESS_KEY", KEY)
        .set("GAD_FILES__S3_SECRET_KEY", SECRET)
        .set("GAD_FILES__PATIENCE_SECONDS", "2")
}

/// A task under way that Ana leads; where it is, and Marta, who gave it.
async fn under_way(app: &TestApp) -> Result<(Somebody, Somebody, String)> {
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    boss.says("/crear patrullaje; Recorrida por el puerto; Puerto; ; Ana")?;
    press(&boss, "Confirmar").await?;
    boss.until_text("Tarea creada").await?;
    press(&ana, "Iniciar").await?;
    let id = app.count("SELECT max(id) FROM tasks").await?;
    let running = "SELECT count(*) FROM tasks WHERE status = 'in_progress'";
    until("it is under way", || async {
        Ok((app.count(running).await? == 1).then_some(()))
    })
    .await?;
    Ok((boss, ana, format!("/api/v1/tasks/{id}/reports")))
}

async fn upload(http: &Http, place: &str) -> Result<it::http::Answer> {
    let picture = reqwest::multipart::Part::bytes(BROKEN.to_vec());
    let picture = picture.file_name("v.png").mime_str("image/png")?;
    let form = reqwest::multipart::Form::new().part("file", picture);
    let request = http.request(Method::POST, place);
    http.send(request.multipart(form)).await
}

async fn until_opened(http: &Http, id: i64) -> Result<()> {
    let place = format!("/api/v1/attachments/{id}");
    until("the file to be there", || async {
        let file = http.get(&place).await?;
        Ok((file.status == 200 && file.text.as_bytes() == BROKEN).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_instance_opens_what_any_of_them_was_given() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let Some(app) = with(TestApp::on(Backend::Postgres), &bucket)
        .start()
        .await?
    else {
        return Ok(());
    };
    let other = app.another(&[]).await?;
    let (boss, ana, place) = under_way(&app).await?;
    let (here, there) = (app.http(&boss).await?, other.http(&boss).await?);
    ana.sends_photo(BROKEN, "la vidriera")?;
    ana.until_text("Foto anotada en").await?;
    for http in [&here, &there] {
        until_opened(http, 1).await?;
    }
    upload(&there, &place).await?.expect(201)?;
    until_opened(&here, 2).await?;
    let request = here.request(Method::GET, "/api/v1/attachments/2");
    let part = here
        .send(request.header(header::RANGE, "bytes=2-7"))
        .await?;
    assert_eq!((part.status.as_u16(), part.text.as_str()), (206, "broken"));
    assert!(!app.database().folder().join("files").exists());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bucket_is_away_nothing_is_said_to_be_kept() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse()?);
    let wish = with(TestApp::on(Backend::Sqlite).clock(&clock), &bucket);
    let app = wish.start().await?.context("SQLite is always there")?;
    let (boss, ana, place) = under_way(&app).await?;
    let http = app.http(&boss).await?;
    bucket.fail(vec![Fault::Refused; 1000]);
    let refused = upload(&http, &place).await?;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 0);
    assert_eq!(app.count("SELECT count(*) FROM attachments").await?, 0);
    ana.sends_photo(BROKEN, "la vidriera")?;
    ana.until_text("Foto anotada en").await?;
    let failed = "SELECT count(*) FROM timers WHERE kind = 'fetch' AND tries > 0";
    until("a try in vain", || async {
        Ok((app.count(failed).await? > 0).then_some(()))
    })
    .await?;
    let waiting = http.get("/api/v1/attachments/1").await?;
    assert_eq!(waiting.status, 409, "{waiting:?}");

    bucket.recover();
    clock.advance(TimeDelta::minutes(1));
    until_opened(&http, 1).await?;
    upload(&http, &place).await?.expect(201)?;
    until_opened(&http, 2).await?;
    // Away again: whoever wants to see it is told to come back.
    bucket.fail(vec![Fault::Refused; 1000]);
    let away = http.get("/api/v1/attachments/1").await?;
    assert_eq!(away.status, 503, "{away:?}");
    bucket.recover();
    // What was changed in the bucket is not shown.
    let stored = app
        .rows("SELECT path FROM attachments WHERE id = 2")
        .await?;
    let path: String = stored[0].try_get("", "path")?;
    std::fs::write(bucket.path(&format!("gad/{path}")), b"a whole window!")?;
    let changed = http.get("/api/v1/attachments/2").await?;
    assert_eq!(changed.status, 503, "{changed:?}");
    Ok(())
}

/// What the doctor says of a house whose evidence lies in this bucket, and whether that is well.
async fn doctor(database: &Database, bucket: &Objects, secret: &str) -> Result<(bool, String)> {
    let folder = database.folder().display().to_string();
    let variables = [
        ("DATABASE_URL", database.url()),
        ("GAD_SERVER__DATA_FOLDER", &folder),
        ("GAD_FILES__TARGET", "s3://evidence/gad"),
        ("GAD_FILES__S3_ENDPOINT", &bucket.endpoint),
        ("GAD_FILES__S3_ACCESS_KEY", KEY),
        ("GAD_FILES__S3_SECRET_KEY", secret),
        ("GAD_FILES__PATIENCE_SECONDS", "5"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let migrated = process::output(GAD, &["migrate", "up"], &variables).await?;
    assert!(migrated.status.success(), "{migrated:?}");
    let looked = process::output(GAD, &["doctor"], &variables).await?;
    let said = String::from_utf8_lossy(&looked.stdout).into_owned();
    Ok((looked.status.success(), said))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_stores_something_in_the_bucket_and_says_what_is_wrong() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let database = Database::empty(Backend::Sqlite).await?;
    let database = database.context("a file is always there")?;
    let (well, said) = doctor(&database, &bucket, SECRET).await?;
    assert!(well, "{said}");
    assert!(said.contains("ok   files: s3://evidence/gad"), "{said}");
    let (well, said) = doctor(&database, &bucket, "a guess").await?;
    assert!(!well, "{said}");
    assert!(said.contains("BAD  files: s3://evidence/gad"), "{said}");
    assert!(said.contains("GAD_FILES__TARGET"), "{said}");
    std::fs::create_dir_all(bucket.path("gad"))?;
    std::fs::write(bucket.path("gad/owner"), "somebody else")?;
    let rows = database.connect().await?;
    let named = "INSERT INTO settings (key, value) VALUES ('epoch', 'ours')";
    rows.execute_unprepared(named).await?;
    let (well, said) = doctor(&database, &bucket, SECRET).await?;
    assert!(well && said.contains("another database"), "{said}");
    Ok(())
}
