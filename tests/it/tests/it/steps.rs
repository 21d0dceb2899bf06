//! Within a dialogue: help is about the step one is in, every field can be changed before it is confirmed, only those
//! are named whom a question is about, and what an earlier release left behind says so.

use anyhow::Result;
use chrono::TimeDelta;
use it::{Backend, Recruit, Somebody, TestApp};
use locales::{Lang, Sentence};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::hand::press;

async fn helps(person: &Somebody, step: Sentence) -> Result<()> {
    person.says("/ayuda")?;
    person.until_text(&step.to(Lang::Es)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_about_the_step_one_is_in() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, _) = (app.agent("Ana").await?, app.agent("Beto").await?);
    boss.says("/crear")?;
    boss.until_button("Patrullaje").await?;
    helps(&boss, Sentence::HelpStepCreateKind).await?;
    press(&boss, "Patrullaje").await?;
    helps(&boss, Sentence::HelpStepCreateTitle).await?;
    boss.says("Una ronda")?;
    boss.until_text("Indica el lugar").await?;
    helps(&boss, Sentence::HelpStepCreatePlace).await?;
    boss.says(&"lejos ".repeat(40))?;
    boss.until_text("Escribe menos: hasta 200 caracteres")
        .await?;
    boss.says("Puerto")?;
    boss.until_button("Ahora").await?;
    helps(&boss, Sentence::HelpStepCreateWhen).await?;
    press(&boss, "Elegir hora").await?;
    helps(&boss, Sentence::HelpStepCreateDate).await?;
    boss.until_text("Escribe la fecha y la hora").await?;
    press(&boss, "Volver").await?;
    press(&boss, "Ahora").await?;
    helps(&boss, Sentence::HelpStepCreatePeople).await?;
    press(&boss, "Ana").await?;
    boss.until_button("☑️ Ana").await?;
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    press(&boss, "Continuar").await?;
    helps(&boss, Sentence::HelpStepCreateLead).await?;
    boss.until_text("delegado").await?;
    press(&boss, "Ana").await?;
    helps(&boss, Sentence::HelpStepCreatePreview).await?;
    press(&boss, "Editar").await?;
    helps(&boss, Sentence::HelpStepCreateField).await?;
    press(&boss, "Prioridad").await?;
    helps(&boss, Sentence::HelpStepCreatePriority).await?;
    press(&boss, "urgente").await?;
    press(&boss, "Editar").await?;
    press(&boss, "Detalle").await?;
    helps(&boss, Sentence::HelpStepCreateDescription).await?;
    boss.says("Con chaleco")?;
    boss.until_text("Con chaleco").await?;
    press(&boss, "Confirmar").await?;

    press(&ana, "No puedo").await?;
    helps(&ana, Sentence::HelpStepDeclineReason).await?;
    press(&ana, "Iniciar").await?;
    press(&ana, "Pausar").await?;
    helps(&ana, Sentence::HelpStepPauseReason).await?;
    press(&ana, "Novedad").await?;
    helps(&ana, Sentence::HelpStepReportContent).await?;
    press(&ana, "Finalizar").await?;
    helps(&ana, Sentence::HelpStepFinishOutcome).await?;
    press(&ana, "Con novedades").await?;
    helps(&ana, Sentence::HelpStepFinishReport).await?;
    ana.says("/cancelar")?;
    ana.until_text("No se guardó nada").await?;
    ana.says("/ayuda")?;
    ana.until_text(&Sentence::HelpHeader.to(Lang::Es)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_place_is_taken_with_its_name() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, _) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.says("Una ronda")?;
    boss.until_text("Indica el lugar").await?;
    boss.shares_venue(-34.9215, -57.9545, "Plaza Moreno")?;
    press(&boss, "Ahora").await?;
    press(&boss, "Ana").await?;
    boss.until_button("☑️ Ana").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("Plaza Moreno").await?;
    press(&boss, "Confirmar").await?;
    boss.until_text("Tarea creada").await?;
    let id = app.count("SELECT max(id) FROM tasks").await?;
    let http = app.http(&boss).await?;
    let task = http.get(&format!("/api/v1/tasks/{id}")).await?;
    let place = &task.expect(200)?["place"];
    assert_eq!(
        place,
        &json!({ "lat": -34.9215, "lon": -57.9545, "label": "Plaza Moreno" })
    );
    Ok(())
}

