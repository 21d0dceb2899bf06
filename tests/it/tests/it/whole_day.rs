//! A whole day by tapping: enrol, create, assign, acknowledge, start, report with a photo and a place, finish, undo.

use anyhow::{Context, Result};
use it::{Backend, Somebody, TestApp, Wish, until};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    GAD,
    hand::press,
    sight::{Did, did, until_card},
};

const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

#[rstest]
#[case::sqlite_polling(TestApp::on(Backend::Sqlite))]
#[case::sqlite_webhook(TestApp::on(Backend::Sqlite).webhook())]
#[case::postgres_polling(TestApp::on(Backend::Postgres))]
#[case::postgres_webhook(TestApp::on(Backend::Postgres).webhook())]
#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_link_to_the_last_undo(#[case] wish: Wish) -> Result<()> {
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let people = hired(&app).await?;
    day(&app, people).await
}

/// The program as it is shipped, in a process of its own: people are added and invited by its commands beside it.
#[rstest]
#[case::sqlite_polling(TestApp::on(Backend::Sqlite))]
#[case::sqlite_webhook(TestApp::on(Backend::Sqlite).webhook())]
#[case::postgres_polling(TestApp::on(Backend::Postgres))]
#[case::postgres_webhook(TestApp::on(Backend::Postgres).webhook())]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_day_with_the_program_itself(#[case] wish: Wish) -> Result<()> {
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    app.becomes(GAD).await?;
    let people = hired(&app).await?;
    day(&app, people).await
}

/// A supervisor and two agents, enrolled by their links.
async fn hired(app: &TestApp) -> Result<(Somebody, Somebody, Somebody)> {
    let marta = app.supervisor("Marta").await?;
    let (ana, beto) = (app.agent("Ana").await?, app.agent("Beto").await?);
    for person in [&marta, &ana, &beto] {
        // The link and Telegram's START send one text together: three taps, nothing typed.
        let enrolled = Did {
            presses: 1,
            commands: 1,
            ..Did::default()
        };
        assert_eq!(did(app, person, 0), enrolled, "{}", person.name);
    }
    Ok((marta, ana, beto))
}

const ANSWERED: [&str; 3] = ["🚗 En camino", "📍 En el lugar", "🚫 No puedo"];
const RUNS: [&str; 4] = ["📝 Novedad", "⏸️ Pausar", "🛟 Control PAR", "🏁 Finalizar"];

/// What stands on both phones while the work goes on: Ana leads, Beto comes along.
async fn at_work(code: &str, ana: &Somebody, beto: &Somebody) -> Result<()> {
    until_card(ana, code, "en curso", &[&ANSWERED[..], &RUNS].concat()).await?;
    until_card(
        beto,
        code,
        "en curso",
        &[&ANSWERED[..], &RUNS[..1]].concat(),
    )
    .await
}

/// What stands on both when Ana has finished it.
async fn finished(code: &str, ana: &Somebody, beto: &Somebody) -> Result<()> {
    until_card(ana, code, "finalizada", &["↩️ Deshacer"]).await?;
    until_card(beto, code, "finalizada", &[]).await
}

