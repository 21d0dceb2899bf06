//! Links of enrolment that open nothing: whoever brings one hears why in one sentence, and leaves no row behind.

use anyhow::Result;
use chrono::TimeDelta;
use it::{Backend, Recruit, Somebody, TestApp};
use locales::{Lang, Sentence};

use crate::{hand::press, manners::rows_of_all};

async fn nobody_yet(app: &TestApp, name: &str) -> Result<Somebody> {
    let recruit = Recruit::of_level(1, name).not_enrolled();
    app.recruit(recruit).await
}

/// Somebody's link that was not used within its day.
async fn expired(app: &TestApp, somebody: &Somebody) -> Result<String> {
    let link = app.invite(somebody).await?;
    let past = (app.store().now() - TimeDelta::minutes(1)).to_rfc3339();
    let update = format!(
        "UPDATE enrolments SET expires_at = '{past}' WHERE user_id = {} RETURNING id",
        somebody.user_id
    );
    assert_eq!(app.rows(&update).await?.len(), 1);
    Ok(link)
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_open_nothing_are_answered_once_and_leave_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let nadia = nobody_yet(&app, "Nadia").await?;
    let used = app.invite(&nadia).await?;
    nadia.opens_link(&used)?;
    press(&nadia, "Acepto").await?;
    let late = expired(&app, &nobody_yet(&app, "Ines").await?).await?;
    let otto = nobody_yet(&app, "Otto").await?;
    let replaced = app.invite(&otto).await?;
    let good = app.invite(&otto).await?;
    let unknown = used.replace("start=", "start=0");
    app.settled().await?;

    let before = rows_of_all(&app).await?;
    let dead = [
        (&used, Sentence::StartLinkUsed),
        (&late, Sentence::StartLinkExpired),
        (&replaced, Sentence::StartLinkExpired),
        (&unknown, Sentence::StartLinkUnknown),
    ];
    for (phone, (link, why)) in (880_001..).zip(dead) {
        let who = app.paper.person(phone, "Nadie", "es");
        who.opens_link(link)?;
        app.settled().await?;
        let mut said = who.messages();
        said.retain(|message| message.from_bot);
        assert_eq!(said.len(), 1, "{}", who.chat());
        assert_eq!(said[0].text, why.to(Lang::Es));
        assert!(said[0].keyboard.is_empty(), "{}", who.chat());
    }

    // Somebody else's: it stays good for whom it is meant.
    nadia.opens_link(&good)?;
    // The button of her own link is there too.
    app.settled().await?;
    press(&nadia, "Acepto").await?;
    nadia
        .until_text(&Sentence::StartAccountTaken.to(Lang::Es))
        .await?;
    app.settled().await?;
    assert_eq!(rows_of_all(&app).await?, before);
    otto.opens_link(&good)?;
    press(&otto, "Acepto").await?;
    otto.until_text("Listo, Otto").await?;
    Ok(())
}
