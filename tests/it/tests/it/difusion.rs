//! /difusion by real taps: who is reached, who answers and how, who is asked again, and how it ends.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use it::{Backend, Somebody, TestApp, people::Recruit, until::until};
use rstest::rstest;
use serde_json::json;
use telegram::{Fault, FaultKind, Seen};

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
    dora.until_text("Llega a 3 personas, 0 sin Telegram. A 1 no se la alcanza")
        .await?;
    press(&dora, "Hacerla simulacro").await?;
    dora.until_text("SIMULACRO").await?;
    dora.says("Plaza Norte")?;
    until_latest(&dora, "Llega a 3", "Plaza Norte").await?;
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
    let asks = "Responde con un botón";
    assert_eq!((times(&leo, "Se repitió"), times(&leo, asks)), (2, 1));
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
    assert!(call.text.contains("sin teléfono"), "{}", call.text);
    assert!(!call.text.contains("Ana") && !call.text.contains("Bob"));
    app.settled().await?;
    assert_eq!(
        (times(&ana, "Plaza Norte"), times(&bob, "Plaza Norte")),
        (1, 1)
    );
    assert_eq!(times(&eva, "CÓDIGO ROJO"), 0);

    let http = app.http(&dora).await?;
    let now = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(
        now["counts"],
        json!({ "queued": 0, "sent": 1, "acknowledged": 1, "on_the_way": 1, "needs_help": 0,
            "declined": 0, "unreachable": 1, "escalated": 2, "anew": 0 }),
    );
    clock.advance(TimeDelta::seconds(2));
    until_latest(
        &dora,
        "Difusión a 4",
        "De ellos, escalados a quienes mandan: 2",
    )
    .await?;
    // A word is an answer too, however late, and the one card of the sender follows.
    leo.says("ok")?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(2));
    until_latest(&dora, "Difusión a 4", "Recibido 2").await?;
    until_latest(
        &dora,
        "Difusión a 4",
        "De ellos, escalados a quienes mandan: 1",
    )
    .await?;
    until_latest(&dora, "Difusión a 4", "sin alcance por Telegram, escalado").await?;
    assert_eq!(times(&dora, "Difusión a 4"), 1);
    // So is a reply to a message that a newer one has replaced.
    let chat = leo.chat();
    let first = chat
        .messages
        .iter()
        .find(|one| one.text.contains("Se repitió"));
    leo.replies(first.context("the first message")?.id, "En camino")?;
    app.settled().await?;
    clock.advance(TimeDelta::seconds(2));
    until_latest(&dora, "Difusión a 4", "En camino 2").await?;
    press(&dora, "Cerrar difusión").await?;
    ana.until_text("Terminó").await?;
    app.settled().await?;
    assert_eq!((times(&leo, "Se repitió"), times(&leo, asks)), (2, 0));
    let over = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(over["status"], "closed");
    assert_eq!(
        app.count("SELECT count(*) FROM broadcast_answers").await?,
        4
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

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn its_place_is_in_every_chat_and_its_last_word_in_the_message_everybody_has(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let people = [app.agent("Ana").await?, app.agent("Bob").await?];
    let http = app.http(&dora).await?;
    let sent = json!({ "text": "Corten la calle", "audience": { "kind": "all" },
        "place": { "lat": -34.6, "lon": -58.4 } });
    let made = http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    let mut had = Vec::new();
    for one in &people {
        had.push(one.until_text("Corten la calle").await?.id);
    }
    app.settled().await?;
    for one in &people {
        let chat = one.chat();
        let places: Vec<_> = chat.messages.iter().filter_map(Seen::place).collect();
        assert_eq!(places, [(-34.6, -58.4)], "{chat:?}");
    }
    let close = format!("/api/v1/broadcasts/{}/close", made["id"]);
    let word = json!({ "text": "Calle abierta." });
    http.post(&close, &word).await?.expect(200)?;
    for (one, id) in people.iter().zip(had) {
        let over = one.until_text("Calle abierta.").await?;
        assert!(over.edited && over.id == id, "{over:?}");
        for words in ["Corten la calle", "Envía tu novedad"] {
            assert!(over.text.contains(words), "{}", over.text);
        }
        assert!(!over.has_button("Recibido"), "{over:?}");
        assert_eq!(times(one, "Corten la calle"), 1);
    }
    app.settled().await
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

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_only_once_a_second_person_agrees(
    #[case] backend: Backend,
) -> Result<()> {
    let app = TestApp::on(backend).set("GAD_BROADCAST__SECOND_APPROVER", "true");
    let Some(app) = app.start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let luis = app
        .recruit(Recruit::of_level(1, "Luis").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    dora.says("/difusion")?;
    press(&dora, "Todos").await?;
    dora.until_text("Toca un protocolo").await?;
    dora.says("Vuelvan a la base")?;
    press(&dora, "Confirmar").await?;
    dora.until_text("Todavía no salió").await?;
    let card = luis.until_text("Por confirmar: Vuelvan a la base").await?;
    assert!(card.text.contains("La pide Dora"), "{}", card.text);
    assert!(card.text.contains("Llega a 2 personas"), "{}", card.text);
    app.settled().await?;
    assert_eq!(times(&ana, "Vuelvan"), 0);
    let http = app.http(&dora).await?;
    let own = http
        .post("/api/v1/broadcasts/1/confirm", &json!({}))
        .await?
        .expect(409)?;
    assert_eq!(own["code"], "needs_another");
    press(&luis, "Confirmar").await?;
    ana.until_text("Vuelvan a la base").await?;
    dora.until_text("Difusión a 2").await?;
    app.settled().await?;
    let sent = http.get("/api/v1/broadcasts/1").await?.expect(200)?;
    assert_eq!(sent["status"], "active");
    assert_eq!(
        (&sent["created_by"], &sent["approved_by"]),
        (&json!(dora.user_id), &json!(luis.user_id))
    );
    // A drill, and whoever is not everybody, need nobody else.
    let unit = json!({ "text": "Prueba", "audience": { "kind": "supervisors" } });
    let luis = app.http(&luis).await?;
    let made = luis.post("/api/v1/broadcasts", &unit).await?.expect(201)?;
    assert_eq!(made["status"], "active");
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn music_and_round_videos_go_out_as_what_they_are() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let ana = app.agent("Ana").await?;
    for kind in ["audio", "video_note", "animation"] {
        dora.says("/difusion")?;
        press(&dora, "Todos").await?;
        dora.until_text("Toca un protocolo").await?;
        dora.says("Escuchen")?;
        press(&dora, "Hacerla simulacro").await?;
        app.settled().await?;
        match kind {
            "audio" => dora.sends_audio(b"do re mi")?,
            "animation" => dora.sends_animation(b"gif", "")?,
            _ => dora.sends_video_note(b"o")?,
        };
        dora.until_text("Con archivo").await?;
        app.settled().await?;
        press(&dora, "Confirmar").await?;
        ana.until(
            |chat| chat.messages.iter().any(|one| one.media == Some(kind)),
            it::until::DEADLINE,
        )
        .await?;
        app.settled().await?;
    }
    let failed = "SELECT count(*) FROM outbox WHERE status = 'failed'";
    assert_eq!(app.count(failed).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_silent_is_read_page_by_page() -> Result<()> {
    let clock = Clock::by_hand(START.parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(Backend::Sqlite).clock(&clock).start().await? else {
        return Ok(());
    };
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    for number in 10..32 {
        app.agent(&format!("Agente {number}")).await?;
    }
    let http = app.http(&dora).await?;
    let sent = json!({ "text": "Prueba", "audience": { "kind": "all" } });
    http.post("/api/v1/broadcasts", &sent).await?.expect(201)?;
    let card = dora.until_text("Difusión a 22").await?;
    assert!(card.text.contains("y 2 más"), "{}", card.text);
    app.settled().await?;
    press(&dora, "Ver 2 más").await?;
    let page = dora.until_text("Llama: 22").await?;
    assert!(page.text.contains("Agente 30") && page.text.contains("Agente 31"));
    assert!(!page.text.contains("Agente 10"), "{}", page.text);
    app.settled().await
}
