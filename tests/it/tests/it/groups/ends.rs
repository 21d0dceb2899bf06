//! What ends a registration, or takes it elsewhere.

use anyhow::Result;
use it::Backend;
use rstest::rstest;
use telegram::{Fault, FaultKind};

use super::scene::{GROUP, Scene, scene};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_throws_the_bot_out_ends_it_and_the_supervisor_learns_it(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let Scene { app, dora, ana, .. } = &scene;
    let there = scene.guard().await?;
    ana.in_group(GROUP).removes_bot()?;
    dora.until_text("ya no está en «Guardia»").await?;
    app.settled().await?;
    assert!(scene.groups().await?.is_empty());
    assert_eq!(scene.audited("unit.group_lost").await?, 1);
    // Where no update said so, the refusal of a message does.
    there.adds_bot()?;
    scene.chooses(&there, "Norte").await?;
    let kicked = FaultKind::Forbidden("bot was kicked from the supergroup chat".into());
    app.paper.fault(Fault::new(kicked).in_chat(GROUP));
    let sent = scene.sends("Corten la calle").await?;
    ana.until_text("Corten la calle").await?;
    app.settled().await?;
    let now = scene.look(&sent).await?;
    assert_eq!(now["groups"][0]["state"], "failed", "{now}");
    assert_eq!(scene.audited("unit.group_lost").await?, 2);
    assert!(scene.groups().await?.is_empty());
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_becomes_a_supergroup_is_followed(#[case] backend: Backend) -> Result<()> {
    const SMALL: i64 = -700;
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let Scene { app, dora, ana, .. } = &scene;
    app.paper.small_group(SMALL, "Guardia", &[dora, ana]);
    scene.registers(&dora.in_group(SMALL), "Norte").await?;
    dora.in_group(SMALL).upgrades_group(GROUP)?;
    app.settled().await?;
    scene.sends("Primero").await?;
    ana.in_group(GROUP).until_text("Primero").await?;
    app.settled().await?;
    // As if no update had come: the refusal names the new number, and the message follows.
    let db = app.database().connect().await?;
    sea_orm::ConnectionTrait::execute_unprepared(
        &db,
        &format!("UPDATE unit_groups SET chat_id = {SMALL}"),
    )
    .await?;
    db.close().await?;
    let sent = scene.sends("Segundo").await?;
    ana.in_group(GROUP).until_text("Segundo").await?;
    app.settled().await?;
    let now = scene.look(&sent).await?;
    assert_eq!(now["groups"][0]["state"], "sent", "{now}");
    let there = format!("SELECT count(*) FROM unit_groups WHERE chat_id = {GROUP}");
    assert_eq!(app.count(&there).await?, 1);
    Ok(())
}
