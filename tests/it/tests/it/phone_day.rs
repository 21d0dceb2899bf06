//! Every button of a card and every command of the day, pressed and typed, with what became of it.

use anyhow::Result;
use chrono::TimeDelta;
use it::{Backend, TestApp, until};
use locales::{Lang, Sentence};
use serde_json::{Value, json};

use crate::hand::press;
use scene::scene;

mod evidence;
mod people;
mod scene;

#[tokio::test(flavor = "multi_thread")]
async fn every_button_of_a_card_does_what_it_says() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (boss, ana, beto) = (&scene.boss, &scene.ana, &scene.beto);
    press(beto, "No puedo").await?;
    beto.until_text("Elige o escribe por qué no puedes").await?;
    press(beto, "Estoy lejos").await?;
    beto.until_text("Motivo: Estoy lejos").await?;
    boss.until_text("Estoy lejos").await?;
    assert_eq!(
        scene.part(beto).await?,
        ("declined".into(), Some("Estoy lejos".into()))
    );

    for (button, state) in [
        ("Recibido", "acknowledged"),
        ("En camino", "en_route"),
        ("En el lugar", "on_site"),
    ] {
        press(ana, button).await?;
        assert_eq!(scene.part(ana).await?.0, state, "{button}");
    }
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;
    press(ana, "Pausar").await?;
    ana.until_text("Elige o escribe por qué se pausa").await?;
    ana.says("Corte de calle")?;
    ana.until_text("Motivo: Corte de calle").await?;
    scene.until_status("paused").await?;
    let card = ana.until_text("Estado: en pausa").await?;
    assert!(card.text.contains("): Corte de calle\n"), "{}", card.text);
    press(ana, "Reanudar").await?;
    scene.until_status("in_progress").await?;

    press(ana, "Finalizar").await?;
    press(ana, "Con novedades").await?;
    ana.until_text("Envía la novedad de").await?;
    assert_eq!(scene.task().await?["status"], "in_progress");
    ana.says("Quedó un cono en la mano derecha")?;
    ana.until_text("Tarea finalizada").await?;
    scene.until_status("completed").await?;

    scene.clock.advance(TimeDelta::minutes(2));
    press(boss, "Reabrir").await?;
    boss.says("Faltó el acta")?;
    boss.until_text("Tarea reabierta").await?;
    scene.until_status("in_progress").await?;
    press(boss, "Anular tarea").await?;
    boss.says("La hace otra unidad")?;
    boss.until_text("Tarea anulada").await?;
    scene.until_status("cancelled").await?;
    let told = scene.texts().await?;
    for text in [
        "Estoy lejos",
        "Corte de calle",
        "Quedó un cono en la mano derecha",
        "Faltó el acta",
        "La hace otra unidad",
    ] {
        assert!(told.iter().any(|one| one == text), "{text}: {told:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_day_answers() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, boss, ana, beto) = (&scene.app, &scene.boss, &scene.ana, &scene.beto);
    app.agent("Eva").await?;
    ana.says("/novedad Algo")?;
    ana.until_text("Inicia una tarea primero").await?;
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;

    beto.says(&format!("/finalizar {}", scene.code))?;
    beto.until_text("Avisa a Ana").await?;
    ana.says("/finalizar PAT-2001-0001")?;
    ana.until_text("no encuentro PAT-2001-0001").await?;
    ana.says("/finalizar")?;
    ana.until_text("¿hubo novedades?").await?;
    ana.says("/cancelar")?;
    ana.until_text("No se guardó nada").await?;

    ana.says("/novedad Vereda rota")?;
    ana.until_text("Novedad guardada en").await?;
    ana.says("/novedad")?;
    ana.until_text(&format!("Envía la novedad de {}", scene.code))
        .await?;
    ana.says("Semáforo apagado")?;
    app.settled().await?;
    let reports = "SELECT count(*) FROM reports WHERE text IN ('Vereda rota', 'Semáforo apagado')";
    assert_eq!(app.count(reports).await?, 2);

    boss.says("/disponibles")?;
    let free = boss.until_text("1 persona disponible").await?;
    assert!(free.text.contains("Eva"), "{}", free.text);
    assert!(!free.text.contains("Ana"), "{}", free.text);

    beto.says("/estado")?;
    let mine = beto.until_text("Tu estado: en tarea").await?;
    let live = Sentence::StateLive.to(Lang::Es);
    assert!(mine.text.contains(&live), "{}", mine.text);
    press(beto, "No disponible").await?;
    press(beto, "Comida").await?;
    press(beto, "Sin fin").await?;
    beto.until_text("Quedas como no disponible: Comida").await?;
    let agent = format!("/api/v1/agents/{}", beto.agent_id);
    let one = scene.http.get(&agent).await?.expect(200)?;
    assert_eq!(one["availability"], "on_task", "that is what he is first");
    assert_eq!(
        (&one["unavailable"], &one["reason"]),
        (&json!(true), &json!("Comida"))
    );
    beto.says("/estado")?;
    beto.until_text("Tu estado: en tarea, no disponible (Comida).")
        .await?;
    press(beto, "🟢 Disponible").await?;
    beto.until_text("Quitaste el «no disponible». Ahora: en tarea.")
        .await?;
    let one = scene.http.get(&agent).await?.expect(200)?;
    assert_eq!(
        (&one["unavailable"], &one["reason"]),
        (&json!(false), &Value::Null)
    );

    beto.says("/idioma")?;
    press(beto, "English").await?;
    beto.until_text("Language").await?;
    beto.says("/estado")?;
    beto.until_text("Your status").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_is_offered_follows_what_he_may() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (admin, ana) = (app.admin("Root").await?, app.agent("Ana").await?);
    let http = app.http(&admin).await?;
    let path = format!("/api/v1/users/{}", ana.user_id);
    let offered = |name: &str| ana.commands().iter().any(|one| one["command"] == name);
    assert!(offered("tareas") && !offered("crear"));
    let changes = [
        (json!({ "level": 2 }), "crear", true),
        (json!({ "permissions": ["broadcast"] }), "difusion", true),
        (json!({ "permissions": [] }), "difusion", false),
        (json!({ "level": 1 }), "crear", false),
        (json!({ "active": false }), "tareas", false),
        (json!({ "active": true }), "tareas", true),
    ];
    for (change, command, due) in changes {
        http.patch(&path, &change).await?.expect(200)?;
        let what = format!("{command} after {change}");
        until(&what, || async {
            Ok((offered(command) == due).then_some(()))
        })
        .await?;
        assert!(offered("start"), "{what}");
    }
    ana.until_text("Tus opciones cambiaron").await?;
    http.delete(&format!("{path}/telegram")).await?;
    until("the commands of strangers", || async {
        Ok((!offered("tareas") && offered("start")).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_is_offered_for_a_minute_and_then_leaves_the_card() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let ana = &scene.ana;
    for label in ["Iniciar", "Finalizar", "Sin novedades"] {
        press(ana, label).await?;
    }
    ana.until_button("Deshacer").await?;
    scene.app.settled().await?;
    scene.clock.advance(TimeDelta::seconds(59));
    scene.app.settled().await?;
    assert!(ana.chat().has_button("Deshacer"), "{}", ana.chat());
    // Nobody presses anything: the card goes by the clock.
    scene.clock.advance(TimeDelta::seconds(2));
    ana.until(|chat| !chat.has_button("Deshacer"), until::DEADLINE)
        .await?;
    assert_eq!(scene.task().await?["status"], "completed");
    Ok(())
}
