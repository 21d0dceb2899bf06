//! How work ends: what is asked and said before, and what whoever comes second, or too late, hears.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp};
use locales::{Lang, Sentence};
use serde_json::{Value, json};

use crate::hand::press;

/// A Monday, 09:00 on the wall of Buenos Aires.
const START: &str = "2026-03-02T12:00:00Z";

struct Scene {
    app: TestApp,
    clock: Clock,
    boss: Somebody,
    ana: Somebody,
}

/// A task that Ana leads.
struct Work {
    id: i64,
    code: String,
}

async fn scene() -> Result<Option<Scene>> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(None);
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    Ok(Some(Scene {
        app,
        clock,
        boss,
        ana,
    }))
}

impl Scene {
    async fn given(&self, kind: &str) -> Result<Work> {
        let new = json!({ "title": "Ronda", "kind": kind, "agent_ids": [self.ana.agent_id] });
        let http = self.app.http(&self.boss).await?;
        let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
        let code = task["code"].as_str().context("a code")?.to_owned();
        self.ana.until_text(&code).await?;
        self.app.settled().await?;
        let id = task["id"].as_i64().context("a number")?;
        Ok(Work { id, code })
    }

    async fn seen(&self, work: &Work) -> Result<Value> {
        let http = self.app.http(&self.boss).await?;
        let path = format!("/api/v1/tasks/{}", work.id);
        http.get(&path).await?.expect(200)
    }

    /// The question that follows upon these taps.
    async fn asked(&self, labels: &[&str]) -> Result<telegram::Seen> {
        for label in labels {
            press(&self.ana, label).await?;
            self.app.settled().await?;
        }
        self.ana.last_message().context("a question")
    }

    /// What she says ends it.
    async fn ends(&self, work: &Work, words: &str) -> Result<Value> {
        self.ana.says(words)?;
        let done = format!("Tarea finalizada: {}", work.code);
        self.ana.until_text(&done).await?;
        self.app.settled().await?;
        let task = self.seen(work).await?;
        assert_eq!(task["status"], "completed");
        Ok(task)
    }

    /// What is said over the chat to whoever presses what stood on an older card.
    async fn pressed_late(&self, work: &Work, verb: &str) -> Result<String> {
        let card = self.ana.chat().last_from_bot().context("a message")?.id;
        let data = format!("t.{verb}.{:x}", work.id);
        let tap = self.ana.presses_data(card, &data)?;
        let toast = self.ana.until_answered(&tap).await?;
        self.app.settled().await?;
        Ok(toast.text.unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_it_began_is_asked_before_the_end_with_a_report_and_without() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let work = scene.given("administrativa").await?;
    let asked = scene.asked(&["Finalizar", "Sin novedades"]).await?;
    let question = format!("Di cuándo empezó {}", work.code);
    assert!(
        asked.text.starts_with(&question) && asked.has_button("Omitir"),
        "{asked:?}"
    );
    assert_eq!(scene.seen(&work).await?["status"], "scheduled");
    scene.ana.says("/ayuda")?;
    let help = Sentence::HelpStepFinishStarted.to(Lang::Es);
    scene.ana.until_text(&help).await?;
    scene.ana.says("hace un rato")?;
    let again = scene.ana.until_text("no la entendí").await?;
    assert!(again.text.contains(&question), "{}", again.text);
    let done = scene.ends(&work, "8:30").await?;
    assert_eq!(done["started_at"], "2026-03-02T11:30:00Z");

    // With something to report the report ends it, after the same question.
    for (said, began) in [
        ("8:45", json!("2026-03-02T11:45:00Z")),
        ("omitir", json!(null)),
    ] {
        let work = scene.given("administrativa").await?;
        let asked = scene.asked(&["Finalizar", "Con novedades"]).await?;
        let question = format!("Di cuándo empezó {}", work.code);
        assert!(asked.text.starts_with(&question), "{}", asked.text);
        scene.ana.says(said)?;
        let wanted = format!("Envía la novedad de {}", work.code);
        scene.ana.until_text(&wanted).await?;
        assert_eq!(scene.seen(&work).await?["status"], "scheduled");
        let done = scene.ends(&work, "Faltaba un sello").await?;
        assert_eq!(done["started_at"], began, "{said}");
    }
    for (count, wanted) in [
        (
            "SELECT count(*) FROM tasks WHERE counts_in_estimates AND status = 'completed'",
            2,
        ),
        (
            "SELECT count(*) FROM reports WHERE text = 'Faltaba un sello'",
            2,
        ),
    ] {
        assert_eq!(scene.app.count(count).await?, wanted, "{count}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_usual_for_its_kind_is_named_before_the_end() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let missing = Sentence::FinishNoEvidence.to(Lang::Es);
    let work = scene.given("allanamiento").await?;
    let asked = scene.asked(&["Iniciar", "Finalizar"]).await?;
    assert!(
        asked.text.starts_with(&format!("Finaliza {}", work.code)),
        "{asked:?}"
    );
    for line in [
        "• Orden judicial a la vista",
        "• Acta firmada",
        missing.as_str(),
    ] {
        assert!(asked.text.contains(line), "{line}: {}", asked.text);
    }
    scene.asked(&["Cancelar"]).await?;
    scene.ana.sends_photo(b"a picture", "el acta")?;
    scene.ana.until_text("Foto anotada en").await?;
    let asked = scene.asked(&["Finalizar"]).await?;
    assert!(asked.text.contains("• Acta firmada"), "{}", asked.text);
    assert!(!asked.text.contains(&missing), "{}", asked.text);
    scene.asked(&["Sin novedades"]).await?;
    assert_eq!(scene.seen(&work).await?["status"], "completed");

    let work = scene.given("administrativa").await?;
    let asked = scene.asked(&["Finalizar"]).await?;
    let (code, title) = (work.code.into(), "Ronda".into());
    let bare = Sentence::FinishAskOutcome { code, title };
    assert_eq!(asked.text, bare.to(Lang::Es));
    scene.asked(&["Cancelar"]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_second_or_too_late_hears_who_was_first_and_what_to_do() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let work = scene.given("administrativa").await?;
    scene
        .asked(&["Iniciar", "Finalizar", "Sin novedades"])
        .await?;
    let words = format!("{} ya fue finalizada por Ana a las 09:00", work.code);
    let said = scene.pressed_late(&work, "end").await?;
    assert!(said.contains(&words), "{said}");
    scene.boss.says(&format!("/finalizar {}", work.code))?;
    scene.boss.until_text(&words).await?;

    scene.clock.advance(TimeDelta::seconds(61));
    scene.app.settled().await?;
    let said = scene.pressed_late(&work, "undo").await?;
    let wanted = format!("Pide a un supervisor que reabra {}", work.code);
    assert!(said.starts_with(&wanted), "{said}");
    assert_eq!(scene.seen(&work).await?["status"], "completed");
    let ends = "SELECT count(*) FROM status_history WHERE to_status = 'completed'";
    assert_eq!(scene.app.count(ends).await?, 1);
    Ok(())
}
