//! Words that cry for help where they are kept: no alarm goes off by them, and that is said; who answers for a task hears them.

use anyhow::Result;
use chrono::TimeDelta;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_cry_that_is_only_kept_is_answered_with_the_way_to_call(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "Iniciar").await?;
    app.settled().await?;
    ana.says("Se prestó ayuda a la vecina")?;
    let told = ana.until_text("Novedad guardada en PAT-").await?;
    assert!(!told.has_button("SOS"), "{told:?}");
    app.settled().await?;
    ana.says("¡Auxilio, me disparan!")?;
    let cried = ana.until_text("Si necesitas ayuda ahora, toca SOS").await?;
    assert!(cried.text.contains("Novedad guardada en PAT-"), "{cried:?}");
    let told = cried.text.contains("Se lo paso ahora a Marta.");
    assert!(told, "{cried:?}");
    let heard = boss.until_text("Ana escribió en PAT-").await?;
    let cry = heard.text.contains("«¡Auxilio, me disparan!»");
    assert!(cry && heard.text.contains("🆘"), "{heard:?}");
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 2);
    assert_eq!(app.count("SELECT count(*) FROM emergencies").await?, 0);
    let tap = ana.taps_on(cried.id, "SOS")?;
    ana.until_answered(&tap).await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM emergencies").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_also_where_it_is_asked_which_task_a_cry_is_about() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let mut tasks = Vec::new();
    for (days, title) in [(0, "Ronda"), (1, "Escuela")] {
        let start = app.store().now() + TimeDelta::days(days);
        let new = json!({ "title": title, "kind": "patrullaje", "agent_ids": [ana.agent_id],
            "lead_agent_id": ana.agent_id, "planned_start": start.to_rfc3339() });
        tasks.push(http.post("/api/v1/tasks", &new).await?.expect(201)?);
    }
    for task in &tasks {
        let path = format!("/api/v1/tasks/{}/start", task["id"]);
        http.post(&path, &json!({})).await?.expect(200)?;
    }
    app.settled().await?;
    ana.says("socorro")?;
    let asked = ana.until_text("Si necesitas ayuda ahora, toca SOS").await?;
    assert!(asked.has_button("Ronda"), "{asked:?}");
    app.settled().await
}
