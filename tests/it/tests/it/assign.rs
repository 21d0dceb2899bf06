//! People are given to a task that is there already: from the word that somebody cannot, where nobody is on it yet, and where it
//! did not start for want of them.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const HELD: &str =
    "SELECT count(*) FROM assignments WHERE state NOT IN ('released', 'declined') AND agent_id";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_is_replaced_from_the_word_that_says_so(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let shift = json!({ "agent_id": beto.agent_id, "starts_at": at(48), "ends_at": at(56) });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    press(&ana, "No puedo").await?;
    ana.says("Estoy lejos")?;

    boss.until_text("Busca reemplazo").await?;
    press(&boss, "Elegir reemplazo").await?;
    let asked = boss.until_text("Elige quién va a PAT-").await?;
    assert!(asked.has_button("Ana · dijo que no puede"), "{asked:?}");
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("fuera de turno está Beto").await?;
    press(&boss, "Urgencia").await?;
    boss.until_text("asignada a 1 persona").await?;
    beto.until_button("Recibido").await?;
    for (agent, count) in [(&ana, 0), (&beto, 1)] {
        let held = format!("{HELD} = {}", agent.agent_id);
        assert_eq!(app.count(&held).await?, count, "{}", agent.name);
    }
    let way = format!("/api/v1/tasks/{}", task["id"]);
    let now = http.get(&way).await?.expect(200)?;
    assert_eq!(now["lead"]["agent_id"], beto.agent_id);
    let reason = "SELECT count(*) FROM assignments WHERE override_reason = 'Urgencia'";
    assert_eq!(app.count(reason).await?, 1);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_without_people_offers_to_choose_them() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear investigacion; Revisar las cámaras")?;
    press(&boss, "Confirmar").await?;
    let created = boss.until_text("Sin personal todavía").await?;
    assert!(created.has_button("Asignar"), "{created:?}");
    press(&boss, "Asignar").await?;
    boss.until_text("Todavía nadie").await?;
    boss.says("zoe")?;
    boss.until_text("no encuentro a «zoe»").await?;
    boss.says("ana")?;
    boss.until_text("Personal: Ana").await?;
    boss.until_button("☑️ Ana").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("asignada a 1 persona").await?;
    let asked = ana.until_button("Recibido").await?;
    assert!(!asked.has_button("Asignar"), "{asked:?}");
    let held = format!("{HELD} = {}", ana.agent_id);
    assert_eq!(app.count(&held).await?, 1);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_start_for_want_of_people_offers_to_choose_them() -> Result<()> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let new = json!({
        "title": "Recorrida", "kind": "patrullaje",
        "planned_start": "2026-03-02T12:20:00Z", "planned_end": "2026-03-02T13:00:00Z"
    });
    let http = app.http(&boss).await?;
    http.post("/api/v1/tasks", &new).await?.expect(201)?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(30));
    let late = boss.until_text("Sin iniciar hace 10 min").await?;
    assert!(
        late.has_button("Asignar") && late.has_button("Ver tarea"),
        "{late:?}"
    );
    app.settled().await
}
