//! Several tasks at once: nothing is put to the wrong one, and "listo" acts only where one fits.

use anyhow::{Context, Result};
use it::{Backend, Http, Somebody, TestApp, until};
use serde_json::{Value, json};

use crate::hand::press;

struct Scene {
    app: TestApp,
    boss: Somebody,
    ana: Somebody,
    http: Http,
}

async fn scene() -> Result<Option<Scene>> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(None);
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    Ok(Some(Scene {
        app,
        boss,
        ana,
        http,
    }))
}

impl Scene {
    /// So many tasks led by Ana, begun one after the other; planned apart, because one cannot be planned for two.
    async fn running(&self, count: usize, more: &[&Somebody]) -> Result<Vec<Value>> {
        let mut people = vec![self.ana.agent_id];
        people.extend(more.iter().map(|one| one.agent_id));
        let mut tasks = Vec::new();
        for number in 0..count {
            let start = self.app.store().now() + chrono::TimeDelta::days(number as i64);
            let new = json!({ "title": format!("Ronda {number}"), "kind": "patrullaje", "agent_ids": people,
                "lead_agent_id": self.ana.agent_id, "planned_start": start.to_rfc3339() });
            tasks.push(self.http.post("/api/v1/tasks", &new).await?.expect(201)?);
        }
        for task in &tasks {
            let path = format!("/api/v1/tasks/{}/start", task["id"]);
            self.http.post(&path, &json!({})).await?.expect(200)?;
        }
        self.app.settled().await?;
        Ok(tasks)
    }

    async fn status(&self, task: &Value) -> Result<String> {
        let path = format!("/api/v1/tasks/{}", task["id"]);
        let now = self.http.get(&path).await?.expect(200)?;
        Ok(now["status"].as_str().unwrap_or_default().to_owned())
    }

    async fn until_completed(&self, task: &Value) -> Result<()> {
        until("the task to be completed", || async {
            Ok((self.status(task).await? == "completed").then_some(()))
        })
        .await
    }

    /// What was reported, and on which task.
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
}

fn id(task: &Value) -> i64 {
    task["id"].as_i64().unwrap_or_default()
}

