//! Presses that no button sent: what is not for somebody's eyes is not shown to him, whatever number he tries.

use anyhow::{Context, Result};
use it::{Backend, Somebody, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const REFUSED: &str = "no existe o no puedes verlo";

/// Presses it on a message of the bot's, as a tampered app could, and waits for the refusal.
async fn forges(app: &TestApp, who: &Somebody, data: &str) -> Result<()> {
    let message = who.chat().last_from_bot().context("a message")?.id;
    let tap = who.presses_data(message, data)?;
    who.until_answered(&tap).await?;
    who.until_text(REFUSED).await?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_press_shows_neither_code_nor_title_of_a_task_of_others(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.admin("Root").await?;
    let ana = app.agent("Ana").await?;
    let bob = Recruit::of_level(1, "Bob").in_unit("Centro");
    let bob = app.recruit(bob).await?;
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Custodia de la feria", "kind": "patrullaje", "agent_ids": [bob.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let code = task["code"].as_str().context("a code")?;
    let id = task["id"].as_i64().context("a number")?;
    bob.until_text(code).await?;
    app.settled().await?;
    for verb in ["ack", "show", "no", "crew"] {
        forges(&app, &ana, &format!("t.{verb}.{id:x}")).await?;
        let chat = ana.chat();
        assert!(
            !chat.shows(code) && !chat.shows("Custodia"),
            "{verb}: {chat}"
        );
    }
    // Whoever was asked knows what it was, and is told that it is over for him.
    press(&bob, "No puedo").await?;
    press(&bob, "Estoy lejos").await?;
    let gone = bob.until_text("Ya no tienes asignada esta tarea").await?;
    assert!(gone.text.contains(code), "{}", gone.text);
    app.settled().await
}
