//! Somebody asks to be forgotten: his session ends, the bot does not know him, his files are gone, the work stays.

use anyhow::Result;
use it::{Backend, Recruit, TestApp, until};
use rstest::rstest;

use crate::search;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_is_a_stranger_and_his_files_are_gone(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let raquel = Recruit::of_level(3, "Raquel").permitted("system");
    let http = app.http(&app.recruit(raquel).await?).await?;
    let ana = app.agent("Ana").await?;
    let board = app.http(&ana).await?;
    let (task, code) = search::task(&http, "Ronda", &ana).await?;
    search::step(&http, task, "start").await?;
    ana.sends_photo(b"jpeg", "lo que vi")?;
    let stored = "SELECT count(*) FROM attachments WHERE state = 'stored'";
    until("the evidence", || async {
        Ok((app.count(stored).await? == 1).then_some(()))
    })
    .await?;
    let rows = app.rows("SELECT path FROM attachments").await?;
    let path: String = rows[0].try_get("", "path")?;
    let file = app.database().folder().join("files").join(path);
    assert!(file.exists(), "{}", file.display());

    let door = format!("/api/v1/users/{}/gdpr-delete", ana.user_id);
    let refused = http.delete(&door).await?.expect(409)?;
    assert_eq!(refused["code"], "open_work");
    let detail = refused["detail"].as_str().unwrap_or_default();
    assert!(detail.contains(&code), "{detail}");
    search::step(&http, task, "complete").await?;
    app.settled().await?;
    http.delete(&door).await?.expect(204)?;
    let left = "SELECT count(*) FROM file_removals";
    until("the file to be gone", || async {
        Ok((app.count(left).await? == 0).then_some(()))
    })
    .await?;
    assert!(!file.exists(), "{}", file.display());
    ana.until_text("ya no está unido").await?;
    assert!(ana.reply_keyboard().is_empty(), "{}", ana.chat());
    let offered: Vec<_> = ana
        .commands()
        .iter()
        .map(|one| one["command"].clone())
        .collect();
    assert_eq!(offered, ["start"]);
    app.settled().await?;
    let known = format!(
        "SELECT count(*) FROM outbox WHERE chat_id = {}",
        ana.phone.id()
    );
    assert_eq!(app.count(&known).await?, 0);

    board.get("/api/v1/auth/me").await?.expect(401)?;
    let known = http.get(&format!("/api/v1/users/{}", ana.user_id)).await?;
    let known = known.expect(200)?;
    assert_eq!(known["name"], format!("#{}", ana.user_id));
    assert_eq!(known["linked"], false);
    assert_eq!(known["active"], false);
    assert!(known["erased_at"].is_string(), "{known}");
    let done = http
        .get(&format!("/api/v1/tasks/{task}"))
        .await?
        .expect(200)?;
    assert_eq!(done["lead"]["name"], known["name"]);
    ana.says("/tareas")?;
    ana.until_text("Este servicio es solo para el personal")
        .await?;
    Ok(())
}
