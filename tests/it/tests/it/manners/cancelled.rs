//! Dialogues that were cancelled, and words that do nothing.

use anyhow::Result;
use it::{Backend, Recruit, Somebody, TestApp};

use super::given_task;
use crate::hand::press;

#[tokio::test(flavor = "multi_thread")]
async fn cancelar_and_no_never_act() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("título").await?;
    boss.says("Una ronda")?;
    boss.until_text("Indica el lugar").await?;
    boss.says("Puerto")?;
    press(&boss, "Ahora").await?;
    press(&boss, "Continuar").await?;
    boss.until_button("Confirmar").await?;
    press(&boss, "Cancelar").await?;
    boss.until_text("No se guardó nada").await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 0);

    let task = given_task(&app, &boss, &[&ana]).await?;
    press(&ana, "Iniciar").await?;
    for button in ["Finalizar", "Pausar"] {
        press(&ana, button).await?;
        press(&ana, "Cancelar").await?;
    }
    words_that_do_not_act(&app, &ana).await?;
    // As phones write them that begin every line with a capital.
    boss.says("/Crear")?;
    boss.until_button("Patrullaje").await?;
    boss.says("/CANCELAR")?;
    app.settled().await?;
    let now = app
        .http(&boss)
        .await?
        .get(&format!("/api/v1/tasks/{}", task["id"]))
        .await?
        .expect(200)?;
    assert_eq!(now["status"], "in_progress");

    let stranger = app
        .recruit(Recruit::of_level(1, "Nadia").not_enrolled())
        .await?;
    stranger.opens_link(&app.invite(&stranger).await?)?;
    press(&stranger, "No").await?;
    app.settled().await?;
    assert_eq!(
        app.count("SELECT count(*) FROM users WHERE name = 'Nadia' AND telegram_id IS NULL")
            .await?,
        1
    );
    Ok(())
}

/// Typed instead of pressed, whatever was asked.
async fn words_that_do_not_act(app: &TestApp, ana: &Somebody) -> Result<()> {
    for button in ["Finalizar", "Pausar", "No puedo", "Novedad"] {
        for word in ["Cancelar", "no", "No.", "cancel", "Não"] {
            press(ana, button).await?;
            app.settled().await?;
            ana.says(word)?;
            app.settled().await?;
            let last = ana.last_message().map(|one| one.text).unwrap_or_default();
            assert!(
                last.contains("No se guardó nada"),
                "{button}, {word}: {last}"
            );
        }
    }
    press(ana, "Finalizar").await?;
    ana.says("esperen")?;
    ana.until_text("Elige con los botones").await?;
    press(ana, "Con novedades").await?;
    ana.says("no")?;
    app.settled().await?;
    for sql in [
        "SELECT count(*) FROM reports",
        "SELECT count(*) FROM assignments WHERE state = 'declined'",
        "SELECT count(*) FROM status_history WHERE to_status <> 'in_progress'",
        "SELECT count(*) FROM dialogues WHERE name <> 'idle'",
    ] {
        assert_eq!(app.count(sql).await?, 0, "{sql}");
    }
    Ok(())
}
