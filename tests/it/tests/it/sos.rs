//! A call for help by real taps: the button, the place, who comes, and what everybody sees.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

async fn shares(app: &TestApp, who: &Somebody, lat: f64, lon: f64) -> Result<()> {
    who.shares_live_location(lat, lon, 3600)?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn two_taps_bring_the_nearest(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let app = TestApp::on(backend)
        .clock(&clock)
        .set("GAD_EMERGENCY__OFFERS", "2")
        .start()
        .await?;
    let Some(app) = app else { return Ok(()) };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let (eva, leo) = (app.agent("Eva").await?, app.agent("Leo").await?);
    shares(&app, &bob, -34.601, -58.4).await?;
    shares(&app, &eva, -34.602, -58.4).await?;
    shares(&app, &leo, -34.65, -58.4).await?;
    let mut board = app.board(&boss).await?;

    let ana_phone = ana.phone.clone().standing_at(-34.6, -58.4);
    ana.says("/start")?;
    app.settled().await?;
    ana_phone.taps("SOS")?;
    ana.until_text("Compartir ubicación").await?;
    ana_phone.taps("Compartir ubicación")?;
    let code = "EMG-2026-0001";
    ana.until_text(code).await?;
    let raised = board.until("emergency_raised").await?;
    assert_eq!(raised["data"]["code"], code);
    assert!(boss.until_text(code).await?.text.contains("Ana"));
    bob.until_text(code).await?;
    eva.until_text(code).await?;
    app.settled().await?;
    assert!(
        !leo.chat()
            .messages
            .iter()
            .any(|one| one.text.contains(code)),
        "too far away"
    );
    let menu: Vec<String> = ana
        .reply_keyboard()
        .concat()
        .into_iter()
        .map(|button| button.label)
        .collect();
    assert!(menu.iter().any(|label| label.contains("SOS")), "{menu:?}");

    press(&bob, "Voy").await?;
    app.settled().await?;
    let mine = ana
        .until(
            |chat| {
                chat.messages
                    .iter()
                    .any(|one| one.text.contains("Bob") && one.text.contains("min"))
            },
            it::until::DEADLINE,
        )
        .await;
    assert!(mine.is_ok(), "who comes, and about when: {:?}", ana.chat());
    // One goes on after the other: nobody has to wait for the second.
    eva.says("voy")?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(31));
    leo.until_text(code).await?;
    press(&leo, "Voy").await?;
    app.settled().await?;

    let http = app.http(&boss).await?;
    let list = http.get("/api/v1/emergencies").await?.expect(200)?;
    let one = &list["items"][0];
    assert_eq!(
        (&one["code"], &one["status"]),
        (&json!(code), &json!("answered"))
    );
    let takers: Vec<&str> = one["takers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(takers, ["Bob", "Eva", "Leo"]);
    assert!(
        one["offers"][0]["reasons"]["distance_m"]
            .as_f64()
            .is_some_and(|m| (100.0..130.0).contains(&m))
    );
    // The first who came leads, and ends it for everybody.
    press(&bob, "Finalizar").await?;
    press(&bob, "Sin novedades").await?;
    let told = ana.until_text("Bob terminó tu pedido de ayuda").await?;
    assert!(told.text.contains("toca SOS otra vez"), "{}", told.text);
    app.settled().await?;
    let id = one["id"].as_i64().unwrap_or_default();
    let over = http
        .get(&format!("/api/v1/emergencies/{id}"))
        .await?
        .expect(200)?;
    assert_eq!(over["status"], "resolved");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn it_leaves_without_a_place_and_can_be_taken_back(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    shares(&app, &bob, -34.601, -58.4).await?;
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(15));
    let card = bob.until_text("EMG-2026-0001").await?;
    assert!(card.text.contains("desconocido"), "{}", card.text);
    boss.until_text("EMG-2026-0001").await?;
    ana.until_button("Anular").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(5));
    press(&ana, "Anular").await?;
    let gone = bob
        .until(|chat| !chat.has_button("Voy"), it::until::DEADLINE)
        .await;
    assert!(gone.is_ok(), "{:?}", bob.chat());
    app.settled().await?;
    // Nobody free at all is an escalation with the phone list, and no error.
    let http = app.http(&bob).await?;
    let raised = http
        .post(
            "/api/v1/emergencies",
            &json!({ "lat": -34.6, "lon": -58.4, "drill": true }),
        )
        .await?
        .expect(201)?;
    assert_eq!(raised["drill"], true);
    let told = boss.until_text("ACTÚA").await?;
    assert!(
        told.text.contains("SIMULACRO") && told.text.contains("EMG-2026-0002"),
        "{}",
        told.text
    );
    app.settled().await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_the_last_one_is_told_with_its_age(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    shares(&app, &ana, -34.6, -58.4).await?;
    shares(&app, &bob, -34.601, -58.4).await?;
    clock.advance(TimeDelta::minutes(4));
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(15));
    let card = bob.until_text("EMG-2026-0001").await?;
    let place = "última ubicación conocida, hace 4 min";
    assert!(card.text.contains(place), "{}", card.text);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_place_is_the_place_of_the_call() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let app = TestApp::on(Backend::Sqlite).clock(&clock).start().await?;
    let Some(app) = app else { return Ok(()) };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    ana.shares_venue(-34.6, -58.4, "Plaza Moreno")?;
    // It leaves with the place, at once.
    boss.until_text("EMG-2026-0001").await?;
    app.settled().await?;
    let http = app.http(&boss).await?;
    let list = http.get("/api/v1/emergencies").await?.expect(200)?;
    let place = &list["items"][0]["place"];
    assert_eq!(
        (&place["lat"], &place["lon"]),
        (&json!(-34.6), &json!(-58.4))
    );
    Ok(())
}

