//! People from a file: what is wrong is said line by line, all of them are made or none, and their invitations are
//! printed and work.

use std::process::Command;

use anyhow::{Context, Result};
use it::{Backend, Http, TestApp, http::Answer};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

async fn sent(http: &Http, query: &str, file: &str) -> Result<Answer> {
    let request = http.request(Method::POST, &format!("/api/v1/users/import{query}"));
    let request = request
        .header("content-type", "text/csv")
        .body(file.to_owned());
    http.send(request).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn people_come_from_a_file_with_their_invitations(#[case] backend: Backend) -> Result<()> {
    let wish = TestApp::on(backend).set("TELEGRAM_BOT_USERNAME", "gad_bot");
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let http = app.http(&app.admin("Raquel").await?).await?;
    app.agent("Ana").await?;
    let long = "x".repeat(121);
    let bad = format!(
        "Name;Badge;Units;Level\nJosé Núñez;77;Norte|Sur;1\n=cmd();78;;1\nOtro;77;;1\nAna;79;;1\nLejos;80;;9\n{long};81;;1\nLia;82;{long};1\n"
    );
    let bad = bad.as_str();
    let told = sent(&http, "", bad).await?.expect(200)?;
    assert_eq!(told["rows"], 7);
    assert_eq!(told["new_units"], json!(["Sur"]));
    assert_eq!(told["stored"], false);
    let wrong: Vec<(u64, &str, &str)> = told["errors"]
        .as_array()
        .context("errors")?
        .iter()
        .map(|one| {
            let word = |name: &str| one[name].as_str().unwrap_or_default();
            (
                one["line"].as_u64().unwrap_or_default(),
                word("field"),
                word("code"),
            )
        })
        .collect();
    let expected = [
        (3, "name", "malformed"),
        (4, "badge", "taken"),
        (5, "username", "taken"),
        (6, "level", "malformed"),
        (7, "name", "too_long"),
        (8, "units", "too_long"),
    ];
    assert_eq!(wrong, expected);
    assert_eq!(sent(&http, "?confirm=true", bad).await?.status, 422);
    assert_eq!(
        app.count("SELECT count(*) FROM users WHERE username = 'jose.nunez'")
            .await?,
        0
    );

    let good = "name,badge,units,level\nJosé Núñez,77,Norte|Sur,1\nMaría Paz,J1,Norte,2\n";
    let made = sent(&http, "?confirm=true", good).await?.expect(200)?;
    assert_eq!(made["stored"], true);
    assert_eq!(made["new_units"], json!(["Sur"]));
    // The second time the units are there, however they are written; the misspelt one shows.
    let more = "name,units\nRaúl Sosa,NORTE|nrote\nEva Luz,Nrote\n";
    let told = sent(&http, "", more).await?.expect(200)?;
    assert_eq!(told["new_units"], json!(["nrote"]));
    assert_eq!(app.count("SELECT count(*) FROM units").await?, 2);
    let ids: Vec<i64> = made["people"]
        .as_array()
        .context("people")?
        .iter()
        .filter_map(|one: &Value| one["id"].as_i64())
        .collect();
    assert_eq!(ids.len(), 2);
    let request = http.request(Method::POST, "/api/v1/users/invites.pdf");
    let sheet = request.json(&json!({ "user_ids": ids })).send().await?;
    assert_eq!(sheet.status(), 200);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("sheet.pdf");
    std::fs::write(&file, sheet.bytes().await?)?;
    let read = Command::new("pdftotext")
        .arg("-layout")
        .arg(&file)
        .arg("-")
        .output();
    let text = String::from_utf8(read.context("pdftotext is missing: make setup")?.stdout)?;
    assert!(
        text.contains("José Núñez") && text.contains("María Paz"),
        "{text}"
    );
    assert!(text.contains("https://t.me/gad_bot?start="), "{text}");
    Ok(())
}
