//! Who registers a group, and how little else a bot hears and says there.

use anyhow::Result;
use it::{Backend, Recruit, TestApp, until};
use rstest::rstest;
use serde_json::json;

use super::scene::{GROUP, Scene, scene, scene_of};
use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn only_who_commands_the_unit_registers_and_nothing_else_is_said_there(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let Scene { app, dora, ana, .. } = &scene;
    let sur = app
        .recruit(Recruit::of_level(2, "Sonia").in_unit("Sur"))
        .await?;
    let stranger = app.paper.person(5_000, "Nadie", "es");
    app.paper
        .group(GROUP, "Guardia", false, &[dora, ana, &sur, &stranger]);
    stranger.in_group(GROUP).says("/grupo")?;
    let there = ana.in_group(GROUP);
    for words in [
        "/grupo",
        "/start",
        "/tareas",
        "/ayuda",
        "/sos",
        "/grupo@otro_bot",
    ] {
        there.says(words)?;
    }
    ana.until_text("Pide ayuda a tu supervisor").await?;
    app.settled().await?;
    assert!(
        scene.written(GROUP).is_empty(),
        "{:?}",
        scene.written(GROUP)
    );
    assert!(stranger.messages().is_empty());
    scene.registers(&dora.in_group(GROUP), "Norte").await?;
    // The other unit's supervisor sees its own unit only, and cannot take the group away. Capitals make no difference.
    let hers = sur.in_group(GROUP);
    hers.says("/Grupo")?;
    hers.until_button("Sur").await?;
    let tap = hers.taps("Sur")?;
    assert!(hers.until_answered(&tap).await?.alert);
    let tap = hers.taps("Quitar")?;
    assert!(hers.until_answered(&tap).await?.alert);
    app.settled().await?;
    assert_eq!(scene.groups().await?.len(), 1);
    // In her own chat she ends it by one tap.
    dora.says("/GRUPO")?;
    dora.until_text("Guardia: Norte").await?;
    press(dora, "Quitar Guardia").await?;
    dora.until_text("Ningún grupo recibe").await?;
    app.settled().await?;
    assert!(scene.groups().await?.is_empty());
    // The group itself is told: what stood there is true no more.
    let there = dora.in_group(GROUP);
    there.until_text("Este grupo no recibe difusiones").await?;
    assert_eq!(scene.audited("unit.group_registered").await?, 1);
    assert_eq!(scene.audited("unit.group_ended").await?, 1);
    let offered = |commands: Vec<serde_json::Value>| {
        commands.iter().any(|one| one["command"] == json!("grupo"))
    };
    assert!(offered(dora.commands()));
    assert!(!offered(ana.commands()));
    Ok(())
}

/// What people write to each other, as an administrator of the group gets it; and its edits.
fn chatter(scene: &Scene) -> Result<()> {
    let from = json!({ "id": scene.ana.phone.id(), "is_bot": false, "first_name": "Ana" });
    let chat = json!({ "id": GROUP, "type": "supergroup", "title": "Guardia" });
    for (number, what) in [
        ("text", "¿quién cubre mañana?"),
        ("caption", "/grupo"),
        ("text", "/tareas"),
    ]
    .into_iter()
    .enumerate()
    {
        for kind in ["message", "edited_message"] {
            let mut said = json!({
                "message_id": 900 + number, "date": 1_772_452_800, "chat": chat, "from": from
            });
            said[what.0] = json!(what.1);
            let update = json!({ kind: said });
            anyhow::ensure!(scene.app.paper.push_update(&update).is_some());
        }
    }
    Ok(())
}

#[rstest]
#[case::polling(false)]
#[case::webhook(true)]
#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_to_each_other_is_confirmed_and_not_kept(
    #[case] webhook: bool,
) -> Result<()> {
    let wish = TestApp::on(Backend::Sqlite);
    let wish = if webhook { wish.webhook() } else { wish };
    let Some(scene) = scene_of(wish).await? else {
        return Ok(());
    };
    let there = scene.guard().await?;
    let rows = "SELECT count(*) FROM inbox";
    let before = scene.app.count(rows).await?;
    chatter(&scene)?;
    until("Telegram to be rid of it", || async {
        Ok((scene.app.paper.pending_updates() == 0).then_some(()))
    })
    .await?;
    assert_eq!(scene.app.count(rows).await?, before, "nothing of it stays");
    // What is ours still comes in behind it.
    there.says("/grupo")?;
    there.until_text("Puedes cambiar la unidad").await?;
    scene.app.settled().await?;
    assert_eq!(scene.app.count(rows).await?, before + 1);
    Ok(())
}
