//! Whoever registered a group loses his say over its unit: the group goes on, and others are told that it does.

use anyhow::Result;
use it::{Backend, Http, Somebody};
use rstest::rstest;
use serde_json::{Value, json};

use super::scene::{GROUP, Scene, scene};
use crate::hand::press;

async fn changes(scene: &Scene, http: &Http, whom: &Somebody, change: &Value) -> Result<()> {
    let place = format!("/api/v1/users/{}", whom.user_id);
    http.patch(&place, change).await?.expect(200)?;
    scene.app.settled().await
}

/// Whether whoever registered the only group still decides about its unit, and his name; as an admin sees it.
async fn answers(scene: &Scene, http: &Http) -> Result<(Value, Value)> {
    let place = format!("/api/v1/units/{}", scene.norte().await?);
    let unit = http.get(&place).await?.expect(200)?;
    let by = &unit["groups"][0]["registered_by"];
    Ok((by["name"].clone(), by["answers"].clone()))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_group_outlives_its_registrar_and_somebody_is_told(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let Scene { app, dora, ana, .. } = &scene;
    let (eva, leo) = (app.supervisor("Eva").await?, app.supervisor("Leo").await?);
    let admin = app.admin("Root").await?;
    let http = app.http(&admin).await?;
    scene.guard().await?;
    app.paper.group(GROUP, "Guardia", false, &[dora, ana, &eva]);
    // What does not touch her say over the unit is nobody's news.
    changes(&scene, &http, dora, &json!({ "new_units": ["Sur"] })).await?;
    assert_eq!(scene.audited("unit.group_ownerless").await?, 0);
    assert_eq!(answers(&scene, &http).await?, (json!("Dora"), json!(true)));

    changes(&scene, &http, dora, &json!({ "units": ["Sur"] })).await?;
    eva.until_text("Dora registró el grupo «Guardia» y ya no supervisa Norte")
        .await?;
    app.settled().await?;
    assert_eq!(scene.audited("unit.group_ownerless").await?, 1);
    assert_eq!(answers(&scene, &http).await?, (json!("Dora"), json!(false)));
    // Whoever knows of it leaves too: the rest is told again.
    changes(&scene, &http, &leo, &json!({ "units": ["Sur"] })).await?;
    assert_eq!(scene.audited("unit.group_ownerless").await?, 2);
    let told = |one: &Somebody| {
        let messages = one.messages();
        let heard = messages
            .iter()
            .filter(|said| said.text.contains("ya no supervisa"));
        heard.count()
    };
    assert_eq!(
        (told(&eva), told(&leo), told(dora), told(&admin)),
        (2, 1, 0, 0)
    );
    // The group is alive, and Eva takes it over where it is.
    scene.registers(&eva.in_group(GROUP), "Norte").await?;
    assert_eq!(answers(&scene, &http).await?, (json!("Eva"), json!(true)));

    // With nobody left in command of the unit, admins are told; one of them ends it there and then.
    changes(&scene, &http, &eva, &json!({ "active": false })).await?;
    admin
        .until_text("Eva registró el grupo «Guardia» y ya no supervisa Norte")
        .await?;
    assert_eq!(scene.audited("unit.group_ownerless").await?, 3);
    press(&admin, "Quitar Guardia").await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM unit_groups").await?, 0);
    Ok(())
}
