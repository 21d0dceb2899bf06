//! Presses that no button sent: what is not for somebody's eyes is not shown to him, whatever number he tries.

use anyhow::{Context, Result};
use it::{Backend, Somebody, TestApp, people::Recruit};
use rstest::rstest;
use serde_json::json;

use crate::hand::press;

const REFUSED: &str = "no existe o no puedes verlo";

/// Presses it on a message of the bot's, as a tampered app could, and waits for the refusal.
async fn forges(app: &TestApp, who: &Somebody, data: &str) -> Result<()> {
    let message = who.chat().last_from_bot().context("a message")?.id;
    let tap = who.presses_data(message, data)?;
    who.until_answered(&tap).await?;
    who.until_text(REFUSED).await?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_press_shows_neither_code_nor_title_of_a_task_of_others(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.admin("Root").await?;
    let ana = app.agent("Ana").await?;
    let bob = Recruit::of_level(1, "Bob").in_unit("Centro");
    let bob = app.recruit(bob).await?;
    let http = app.http(&boss).await?;
    let new = json!({ "title": "Custodia de la feria", "kind": "patrullaje", "agent_ids": [bob.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let code = task["code"].as_str().context("a code")?;
    let id = task["id"].as_i64().context("a number")?;
    bob.until_text(code).await?;
    app.settled().await?;
    for verb in ["ack", "show", "no", "crew"] {
        forges(&app, &ana, &format!("t.{verb}.{id:x}")).await?;
        let chat = ana.chat();
        assert!(
            !chat.shows(code) && !chat.shows("Custodia"),
            "{verb}: {chat}"
        );
    }
    // Whoever was asked knows what it was, and is told that it is over for him.
    press(&bob, "No puedo").await?;
    press(&bob, "Estoy lejos").await?;
    let gone = bob.until_text("Ya no tienes asignada esta tarea").await?;
    assert!(gone.text.contains(code), "{}", gone.text);
    app.settled().await
}

/// There is nothing with this number.
const NOWHERE: &str = "3e7";

/// Presses about one thing that are refused where there is none.
const REFUSED_PRESSES: [&str; 51] = [
    "t.ack", "t.no", "t.go", "t.at", "t.run", "t.hold", "t.cont", "t.rep", "t.end", "t.undo",
    "t.open", "t.off", "t.show", "t.more", "t.more2", "t.help", "t.par", "t.crew", "b.ack", "b.go",
    "b.help", "b.no", "c.close", "c.stop", "c.send", "e.go", "e.no", "e.off", "e.show", "w.ok",
    "w.help", "w.stop", "h.here", "h.end", "h.note", "h.lshow", "h.lyes", "h.lno", "h.loff",
    "h.lback", "h.stake", "h.spass", "h.syes", "h.sno", "h.soff", "h.cal", "h.caloff", "m.yes",
    "m.no", "u.off", "r.3e7",
];

/// So many presses of one person are answered before Telegram's limits count.
const EACH: usize = 6;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_press_about_what_does_not_exist_is_refused_and_buries_nothing(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    for (nth, presses) in REFUSED_PRESSES.chunks(EACH).enumerate() {
        let who = app.agent(&format!("Agente {nth}")).await?;
        for press in presses {
            let told = tapped(&who, &format!("{press}.{NOWHERE}")).await?;
            assert!(told.is_some(), "{press}: nothing is said");
        }
    }
    let ana = app.agent("Ana").await?;
    let told = tapped(&ana, &format!("t.ack.{NOWHERE}")).await?;
    assert!(
        told.as_deref().is_some_and(|text| text.contains(REFUSED)),
        "{told:?}"
    );
    let told = tapped(&ana, &format!("v.{NOWHERE}.a")).await?;
    assert!(told.is_some(), "how often to ask: nothing is said");
    // A file of a unit that there is not, for whoever may have those of all.
    let boss = app.admin("Root").await?;
    let told = tapped(&boss, &format!("i.twc:{NOWHERE}")).await?;
    assert!(
        told.as_deref().is_some_and(|text| text.contains(REFUSED)),
        "{told:?}"
    );
    // Nothing to be refused: an empty page, or that there is none.
    for press in ["h.lfile.3e7", "q.3e7.0", "f.3e7.ronda", "o.s.3e7:0"] {
        tapped(&boss, press).await?;
    }
    app.settled().await?;
    let dead = "SELECT count(*) FROM inbox WHERE status = 'dead'";
    assert_eq!(app.count(dead).await?, 0);
    Ok(())
}

/// Presses it on the newest message of the bot's; what is shown over the chat.
async fn tapped(who: &Somebody, data: &str) -> Result<Option<String>> {
    let message = who.chat().last_from_bot().context("a message")?.id;
    let tap = who.presses_data(message, data)?;
    Ok(who.until_answered(&tap).await?.text)
}
