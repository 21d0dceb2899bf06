//! An emergency that is practised: SIMULACRO in every message, an exercise in CAP, and a score in the history of drills.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_practised_call_says_so_everywhere_and_has_a_score(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(3, "Dora").permitted("broadcast"))
        .await?;
    let bob = app.agent("Bob").await?;
    app.stands_near(&bob).await?;
    let http = app.http(&dora).await?;
    let call = json!({ "lat": -34.6, "lon": -58.4, "accuracy_m": 12.4, "drill": true });
    let call = http.post("/api/v1/emergencies", &call).await?.expect(201)?;
    let code = call["code"].as_str().unwrap_or_default().to_owned();
    let card = bob.until_text(&code).await?;
    assert!(card.text.contains("SIMULACRO"), "{}", card.text);
    assert!(card.text.contains("a ±13 m"), "{}", card.text);
    app.settled().await?;
    let pins = app.paper.calls_of("sendLocation");
    let circle = |pin: &telegram::Call| pin.params["horizontal_accuracy"].as_f64();
    assert_eq!(pins.iter().filter_map(circle).collect::<Vec<_>>(), [12.4]);
    clock.advance(TimeDelta::seconds(20));
    press(&bob, "Voy").await?;
    app.settled().await?;
    let http = app.http(&dora).await?;
    let place = format!("/api/v1/emergencies/{}", call["id"]);
    let cap = http.get(&format!("{place}/cap.xml")).await?;
    assert!(
        cap.text.contains("<status>Exercise</status>"),
        "{}",
        cap.text
    );
    let running = http.get("/api/v1/drills").await?.expect(200)?;
    let running = &running["items"][0];
    assert_eq!(
        (&running["status"], &running["text"], &running["audience"]),
        (&json!("held"), &json!(code), &json!(null))
    );
    assert_eq!(
        (&running["emergency_id"], &running["emergency_status"]),
        (&call["id"], &json!("active"))
    );
    let reason = json!({ "reason": "Practicado" });
    http.post(&format!("{place}/cancel"), &reason)
        .await?
        .expect(200)?;
    app.settled().await?;
    let messages = bob.chat().messages;
    let about: Vec<&str> = messages
        .iter()
        .map(|one| one.text.as_str())
        .filter(|text| text.contains(&code))
        .collect();
    assert!(
        about.len() >= 2,
        "the card, and that it was called off: {about:?}"
    );
    for text in about {
        assert!(text.contains("SIMULACRO"), "{text}");
    }
    let one = format!("/api/v1/drills/{}", running["id"]);
    let over = http.get(&one).await?.expect(200)?;
    assert_eq!(over["emergency_status"], "cancelled");
    assert_eq!(
        over["score"],
        json!({ "recipients": 1, "reached": 1, "acknowledged": 1, "silent": 0, "unreachable": 0,
            "of_reached": { "seconds_to_50": 20, "seconds_to_90": 20 },
            "of_all": { "seconds_to_50": 20, "seconds_to_90": 20 }, "seconds_to_first_coming": 20 })
    );
    app.settled().await
}