/// Words of the bot's to somebody, newest last.
fn heard(who: &Somebody) -> Vec<String> {
    let chat = who.chat();
    chat.messages.iter().map(|one| one.text.clone()).collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_late_place_and_a_late_word_still_count(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    shares(&app, &bob, -34.601, -58.4).await?;
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(15));
    let card = bob.until_text("EMG-2026-0001").await?;
    assert!(card.text.contains("desconocido"), "{}", card.text);
    app.settled().await?;
    // The place is the place of the call, though the alert has left without it.
    ana.shares_location(-34.6, -58.4)?;
    let placed = bob.until_text("ubicación compartida").await?;
    assert!(placed.text.contains("precisión desconocida"));
    app.settled().await?;
    assert!(
        !heard(&ana).iter().any(|text| text.contains("No guardé")),
        "{:?}",
        heard(&ana)
    );
    // The word on the keyboard takes it back for as long as the button under the card does.
    clock.advance(TimeDelta::seconds(5));
    ana.says("↩️ Anular")?;
    let gone = bob
        .until(|chat| !chat.has_button("Voy"), it::until::DEADLINE)
        .await;
    assert!(gone.is_ok(), "{:?}", bob.chat());
    app.settled().await?;

    ana.says("/sos")?;
    ana.until_text("15 s").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(15));
    bob.until_text("EMG-2026-0002").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(11));
    app.settled().await?;
    ana.says("↩️ Anular")?;
    ana.until_text("Pide a un supervisor que la anule").await?;
    // A second press is the same call and is heard again.
    ana.says("/sos")?;
    ana.until_text("sigue en curso").await?;
    app.settled().await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_word_in_the_middle_of_something_and_a_change_of_mind(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    shares(&app, &bob, -34.601, -58.4).await?;
    bob.says("/licencia")?;
    app.settled().await?;
    let ana_phone = ana.phone.clone().standing_at(-34.6, -58.4);
    ana.says("/sos")?;
    ana.until_text("Compartir ubicación").await?;
    ana_phone.taps("Compartir ubicación")?;
    bob.until_text("EMG-2026-0001").await?;
    ana.until_text("Avisados: 1 de 1").await?;
    app.settled().await?;
    bob.says("voy")?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    press(&bob, "No puedo").await?;
    ana.until_text("Todavía no va nadie").await?;
    ana.until_text("Bob ya no va a EMG-2026-0001").await?;
    app.settled().await?;
    press(&bob, "Voy").await?;
    ana.until_text("Van 1 de 3").await?;
    app.settled().await?;
    press(&bob, "No puedo").await?;
    ana.until_text("Todavía no va nadie").await?;
    app.settled().await?;
    let http = app.http(&ana).await?;
    let list = http.get("/api/v1/emergencies").await?.expect(200)?;
    let one = &list["items"][0];
    assert_eq!(
        (&one["status"], &one["takers"]),
        (&json!("active"), &json!([]))
    );
    assert_eq!((&one["offers"], &one["passed"]), (&json!([]), &json!([])));
    Ok(())
}
