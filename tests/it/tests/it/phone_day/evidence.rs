//! What is sent on a task is kept as it was, and waits where there is no room for it.

use anyhow::Result;
use chrono::TimeDelta;
use it::until;
use telegram::Act;

use super::scene::{Scene, scene};
use crate::hand::press;

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_evidence_is_kept_as_it_was() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, ana) = (&scene.app, &scene.ana);
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;
    sends_every_kind(&scene).await?;
    let reports = app
        .rows("SELECT kind, text FROM reports ORDER BY id")
        .await?;
    let reports: Vec<(String, Option<String>)> = reports
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<_>>()?;
    let text = |words: &str| Some(words.to_owned());
    assert_eq!(
        reports,
        [
            ("video".to_owned(), text("el choque")),
            ("voice".to_owned(), None),
            ("document".to_owned(), text("firmada")),
            ("video".to_owned(), text("sin sonido")),
            ("video".to_owned(), None),
            ("voice".to_owned(), None),
            ("place".to_owned(), text("Plaza Moreno")),
        ]
    );
    let there =
        "SELECT count(*) FROM reports WHERE kind = 'place' AND lat = -34.9215 AND lon = -57.9545";
    assert_eq!(app.count(there).await?, 1);
    let sent = [
        "moving pictures",
        "a voice",
        "an act",
        "no sound",
        "round",
        "do re mi",
    ];
    for (id, bytes) in (1..).zip(sent) {
        until_fetched(&scene, id, bytes).await?;
    }
    Ok(())
}

/// One of everything that Telegram can send, and what cannot be used.
async fn sends_every_kind(scene: &Scene) -> Result<()> {
    let (app, ana) = (&scene.app, &scene.ana);
    ana.sends_video(b"moving pictures", "el choque")?;
    ana.until_text("Video anotado en").await?;
    ana.sends_voice(b"a voice")?;
    ana.until_text("Voz anotada en").await?;
    ana.sends_document(b"an act", "acta.pdf", "firmada")?;
    ana.until_text("Documento anotado en").await?;
    ana.sends_animation(b"no sound", "sin sonido")?;
    app.settled().await?;
    // Round films and music are kept as films and voices.
    ana.sends_video_note(b"round")?;
    app.settled().await?;
    ana.sends_audio(b"do re mi")?;
    app.settled().await?;
    ana.shares_venue(-34.9215, -57.9545, "Plaza Moreno")?;
    ana.until_text("Ubicación anotada en").await?;
    ana.act(Act::SharesContact {
        phone: "+541112345678".into(),
    })?;
    ana.until_text("esto no lo puedo usar").await?;
    app.settled().await
}

async fn until_fetched(scene: &Scene, id: i64, bytes: &str) -> Result<()> {
    let path = format!("/api/v1/attachments/{id}");
    until("the file to be fetched", || async {
        let file = scene.http.get(&path).await?;
        Ok((file.status == 200 && file.text == bytes).then_some(()))
    })
    .await
}

/// Where a folder should be there is a file: the store can write nothing there, as on a full disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_photo_waits_for_room_in_the_file_store_and_is_not_lost() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, ana) = (&scene.app, &scene.ana);
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;
    let files = app.database().folder().join("files");
    let in_the_way = [files.join("evidence"), files.join("uploads")];
    for place in &in_the_way {
        std::fs::write(place, "")?;
    }
    ana.sends_photo(b"a broken window", "la vidriera")?;
    ana.until_text("Foto anotada en").await?;
    until("a try in vain", || async {
        let failed = app
            .rows("SELECT id FROM timers WHERE kind = 'fetch' AND tries > 0")
            .await?;
        Ok((!failed.is_empty()).then_some(()))
    })
    .await?;
    let waiting = scene.http.get("/api/v1/attachments/1").await?;
    assert_eq!(waiting.status, 409, "{waiting:?}");
    let refused = upload(&scene, "").await?;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(app.rows("SELECT id FROM attachments").await?.len(), 1);

    for place in &in_the_way {
        std::fs::remove_file(place)?;
    }
    scene.clock.advance(TimeDelta::minutes(1));
    until_fetched(&scene, 1, "a broken window").await?;
    upload(&scene, "").await?.expect(201)?;
    // What is refused after its file was stored leaves no file behind.
    let refused = upload(&scene, "-34.6").await?;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert_eq!(std::fs::read_dir(files.join("uploads"))?.count(), 1);
    assert_eq!(app.rows("SELECT id FROM attachments").await?.len(), 2);
    Ok(())
}

/// Adds a picture to the task over HTTP; a latitude alone is no place.
async fn upload(scene: &Scene, lat: &str) -> Result<it::http::Answer> {
    let picture = reqwest::multipart::Part::bytes(b"\x89PNG\r\n\x1a\npicture".to_vec());
    let picture = picture.file_name("v.png").mime_str("image/png")?;
    let mut form = reqwest::multipart::Form::new().part("file", picture);
    if !lat.is_empty() {
        form = form.text("lat", lat.to_owned());
    }
    let path = format!("{}/reports", scene.path);
    let request = scene.http.request(reqwest::Method::POST, &path);
    scene.http.send(request.multipart(form)).await
}
