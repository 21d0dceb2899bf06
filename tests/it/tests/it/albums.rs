//! Several photos sent as one: all of them are evidence of the same task, whatever the first of them did to it.

use std::time::Duration;

use anyhow::{Context, Result};
use it::{Backend, Http, Somebody, TestApp, process::Process, until};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{GAD, hand::press};

const PHOTOS: [&[u8]; 3] = [b"one", b"two", b"three"];

struct Scene {
    app: TestApp,
    ana: Somebody,
    http: Http,
    tasks: Vec<Value>,
}

/// So many tasks led by Ana, begun one after the other; planned apart, because one cannot be planned for two.
async fn scene(backend: Backend, count: usize) -> Result<Option<Scene>> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(None);
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let mut tasks = Vec::new();
    for number in 0..count {
        let start = app.store().now() + chrono::TimeDelta::days(number as i64);
        let new = json!({ "title": format!("Ronda {number}"), "kind": "patrullaje", "agent_ids": [ana.agent_id],
            "lead_agent_id": ana.agent_id, "planned_start": start.to_rfc3339() });
        tasks.push(http.post("/api/v1/tasks", &new).await?.expect(201)?);
    }
    for task in &tasks {
        let path = format!("/api/v1/tasks/{}/start", task["id"]);
        http.post(&path, &json!({})).await?.expect(200)?;
    }
    app.settled().await?;
    Ok(Some(Scene {
        app,
        ana,
        http,
        tasks,
    }))
}

impl Scene {
    fn code(&self, number: usize) -> Result<&str> {
        self.tasks[number]["code"].as_str().context("a code")
    }

