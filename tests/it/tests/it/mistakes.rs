//! Mistakes within a dialogue: the way back, what cannot be left out, and what is no answer.

use anyhow::{Context, Result};
use it::{Backend, Recruit, Somebody, TestApp};
use locales::{Lang, Sentence};

use crate::hand::press;

/// What the newest message asks, once the bot has nothing left to do.
async fn asked(app: &TestApp, person: &Somebody) -> Result<telegram::Seen> {
    app.settled().await?;
    person.last_message().context("a message")
}

/// Taps one after the other, each on what the one before led to.
async fn in_turn(app: &TestApp, person: &Somebody, labels: &[&str]) -> Result<telegram::Seen> {
    for label in labels {
        press(person, label).await?;
        app.settled().await?;
    }
    asked(app, person).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_leads_back_to_the_one_before() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("Escribe el título").await?;
    boss.says("Una rodna")?;
    boss.until_text("Indica el lugar").await?;
    press(&boss, "Volver").await?;
    let title = asked(&app, &boss).await?;
    assert!(title.text.starts_with("Escribe el título"), "{title:?}");
    boss.says("volver")?;
    let kind = asked(&app, &boss).await?;
    assert!(
        kind.has_button("Vigilancia") && !kind.has_button("Volver"),
        "{kind:?}"
    );
    press(&boss, "Patrullaje").await?;
    asked(&app, &boss).await?;
    boss.says("Una ronda")?;
    asked(&app, &boss).await?;
    boss.says("Puerto")?;
    let edits = ["Ahora", "Continuar", "Editar", "Título", "Volver", "Volver"];
    let preview = in_turn(&app, &boss, &edits).await?;
    assert!(
        preview.text.contains("Título: Una ronda\n"),
        "{}",
        preview.text
    );
    in_turn(&app, &boss, &["Editar", "Detalle"]).await?;
    boss.says("Omitir")?;
    let preview = asked(&app, &boss).await?;
    assert!(
        preview.has_button("Confirmar") && !preview.text.contains("Detalle"),
        "{preview:?}"
    );
    let when = in_turn(&app, &boss, &["Volver", "Volver"]).await?;
    assert!(when.has_button("Ahora"), "{when:?}");
    let again = in_turn(&app, &boss, &["Ahora", "Continuar"]).await?;
    assert_eq!(again.text, preview.text);
    press(&boss, "Confirmar").await?;
    boss.until_text("Tarea creada").await?;

    ana.says("/licencia")?;
    let back = ["Hoy", "Hoy", "Salud", "Volver", "Volver", "Volver"];
    let from = in_turn(&app, &ana, &back).await?;
    assert_eq!(from.text, Sentence::LeaveAskFrom.to(Lang::Es));
    ana.says("/cancelar")?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_made_task_waits_while_something_else_is_done() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    app.agent("Ana").await?;
    boss.says("/crear investigacion; Revisar las cámaras")?;
    press(&boss, "Confirmar").await?;
    boss.until_text("Sin personal todavía").await?;
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("Escribe el título").await?;
    boss.says("Una ronda")?;
    boss.until_text("Indica el lugar").await?;
    press(&boss, "Asignar").await?;
    boss.until_text("La tarea nueva quedó a medias").await?;
    let whom = asked(&app, &boss).await?;
    assert!(whom.text.starts_with("Elige quién va a"), "{whom:?}");
    let back = ["Cancelar", "Seguir con la tarea nueva"];
    let place = in_turn(&app, &boss, &back).await?;
    assert!(place.text.starts_with("Indica el lugar"), "{place:?}");
    boss.says("Puerto")?;
    asked(&app, &boss).await?;
    let preview = in_turn(&app, &boss, &["Ahora", "Continuar"]).await?;
    assert!(preview.text.contains("Título: Una ronda\n"), "{preview:?}");
    boss.says("/cancelar")?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_not_known_yet_is_left_out_by_its_button_or_its_word() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let questions = [
        ("Patrullaje", "suele llevar"),
        ("Investigación", "Indica el lugar: "),
    ];
    for (kind, says) in questions {
        boss.says("/crear")?;
        press(&boss, kind).await?;
        asked(&app, &boss).await?;
        boss.says("Una ronda")?;
        let place = asked(&app, &boss).await?;
        assert!(
            place.text.contains(says) && place.has_button("Omitir"),
            "{place:?}"
        );
        boss.says("omitir")?;
        boss.until_button("Ahora").await?;
        boss.says("/cancelar")?;
        app.settled().await?;
    }
    Ok(())
}

/// What the bot sent.
fn sent(person: &Somebody) -> usize {
    let messages = person.messages();
    messages.iter().filter(|one| one.from_bot).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_told_once_with_the_question() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    for said in ["Una ronda", "Puerto"] {
        asked(&app, &boss).await?;
        boss.says(said)?;
    }
    asked(&app, &boss).await?;
    let before = sent(&boss);
    boss.says("xx")?;
    let again = asked(&app, &boss).await?;
    let words = [
        Sentence::CreateErrorTimeUnclear.to(Lang::Es),
        Sentence::CreateAskWhen.to(Lang::Es),
    ];
    assert_eq!(again.text, words.join("\n\n"));
    assert_eq!(sent(&boss), before + 1);
    press(&boss, "Ahora").await?;
    asked(&app, &boss).await?;
    // A place is wanted, not words.
    boss.says("/difusion")?;
    press(&boss, "Cerca de un lugar").await?;
    asked(&app, &boss).await?;
    boss.says("xx")?;
    let again = asked(&app, &boss).await?;
    let words = [
        Sentence::DialogueSharePlace.to(Lang::Es),
        Sentence::BroadcastAskPlace.to(Lang::Es),
    ];
    assert_eq!(again.text, words.join("\n\n"));
    boss.says("/cancelar")?;
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_of_an_earlier_step_says_so_and_the_present_one_is_asked_again() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    boss.says("/crear")?;
    let chat = boss.until_button("Vigilancia").await?;
    let question = chat.last_from_bot().context("a question")?;
    let mut buttons = question.keyboard.iter().flatten();
    let old = buttons.find(|button| button.label.contains("Vigilancia"));
    let data = old.and_then(|button| button.data.clone());
    let data = data.context("what it sends")?;
    press(&boss, "Patrullaje").await?;
    asked(&app, &boss).await?;
    boss.says("Una ronda")?;
    let place = asked(&app, &boss).await?;
    assert!(place.has_button("Omitir"), "{place:?}");

    let gone = Sentence::DialogueButtonGone.to(Lang::Es);
    let tap = boss.presses_data(question.id, &data)?;
    let toast = boss.until_answered(&tap).await?;
    assert_eq!(toast.text.as_deref(), Some(gone.as_str()));
    let again = asked(&app, &boss).await?;
    assert_eq!(again.text, format!("{gone}\n\n{}", place.text));
    assert!(again.has_button("Omitir"), "{again:?}");
    // What it is about has not changed.
    in_turn(&app, &boss, &["Omitir", "Ahora", "Continuar"]).await?;
    press(&boss, "Confirmar").await?;
    boss.until_text("Tarea creada").await?;
    let kind = "SELECT count(*) FROM tasks WHERE code LIKE 'PAT-%'";
    assert_eq!(app.count(kind).await?, 1);
    app.settled().await
}