async fn day(app: &TestApp, people: (Somebody, Somebody, Somebody)) -> Result<()> {
    let (marta, ana, beto) = people;
    let http = app.http(&marta).await?;
    let mut board = app.board(&marta).await?;

    let code = create(app, &marta).await?;
    let created = board.until("task_created").await?;
    assert_eq!(created["data"]["code"], code);
    let path = format!("/api/v1/tasks/{}", created["data"]["id"]);
    as_it_was_asked_for(&http.get(&path).await?.expect(200)?, &ana);

    let offered = ["✅ Recibido", "🚫 No puedo"];
    let leads = ["▶️ Iniciar", "🏁 Finalizar"];
    until_card(&ana, &code, "programada", &[offered, leads].concat()).await?;
    until_card(&beto, &code, "programada", &offered).await?;
    for person in [&ana, &beto] {
        let before = app.paper.updates().len();
        press(person, "Recibido").await?;
        assert_eq!(did(app, person, before), Did::presses(1));
        let event = board.until("assignment_acknowledged").await?;
        assert_eq!(event["data"]["agent_id"], person.agent_id);
    }
    let answered = [&ANSWERED[..], &leads].concat();
    until_card(&ana, &code, "programada", &answered).await?;
    until_card(&beto, &code, "programada", &ANSWERED).await?;
    press(&ana, "Iniciar").await?;
    let event = board.until("task_status_changed").await?;
    assert_eq!(event["data"]["status"], "in_progress");
    at_work(&code, &ana, &beto).await?;

    report(&ana, &code).await?;
    for _ in 0..3 {
        board.until("task_reported").await?;
    }
    evidence(&http, &path).await?;

    let before = app.paper.updates().len();
    press(&ana, "Finalizar").await?;
    press(&ana, "Sin novedades").await?;
    assert_eq!(did(app, &ana, before), Did::presses(2));
    let event = board.until("task_status_changed").await?;
    assert_eq!(event["data"]["status"], "completed");
    finished(&code, &ana, &beto).await?;
    let done = http.get(&path).await?.expect(200)?;
    assert_eq!(states(&done), ["released", "released"]);

    press(&ana, "Deshacer").await?;
    let event = board.until("task_status_changed").await?;
    assert_eq!(
        (&event["data"]["from"], &event["data"]["status"]),
        (&json!("completed"), &json!("in_progress"))
    );
    assert_eq!(
        states(&http.get(&path).await?.expect(200)?),
        ["acknowledged", "acknowledged"]
    );
    at_work(&code, &ana, &beto).await?;

    ana.says("listo")?;
    until("the word to finish it", || async {
        let task = http.get(&path).await?.expect(200)?;
        Ok((task["status"] == "completed").then_some(()))
    })
    .await?;
    finished(&code, &ana, &beto).await?;
    app.settled().await?;
    told(&mut board, &http).await?;
    rows(app).await
}

/// All that the board heard about the task, in the order in which it happened, and nothing twice.
async fn told(board: &mut it::Board, http: &it::Http) -> Result<()> {
    let last = http
        .post(
            "/api/v1/tasks",
            &json!({ "title": "La última", "kind": "administrativa" }),
        )
        .await?
        .expect(201)?;
    board
        .until_that("the last task", |event| {
            event["data"]["code"] == last["code"]
        })
        .await?;
    let seqs: Vec<i64> = board
        .seen()
        .iter()
        .filter_map(|event| event["seq"].as_i64())
        .collect();
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    let facts = [
        "task_created",
        "task_assigned",
        "assignment_acknowledged",
        "task_status_changed",
        "task_reported",
    ];
    let heard: Vec<&str> = board
        .seen()
        .iter()
        .filter(|event| event["data"]["code"] != last["code"])
        .filter_map(|event| event["event_type"].as_str())
        .filter(|one| facts.contains(one))
        .collect();
    assert_eq!(
        heard,
        [
            "task_created",
            "task_assigned",
            "assignment_acknowledged",
            "assignment_acknowledged",
            "task_status_changed",
            "task_reported",
            "task_reported",
            "task_reported",
            "task_status_changed",
            "task_status_changed",
            "task_status_changed",
        ]
    );
    Ok(())
}

/// What was tapped and shared is what is there.
fn as_it_was_asked_for(task: &Value, ana: &Somebody) {
    assert_eq!(task["kind"], "patrullaje");
    assert_eq!(task["title"], "Ronda <b>por</b> la plaza & alrededores 👮‍♀️");
    let place = &task["place"];
    assert_eq!(
        (&place["lat"], &place["lon"]),
        (&json!(-34.6037), &json!(-58.3816))
    );
    assert_eq!(task["place_accuracy_m"], 12.0);
    assert_eq!(task["unit"]["name"], "Norte");
    assert_eq!(task["lead"]["agent_id"], ana.agent_id);
    assert_eq!(states(task), ["offered", "offered"]);
}

