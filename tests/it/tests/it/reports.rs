//! Reports as files, over HTTP and in the chat, opened by other programs: a spreadsheet reader and `pdftotext`.

use std::{collections::BTreeSet, io::Cursor, process::Command};

use anyhow::{Context, Result, ensure};
use calamine::{Data, DataType, Reader, Xlsx};
use it::{Backend, Http, Recruit, Somebody, TestApp};
use reqwest::Method;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{hand::press, search};

const FORMULA: &str = "=HYPERLINK(\"http://malo\",\"premio\")";

/// The cells of the first sheet, and whether any of them is a formula.
fn workbook(bytes: Vec<u8>) -> Result<(Vec<Vec<Data>>, bool)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let name = book.sheet_names().first().context("a sheet")?.clone();
    let formulas = book.worksheet_formula(&name)?;
    let any = formulas
        .used_cells()
        .any(|(_, _, formula)| !formula.is_empty());
    let rows = book.worksheet_range(&name)?;
    Ok((rows.rows().map(<[Data]>::to_vec).collect(), any))
}

/// What another program reads on the pages.
fn pages(bytes: &[u8]) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, bytes)?;
    let told = Command::new("pdftotext")
        .arg("-layout")
        .arg(&file)
        .arg("-")
        .output();
    let told = told.context("pdftotext is missing: make setup")?;
    ensure!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    Ok(String::from_utf8(told.stdout)?)
}

async fn fetched(http: &Http, path: &str) -> Result<Vec<u8>> {
    let request = http.request(Method::GET, path);
    let answer = request.send().await?;
    ensure!(answer.status() == 200, "{path}: {}", answer.status());
    let name = answer.headers()["content-disposition"].to_str()?.to_owned();
    ensure!(name.starts_with("attachment; filename="), "{name}");
    Ok(answer.bytes().await?.to_vec())
}

