//! More units and groups than fit under one message.

use anyhow::Result;
use it::{Backend, Somebody, TestApp};
use rstest::rstest;
use sea_orm::ConnectionTrait;

use super::scene::{GROUP, scene};
use crate::hand::press;

const UNITS: i64 = 45;
const GROUPS: i64 = 102;

/// Many units, and many groups of Norte.
async fn fill(app: &TestApp, dora: &Somebody) -> Result<()> {
    let db = app.database().connect().await?;
    db.execute_unprepared(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {UNITS})
         INSERT INTO units (name, created_at)
         SELECT 'Zona ' || CASE WHEN i < 10 THEN '0' ELSE '' END || i, CURRENT_TIMESTAMP FROM n"
    ))
    .await?;
    db.execute_unprepared(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {GROUPS})
         INSERT INTO unit_groups (unit_id, chat_id, thread_id, title, forum, registered_by, registered_at)
         SELECT (SELECT id FROM units WHERE name = 'Norte'), -900000 - i, 0, 'Puesto ' || i, FALSE, {}, CURRENT_TIMESTAMP
         FROM n",
        dora.user_id
    ))
    .await?;
    Ok(db.close().await?)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn many_units_and_groups_are_turned_page_by_page(#[case] backend: Backend) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let (app, dora) = (&scene.app, &scene.dora);
    let admin = app.admin("Root").await?;
    fill(app, dora).await?;
    // 46 units, five to a page: the last one is ten pages on, in one message.
    app.paper.group(GROUP, "Guardia", false, &[&admin]);
    let there = admin.in_group(GROUP);
    there.says("/grupo")?;
    let first = there.until_text("Página 1 de 10").await?;
    assert!(first.has_button("Norte") && !first.has_button("Anterior"));
    for page in 2..=10 {
        there.until_button("Siguiente").await?;
        let tap = there.taps_on(first.id, "Siguiente")?;
        there.until_answered(&tap).await?;
        let now = there.until_text(&format!("Página {page} de 10")).await?;
        assert_eq!(now.id, first.id, "in place of the page before");
    }
    let last = there.until_text("Página 10 de 10").await?;
    assert!(!last.has_button("Siguiente"), "{last:?}");
    scene.chooses(&there, "Zona 45").await?;

    // 102 groups of Norte, five to a page.
    dora.says("/grupo")?;
    let list = dora.until_text("Página 1 de 21").await?;
    assert!(list.has_button("Quitar Puesto 5") && !list.has_button("Quitar Puesto 6"));
    press(dora, "Siguiente").await?;
    let next = dora.until_text("Página 2 de 21").await?;
    assert_eq!(next.id, list.id);
    press(dora, "Quitar Puesto 6").await?;
    app.settled().await?;
    let left = "SELECT count(*) FROM unit_groups WHERE title LIKE 'Puesto %'";
    assert_eq!(app.count(left).await?, GROUPS - 1);
    Ok(())
}
