//! /estadisticas by real taps, and the figures of people, units and everything over HTTP.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Recruit, TestApp};
use rstest::rstest;
use serde_json::json;

use crate::{hand::press, search};

fn start() -> Result<DateTime<Utc>> {
    Ok("2026-03-02T12:00:00Z".parse()?)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn figures_come_as_text_and_picture_and_nothing_is_invented(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(start()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let far = app
        .recruit(Recruit::of_level(1, "Lejos").in_unit("Sur"))
        .await?;
    ana.says("/estadisticas")?;
    let none = ana.until_text("Sin datos todavía").await?;
    assert_eq!(none.media, None, "no picture of nothing");

    let http = app.http(&boss).await?;
    let (id, code) = search::task(&http, "Ronda", &ana).await?;
    ana.until_text(&code).await?;
    clock.advance(TimeDelta::minutes(3));
    press(&ana, "Recibido").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(9));
    press(&ana, "En el lugar").await?;
    app.settled().await?;
    press(&ana, "Iniciar").await?;
    app.settled().await?;
    clock.advance(TimeDelta::minutes(20));
    press(&ana, "Finalizar").await?;
    press(&ana, "Sin novedades").await?;
    ana.until_text("finalizada").await?;
    app.settled().await?;

    ana.says("/estadisticas")?;
    let seen = ana.until_text("Finalizadas: 1").await?;
    assert_eq!(seen.media, Some("photo"));
    for line in [
        "A tiempo: 100 % (1 de 1",
        "Del aviso al recibido: 3 min en promedio, de 1",
        "Del recibido al lugar: 9 min",
        "Del lugar al fin: 20 min",
    ] {
        assert!(seen.text.contains(line), "{line} in {}", seen.text);
    }
    let picture = ana.phone.file(seen.file_id().context("a file")?);
    let picture = picture.context("its bytes")?;
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "a PNG");
    assert!(picture.len() > 2_000, "{} bytes", picture.len());
    press(&ana, "1 año").await?;
    ana.until_text("Tus números, 1 año").await?;

    let http = app.http(&boss).await?;
    let hers = http
        .get(&format!("/api/v1/stats/users/{}", ana.user_id))
        .await?;
    let hers = hers.expect(200)?;
    assert_eq!(hers["completed"], 1);
    let answered = &hers["offered_to_acknowledged"];
    let mean = answered["mean_seconds"].as_f64().context("a mean")?;
    assert!((mean - 180.0).abs() < 0.01, "{answered}");
    assert_eq!(answered["count"], 1);
    assert_eq!(hers["on_time"]["share"], 1.0);
    let me = http.get("/api/v1/auth/me").await?.expect(200)?;
    let unit = me["units"][0]["id"].as_i64().context("a unit")?;
    let units = http
        .get(&format!("/api/v1/stats/units/{unit}"))
        .await?
        .expect(200)?;
    assert_eq!(units["completed"], 1);
    assert_eq!(units["days"].as_array().map(Vec::len), Some(30));
    let overview = http.get("/api/v1/stats/overview").await?.expect(200)?;
    assert_eq!(overview["work"]["completed"], 1);
    assert_eq!(overview["tasks"]["completed"], 1);
    let january = "/api/v1/stats/overview?from=2026-01-01&until=2026-01-31";
    let january = http.get(january).await?.expect(200)?;
    assert_eq!(january["work"]["completed"], 0);
    assert_eq!(january["tasks"]["completed"], 1, "the present stays");
    let on_time = http.get("/api/v1/stats/tasks?figure=on_time").await?;
    assert_eq!(on_time.expect(200)?["items"][0]["code"], code.as_str());
    let late = http.get("/api/v1/stats/tasks?figure=overdue").await?;
    assert_eq!(late.expect(200)?["items"], json!([]));
    let answers = format!("/api/v1/stats/answers?unit_id={unit}&stretch=acknowledged_to_on_site");
    let answers = http.get(&answers).await?.expect(200)?;
    let first = &answers["items"][0];
    assert_eq!(first["name"], "Ana");
    let seconds = first["seconds"].as_f64().context("seconds")?;
    assert!((seconds - 540.0).abs() < 0.01, "{first}");
    let foreign = format!("/api/v1/stats/users/{}", far.user_id);
    assert_eq!(http.get(&foreign).await?.status, 404);
    assert_eq!(
        app.http(&ana)
            .await?
            .get(&format!("/api/v1/stats/units/{unit}"))
            .await?
            .status,
        403
    );
    let _ = id;

    boss.says("/estadisticas")?;
    boss.until_text("Tus números").await?;
    press(&boss, "De mis unidades").await?;
    boss.until_text("Números de tus unidades").await?;
    boss.until_text("Finalizadas: 1").await?;
    Ok(())
}
