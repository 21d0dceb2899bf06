//! Who is free and where, and who can be called.

use anyhow::Result;
use chrono::TimeDelta;
use it::{Backend, TestApp, until};
use serde_json::json;

use super::scene::scene;
use crate::hand::press;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_free_is_shown_with_where_and_by_pages() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    for name in ["Beto", "Caro", "Dana", "Eva", "Fito", "Gus"] {
        app.recruit(it::Recruit::of_level(1, name).not_enrolled())
            .await?;
    }
    ana.shares_location_within(-34.6037, -58.3816, 23.5)?;
    ana.until_text("Ubicación guardada").await?;
    boss.says("/disponibles")?;
    let first = boss.until_text("7 personas disponibles").await?;
    assert!(first.text.contains("(±24 m)"), "{}", first.text);
    assert!(
        first
            .text
            .contains("Ana · Norte · sin tareas, en -34.60370, -58.38160, hace un momento"),
        "{}",
        first.text
    );
    assert!(
        first.text.contains("sin posición, sin Telegram"),
        "{}",
        first.text
    );
    assert!(first.text.contains("Página 1 de 2"), "{}", first.text);
    press(&boss, "Siguiente").await?;
    let second = boss.until_text("Página 2 de 2").await?;
    assert!(second.text.contains("Gus"), "{}", second.text);
    assert!(!second.text.contains("Eva"), "{}", second.text);
    // Whoever had Telegram and blocked the bot is another matter.
    ana.blocks_bot()?;
    app.settled().await?;
    boss.says("/disponibles")?;
    boss.until_text("(±24 m), fuera del alcance de Telegram")
        .await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_right_after_another_is_not_said_to_be_kept() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    ana.shares_location(-34.6037, -58.3816)?;
    ana.shares_location(-34.6038, -58.3817)?;
    ana.until_text("Ubicación guardada").await?;
    ana.until_text("No guardé esta ubicación").await?;
    let kept = app.count("SELECT count(*) FROM positions").await?;
    assert_eq!(kept, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_can_be_called() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, boss, ana, beto) = (&scene.app, &scene.boss, &scene.ana, &scene.beto);
    let root = app.http(&app.admin("Root").await?).await?;
    for (who, phone) in [(ana, "+54 11 5555-0101"), (beto, "+54 11 5555-0102")] {
        let path = format!("/api/v1/users/{}", who.user_id);
        root.patch(&path, &json!({ "phone": phone }))
            .await?
            .expect(200)?;
    }
    press(ana, "Recibido").await?;
    for ring in 2..=4 {
        let rung = format!(
            "SELECT count(*) FROM assignments WHERE rings >= {} OR escalated_at IS NOT NULL",
            ring - 1
        );
        scene.clock.advance(TimeDelta::minutes(15));
        until("the next ring", || async {
            Ok((app.count(&rung).await? == 1).then_some(()))
        })
        .await?;
        app.settled().await?;
    }
    let alert = boss.until_text("Beto no respondió").await?;
    let numbers: Vec<&str> = alert.text.lines().skip(1).collect();
    assert_eq!(
        numbers,
        [
            "Teléfono de Beto: +54 11 5555-0102",
            "Teléfono de Ana: +54 11 5555-0101"
        ]
    );
    let told = ana.until_text("Beto no respondió").await?;
    assert!(!told.text.contains("5555"), "{}", told.text);
    Ok(())
}