    /// What was reported: on which task, and with which words.
    async fn reports(&self) -> Result<Vec<(i64, String, Option<String>)>> {
        let rows = self
            .app
            .rows("SELECT task_id, kind, text FROM reports ORDER BY id")
            .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get_by_index(0)?,
                    row.try_get_by_index(1)?,
                    row.try_get_by_index(2)?,
                ))
            })
            .collect()
    }

    /// Three photos of a task, with the words under the first.
    fn album_on(&self, number: usize, words: &str) -> Vec<(i64, String, Option<String>)> {
        let task = self.tasks[number]["id"].as_i64().unwrap_or_default();
        let photo = |words: Option<&str>| (task, "photo".to_owned(), words.map(str::to_owned));
        vec![photo(Some(words)), photo(None), photo(None)]
    }

    /// Waits until each photo can be fetched as it was sent.
    async fn until_stored(&self) -> Result<()> {
        for (id, bytes) in (1..).zip(PHOTOS) {
            let path = format!("/api/v1/attachments/{id}");
            until("the photo to be fetched", || async {
                let file = self.http.get(&path).await?;
                Ok((file.status == 200 && file.text.as_bytes() == bytes).then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    /// Telegram delivers everything of the album again.
    async fn repeated(&self) -> Result<()> {
        let updates = self.app.paper.updates();
        let parts = updates
            .iter()
            .filter(|update| update["message"]["media_group_id"].is_string());
        for id in parts.filter_map(|update| update["update_id"].as_i64()) {
            self.app.paper.repeat_update(id, 2);
        }
        self.app.settled().await
    }

    /// How often the bot's messages in Ana's chat contain this.
    fn times(&self, text: &str) -> usize {
        let chat = self.ana.chat();
        chat.messages
            .iter()
            .filter(|one| one.from_bot && one.text.contains(text))
            .count()
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_album_that_ends_a_task_is_kept_whole(#[case] backend: Backend) -> Result<()> {
    let Some(scene) = scene(backend, 1).await? else {
        return Ok(());
    };
    let (ana, code) = (&scene.ana, scene.code(0)?);
    press(ana, "Finalizar").await?;
    press(ana, "Con novedades").await?;
    ana.until_text("Envía la novedad de").await?;
    ana.sends_album(&PHOTOS, "la vidriera")?;
    ana.until_text(&format!("Tarea finalizada: {code}")).await?;
    ana.until_text(&format!("3 archivos anotados en {code}"))
        .await?;
    scene.app.settled().await?;
    assert_eq!(scene.reports().await?, scene.album_on(0, "la vidriera"));
    scene.until_stored().await?;
    scene.repeated().await?;
    assert_eq!(scene.reports().await?.len(), 3, "each once");
    assert_eq!(scene.times("anotados"), 1, "{:?}", ana.chat());
    assert_eq!(scene.times("no guardé"), 0, "{:?}", ana.chat());
    let done = "SELECT count(*) FROM status_history WHERE to_status = 'completed'";
    assert_eq!(scene.app.count(done).await?, 1);

    // Another album has no task any more, and that is said.
    ana.sends_album(&PHOTOS[..2], "")?;
    ana.until_text("no tienes ninguna tarea").await?;
    scene.app.settled().await?;
    assert_eq!(scene.reports().await?.len(), 3);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_album_waits_as_a_whole_for_its_task(#[case] backend: Backend) -> Result<()> {
    let Some(scene) = scene(backend, 2).await? else {
        return Ok(());
    };
    let (ana, code) = (&scene.ana, scene.code(1)?);
    ana.sends_album(&PHOTOS, "dos veces")?;
    ana.until_text("tienes 2 en curso").await?;
    scene.app.settled().await?;
    scene.repeated().await?;
    assert_eq!(scene.times("tienes 2 en curso"), 1, "{:?}", ana.chat());
    assert_eq!(scene.reports().await?.len(), 0);
    // An instance of the release before, which knows of no album, asks anew instead of keeping a third of it.
    let apart = "SELECT count(*) FROM dialogues WHERE version = 2";
    assert_eq!(scene.app.count(apart).await?, 1);

    // What comes in between is not kept, and is not dropped without a word either.
    ana.sends_photo(b"another", "")?;
    ana.until_text("este mensaje no se guardó").await?;
    scene.app.settled().await?;
    press(ana, "Ronda 1").await?;
    ana.until_text(&format!("3 archivos anotados en {code}"))
        .await?;
    scene.app.settled().await?;
    assert_eq!(scene.reports().await?, scene.album_on(1, "dos veces"));
    scene.until_stored().await?;
    assert_eq!(scene.app.count(apart).await?, 0);
    assert_eq!(
        scene
            .app
            .count("SELECT count(*) FROM dialogues WHERE name <> 'idle'")
            .await?,
        0
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_that_is_awaited_or_comes_by_itself_is_kept() -> Result<()> {
    let Some(scene) = scene(Backend::Sqlite, 1).await? else {
        return Ok(());
    };
    let (ana, code) = (&scene.ana, scene.code(0)?);
    let path = format!("/api/v1/tasks/{}", scene.tasks[0]["id"]);
    ana.sends_album(&PHOTOS, "sola")?;
    ana.until_text(&format!("3 archivos anotados en {code}"))
        .await?;
    scene.app.settled().await?;
    assert_eq!(scene.reports().await?, scene.album_on(0, "sola"));

    // Awaited for one task, which is in progress no more: only the step knows where it belongs.
    ana.says("/novedad")?;
    ana.until_text(&format!("Envía la novedad de {code}"))
        .await?;
    let pause = json!({ "reason": "Corte de calle" });
    let paused = scene.http.post(&format!("{path}/pause"), &pause).await?;
    paused.expect(200)?;
    ana.sends_album(&PHOTOS, "esperada")?;
    scene.app.settled().await?;
    let reports = scene.reports().await?;
    assert_eq!(reports[3..], scene.album_on(0, "esperada")[..]);
    assert_eq!(scene.times("no guardé"), 0, "{:?}", ana.chat());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_within_an_album_loses_nothing_of_it() -> Result<()> {
    let Some(scene) = scene(Backend::Sqlite, 2).await? else {
        return Ok(());
    };
    let (ana, code) = (&scene.ana, scene.code(1)?);
    scene.app.halt().await?;
    let server = Process::serve(GAD, scene.app.variables()).await?;
    ana.sends_album(&[b"a picture".as_slice(); 10], "muchas")?;
    ana.until_text("tienes 2 en curso").await?;
    server.kill().await?;
    let server = Process::serve(GAD, scene.app.variables()).await?;
    scene.app.settled().await?;
    press(ana, "Ronda 1").await?;
    ana.until_text(&format!("10 archivos anotados en {code}"))
        .await?;
    scene.app.settled().await?;
    let reports = scene.reports().await?;
    assert_eq!(reports.len(), 10);
    assert_eq!(reports[..3], scene.album_on(1, "muchas")[..]);
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(20)).await?, Some(0));
    Ok(())
}
