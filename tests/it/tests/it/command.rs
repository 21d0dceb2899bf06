//! Whoever commands acts from what he is told: the buttons under the card of an emergency and under the word that nobody
//! comes, and the open ones in his lists.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, people::Recruit, until::DEADLINE};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

/// Somebody calls for help, and nobody can come; the code of it.
async fn calls(app: &TestApp, who: &Somebody) -> Result<String> {
    let call = app.called(who).await?;
    let code = call["code"].as_str().map(str::to_owned);
    code.context("a code")
}

/// Waits until the newest message of the bot's has a button for this task.
async fn lists(who: &Somebody, code: &str) -> Result<()> {
    let listed = |chat: &telegram::ChatView| {
        let last = chat.last_from_bot();
        last.is_some_and(|one| one.has_button(&format!("{code} · ")))
    };
    who.until(listed, DEADLINE).await?;
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_word_that_nobody_comes_says_whom_to_call_and_has_what_is_done(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let code = calls(&app, &ana).await?;
    let word = boss.until_text("ACTÚA").await?;
    app.settled().await?;
    assert!(word.text.contains("teléfonos"), "{}", word.text);
    for label in ["Ver emergencia", "Ver tarea", "Anular tarea"] {
        assert!(word.has_button(label), "{label}: {word:?}");
    }
    let chat = boss.chat();
    let words = chat
        .messages
        .iter()
        .filter(|one| one.text.contains("ACTÚA"));
    assert_eq!(words.count(), 1, "{chat}");
    let mut told = chat.messages.iter().filter(|one| one.text.contains(&code));
    assert!(told.all(|one| one.has_button("Anular tarea")), "{chat}");

    boss.says("/tareas")?;
    lists(&boss, &code).await?;
    boss.says("/buscar EMG")?;
    boss.until_text("Resultados de «emg»").await?;
    lists(&boss, &code).await?;
    press(&boss, "Anular tarea").await?;
    boss.until_text(&format!("Escribe por qué se anula {code}"))
        .await?;
    boss.says("Falsa alarma")?;
    let over = ana.until_text("Anulada a las").await?;
    assert!(over.text.contains("Falsa alarma"), "{}", over.text);
    // The word that nobody comes says so no longer, and has nothing to press.
    let silent =
        |chat: &telegram::ChatView| !chat.messages.iter().any(|one| one.text.contains("ACTÚA"));
    boss.until(silent, DEADLINE).await?;
    let chat = boss.chat();
    let now = chat.messages.iter().find(|one| one.id == word.id);
    let now = now.context("it stands there")?;
    assert!(now.text.contains("Anulada a las"), "{}", now.text);
    assert!(!now.has_button("Anular tarea"), "{now:?}");
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_told_because_nobody_else_can_be_finds_it() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let eva = Recruit::of_level(2, "Eva").in_unit("Sur");
    let (eva, ana) = (app.recruit(eva).await?, app.agent("Ana").await?);
    let code = calls(&app, &ana).await?;
    let word = eva.until_text("ACTÚA").await?;
    assert!(!word.has_button("Anular tarea"), "it is not hers: {word:?}");
    app.settled().await?;
    eva.says(&format!("/buscar {code}"))?;
    eva.until_text("Resultados de").await?;
    lists(&eva, &code).await?;
    let before = eva.chat().last_from_bot().context("the list")?.id;
    press(&eva, &format!("{code} · ")).await?;
    let shown = |chat: &telegram::ChatView| {
        let card = chat.find("pide ayuda");
        card.is_some_and(|card| card.id > before && card.text.contains("Ana"))
    };
    eva.until(shown, DEADLINE).await?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_commands_nobody_there_reads_whom_to_call() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let eva = Recruit::of_level(2, "Eva").in_unit("Sur");
    let eva = app.recruit(eva.permitted("broadcast")).await?;
    let (root, ana) = (app.admin("Root").await?, app.agent("Ana").await?);
    let phone = json!({ "phone": "+54 11 5555-0101" });
    let http = app.http(&root).await?;
    let account = format!("/api/v1/users/{}", ana.user_id);
    http.patch(&account, &phone).await?.expect(200)?;
    calls(&app, &ana).await?;
    for words in ["ACTÚA", "Todavía no va nadie"] {
        let told = eva.until_text(words).await?;
        for says in ["no puedes asignar", "/difusion", "+54 11 5555-0101"] {
            assert!(told.text.contains(says), "{says}: {}", told.text);
        }
        assert!(!told.has_button("Asignar"), "{told:?}");
    }
    let word = root.until_text("ACTÚA").await?;
    assert!(!word.text.contains("no puedes asignar"), "{}", word.text);
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_commands_ends_a_call_in_two_taps_and_takes_it_back(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let code = calls(&app, &ana).await?;
    boss.until_text("ACTÚA").await?;
    app.settled().await?;
    press(&boss, "Finalizar").await?;
    press(&boss, "Falsa alarma").await?;
    boss.until_text(&format!("Tarea finalizada: {code}"))
        .await?;
    ana.until_text("terminó tu pedido de ayuda").await?;
    press(&boss, "Deshacer").await?;
    boss.until_text("Deshecho").await?;
    app.settled().await?;
    let open = "SELECT count(*) FROM tasks WHERE status = 'in_progress' AND end_reason IS NULL";
    assert_eq!(app.count(open).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_asks_nobody_to_come() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    app.stands_near(&bob).await?;
    calls(&app, &ana).await?;
    press(&bob, "Voy").await?;
    bob.until_text("Vas tú. Cuídate.").await?;
    app.settled().await?;
    press(&bob, "Finalizar").await?;
    press(&bob, "Sin novedades").await?;
    let over = bob.until_text("Dijiste que ibas. Gracias.").await?;
    assert!(over.text.contains("pidió ayuda"), "{}", over.text);
    assert!(!over.text.contains("Vas tú"), "{}", over.text);
    let hers = ana.until_text("Dijeron que iban: 1 de 3").await?;
    assert!(!hers.text.contains("sin garantía"), "{}", hers.text);
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_writes_while_her_call_is_being_ended_is_read_before_it_ends() -> Result<()>
{
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let code = calls(&app, &ana).await?;
    press(&boss, "Finalizar").await?;
    let asked = boss.until_text("Elige o escribe por qué termina").await?;
    assert!(
        asked.text.contains("queda como motivo y no le llega"),
        "{}",
        asked.text
    );
    boss.says("aguanten que ya va")?;
    boss.until_text("¿hubo novedades?").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(20));
    ana.says("no terminó, siguen acá")?;
    boss.until_text("no terminó, siguen acá").await?;
    app.settled().await?;
    for label in ["Sin novedades", "Omitir"] {
        press(&boss, label).await?;
    }
    let sure = boss.until_text(&format!("¿Terminar {code} igual?")).await?;
    assert!(
        sure.text.contains("Mientras tanto escribió Ana")
            && sure.text.contains("no terminó, siguen acá"),
        "{}",
        sure.text
    );
    app.settled().await?;
    clock.advance(TimeDelta::seconds(5));
    press(&boss, "Terminar igual").await?;
    boss.until_text(&format!("Tarea finalizada: {code}"))
        .await?;
    app.settled().await
}
