//! What people hear of their tasks: an edited card makes no sound, so what they must not miss is a message of its own.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Http, Somebody, TestApp};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

struct Force {
    app: TestApp,
    clock: Clock,
    marta: Somebody,
    ana: Somebody,
    beto: Somebody,
    http: Http,
}

async fn force(backend: Backend) -> Result<Option<Force>> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(None);
    };
    let marta = app.supervisor("Marta").await?;
    Ok(Some(Force {
        ana: app.agent("Ana").await?,
        beto: app.agent("Beto").await?,
        http: app.http(&marta).await?,
        app,
        clock,
        marta,
    }))
}

impl Force {
    /// A task for both, led by Ana.
    async fn task(&self) -> Result<Value> {
        let new = json!({
            "title": "Recorrida", "kind": "patrullaje",
            "agent_ids": [self.ana.agent_id, self.beto.agent_id], "lead_agent_id": self.ana.agent_id
        });
        let task = self.http.post("/api/v1/tasks", &new).await?.expect(201)?;
        for one in [&self.ana, &self.beto] {
            one.until_button("Recibido").await?;
        }
        self.app.settled().await?;
        Ok(task)
    }

    async fn does(&self, task: &Value, what: &str, body: Value) -> Result<()> {
        let way = format!("/api/v1/tasks/{}/{what}", task["id"]);
        self.http.post(&way, &body).await?.expect(200)?;
        self.app.settled().await
    }
}

