//! /difusion by real taps: who is reached, who answers and how, who is asked again, and how it ends.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, people::Recruit, until::until};
use rstest::rstest;
use serde_json::json;
use telegram::{Fault, FaultKind};

use crate::hand::press;

const START: &str = "2026-03-02T12:00:00Z";

/// How often a text stands in somebody's chat.
fn times(who: &Somebody, text: &str) -> usize {
    let messages = who.chat().messages;
    messages
        .iter()
        .filter(|one| one.text.contains(text))
        .count()
}

async fn until_times(who: &Somebody, text: &str, wanted: usize) -> Result<()> {
    until("messages to arrive", || async {
        Ok((times(who, text) >= wanted).then_some(()))
    })
    .await
}

async fn until_latest(who: &Somebody, card: &str, line: &str) -> Result<()> {
    until("the card to say so", || async {
        let chat = who.chat();
        let shown = chat.find(card).is_some_and(|one| one.text.contains(line));
        Ok(shown.then_some(()))
    })
    .await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_red_is_heard_answered_repeated_and_escalated(
    #[case] backend: Backend,
) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let (eva, leo) = (app.agent("Eva").await?, app.agent("Leo").await?);
    eva.blocks_bot()?;
    app.settled().await?;

    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    press(&dora, "Código Rojo").await?;
    dora.until_text("Llega a 4 personas, 1 sin Telegram")
        .await?;
    press(&dora, "Hacerla simulacro").await?;
    dora.until_text("SIMULACRO").await?;
    dora.says("Plaza Norte")?;
    until_latest(&dora, "Llega a 4", "Plaza Norte").await?;
    press(&dora, "Confirmar").await?;
    dora.until_text("escribe: CODIGO ROJO").await?;
    dora.says("código azul")?;
    dora.until_text("Esa no es la palabra").await?;
    app.settled().await?;
    assert_eq!(app.count("SELECT count(*) FROM broadcasts").await?, 0);
    dora.says("código rojo")?;
    dora.until_text("Difusión a 4").await?;
    for one in [&ana, &bob, &leo] {
        let card = one.until_text("CÓDIGO ROJO").await?;
        assert!(card.text.contains("SIMULACRO"), "{}", card.text);
        assert!(card.text.contains("Plaza Norte"), "{}", card.text);
    }

    press(&ana, "Recibido").await?;
    let his = bob.until_text("CÓDIGO ROJO").await?;
    bob.replies(his.id, "En camino, llego en 5")?;
    dora.until_text("llego en 5").await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(61));
    until_times(&leo, "CÓDIGO ROJO", 2).await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(61));
    until_times(&leo, "CÓDIGO ROJO", 3).await?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(61));
    let call = until("the silent to be named", || async {
        let chat = dora.chat();
        let told = chat
            .messages
            .iter()
            .find(|one| one.text.contains("Llama: 2") && one.text.contains("Leo"));
        Ok(told.cloned())
    })
    .await?;
    assert!(call.text.contains("Eva") && call.text.contains("SIMULACRO"));
    assert!(!call.text.contains("Ana") && !call.text.contains("Bob"));
    app.settled().await?;
    assert_eq!(
        (times(&ana, "CÓDIGO ROJO"), times(&bob, "CÓDIGO ROJO")),
        (1, 1)
    );
    assert_eq!(times(&eva, "CÓDIGO ROJO"), 0);

    let http = app.http(&dora).await?;
    let now = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(
        now["counts"],
        json!({ "queued": 0, "sent": 1, "acknowledged": 1, "on_the_way": 1, "needs_help": 0,
            "declined": 0, "unreachable": 1, "escalated": 2 }),
    );
    // A word is an answer too, however late, and the one card of the sender follows.
    leo.says("ok")?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(2));
    until_latest(&dora, "Difusión a 4", "Recibido 2").await?;
    assert_eq!(times(&dora, "Difusión a 4"), 1);
    press(&dora, "Cerrar difusión").await?;
    ana.until_text("Terminó").await?;
    app.settled().await?;
    let over = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(over["status"], "closed");
    assert_eq!(
        app.count("SELECT count(*) FROM broadcast_answers").await?,
        3
    );
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn calling_it_off_stops_what_has_not_left(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(1, "Dora").permitted("broadcast"))
        .await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let busy = Fault::new(FaultKind::TooManyRequests(1)).on("sendMessage");
    app.paper.fault(busy.in_chat(bob.id()));
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("Corten la calle Mitre")?;
    press(&dora, "Confirmar").await?;
    ana.until_text("Corten la calle").await?;
    until("a try in vain", || async {
        let tried = "SELECT count(*) FROM outbox WHERE tries > 0 AND status = 'queued'";
        Ok((app.count(tried).await? == 1).then_some(()))
    })
    .await?;
    press(&dora, "Anular difusión").await?;
    ana.until_text("fue anulada").await?;
    app.paper.clear_faults();
    clock.advance(TimeDelta::seconds(5));
    app.settled().await?;
    assert_eq!(times(&bob, "Corten la calle"), 0);
    let dropped = format!(
        "SELECT count(*) FROM outbox WHERE status = 'dropped' AND chat_id = {}",
        bob.id()
    );
    assert_eq!(app.count(&dropped).await?, 1);
    let states = app
        .count(
            "SELECT count(*) FROM broadcast_recipients WHERE state = 'queued' AND sent_at IS NULL",
        )
        .await?;
    assert_eq!(states, 1, "nothing is said to have been sent");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_broadcast_is_not_asked_anything() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    boss.says("/difusion")?;
    boss.until_text("tu nivel no permite").await?;
    app.settled().await
}