/// A house with something to report: a finished task with a dangerous name, a declined offer, a task of elsewhere.
async fn work(
    app: &TestApp,
    boss: &Somebody,
    ana: &Somebody,
    far: &Somebody,
) -> Result<Vec<String>> {
    let http = app.http(boss).await?;
    let (done, first) = search::task(&http, FORMULA, ana).await?;
    search::step(&http, done, "start").await?;
    let told = json!({ "text": "Sin novedad" });
    http.post(&format!("/api/v1/tasks/{done}/reports"), &told)
        .await?
        .expect(201)?;
    search::step(&http, done, "complete").await?;
    let (_, second) = search::task(&http, "Ronda, con \"comillas\" y ñandú", ana).await?;
    let admin = app.http(&app.admin("Raquel").await?).await?;
    let (_, elsewhere) = search::task(&admin, "Ajena", far).await?;
    Ok(vec![first, second, elsewhere])
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn reports_open_elsewhere_and_a_formula_stays_text(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let far = app
        .recruit(Recruit::of_level(1, "Lejos").in_unit("Sur"))
        .await?;
    let codes = work(&app, &boss, &ana, &far).await?;
    let http = app.http(&boss).await?;
    let now = app.store().now();
    let shift = json!({ "agent_id": ana.agent_id, "starts_at": now + chrono::TimeDelta::minutes(5),
        "ends_at": now + chrono::TimeDelta::minutes(90) });
    http.post("/api/v1/shifts", &shift).await?.expect(201)?;
    let week = now.date_naive() + chrono::Days::new(3);
    let period = format!(
        "?from={}&until={week}",
        now.date_naive() - chrono::Days::new(3)
    );

    let csv =
        String::from_utf8(fetched(&http, &format!("/api/v1/reports/tasks.csv{period}")).await?)?;
    assert!(csv.starts_with("\u{feff}Código,Tarea,"), "{csv}");
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"http://malo\"\",\"\"premio\"\")\""),
        "{csv}"
    );
    assert!(
        csv.contains("\"Ronda, con \"\"comillas\"\" y ñandú\""),
        "{csv}"
    );
    assert!(!csv.contains(&codes[2]), "{csv}");
    assert_eq!(csv.lines().count(), 3);

    let (rows, formulas) =
        workbook(fetched(&http, &format!("/api/v1/reports/tasks.xlsx{period}")).await?)?;
    assert!(!formulas, "a formula in {rows:?}");
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1][1], Data::String(FORMULA.into()));
    assert_eq!(rows[1][0], Data::String(codes[0].clone()));
    assert_eq!(rows[1][14].as_i64(), Some(1), "reports of {:?}", rows[1]);
    assert!(rows[1][11].is_datetime(), "its end in {:?}", rows[1]);

    let text = pages(&fetched(&http, &format!("/api/v1/reports/tasks.pdf{period}")).await?)?;
    assert!(text.contains("Tareas · del"), "{text}");
    assert!(
        text.contains(&codes[0]) && text.contains(&codes[1]),
        "{text}"
    );
    assert!(text.contains("=HYPERLINK"), "{text}");

    let (rows, _) =
        workbook(fetched(&http, &format!("/api/v1/reports/response.xlsx{period}")).await?)?;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(rows[1][4], Data::String("Ana".into()));
    let shifts =
        String::from_utf8(fetched(&http, &format!("/api/v1/reports/shifts.csv{period}")).await?)?;
    assert_eq!(shifts.lines().count(), 2, "{shifts}");
    assert!(shifts.contains("Ana"), "{shifts}");

    assert_eq!(http.get("/api/v1/reports/people.csv").await?.status, 404);
    assert_eq!(
        http.get("/api/v1/reports/tasks.csv?from=2020-01-01&until=2026-01-01")
            .await?
            .status,
        422
    );
    let hers = app.http(&ana).await?;
    assert_eq!(hers.get("/api/v1/reports/tasks.csv").await?.status, 403);
    let foreign = app.count("SELECT id FROM units WHERE name = 'Sur'").await?;
    let foreign = http
        .get(&format!("/api/v1/reports/tasks.csv?unit_id={foreign}"))
        .await?;
    assert_eq!(foreign.status, 404);
    let taken = "SELECT count(*) FROM audit WHERE action = 'export.begun' AND subject_kind = 'export' AND channel = 'api'";
    assert_eq!(app.count(taken).await?, 5, "what was refused was not taken");
    let his = format!("{taken} AND user_id = {}", boss.user_id);
    assert_eq!(app.count(&his).await?, 5);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_asked_for_by_taps_and_comes_as_a_document(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let far = app
        .recruit(Recruit::of_level(1, "Lejos").in_unit("Sur"))
        .await?;
    let codes = work(&app, &boss, &ana, &far).await?;
    app.settled().await?;
    ana.says("/informe")?;
    ana.until_text("tu nivel no permite").await?;

    for (report, format) in [("Tareas", "XLSX"), ("Respuesta", "PDF"), ("Turnos", "CSV")] {
        boss.says("/informe")?;
        boss.until_text("¿Qué informe necesitas?").await?;
        press(&boss, report).await?;
        boss.until_text("¿De qué período?").await?;
        press(&boss, "7 días").await?;
        boss.until_text("¿En qué formato?").await?;
        press(&boss, format).await?;
        boss.until_text(&format!("Informe listo: {report}")).await?;
        let wanted = format!(".{}", format.to_lowercase());
        let named = |seen: &telegram::Seen| {
            let name = seen.json["document"]["file_name"].as_str();
            name.is_some_and(|name| name.ends_with(&wanted))
        };
        let chat = boss
            .until(|chat| chat.messages.iter().any(&named), it::until::DEADLINE)
            .await?;
        let seen = chat
            .messages
            .iter()
            .rev()
            .find(|seen| named(seen))
            .context("the document")?;
        let bytes = boss
            .phone
            .file(seen.file_id().context("a file")?)
            .context("its bytes")?;
        match format {
            "XLSX" => {
                let (rows, formulas) = workbook(bytes)?;
                assert!(!formulas && rows.len() == 3, "{rows:?}");
                assert_eq!(rows[1][1], Data::String(FORMULA.into()));
            }
            "PDF" => {
                let text = pages(&bytes)?;
                assert!(text.contains(&codes[1]) && text.contains("Ana"), "{text}");
                assert!(!text.contains(&codes[2]), "{text}");
            }
            _ => assert!(String::from_utf8(bytes)?.contains("Efectivo,Credencial")),
        }
    }
    app.settled().await?;
    assert_eq!(
        app.count("SELECT count(*) FROM exports WHERE state = 'ready' AND path IS NOT NULL")
            .await?,
        3
    );
    let taken = "SELECT count(*) FROM audit WHERE action = 'export.begun' AND channel = 'bot'";
    assert_eq!(app.count(taken).await?, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_several_units_chooses_of_which_the_report_is() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let both = Recruit {
        units: vec!["Norte".into(), "Sur".into()],
        ..Recruit::of_level(2, "Marta")
    };
    let boss = app.recruit(both).await?;
    let near = app.agent("Ana").await?;
    let far = app
        .recruit(Recruit::of_level(1, "Lejos").in_unit("Sur"))
        .await?;
    let http = app.http(&boss).await?;
    let mut codes = Vec::new();
    for who in [&near, &far] {
        let task = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [who.agent_id] });
        let task = http.post("/api/v1/tasks", &task).await?.expect(201)?;
        codes.push(task["code"].as_str().context("a code")?.to_owned());
    }
    app.settled().await?;
    for (unit, wanted) in [("Sur", [false, true]), ("Todas las unidades", [true, true])] {
        let before = app.count("SELECT count(*) FROM exports").await?;
        boss.says("/informe")?;
        press(&boss, "Tareas").await?;
        boss.until_text("¿De qué unidad?").await?;
        press(&boss, unit).await?;
        boss.until_text("¿De qué período?").await?;
        press(&boss, "7 días").await?;
        boss.until_text("¿En qué formato?").await?;
        press(&boss, "CSV").await?;
        let file = |chat: &telegram::ChatView| {
            let files = chat.messages.iter().filter_map(|seen| {
                let name = seen.json["document"]["file_name"].as_str()?;
                name.ends_with(".csv").then(|| seen.file_id())?
            });
            files.map(str::to_owned).collect::<Vec<_>>()
        };
        let come = usize::try_from(before)? + 1;
        let chat = boss
            .until(|chat| file(chat).len() == come, it::until::DEADLINE)
            .await?;
        let id = file(&chat).pop().context("the document")?;
        let csv = String::from_utf8(boss.phone.file(&id).context("its bytes")?)?;
        let held = [&codes[0], &codes[1]].map(|code| csv.contains(code.as_str()));
        assert_eq!(held, wanted, "{unit}: {csv}");
        app.settled().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_three_reports_is_told_to_wait_for_them() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    app.settled().await?;
    // Three that nobody makes.
    let waiting = format!(
        "INSERT INTO exports (user_id, chat_id, report, format, from_day, until_day, state, written, created_at)
         SELECT id, telegram_id, 'tasks', 'csv', '2026-03-01', '2026-03-02', 'waiting', 0, CURRENT_TIMESTAMP
         FROM users WHERE id = {}",
        boss.user_id
    );
    let writer = app.store().writer().clone();
    for _ in 0..3 {
        writer.execute_unprepared(&waiting).await?;
    }
    boss.says("/informe")?;
    boss.until_text("¿Qué informe necesitas?").await?;
    press(&boss, "Tareas").await?;
    boss.until_text("¿De qué período?").await?;
    press(&boss, "7 días").await?;
    boss.until_text("¿En qué formato?").await?;
    press(&boss, "CSV").await?;
    boss.until_text("Ya se preparan 3 informes tuyos").await?;
    app.settled().await?;
    let taken = "SELECT count(*) FROM audit WHERE action = 'export.begun'";
    assert_eq!(app.count(taken).await?, 0);
    assert_eq!(app.count("SELECT count(*) FROM exports").await?, 3);
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_long_report_begins_before_its_end_is_known_and_loses_no_row(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let http = app.http(&app.admin("Raquel").await?).await?;
    let now = app.store().now();
    let at = now.format("%Y-%m-%dT%H:%M:%S+00:00");
    // More than two pages of the same moment.
    let fill = format!(
        "INSERT INTO tasks (code, kind_id, title, search, status, priority, zone, planned_start_at, paused_seconds,
            counts_in_estimates, drill, version, created_at, updated_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
         SELECT 'OLD-' || i, (SELECT min(id) FROM task_kinds), 'Hecha', 'hecha', 'cancelled', 2, 'UTC', '{at}', 0,
            TRUE, FALSE, 1, '{at}', '{at}' FROM n"
    );
    app.store().writer().execute_unprepared(&fill).await?;
    let today = now.date_naive();
    let days = (today - chrono::Days::new(3), today + chrono::Days::new(3));
    let path = format!("/api/v1/reports/tasks.csv?from={}&until={}", days.0, days.1);
    let answer = http.request(Method::GET, &path).send().await?;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().get("content-length").is_none());
    let csv = String::from_utf8(answer.bytes().await?.to_vec())?;
    let rows = csv.lines().skip(1);
    let codes: BTreeSet<&str> = rows.filter_map(|row| row.split(',').next()).collect();
    assert_eq!((csv.lines().count(), codes.len()), (1101, 1100));
    Ok(())
}
