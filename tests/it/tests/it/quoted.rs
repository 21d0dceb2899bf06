//! Words about calls for help where several things wait: whoever quotes a message means what it is about; else a word acts only
//! where one thing fits, and it is asked which.

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, until::DEADLINE};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

/// Calls for help, and this person is asked.
async fn calls(app: &TestApp, who: &Somebody, code: &str, asked: &Somebody) -> Result<()> {
    app.called(who).await?;
    asked.until_text(code).await?;
    app.settled().await
}

async fn offers(app: &TestApp, code: &str, state: &str) -> Result<i64> {
    let count = format!(
        "SELECT count(*) FROM emergency_offers o JOIN emergencies e ON e.id = o.emergency_id \
         JOIN tasks t ON t.id = e.task_id WHERE t.code = '{code}' AND o.state = '{state}'"
    );
    app.count(&count).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_quotes_means_that_call_and_whoever_does_not_is_asked(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app.supervisor("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let eva = app.agent("Eva").await?;
    app.stands_near(&bob).await?;
    calls(&app, &ana, "EMG-2026-0001", &bob).await?;
    let first = bob.until_text("EMG-2026-0001").await?;
    clock.advance(TimeDelta::seconds(1));
    calls(&app, &eva, "EMG-2026-0002", &bob).await?;

    bob.says("voy")?;
    let asked = bob.until_text("¿Vas? Toca a cuál").await?;
    assert!(asked.has_button("EMG-2026-0001") && asked.has_button("EMG-2026-0002"));
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0002", "taken").await?, 0);

    bob.replies(first.id, "¿es en la plaza?")?;
    ana.until_text("Bob, a quien se le pidió ir (EMG-2026-0001): ¿es en la plaza?")
        .await?;
    bob.replies(first.id, "voy")?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "taken").await?, 1);
    assert_eq!(offers(&app, "EMG-2026-0002", "taken").await?, 0);

    ana.says("estoy en la esquina")?;
    let words = dora.until_text("estoy en la esquina").await?;
    // No hand is quicker than the note that Telegram took it.
    app.settled().await?;
    dora.replies(words.id, "va la patrulla")?;
    ana.until_text("Dora, del mando (EMG-2026-0001): va la patrulla")
        .await?;
    app.settled().await?;
    dora.says("quédense adentro")?;
    let asked = dora.until_text("¿Para qué pedido de ayuda es?").await?;
    app.settled().await?;
    // What she adds while that is asked is not lost.
    dora.says("ya llega el móvil")?;
    let again = |chat: &telegram::ChatView| {
        let last = chat.find("¿Para qué pedido de ayuda es?");
        last.is_some_and(|one| one.id > asked.id)
    };
    dora.until(again, DEADLINE).await?;
    press(&dora, "EMG-2026-0002").await?;
    let both = eva
        .until_text("Dora, del mando (EMG-2026-0002): quédense adentro")
        .await?;
    assert!(both.text.contains("ya llega el móvil"), "{}", both.text);
    app.settled().await?;
    assert!(!ana.chat().shows("quédense adentro"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_of_coming_is_heard_by_who_called_and_taps_whether_he_comes() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    calls(&app, &ana, "EMG-2026-0001", &bob).await?;
    bob.says("sí, voy para allá")?;
    ana.until_text("Bob, a quien se le pidió ir (EMG-2026-0001): sí, voy para allá")
        .await?;
    let asked = bob.until_text("¿Vas? Toca a cuál").await?;
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "taken").await?, 0);
    assert!(asked.has_button("EMG-2026-0001 · 110 m ·"), "{asked:?}");
    press(&bob, "EMG-2026-0001 ·").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_quotes_a_call_and_says_among_others_that_he_comes_is_heard_and_asked() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    calls(&app, &ana, "EMG-2026-0001", &bob).await?;
    let card = bob.until_text("EMG-2026-0001").await?;
    bob.replies(card.id, "no puedo")?;
    bob.until_text("Anotado: no puedes ir a EMG-2026-0001")
        .await?;
    app.settled().await?;
    bob.replies(card.id, "ahora sí puedo, voy")?;
    ana.until_text("Bob, a quien se le pidió ir (EMG-2026-0001): ahora sí puedo, voy")
        .await?;
    bob.until_text("¿Vas? Toca a cuál").await?;
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "taken").await?, 0);
    press(&bob, "EMG-2026-0001 ·").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_and_cannot_is_asked_whether_he_means_what_was_told_to_many_since() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    calls(&app, &ana, "EMG-2026-0001", &bob).await?;
    press(&bob, "Voy").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let drill = json!({ "text": "Repórtense", "audience": { "kind": "all" }, "drill": true });
    http.post("/api/v1/broadcasts", &drill).await?.expect(201)?;
    bob.until_text("Repórtense").await?;
    app.settled().await?;

    bob.says("no puedo")?;
    let asked = bob.until_text("¿Con cuál no puedes?").await?;
    assert!(asked.has_button("Repórtense"), "{asked:?}");
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "taken").await?, 1);
    press(&bob, "EMG-2026-0001").await?;
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "declined").await?, 1);
    let answered = "SELECT count(*) FROM broadcast_answers";
    assert_eq!(app.count(answered).await?, 0);
    bob.says("voy")?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn voy_of_somebody_who_was_sent_says_that_he_goes() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let dora = app.supervisor("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let eva = app.agent("Eva").await?;
    let call = app.called(&ana).await?;
    let id = call["task_id"].as_i64().context("its task")?;
    let http = app.http(&dora).await?;
    let both = json!({ "agent_ids": [bob.agent_id, eva.agent_id] });
    let way = format!("/api/v1/tasks/{id}/assignments");
    http.put(&way, &both).await?.expect(200)?;
    for one in [&bob, &eva] {
        one.until_button("Recibido").await?;
    }
    app.settled().await?;
    bob.says("voy")?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    eva.says("recibido")?;
    ana.until_text("Eva: «Recibido», todavía sin decir que va")
        .await?;
    app.settled().await?;
    eva.says("voy")?;
    ana.until_text("Van 2 de 3").await?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_goes_to_one_and_says_so_to_another_is_asked_whether_he_leaves_the_first(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let eva = app.agent("Eva").await?;
    app.stands_near(&bob).await?;
    calls(&app, &ana, "EMG-2026-0001", &bob).await?;
    let first = bob.until_text("EMG-2026-0001").await?;
    calls(&app, &eva, "EMG-2026-0002", &bob).await?;
    let second = bob.until_text("EMG-2026-0002").await?;
    bob.replies(first.id, "voy")?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    bob.replies(second.id, "voy")?;
    bob.until_text("¿Dejas EMG-2026-0001 y vas a EMG-2026-0002?")
        .await?;
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "taken").await?, 1);
    press(&bob, "Ir a EMG-2026-0002").await?;
    eva.until_text("Van 1 de 3").await?;
    app.settled().await?;
    assert_eq!(offers(&app, "EMG-2026-0001", "declined").await?, 1);
    assert_eq!(offers(&app, "EMG-2026-0002", "taken").await?, 1);
    Ok(())
}
