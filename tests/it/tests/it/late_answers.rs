//! Answers to a broadcast that come late or in words: Telegram gives up on a press sooner than GAD does, and what has
//! ended takes them all the same and says that it has ended.

use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, until};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";

/// Sends it to everybody; where it is.
async fn sent(app: &TestApp, dora: &Somebody, more: Value) -> Result<String> {
    let mut new = json!({ "text": "Corten la calle", "audience": { "kind": "all" } });
    if let (Some(new), Value::Object(more)) = (new.as_object_mut(), more) {
        new.extend(more);
    }
    let http = app.http(dora).await?;
    let made = http.post("/api/v1/broadcasts", &new).await?.expect(201)?;
    Ok(format!("/api/v1/broadcasts/{}", made["id"]))
}

async fn shown(app: &TestApp, dora: &Somebody, place: &str) -> Result<Value> {
    let http = app.http(dora).await?;
    http.get(place).await?.expect(200)
}

/// The button on the card of the broadcast: its message, and what it does.
async fn acknowledges(person: &Somebody) -> Result<(i64, String)> {
    let chat = person.until_button("Recibido").await?;
    let card = chat.find("Corten la calle").context("the card")?;
    let mut buttons = card.keyboard.iter().flatten();
    let button = buttons.find(|button| button.label.contains("Recibido"));
    let data = button.and_then(|button| button.data.clone());
    Ok((card.id, data.context("the button just seen")?))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_telegram_gave_up_on_counts(#[case] backend: Backend) -> Result<()> {
    // Every answer to a press comes too late.
    let impatient = telegram::Config {
        answer_window: Duration::ZERO,
        ..telegram::Config::default()
    };
    let Some(app) = TestApp::on(backend).paper(impatient).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let place = sent(&app, &dora, json!({})).await?;
    let (card, acknowledge) = acknowledges(&ana).await?;
    let tap = ana.presses_data(card, &acknowledge)?;
    let query = tap.query_id.context("a press")?;
    let refused = |call: &telegram::Call| {
        let why = call.description.as_deref().unwrap_or_default();
        call.params["callback_query_id"] == query.as_str() && why.contains(TOO_OLD)
    };
    until("the answer to the press to be refused", || async {
        let calls = app.paper.calls_of("answerCallbackQuery");
        Ok(calls.iter().any(refused).then_some(()))
    })
    .await?;
    ana.until_text("Tu respuesta: ✅ Recibido").await?;
    app.settled().await?;
    let now = shown(&app, &dora, &place).await?;
    assert_eq!(now["counts"]["acknowledged"], 1, "{now}");
    Ok(())
}

/// Presses what is no button any more; the answer is taken, and its message says how it ended.
async fn answers_late(
    app: &TestApp,
    person: &Somebody,
    (card, data): &(i64, String),
    ended: &str,
) -> Result<()> {
    let tap = person.presses_data(*card, data)?;
    person.until_answered(&tap).await?;
    let told = person.until_text("Tu respuesta: ✅ Recibido").await?;
    assert!(told.text.contains(ended), "{}", told.text);
    assert!(!told.has_button("Recibido"), "{told:?}");
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_press_after_it_was_closed_counts_and_says_so(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let place = sent(&app, &dora, json!({})).await?;
    let button = acknowledges(&ana).await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let word = json!({ "text": "Gracias a todos." });
    let closed = http.post(&format!("{place}/close"), &word).await?;
    closed.expect(200)?;
    let ended = "🏁 Terminó. Gracias a todos.";
    ana.until_text(ended).await?;
    answers_late(&app, &ana, &button, ended).await?;
    let now = shown(&app, &dora, &place).await?;
    assert_eq!(now["status"], "closed");
    assert_eq!(now["counts"]["acknowledged"], 1, "{now}");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_press_after_its_time_counts_and_says_so(#[case] backend: Backend) -> Result<()> {
    let start = START.parse::<DateTime<Utc>>()?;
    let clock = Clock::by_hand(start);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let soon = start + TimeDelta::seconds(30);
    let place = sent(&app, &dora, json!({ "expires_at": soon.to_rfc3339() })).await?;
    let button = acknowledges(&ana).await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(31));
    let ended = "Esta difusión terminó.";
    ana.until_text(ended).await?;
    answers_late(&app, &ana, &button, ended).await?;
    let now = shown(&app, &dora, &place).await?;
    assert_eq!(now["status"], "expired");
    assert_eq!(now["counts"]["acknowledged"], 1, "{now}");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_one_and_a_bare_word_answer(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let place = sent(&app, &dora, json!({})).await?;
    for (person, word) in [(&ana, "1"), (&bob, "recibido")] {
        person.until_text("Corten la calle").await?;
        app.settled().await?;
        person.says(word)?;
        person.until_text("Tu respuesta: ✅ Recibido").await?;
    }
    // A later answer replaces the earlier one, also in words.
    bob.says("No puedo")?;
    bob.until_text("Tu respuesta: 🚫 No puedo").await?;
    app.settled().await?;
    let now = shown(&app, &dora, &place).await?;
    let counts = &now["counts"];
    assert_eq!(
        (&counts["acknowledged"], &counts["declined"]),
        (&json!(1), &json!(1)),
        "{now}"
    );
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 0);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_about_a_broadcast_is_kept_and_passed_on(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app.dispatcher("Dora").await?;
    let (ana, bob, eva, leo) = (
        app.agent("Ana").await?,
        app.agent("Bob").await?,
        app.agent("Eva").await?,
        app.agent("Leo").await?,
    );
    let place = sent(&app, &dora, json!({})).await?;
    for one in [&ana, &bob, &eva, &leo] {
        one.until_text("Corten la calle").await?;
    }
    app.settled().await?;
    press(&ana, "Necesito ayuda").await?;
    let asked = ana.until_text("¿Qué necesitas?").await?;
    assert!(asked.text.contains("se lo paso a Dora"), "{}", asked.text);
    assert!(asked.has_button("SOS"), "{asked:?}");
    ana.says("me rodearon")?;
    let told = dora.until_text("me rodearon").await?;
    let asked = told.text.contains("Ana, que pidió ayuda a las ");
    assert!(asked, "{}", told.text);
    ana.until_text("Se lo paso a Dora").await?;
    ana.sends_voice(b"a voice")?;
    dora.until_text("Mensaje de voz").await?;
    app.settled().await?;
    let messages = dora.messages();
    let voice = messages.iter().rev().find_map(|one| one.file_id());
    let bytes = dora.phone.file(voice.context("a file")?);
    assert_eq!(bytes.context("its bytes")?, b"a voice"[..]);
    // The words of the button answer without a reply too.
    leo.says("necesito ayuda, no puedo pasar")?;
    dora.until_text("no puedo pasar").await?;
    leo.until_text("Se lo paso a Dora").await?;
    app.settled().await?;
    // An answer once more is none, and he hears which one counts.
    bob.says("ok")?;
    bob.until_text("Tu respuesta: ✅ Recibido").await?;
    app.settled().await?;
    bob.says("recibido")?;
    bob.until_text("Ya habías respondido: ✅ Recibido").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let close = http.post(&format!("{place}/close"), &json!({})).await?;
    close.expect(200)?;
    bob.until_text("Envía tu novedad").await?;
    app.settled().await?;
    bob.says("todo tranquilo en mi zona")?;
    bob.until_text("Anotado en la difusión").await?;
    dora.until_text("todo tranquilo en mi zona").await?;
    eva.says("ok")?;
    eva.until_text("Esta difusión terminó a las").await?;
    app.settled().await?;
    let now = shown(&app, &dora, &place).await?;
    assert_eq!(
        (&now["counts"]["acknowledged"], &now["counts"]["needs_help"]),
        (&json!(2), &json!(2)),
        "{now}"
    );
    let notes = "SELECT count(*) FROM broadcast_answers WHERE note IS NOT NULL";
    assert_eq!(app.count(notes).await?, 4);
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 0);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_it_is_open_is_kept_with_it(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (dora, ana) = (app.dispatcher("Dora").await?, app.agent("Ana").await?);
    let place = sent(&app, &dora, json!({})).await?;
    ana.until_text("Corten la calle").await?;
    app.settled().await?;
    ana.says("todo bien por acá")?;
    ana.until_text("Anotado en la difusión «Corten la calle». Se lo paso a Dora.")
        .await?;
    dora.until_text("todo bien por acá").await?;
    app.settled().await?;
    let now = shown(&app, &dora, &place).await?;
    let counts = &now["counts"];
    assert_eq!(
        (&counts["acknowledged"], &counts["sent"]),
        (&json!(0), &json!(1)),
        "{now}"
    );
    let kept = "SELECT count(*) FROM broadcast_answers WHERE note = 'todo bien por acá' AND state = 'sent'";
    assert_eq!(app.count(kept).await?, 1);
    assert_eq!(app.count("SELECT count(*) FROM reports").await?, 0);
    Ok(())
}