/// Chooses a field in the preview.
async fn edit(boss: &Somebody, field: &str) -> Result<()> {
    press(boss, "Editar").await?;
    press(boss, field).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_can_be_changed_before_it_is_confirmed() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    boss.says("/crear patrullaje; Una ronda; Puerto; ; Ana")?;
    boss.until_text("Título: Una ronda").await?;
    edit(&boss, "Título").await?;
    boss.until_text("Escribe el título").await?;
    boss.says("Custodia del acto")?;
    boss.until_text("Título: Custodia del acto").await?;
    edit(&boss, "Tipo").await?;
    press(&boss, "Vigilancia").await?;
    boss.until_text("Tipo: 👁️ Vigilancia").await?;
    edit(&boss, "Lugar").await?;
    boss.says("Plaza Mayor")?;
    boss.until_text("Lugar: Plaza Mayor").await?;
    edit(&boss, "Personal").await?;
    press(&boss, "Beto").await?;
    boss.until_button("☑️ Beto").await?;
    press(&boss, "Continuar").await?;
    boss.until_text("Elige al delegado").await?;
    press(&boss, "Ana").await?;
    boss.until_text("Delegado: Ana").await?;
    edit(&boss, "Delegado").await?;
    boss.until_text("Elige al delegado").await?;
    press(&boss, "Beto").await?;
    boss.until_text("Delegado: Beto").await?;
    edit(&boss, "Prioridad").await?;
    press(&boss, "urgente").await?;
    boss.until_text("Prioridad: urgente").await?;
    edit(&boss, "Detalle").await?;
    boss.says("Ropa de calle")?;
    boss.until_text("Detalle: Ropa de calle").await?;
    edit(&boss, "Hora").await?;
    press(&boss, "+1 h").await?;
    boss.until(
        |chat| chat.shows("Detalle: Ropa de calle") && !chat.shows("Hora: ahora"),
        it::until::DEADLINE,
    )
    .await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 0);
    press(&boss, "Confirmar").await?;
    boss.until_text("Tarea creada").await?;

    let http = app.http(&boss).await?;
    let list = http.get("/api/v1/tasks").await?.expect(200)?;
    let task = &list["items"][0];
    assert_eq!(task["title"], "Custodia del acto");
    assert_eq!(task["kind"], "vigilancia");
    assert_eq!(task["priority"], "urgent");
    assert_eq!(task["place"]["label"], "Plaza Mayor");
    assert_eq!(task["description"], "Ropa de calle");
    assert_eq!(task["lead"]["agent_id"], beto.agent_id);
    let people: Vec<_> = task["assignments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["agent_id"].clone())
        .collect();
    assert_eq!(people, [json!(ana.agent_id), json!(beto.agent_id)]);
    let start: chrono::DateTime<chrono::Utc> =
        task["planned_start"].as_str().unwrap_or_default().parse()?;
    assert!(start > app.store().now() + TimeDelta::minutes(30));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_off_shift_is_named_so() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, _) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let at = |hours| (app.store().now() + TimeDelta::hours(hours)).to_rfc3339();
    let shift = json!({ "agent_id": ana.agent_id, "starts_at": at(48), "ends_at": at(56) });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    for no in ["Cancelar", "no"] {
        boss.says("/crear patrullaje; Una ronda; Puerto; ; Beto, Ana")?;
        press(&boss, "Confirmar").await?;
        let asked = boss.until_text("fuera de turno").await?;
        assert!(asked.text.contains("está Ana."), "{}", asked.text);
        assert!(!asked.text.contains("Beto"), "{}", asked.text);
        boss.says(no)?;
        app.settled().await?;
        assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 0, "{no}");
    }
    boss.says("/crear patrullaje; Una ronda; Puerto; ; Beto, Ana")?;
    press(&boss, "Confirmar").await?;
    press(&boss, "Falta de personal").await?;
    boss.until_text("Tarea creada").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_is_chosen_from_pages() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    for name in ["Ana", "Beto", "Caro", "Dana", "Eva", "Fito", "Gus"] {
        app.recruit(Recruit::of_level(1, name).not_enrolled())
            .await?;
    }
    boss.says("/crear patrullaje; Una ronda; Puerto; ; Ana, Beto, Caro, Dana, Eva, Fito, Gus")?;
    edit(&boss, "Delegado").await?;
    let asked = boss.until_text("Elige al delegado").await?;
    assert!(asked.has_button("Eva") && !asked.has_button("Fito"));
    press(&boss, "Siguiente").await?;
    press(&boss, "Gus").await?;
    boss.until_text("Delegado: Gus").await?;
    boss.says("/cancelar")?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_names_people_and_kinds_as_people_do() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    for name in ["Ana", "Ana Diaz", "Ana Paz"] {
        app.recruit(Recruit::of_level(1, name).not_enrolled())
            .await?;
    }
    boss.says("/crear patrullaje; Una ronda; Puerto; ; Ana")?;
    let preview = boss.until_text("Título: Una ronda").await?;
    assert!(preview.text.contains("Personal: Ana\n"), "{}", preview.text);
    boss.says("/crear patrullaje; Guardia en el puerto; Puerto; ahora; Ana")?;
    let preview = boss.until_text("Título: Guardia en el puerto").await?;
    assert!(preview.text.contains("Hora: ahora\n"), "{}", preview.text);
    boss.says("/crear patrullaje; Una ronda; Puerto; ; An")?;
    boss.until_text("«An» puede ser más de una persona").await?;
    boss.says("/crear patrullaje; Una ronda; Puerto; ; Zoe")?;
    boss.until_text("no encuentro a «Zoe»").await?;
    let far = "lejos ".repeat(40);
    boss.says(&format!("/crear patrullaje; Una ronda; {far}"))?;
    boss.until_text("Escribe menos: hasta 200 caracteres")
        .await?;
    boss.says("/crear emergencia; Robo en curso")?;
    boss.until_text("Pide ayuda con /sos").await?;
    let new = json!({ "title": "Robo en curso", "kind": "emergencia" });
    let refused = app
        .http(&boss)
        .await?
        .post("/api/v1/tasks", &new)
        .await?
        .expect(422)?;
    assert_eq!(refused["code"], "raised_only");
    assert_eq!(refused["errors"][0]["field"], "kind");
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 0);
    boss.says("/crear patrullaje; Ronda doble; Puerto; ; Ana, ana")?;
    boss.until_text("Título: Ronda doble").await?;
    press(&boss, "Confirmar").await?;
    boss.until_text("Ronda doble. Asignada a 1 persona").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_another_release_says_so_and_begins_anew() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    for change in [
        "version = 0",
        "version = 3",
        r#"state = '{"serial": 1, "stage": {"at": "gone"}}'"#,
    ] {
        boss.says("/crear")?;
        press(&boss, "Patrullaje").await?;
        boss.until_text("Escribe el título").await?;
        app.settled().await?;
        let old = format!("UPDATE dialogues SET {change}");
        let writer = app.store().writer().clone();
        writer.execute_unprepared(&old).await?;
        boss.says("Una ronda")?;
        app.settled().await?;
        let last = boss.last_message().map(|one| one.text).unwrap_or_default();
        assert!(last.starts_with("Empieza de nuevo"), "{change}: {last}");
    }
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("Escribe el título").await?;
    boss.says("/cancelar")?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 0);
    Ok(())
}