/// The messages that came with these words.
fn heard(who: &Somebody, words: &str) -> usize {
    let messages = who.messages();
    let all = messages.iter().filter(|one| one.from_bot);
    all.filter(|one| one.text.contains(words)).count()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_on_the_way_hears_that_it_is_off(#[case] backend: Backend) -> Result<()> {
    let Some(force) = force(backend).await? else {
        return Ok(());
    };
    let task = force.task().await?;
    press(&force.ana, "Recibido").await?;
    press(&force.ana, "En camino").await?;
    force
        .does(&task, "cancel", json!({ "reason": "Falsa alarma" }))
        .await?;
    for one in [&force.ana, &force.beto] {
        let told = one.last_message().context("a message")?.text;
        assert!(told.starts_with("Detente: PAT-"), "{told}");
        assert!(
            told.contains("Marta") && told.contains("Falsa alarma"),
            "{told}"
        );
    }
    assert_eq!(heard(&force.marta, "Detente"), 0, "she did it herself");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_crew_hears_of_its_end_and_of_its_return_but_not_whoever_did_it() -> Result<()> {
    let Some(force) = force(Backend::Sqlite).await? else {
        return Ok(());
    };
    force.task().await?;
    for label in ["Iniciar", "Finalizar", "Sin novedades"] {
        press(&force.ana, label).await?;
    }
    force.app.settled().await?;
    assert_eq!(heard(&force.beto, "Finalizada: PAT-"), 1);
    assert_eq!(heard(&force.ana, "Finalizada: PAT-"), 0);
    press(&force.ana, "Deshacer").await?;
    force.app.settled().await?;
    assert_eq!(heard(&force.beto, "Vuelve a la tarea: PAT-"), 1);
    assert_eq!(heard(&force.ana, "Vuelve a la tarea: PAT-"), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn those_in_command_hear_who_did_not_come_back_and_choose_somebody_else() -> Result<()> {
    let Some(force) = force(Backend::Sqlite).await? else {
        return Ok(());
    };
    force.task().await?;
    for label in ["Iniciar", "Finalizar", "Sin novedades"] {
        press(&force.ana, label).await?;
    }
    force.app.settled().await?;
    let other = json!({ "title": "Otra", "kind": "patrullaje", "agent_ids": [force.ana.agent_id] });
    force
        .http
        .post("/api/v1/tasks", &other)
        .await?
        .expect(201)?;
    force.app.settled().await?;
    press(&force.ana, "Deshacer").await?;
    let asked = force.marta.until_text("Busca reemplazo: PAT-").await?;
    assert!(asked.has_button("Elegir reemplazo"), "{asked:?}");
    assert!(asked.text.contains("no volvió: tiene PAT-"), "{asked:?}");
    let told = force.ana.until_text("Deshecho: PAT-").await?;
    assert!(
        told.text.contains("Ya no estás en ella: tienes PAT-"),
        "{told:?}"
    );
    assert!(told.text.contains("va a quienes responden"), "{told:?}");
    force.app.settled().await?;
    assert_eq!(heard(&force.beto, "ahora eres delegado"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leads_from_now_on_hears_it() -> Result<()> {
    let Some(force) = force(Backend::Sqlite).await? else {
        return Ok(());
    };
    let task = force.task().await?;
    press(&force.ana, "No puedo").await?;
    force.ana.says("Estoy lejos")?;
    force.app.settled().await?;
    assert_eq!(heard(&force.beto, "ahora eres delegado"), 1);
    assert_eq!(heard(&force.ana, "ahora eres delegado"), 0);
    let way = format!("/api/v1/tasks/{}", task["id"]);
    let now = force.http.get(&way).await?.expect(200)?;
    assert_eq!(now["lead"]["agent_id"], force.beto.agent_id);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_place_or_time_is_heard_and_another_title_is_not() -> Result<()> {
    let Some(force) = force(Backend::Sqlite).await? else {
        return Ok(());
    };
    let task = force.task().await?;
    let way = format!("/api/v1/tasks/{}", task["id"]);
    let place = json!({ "place": { "lat": -34.6, "lon": -58.4, "label": "Puerto" } });
    let later = json!({ "planned_start": "2026-03-02T15:00:00Z" });
    let title = json!({ "title": "Recorrida larga" });
    for change in [place, later, title] {
        force.http.patch(&way, &change).await?.expect(200)?;
        force.app.settled().await?;
    }
    for one in [&force.ana, &force.beto] {
        assert_eq!(heard(one, "Cambió el lugar"), 1);
        assert_eq!(heard(one, "Cambió la hora"), 1);
        assert_eq!(
            heard(one, "Lo cambió Marta") + heard(one, "La cambió Marta"),
            2
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_left_long_ago_takes_no_words_any_more() -> Result<()> {
    let Some(force) = force(Backend::Sqlite).await? else {
        return Ok(());
    };
    force.task().await?;
    press(&force.ana, "Iniciar").await?;
    force.ana.says("/novedad")?;
    force.app.settled().await?;
    let asked = force.ana.last_message().context("a question")?;
    assert!(asked.keyboard.iter().flatten().next().is_some());
    force.clock.advance(TimeDelta::hours(7));
    force.ana.says("Robo en la plaza")?;
    force.app.settled().await?;
    assert_eq!(heard(&force.ana, "Pasó mucho tiempo"), 1);
    let kept = "SELECT count(*) FROM reports WHERE text = 'Robo en la plaza'";
    assert_eq!(
        force.app.count(kept).await?,
        1,
        "by the one task in progress"
    );
    assert_eq!(
        force
            .app
            .count("SELECT count(*) FROM dialogues WHERE name <> 'idle'")
            .await?,
        0
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn listo_is_no_report_and_no_reason() -> Result<()> {
    for asks in ["/novedad", "Pausar"] {
        let Some(force) = force(Backend::Sqlite).await? else {
            return Ok(());
        };
        force.task().await?;
        press(&force.ana, "Iniciar").await?;
        match asks.starts_with('/') {
            true => drop(force.ana.says(asks)?),
            false => press(&force.ana, asks).await?,
        }
        force.app.settled().await?;
        force.ana.says("listo")?;
        force.app.settled().await?;
        for (sql, count) in [
            ("SELECT count(*) FROM tasks WHERE status = 'completed'", 1),
            ("SELECT count(*) FROM reports", 0),
            (
                "SELECT count(*) FROM status_history WHERE to_status = 'paused'",
                0,
            ),
            ("SELECT count(*) FROM dialogues WHERE name <> 'idle'", 0),
        ] {
            assert_eq!(force.app.count(sql).await?, count, "{asks}: {sql}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_task_is_the_one_that_words_are_about() -> Result<()> {
    let Some(force) = force(Backend::Sqlite).await? else {
        return Ok(());
    };
    force.task().await?;
    press(&force.ana, "Iniciar").await?;
    press(&force.ana, "Pausar").await?;
    force.ana.says("Corte de calle")?;
    force.app.settled().await?;
    let messages = force.ana.messages();
    let labels = |one: &telegram::Seen| -> Vec<String> {
        let buttons = one.keyboard.iter().flatten();
        buttons.map(|button| button.label.clone()).collect()
    };
    let cards: Vec<Vec<String>> = messages.iter().map(labels).collect();
    let has = |labels: &[String], word: &str| labels.iter().any(|one| one.contains(word));
    assert!(
        cards
            .iter()
            .any(|one| has(one, "Reanudar") && has(one, "Novedad")),
        "{cards:?}"
    );
    force.ana.says("Sigue cortada")?;
    force.ana.says("/novedad Dos autos esperan")?;
    force.app.settled().await?;
    assert_eq!(heard(&force.ana, "Novedad guardada en PAT-"), 2);
    force.ana.says("listo")?;
    force.app.settled().await?;
    let done = "SELECT count(*) FROM tasks WHERE status = 'completed'";
    assert_eq!(force.app.count(done).await?, 1);
    assert_eq!(force.app.count("SELECT count(*) FROM reports").await?, 2);
    Ok(())
}