/// After the command at most six taps and one text, but for Beto and the question who leads: the code of the new task.
async fn create(app: &TestApp, marta: &Somebody) -> Result<String> {
    let before = app.paper.updates().len();
    marta.says("/crear")?;
    press(marta, "Patrullaje").await?;
    marta.until_text("Escribe el título").await?;
    marta.says("Ronda <b>por</b> la plaza & alrededores 👮‍♀️")?;
    marta.until_text("Indica el lugar").await?;
    marta.shares_location_within(-34.6037, -58.3816, 12.0)?;
    press(marta, "Ahora").await?;
    press(marta, "Ana").await?;
    marta.until_button("☑️ Ana").await?;
    press(marta, "Beto").await?;
    marta.until_button("☑️ Beto").await?;
    press(marta, "Continuar").await?;
    marta.until_text("delegado").await?;
    press(marta, "Ana").await?;
    press(marta, "Confirmar").await?;
    let done = did(app, marta, before);
    let for_beto = 2;
    let taps = done.presses + done.places - for_beto;
    assert!(
        taps <= 6 && (done.commands, done.texts) == (1, 1),
        "{done:?}"
    );
    let answer = marta.until_text("Tarea creada").await?;
    assert!(
        answer
            .text
            .contains("Ronda <b>por</b> la plaza & alrededores 👮‍♀️"),
        "{}",
        answer.text
    );
    let code = answer
        .text
        .split_whitespace()
        .find(|word| word.starts_with("PAT-"));
    Ok(code.context("a code in the answer")?.to_owned())
}

async fn report(ana: &Somebody, code: &str) -> Result<()> {
    ana.says("Todo tranquilo")?;
    ana.until_text(&format!("Novedad guardada en {code}"))
        .await?;
    ana.sends_photo(PHOTO, "el banco roto")?;
    ana.until_text(&format!("Foto anotada en {code}")).await?;
    ana.shares_location(-34.6040, -58.3820)?;
    ana.until_text(&format!("Ubicación anotada en {code}"))
        .await
        .map(drop)?;
    Ok(())
}

/// The timeline tells everything, and the photo is the one that was sent.
async fn evidence(http: &it::Http, path: &str) -> Result<()> {
    let photo = until("the photo to be fetched", || async {
        let story = http
            .get(&format!("{path}/timeline?limit=200"))
            .await?
            .expect(200)?;
        let entries = story["items"].as_array().cloned().unwrap_or_default();
        assert!(
            entries
                .iter()
                .any(|entry| entry["text"] == "Todo tranquilo"),
            "{story}"
        );
        let pin = entries.iter().find(|entry| !entry["place"].is_null());
        let pin = pin.map(|entry| &entry["place"]).unwrap_or(&Value::Null);
        assert_eq!(
            (&pin["lat"], &pin["lon"]),
            (&json!(-34.604), &json!(-58.382)),
            "{story}"
        );
        let photos: Vec<Value> = entries
            .iter()
            .filter_map(|entry| entry["attachments"].get(0).cloned())
            .collect();
        let Some(photo) = photos.into_iter().next() else {
            return Ok(None);
        };
        let file = http
            .get(&format!("/api/v1/attachments/{}", photo["id"]))
            .await?;
        Ok((file.status == 200).then_some(file))
    })
    .await?;
    assert!(
        photo.text.contains("not much of a picture"),
        "{:?}",
        photo.text
    );
    Ok(())
}

fn states(task: &Value) -> Vec<&str> {
    let all = task["assignments"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    all.iter().filter_map(|one| one["state"].as_str()).collect()
}

/// What the day left in the database.
async fn rows(app: &TestApp) -> Result<()> {
    let expected = [
        ("SELECT count(*) FROM tasks", 2),
        ("SELECT count(*) FROM status_history WHERE task_id = 1", 4),
        ("SELECT count(*) FROM reports", 3),
        ("SELECT count(*) FROM attachments WHERE state = 'stored'", 1),
        ("SELECT count(*) FROM audit WHERE action = 'task.status'", 4),
        (
            "SELECT count(*) FROM assignments WHERE state = 'released'",
            2,
        ),
        ("SELECT count(*) FROM inbox WHERE status <> 'done'", 0),
        (
            "SELECT count(*) FROM outbox WHERE status IN ('failed', 'unreachable')",
            0,
        ),
        ("SELECT count(*) FROM dialogues WHERE name <> 'idle'", 0),
    ];
    for (sql, count) in expected {
        assert_eq!(app.count(sql).await?, count, "{sql}");
    }
    Ok(())
}
