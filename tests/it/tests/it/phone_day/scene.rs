//! A task that was given in the chat, whoever gave it, and those who have it.

use anyhow::{Context, Result};
use domain::Clock;
use it::{Backend, Http, Somebody, TestApp, until};
use serde_json::Value;

use crate::hand::press;

pub struct Scene {
    pub app: TestApp,
    pub clock: Clock,
    pub boss: Somebody,
    pub ana: Somebody,
    pub beto: Somebody,
    pub http: Http,
    pub path: String,
    pub code: String,
}

/// A task that Marta gave Ana, who leads, and Beto, from the chat.
pub async fn scene() -> Result<Option<Scene>> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(None);
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    boss.says("/crear patrullaje; Recorrida por el puerto; Puerto; ; Ana, Beto")?;
    press(&boss, "Confirmar").await?;
    let answer = boss.until_text("Tarea creada").await?;
    let code = answer
        .text
        .split_whitespace()
        .find(|word| word.starts_with("PAT-"))
        .context("a code")?
        .to_owned();
    app.settled().await?;
    let http = app.http(&boss).await?;
    let id = app.count("SELECT max(id) FROM tasks").await?;
    Ok(Some(Scene {
        path: format!("/api/v1/tasks/{id}"),
        app,
        clock,
        boss,
        ana,
        beto,
        http,
        code,
    }))
}

impl Scene {
    pub async fn task(&self) -> Result<Value> {
        self.http.get(&self.path).await?.expect(200)
    }

    pub async fn until_status(&self, status: &str) -> Result<()> {
        until(status, || async {
            Ok((self.task().await?["status"] == status).then_some(()))
        })
        .await
    }

    /// State and reason of somebody on the task.
    pub async fn part(&self, who: &Somebody) -> Result<(String, Option<String>)> {
        let task = self.task().await?;
        let people = task["assignments"].as_array().context("a crew")?;
        let one = people.iter().find(|one| one["agent_id"] == who.agent_id);
        let word = |name: &str| one.and_then(|one| one[name].as_str()).map(str::to_owned);
        Ok((word("state").unwrap_or_default(), word("reason")))
    }

    pub async fn texts(&self) -> Result<Vec<String>> {
        let path = format!("{}/timeline?limit=200", self.path);
        let story = self.http.get(&path).await?.expect(200)?;
        let entries = story["items"].as_array().context("a list")?;
        let text = |entry: &Value| entry["text"].as_str().map(str::to_owned);
        Ok(entries.iter().filter_map(text).collect())
    }
}
