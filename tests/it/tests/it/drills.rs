//! A drill from its plan over HTTP to the score in its planner's chat.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

fn plan() -> Value {
    json!({ "protocol": "evacuacion", "text": "Plaza Norte", "audience": { "kind": "all" },
        "starts_at": "2026-03-02T12:10:00Z", "zone": "America/Montevideo", "minutes": 30 })
}

fn heard(who: &Somebody) -> bool {
    let messages = who.chat().messages;
    messages.iter().any(|one| one.text.contains("Plaza Norte"))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_planned_drill_leaves_by_itself_and_its_planner_gets_the_score(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob, eva) = (
        app.agent("Ana").await?,
        app.agent("Bob").await?,
        app.agent("Eva").await?,
    );
    eva.blocks_bot()?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let made = http.post("/api/v1/drills", &plan()).await?.expect(201)?;
    assert_eq!(
        (&made["status"], &made["zone"], &made["score"]),
        (
            &json!("planned"),
            &json!("America/Montevideo"),
            &json!(null)
        )
    );
    clock.advance(TimeDelta::minutes(9));
    app.settled().await?;
    assert!(!heard(&ana), "it is not its time");
    clock.advance(TimeDelta::minutes(1));
    for one in [&ana, &bob] {
        let card = one.until_text("Plaza Norte").await?;
        assert!(card.text.contains("SIMULACRO"), "{}", card.text);
    }
    app.settled().await?;
    clock.advance(TimeDelta::seconds(40));
    press(&ana, "Recibido").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let place = format!("/api/v1/drills/{}", made["id"]);
    let late = http
        .post(&format!("{place}/cancel"), &json!({}))
        .await?
        .expect(409)?;
    assert_eq!(late["code"], "settled");
    press(&dora, "Cerrar difusión").await?;
    let told = dora.until_text("Terminó el simulacro").await?;
    for part in [
        "SIMULACRO",
        "Respondieron 1 de 3",
        "la mitad en 40 s",
        "Sin respuesta: Bob",
        "Sin alcance por Telegram: Eva",
    ] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    app.settled().await?;
    let seen = http.get(&place).await?.expect(200)?;
    assert_eq!(
        (&seen["status"], &seen["broadcast_status"]),
        (&json!("held"), &json!("closed"))
    );
    assert_eq!(
        seen["score"],
        json!({ "recipients": 3, "reached": 2, "acknowledged": 1, "silent": 1, "unreachable": 1,
            "of_reached": { "seconds_to_50": 40, "seconds_to_90": null },
            "of_all": { "seconds_to_50": null, "seconds_to_90": null } })
    );
    let people = seen["unanswered"]["items"].as_array().expect("a list");
    let why: Vec<&Value> = people.iter().map(|one| &one["why"]).collect();
    assert_eq!(why, ["silent", "unreachable"]);
    let only = http
        .get(&format!("{place}?why=unreachable"))
        .await?
        .expect(200)?;
    let only = &only["unanswered"]["items"];
    assert_eq!(only.as_array().map(Vec::len), Some(1), "{only}");
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_called_off_is_heard_by_nobody_and_stays_in_the_history(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    let http = app.http(&dora).await?;
    let mut past = plan();
    past["starts_at"] = json!("2026-03-02T11:59:59Z");
    let refused = http.post("/api/v1/drills", &past).await?.expect(422)?;
    assert_eq!(refused["errors"][0]["field"], "starts_at");
    let mut nowhere = plan();
    nowhere["zone"] = json!("America/Macondo");
    let refused = http.post("/api/v1/drills", &nowhere).await?.expect(422)?;
    assert_eq!(refused["errors"][0]["field"], "zone");
    let made = http.post("/api/v1/drills", &plan()).await?.expect(201)?;
    let off = format!("/api/v1/drills/{}/cancel", made["id"]);
    let done = http.post(&off, &json!({})).await?.expect(200)?;
    assert_eq!(done["status"], "cancelled");
    http.post(&off, &json!({})).await?.expect(200)?;
    clock.advance(TimeDelta::minutes(11));
    app.settled().await?;
    assert!(!heard(&ana));
    let http = app.http(&dora).await?;
    let listed = http.get("/api/v1/drills").await?.expect(200)?;
    assert_eq!(listed["items"][0]["id"], made["id"]);
    assert_eq!(listed["items"][0]["status"], "cancelled");
    let planned = http
        .get("/api/v1/drills?status=planned,held")
        .await?
        .expect(200)?;
    assert_eq!(planned["items"], json!([]));
    let hers = app.http(&ana).await?;
    let refused = hers.get("/api/v1/drills").await?.expect(403)?;
    assert_eq!(refused["code"], "not_allowed");
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn in_difusion_a_drill_is_planned_by_taps_and_leaves_at_its_time(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("Alarma en Plaza Norte")?;
    press(&dora, "Hacerla simulacro").await?;
    press(&dora, "Que salga más tarde").await?;
    dora.until_text("en que sale el simulacro").await?;
    dora.says("8:00")?;
    dora.until_text("ya pasó").await?;
    app.settled().await?;
    // Nine o'clock where the installation is.
    dora.says("9:10")?;
    dora.until_text("Sale solo").await?;
    app.settled().await?;
    dora.sends_audio(b"do re mi")?;
    dora.until_text("lleva solo texto").await?;
    app.settled().await?;
    press(&dora, "Confirmar").await?;
    let planned = dora.until_text("Planificado: sale solo").await?;
    assert!(planned.text.contains("SIMULACRO"), "{}", planned.text);
    assert!(planned.has_button("Anular simulacro"), "{planned:?}");
    app.settled().await?;
    assert!(!heard(&ana));
    assert_eq!(app.count("SELECT count(*) FROM broadcasts").await?, 0);
    clock.advance(TimeDelta::minutes(10));
    let card = ana.until_text("Alarma en Plaza Norte").await?;
    assert!(card.text.contains("SIMULACRO"), "{}", card.text);
    app.settled().await?;
    let held = "SELECT count(*) FROM drills WHERE status = 'held' AND zone IS NOT NULL";
    assert_eq!(app.count(held).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_drill_is_called_off_in_the_chat_where_it_was_planned() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("Alarma en Plaza Norte")?;
    press(&dora, "Hacerla simulacro").await?;
    press(&dora, "Que salga más tarde").await?;
    dora.until_text("en que sale el simulacro").await?;
    dora.says("9:10")?;
    dora.until_text("Sale solo").await?;
    app.settled().await?;
    press(&dora, "Confirmar").await?;
    dora.until_text("Planificado: sale solo").await?;
    app.settled().await?;
    press(&dora, "Anular simulacro").await?;
    dora.until_text("Simulacro anulado").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(20));
    app.settled().await?;
    let off = "SELECT count(*) FROM drills WHERE status = 'cancelled'";
    assert_eq!(app.count(off).await?, 1);
    assert!(!heard(&ana));
    Ok(())
}