fn code(task: &Value) -> &str {
    task["code"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_goes_to_the_task_that_was_chosen() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (tasks, ana) = (scene.running(3, &[]).await?, &scene.ana);
    ana.says("Vidrio roto")?;
    ana.until_text("tienes 3 en curso").await?;
    press(ana, "Ronda 1").await?;
    ana.until_text(&format!("Novedad guardada en {}", code(&tasks[1])))
        .await?;

    ana.sends_photo(b"a picture", "la vidriera")?;
    press(ana, "Ronda 2").await?;
    ana.until_text(&format!("Foto anotada en {}", code(&tasks[2])))
        .await?;

    ana.says("/novedad")?;
    press(ana, "Ronda 0").await?;
    ana.until_text(&format!("Envía la novedad de {}", code(&tasks[0])))
        .await?;
    ana.says("Sin luz en la esquina")?;
    ana.until_text(&format!("Novedad guardada en {}", code(&tasks[0])))
        .await?;

    ana.says("/novedad Llegó el móvil")?;
    scene.app.settled().await?;
    press(ana, "Ronda 1").await?;
    scene.app.settled().await?;
    let text = |words: &str| Some(words.to_owned());
    assert_eq!(
        scene.reports().await?,
        [
            (id(&tasks[1]), "text".into(), text("Vidrio roto")),
            (id(&tasks[2]), "photo".into(), text("la vidriera")),
            (id(&tasks[0]), "text".into(), text("Sin luz en la esquina")),
            (id(&tasks[1]), "text".into(), text("Llegó el móvil")),
        ]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn more_tasks_than_a_page_are_turned_over() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (tasks, ana) = (scene.running(7, &[]).await?, &scene.ana);
    ana.says("Poste caído")?;
    ana.until_text("tienes 7 en curso").await?;
    let shown = || {
        let chat = ana.chat();
        let question = chat.find("tienes 7 en curso").cloned();
        let buttons = question.map(|one| one.keyboard).unwrap_or_default();
        buttons
            .into_iter()
            .flatten()
            .map(|one| one.label)
            .filter(|label| label.contains("Ronda"))
            .collect::<Vec<_>>()
    };
    let first = shown();
    assert_eq!(first.len(), 5);
    press(ana, "Siguiente").await?;
    ana.until_button("Anterior").await?;
    let second = shown();
    assert_eq!(second.len(), 2);
    assert!(first.iter().all(|one| !second.contains(one)));
    let label = second.last().context("a task")?;
    let task = tasks.iter().find(|task| label.contains(code(task)));
    let task = task.context("one of ours")?;
    press(ana, code(task)).await?;
    ana.until_text(&format!("Novedad guardada en {}", code(task)))
        .await?;
    assert_eq!(
        scene.reports().await?,
        [(id(task), "text".into(), Some("Poste caído".into()))]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn listo_acts_only_where_one_task_fits() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let ana = &scene.ana;
    ana.says("listo")?;
    ana.until_text("no hay ninguna abierta donde seas delegado")
        .await?;
    let tasks = scene.running(3, &[]).await?;
    ana.says("listo")?;
    ana.until_text("Elige la tarea que finalizas").await?;
    for task in &tasks {
        assert_eq!(scene.status(task).await?, "in_progress");
    }
    press(ana, "Ronda 1").await?;
    press(ana, "Sin novedades").await?;
    scene.until_completed(&tasks[1]).await?;
    let done = ana
        .until_text(&format!("Tarea finalizada: {}", code(&tasks[1])))
        .await?;
    // She is still on two others.
    assert!(done.text.contains("Nadie quedó libre"), "{}", done.text);

    ana.says(&format!("Listo {}", code(&tasks[2]).to_lowercase()))?;
    scene.until_completed(&tasks[2]).await?;
    assert_eq!(scene.status(&tasks[0]).await?, "in_progress");
    ana.says("listo PAT-2001-0001")?;
    ana.until_text("no encuentro PAT-2001-0001").await?;
    // Who asks is asked back.
    ana.says("¿listo?")?;
    ana.until_text(&format!("Finaliza {}", code(&tasks[0])))
        .await?;
    scene.app.settled().await?;
    assert_eq!(scene.status(&tasks[0]).await?, "in_progress");
    ana.says("/cancelar")?;
    scene.app.settled().await?;
    ana.says("listo, terminé")?;
    scene.until_completed(&tasks[0]).await?;
    ana.until_text("1 persona quedó libre").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn listo_of_what_nobody_started_asks_when_it_began() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let ana = &scene.ana;
    let planned = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = scene.http.post("/api/v1/tasks", &planned).await?;
    let task = task.expect(201)?;
    ana.until_button("Iniciar").await?;
    ana.says("listo")?;
    ana.until_text(&format!("Di cuándo empezó {}", code(&task)))
        .await?;
    assert_eq!(scene.status(&task).await?, "scheduled");
    press(ana, "Omitir").await?;
    scene.until_completed(&task).await
}

#[tokio::test(flavor = "multi_thread")]
async fn listo_of_somebody_else_names_the_lead() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let beto = scene.app.agent("Beto").await?;
    let tasks = scene.running(1, &[&beto]).await?;
    let word = format!("listo {}", code(&tasks[0]));
    beto.says(&word)?;
    beto.until_text("Avisa a Ana").await?;
    scene.boss.says(&word)?;
    scene.boss.until_text("en lugar de Ana").await?;
    scene.boss.says("Ana no tiene señal")?;
    press(&scene.boss, "Sin novedades").await?;
    scene.until_completed(&tasks[0]).await?;
    let reason = "SELECT count(*) FROM status_history WHERE to_status = 'completed' AND reason = 'Ana no tiene señal'";
    assert_eq!(scene.app.count(reason).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_still_waits_for_its_task_does_not_go_without_a_word() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let ana = &scene.ana;
    scene.running(2, &[]).await?;
    ana.says("Vidrio roto")?;
    ana.until_text("tienes 2 en curso").await?;
    press(ana, "Finalizar").await?;
    ana.until_text("Envía otra vez la novedad anterior").await?;
    scene.app.settled().await?;
    assert!(scene.reports().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tareas_brings_the_card_of_the_only_one_and_a_list_of_several() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, ana) = (&scene.app, &scene.ana);
    ana.says("/tareas")?;
    ana.until_text("No tienes tareas abiertas").await?;
    let tasks = scene.running(1, &[]).await?;
    let only = code(&tasks[0]);
    let old = ana.until_text(only).await?.id;
    ana.says("/mis_tareas")?;
    app.settled().await?;
    let card = ana.last_message().context("her card")?;
    assert!(
        card.id > old && card.text.contains(only) && card.has_button("Finalizar"),
        "{card:?}"
    );
    let replaced = |chat: &telegram::ChatView| {
        let before = chat.message(old);
        before.is_none_or(|one| !one.has_button("Finalizar"))
    };
    ana.until(replaced, until::DEADLINE).await?;
    ana.says("listo")?;
    scene.until_completed(&tasks[0]).await?;

    let tasks = scene.running(7, &[]).await?;
    ana.says("/tareas")?;
    app.settled().await?;
    let shown = |list: &telegram::Seen| {
        let there = tasks.iter().filter(|task| list.has_button(code(task)));
        there.count()
    };
    let list = ana.until_text("Tienes 7 tareas abiertas").await?;
    assert_eq!(shown(&list), 5, "{list:?}");
    press(ana, "Siguiente").await?;
    app.settled().await?;
    let list = ana.until_text("Tienes 7 tareas abiertas").await?;
    assert_eq!(shown(&list), 2, "{list:?}");
    Ok(())
}
