//! Every button of a card and every command of the day, pressed and typed, with what became of it.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::Clock;
use it::{Backend, Http, Somebody, TestApp, until};
use locales::{Lang, Sentence};
use serde_json::{Value, json};
use telegram::Act;

use crate::hand::press;

struct Scene {
    app: TestApp,
    clock: Clock,
    boss: Somebody,
    ana: Somebody,
    beto: Somebody,
    http: Http,
    path: String,
    code: String,
}

/// A task that Marta gave Ana, who leads, and Beto, from the chat.
async fn scene() -> Result<Option<Scene>> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(None);
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    boss.says("/crear patrullaje; Recorrida por el puerto; Puerto; ; Ana, Beto")?;
    press(&boss, "Confirmar").await?;
    let answer = boss.until_text("Tarea creada").await?;
    let code = answer
        .text
        .split_whitespace()
        .find(|word| word.starts_with("PAT-"))
        .context("a code")?
        .to_owned();
    app.settled().await?;
    let http = app.http(&boss).await?;
    let id = app.count("SELECT max(id) FROM tasks").await?;
    Ok(Some(Scene {
        path: format!("/api/v1/tasks/{id}"),
        app,
        clock,
        boss,
        ana,
        beto,
        http,
        code,
    }))
}

impl Scene {
    async fn task(&self) -> Result<Value> {
        self.http.get(&self.path).await?.expect(200)
    }

    async fn until_status(&self, status: &str) -> Result<()> {
        until(status, || async {
            Ok((self.task().await?["status"] == status).then_some(()))
        })
        .await
    }

    /// State and reason of somebody on the task.
    async fn part(&self, who: &Somebody) -> Result<(String, Option<String>)> {
        let task = self.task().await?;
        let people = task["assignments"].as_array().context("a crew")?;
        let one = people.iter().find(|one| one["agent_id"] == who.agent_id);
        let word = |name: &str| one.and_then(|one| one[name].as_str()).map(str::to_owned);
        Ok((word("state").unwrap_or_default(), word("reason")))
    }

