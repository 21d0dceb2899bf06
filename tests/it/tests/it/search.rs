//! /buscar and /historial by real taps: pages, filters, scope, and the live card behind each result.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use it::{Backend, Http, Recruit, Somebody, TestApp};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

/// A task that this agent leads; its id and code.
pub async fn task(http: &Http, title: &str, who: &Somebody) -> Result<(i64, String)> {
    let new = json!({ "title": title, "kind": "patrullaje", "agent_ids": [who.agent_id] });
    made(http, &new).await
}

async fn made(http: &Http, new: &Value) -> Result<(i64, String)> {
    let made: Value = http.post("/api/v1/tasks", new).await?.expect(201)?;
    let id = made["id"].as_i64().context("an id")?;
    Ok((id, made["code"].as_str().unwrap_or_default().to_owned()))
}

/// Does a step of a task's life with a reason.
pub async fn step(http: &Http, id: i64, step: &str) -> Result<()> {
    let path = format!("/api/v1/tasks/{id}/{step}");
    http.post(&path, &json!({ "reason": "Prueba" }))
        .await?
        .expect(200)?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_comes_in_pages_and_opens_as_a_live_card(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let far = app
        .recruit(Recruit::of_level(1, "Lejano").in_unit("Sur"))
        .await?;
    let admin = app.http(&app.admin("Raquel").await?).await?;
    for (who, name) in [(&beto, "Beto Núñez"), (&far, "Núñez lejano")] {
        let path = format!("/api/v1/agents/{}", who.agent_id);
        let renamed = admin.patch(&path, &json!({ "name": name })).await?;
        renamed.expect(200)?;
    }
    let http = app.http(&boss).await?;
    let mut codes = Vec::new();
    for number in 1..=7 {
        let at = app.store().now() + TimeDelta::hours(3 * number);
        let new = json!({ "title": format!("Recorrida Depósito {number}"), "kind": "patrullaje",
            "agent_ids": [ana.agent_id], "planned_start": at, "planned_end": at + TimeDelta::hours(1) });
        let (_, code) = made(&http, &new).await?;
        codes.push(code);
    }
    let (_, other) = task(&http, "Depósito de Beto", &beto).await?;
    app.settled().await?;

    boss.says("/buscar deposito RECORRIDA")?;
    let page = boss
        .until_text("Resultados de «deposito recorrida»")
        .await?;
    for code in &codes[2..] {
        assert!(page.text.contains(code), "{} in {}", code, page.text);
    }
    assert!(!page.text.contains(&codes[1]), "{}", page.text);
    assert!(!page.text.contains(&other), "{}", page.text);
    press(&boss, "Siguiente").await?;
    let next = boss.until_text(&codes[1]).await?;
    assert_eq!(next.id, page.id, "the page is turned in place");
    assert!(next.text.contains(&codes[0]), "{}", next.text);
    press(&boss, "Inicio").await?;
    boss.until_text(&codes[6]).await?;
    press(&boss, &codes[3]).await?;
    let card = boss.until_text("Recorrida Depósito 4").await?;
    assert!(card.text.contains(&codes[3]), "{}", card.text);
    app.settled().await?;

    // People of one's scope by name or badge, with and without accents.
    boss.says("/buscar nunez")?;
    let found = boss.until_text("👤 Beto Núñez").await?;
    assert!(!found.text.contains("lejano"), "{}", found.text);
    assert!(!found.text.contains("👤 Ana"), "{}", found.text);

    // An agent finds what is his own, and nobody.
    ana.says("/buscar depósito")?;
    let hers = ana.until_text("Resultados de").await?;
    assert!(!hers.text.contains(&other), "{}", hers.text);
    beto.says("/buscar depósito")?;
    let his = beto.until_text("Resultados de").await?;
    assert!(his.text.contains(&other), "{}", his.text);
    assert!(!his.text.contains(&codes[6]), "{}", his.text);
    ana.says("/buscar")?;
    ana.until_text("Escribe qué buscas").await?;
    boss.says("/buscar zzz")?;
    boss.until_text("No encontré nada").await?;
    boss.says("/buscar Ana")?;
    boss.until_text("No hay tareas con esas palabras").await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_filtered_by_taps(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    let http = app.http(&boss).await?;
    let (old, old_code) = task(&http, "Ronda vieja", &ana).await?;
    step(&http, old, "start").await?;
    step(&http, old, "complete").await?;
    let long_ago = (app.store().now() - TimeDelta::days(10)).to_rfc3339();
    app.rows(&format!(
        "UPDATE tasks SET ended_at = '{long_ago}' WHERE id = {old} RETURNING id"
    ))
    .await?;
    let (done, done_code) = task(&http, "Ronda hecha", &ana).await?;
    step(&http, done, "start").await?;
    step(&http, done, "complete").await?;
    let (off, off_code) = task(&http, "Ronda anulada", &ana).await?;
    step(&http, off, "cancel").await?;
    let (his, his_code) = task(&http, "Ronda de Beto", &beto).await?;
    step(&http, his, "cancel").await?;
    let (_, open_code) = task(&http, "Ronda abierta", &ana).await?;
    app.settled().await?;

    ana.says("/historial")?;
    let all = ana.until_text("Historial: Mías, 30 días").await?;
    for (code, shown) in [
        (&old_code, true),
        (&done_code, true),
        (&off_code, true),
        (&his_code, false),
        (&open_code, false),
    ] {
        assert_eq!(all.text.contains(code.as_str()), shown, "{}", all.text);
    }
    press(&ana, "7 días").await?;
    let week = ana.until_text("Historial: Mías, 7 días").await?;
    assert!(!week.text.contains(&old_code), "{}", week.text);
    assert!(week.text.contains(&off_code), "{}", week.text);
    press(&ana, "Finalizadas").await?;
    app.settled().await?;
    let done_only = ana.until_text("Historial: Mías, 7 días").await?;
    assert!(done_only.text.contains(&done_code), "{}", done_only.text);
    assert!(!done_only.text.contains(&off_code), "{}", done_only.text);

    boss.says("/historial")?;
    let units = boss.until_text("Historial: De mis unidades").await?;
    assert!(units.text.contains(&his_code), "{}", units.text);
    press(&boss, "Mías").await?;
    boss.until_text("Historial: Mías").await?;
    press(&boss, &his_code).await?;
    let card = boss.until_text("Ronda de Beto").await?;
    assert!(card.text.contains(&his_code), "{}", card.text);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_turned_page_by_page() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let mut codes = Vec::new();
    for number in 0..7 {
        let (id, code) = task(&http, &format!("Ronda {number}"), &ana).await?;
        step(&http, id, "cancel").await?;
        codes.push(code);
    }
    app.settled().await?;
    let shown = async || -> Result<(i64, usize, bool)> {
        app.settled().await?;
        let page = ana.until_text("Historial: Mías, 30 días").await?;
        let there = |code: &&String| page.text.contains(code.as_str());
        let count = codes.iter().filter(there).count();
        Ok((page.id, count, page.text.contains(&codes[6])))
    };
    ana.says("/historial")?;
    let (id, count, newest) = shown().await?;
    assert_eq!((count, newest), (5, true));
    press(&ana, "Siguiente").await?;
    assert_eq!(shown().await?, (id, 2, false), "the rest, in its place");
    press(&ana, "Inicio").await?;
    assert_eq!(shown().await?, (id, 5, true));
    Ok(())
}