    async fn texts(&self) -> Result<Vec<String>> {
        let path = format!("{}/timeline?limit=200", self.path);
        let story = self.http.get(&path).await?.expect(200)?;
        let entries = story["items"].as_array().context("a list")?;
        let text = |entry: &Value| entry["text"].as_str().map(str::to_owned);
        Ok(entries.iter().filter_map(text).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_button_of_a_card_does_what_it_says() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (boss, ana, beto) = (&scene.boss, &scene.ana, &scene.beto);
    press(beto, "No puedo").await?;
    beto.until_text("Elige o escribe por qué no puedes").await?;
    press(beto, "Estoy lejos").await?;
    beto.until_text("Motivo: Estoy lejos").await?;
    boss.until_text("Estoy lejos").await?;
    assert_eq!(
        scene.part(beto).await?,
        ("declined".into(), Some("Estoy lejos".into()))
    );

    for (button, state) in [
        ("Recibido", "acknowledged"),
        ("En camino", "en_route"),
        ("En el lugar", "on_site"),
    ] {
        press(ana, button).await?;
        assert_eq!(scene.part(ana).await?.0, state, "{button}");
    }
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;
    press(ana, "Pausar").await?;
    ana.until_text("Elige o escribe por qué se pausa").await?;
    ana.says("Corte de calle")?;
    ana.until_text("Motivo: Corte de calle").await?;
    scene.until_status("paused").await?;
    let card = ana.until_text("Estado: en pausa").await?;
    assert!(card.text.contains("): Corte de calle\n"), "{}", card.text);
    press(ana, "Reanudar").await?;
    scene.until_status("in_progress").await?;

    press(ana, "Finalizar").await?;
    press(ana, "Con novedades").await?;
    ana.until_text("Envía la novedad de").await?;
    assert_eq!(scene.task().await?["status"], "in_progress");
    ana.says("Quedó un cono en la mano derecha")?;
    ana.until_text("Tarea finalizada").await?;
    scene.until_status("completed").await?;

    scene.clock.advance(TimeDelta::minutes(2));
    press(boss, "Reabrir").await?;
    boss.says("Faltó el acta")?;
    boss.until_text("Tarea reabierta").await?;
    scene.until_status("in_progress").await?;
    press(boss, "Anular tarea").await?;
    boss.says("La hace otra unidad")?;
    boss.until_text("Tarea anulada").await?;
    scene.until_status("cancelled").await?;
    let told = scene.texts().await?;
    for text in [
        "Estoy lejos",
        "Corte de calle",
        "Quedó un cono en la mano derecha",
        "Faltó el acta",
        "La hace otra unidad",
    ] {
        assert!(told.iter().any(|one| one == text), "{text}: {told:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_evidence_is_kept_as_it_was() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, ana) = (&scene.app, &scene.ana);
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;
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
    app.settled().await?;
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
        let path = format!("/api/v1/attachments/{id}");
        until("the file to be fetched", || async {
            let file = scene.http.get(&path).await?;
            Ok((file.status == 200 && file.text == bytes).then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_day_answers() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, boss, ana, beto) = (&scene.app, &scene.boss, &scene.ana, &scene.beto);
    app.agent("Eva").await?;
    ana.says("/novedad Algo")?;
    ana.until_text("Inicia una tarea primero").await?;
    press(ana, "Iniciar").await?;
    scene.until_status("in_progress").await?;

    beto.says(&format!("/finalizar {}", scene.code))?;
    beto.until_text("Avisa a Ana").await?;
    ana.says("/finalizar PAT-2001-0001")?;
    ana.until_text("no encuentro PAT-2001-0001").await?;
    ana.says("/finalizar")?;
    ana.until_text("¿hubo novedades?").await?;
    ana.says("/cancelar")?;
    ana.until_text("No se guardó nada").await?;

    ana.says("/novedad Vereda rota")?;
    ana.until_text("Novedad guardada en").await?;
    ana.says("/novedad")?;
    ana.until_text(&format!("Envía la novedad de {}", scene.code))
        .await?;
    ana.says("Semáforo apagado")?;
    app.settled().await?;
    let reports = "SELECT count(*) FROM reports WHERE text IN ('Vereda rota', 'Semáforo apagado')";
    assert_eq!(app.count(reports).await?, 2);

    boss.says("/disponibles")?;
    let free = boss.until_text("1 persona disponible").await?;
    assert!(free.text.contains("Eva"), "{}", free.text);
    assert!(!free.text.contains("Ana"), "{}", free.text);

    beto.says("/estado")?;
    let mine = beto.until_text("Tu estado: en tarea").await?;
    let live = Sentence::StateLive.to(Lang::Es);
    assert!(mine.text.contains(&live), "{}", mine.text);
    press(beto, "No disponible").await?;
    press(beto, "Comida").await?;
    press(beto, "Sin fin").await?;
    beto.until_text("Quedas como no disponible: Comida").await?;
    let agent = format!("/api/v1/agents/{}", beto.agent_id);
    let one = scene.http.get(&agent).await?.expect(200)?;
    assert_eq!(one["availability"], "on_task", "that is what he is first");
    assert_eq!(
        (&one["unavailable"], &one["reason"]),
        (&json!(true), &json!("Comida"))
    );
    beto.says("/estado")?;
    beto.until_text("Tu estado: en tarea, no disponible (Comida).")
        .await?;
    press(beto, "🟢 Disponible").await?;
    beto.until_text("Quitaste el «no disponible». Ahora: en tarea.")
        .await?;
    let one = scene.http.get(&agent).await?.expect(200)?;
    assert_eq!(
        (&one["unavailable"], &one["reason"]),
        (&json!(false), &Value::Null)
    );

    beto.says("/idioma")?;
    press(beto, "English").await?;
    beto.until_text("Language").await?;
    beto.says("/estado")?;
    beto.until_text("Your status").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_free_is_shown_with_where_and_by_pages() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let ana = app.agent("Ana").await?;
    for name in ["Beto", "Caro", "Dana", "Eva", "Fito", "Gus"] {
        app.recruit(it::Recruit::of_level(1, name).not_enrolled())
            .await?;
    }
    ana.shares_location_within(-34.6037, -58.3816, 23.5)?;
    ana.until_text("Ubicación guardada").await?;
    boss.says("/disponibles")?;
    let first = boss.until_text("7 personas disponibles").await?;
    assert!(first.text.contains("(±24 m)"), "{}", first.text);
    assert!(
        first
            .text
            .contains("Ana · Norte · sin tareas, en -34.60370, -58.38160, hace un momento"),
        "{}",
        first.text
    );
    assert!(
        first.text.contains("sin posición, sin Telegram"),
        "{}",
        first.text
    );
    assert!(first.text.contains("Página 1 de 2"), "{}", first.text);
    press(&boss, "Siguiente").await?;
    let second = boss.until_text("Página 2 de 2").await?;
    assert!(second.text.contains("Gus"), "{}", second.text);
    assert!(!second.text.contains("Eva"), "{}", second.text);
    // Whoever had Telegram and blocked the bot is another matter.
    ana.blocks_bot()?;
    app.settled().await?;
    boss.says("/disponibles")?;
    boss.until_text("(±24 m), fuera del alcance de Telegram")
        .await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_right_after_another_is_not_said_to_be_kept() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let ana = app.agent("Ana").await?;
    ana.shares_location(-34.6037, -58.3816)?;
    ana.shares_location(-34.6038, -58.3817)?;
    ana.until_text("Ubicación guardada").await?;
    ana.until_text("No guardé esta ubicación").await?;
    let kept = app.count("SELECT count(*) FROM positions").await?;
    assert_eq!(kept, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_is_offered_follows_what_he_may() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (admin, ana) = (app.admin("Root").await?, app.agent("Ana").await?);
    let http = app.http(&admin).await?;
    let path = format!("/api/v1/users/{}", ana.user_id);
    let offered = |name: &str| ana.commands().iter().any(|one| one["command"] == name);
    assert!(offered("tareas") && !offered("crear"));
    let changes = [
        (json!({ "level": 2 }), "crear", true),
        (json!({ "permissions": ["broadcast"] }), "difusion", true),
        (json!({ "permissions": [] }), "difusion", false),
        (json!({ "level": 1 }), "crear", false),
        (json!({ "active": false }), "tareas", false),
        (json!({ "active": true }), "tareas", true),
    ];
    for (change, command, due) in changes {
        http.patch(&path, &change).await?.expect(200)?;
        let what = format!("{command} after {change}");
        until(&what, || async {
            Ok((offered(command) == due).then_some(()))
        })
        .await?;
        assert!(offered("start"), "{what}");
    }
    ana.until_text("Tus opciones cambiaron").await?;
    http.delete(&format!("{path}/telegram")).await?;
    until("the commands of strangers", || async {
        Ok((!offered("tareas") && offered("start")).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_can_be_called() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let (app, boss, ana, beto) = (&scene.app, &scene.boss, &scene.ana, &scene.beto);
    let root = app.http(&app.admin("Root").await?).await?;
    for (who, phone) in [(ana, "+54 11 5555-0101"), (beto, "+54 11 5555-0102")] {
        let path = format!("/api/v1/users/{}", who.user_id);
        root.patch(&path, &json!({ "phone": phone }))
            .await?
            .expect(200)?;
    }
    press(ana, "Recibido").await?;
    for ring in 2..=4 {
        let rung = format!(
            "SELECT count(*) FROM assignments WHERE rings >= {} OR escalated_at IS NOT NULL",
            ring - 1
        );
        scene.clock.advance(TimeDelta::minutes(15));
        until("the next ring", || async {
            Ok((app.count(&rung).await? == 1).then_some(()))
        })
        .await?;
        app.settled().await?;
    }
    let alert = boss.until_text("Beto no respondió").await?;
    let numbers: Vec<&str> = alert.text.lines().skip(1).collect();
    assert_eq!(
        numbers,
        [
            "Teléfono de Beto: +54 11 5555-0102",
            "Teléfono de Ana: +54 11 5555-0101"
        ]
    );
    let told = ana.until_text("Beto no respondió").await?;
    assert!(!told.text.contains("5555"), "{}", told.text);
    Ok(())
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
    until("the photo to be fetched", || async {
        let file = scene.http.get("/api/v1/attachments/1").await?;
        Ok((file.status == 200 && file.text == "a broken window").then_some(()))
    })
    .await?;
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

#[tokio::test(flavor = "multi_thread")]
async fn undoing_is_offered_for_a_minute_and_then_leaves_the_card() -> Result<()> {
    let Some(scene) = scene().await? else {
        return Ok(());
    };
    let ana = &scene.ana;
    for label in ["Iniciar", "Finalizar", "Sin novedades"] {
        press(ana, label).await?;
    }
    ana.until_button("Deshacer").await?;
    scene.app.settled().await?;
    scene.clock.advance(TimeDelta::seconds(59));
    scene.app.settled().await?;
    assert!(ana.chat().has_button("Deshacer"), "{}", ana.chat());
    // Nobody presses anything: the card goes by the clock.
    scene.clock.advance(TimeDelta::seconds(2));
    ana.until(|chat| !chat.has_button("Deshacer"), until::DEADLINE)
        .await?;
    assert_eq!(scene.task().await?["status"], "completed");
    Ok(())
}
