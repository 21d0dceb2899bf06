//! Taps that come twice, again, or in another order.

use anyhow::{Context, Result};
use it::{Backend, Somebody, TestApp};

use super::{given_task, id, rows_of_all};

/// Presses the newest button with this label as often as an impatient thumb does, each press delivered again.
async fn hammer(app: &TestApp, person: &Somebody, label: &str) -> Result<()> {
    let chat = person.until_button(label).await?;
    let buttons = chat.messages.iter().rev();
    let mut buttons = buttons.flat_map(|one| one.keyboard.iter().flatten().map(|b| (one.id, b)));
    let (message, button) = buttons
        .find(|(_, button)| button.label.contains(label))
        .context("the button just seen")?;
    let data = button.data.clone().context("it does something")?;
    for _ in 0..3 {
        let tap = person.presses_data(message, &data)?;
        if let Some(update) = tap.update_id {
            app.paper.repeat_update(update, 2);
        }
    }
    app.settled().await
}

#[tokio::test(flavor = "multi_thread")]
async fn impatient_thumbs_create_finish_and_undo_once() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    boss.says("/crear patrullaje; Recorrida; Puerto; ; Ana")?;
    hammer(&app, &boss, "Confirmar").await?;
    assert_eq!(app.count("SELECT count(*) FROM tasks").await?, 1);
    for label in ["Iniciar", "Finalizar", "Sin novedades", "Deshacer"] {
        hammer(&app, &ana, label).await?;
    }
    let steps = app
        .rows("SELECT to_status FROM status_history ORDER BY id")
        .await?;
    let steps: Vec<String> = steps
        .iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect::<Result<_>>()?;
    assert_eq!(steps, ["in_progress", "completed", "in_progress"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn double_taps_and_repeated_updates_change_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let task = given_task(&app, &boss, &[&ana]).await?;
    let chat = ana.until_button("Recibido").await?;
    let card = chat
        .last_from_bot()
        .map(|message| message.id)
        .unwrap_or_default();
    for data in [
        format!("t.ack.{:x}", id(&task)),
        format!("t.run.{:x}", id(&task)),
    ] {
        for _ in 0..4 {
            let tap = ana.presses_data(card, &data)?;
            if let Some(update) = tap.update_id {
                app.paper.repeat_update(update, 3);
            }
        }
    }
    app.settled().await?;
    let once = [
        "SELECT count(*) FROM status_history",
        "SELECT count(*) FROM events WHERE kind = 'task_status_changed'",
        "SELECT count(*) FROM events WHERE kind = 'assignment_acknowledged'",
        "SELECT count(*) FROM audit WHERE action = 'task.status'",
    ];
    for sql in once {
        assert_eq!(app.count(sql).await?, 1, "{sql}");
    }
    Ok(())
}

/// What a day of one task leaves behind, told in words.
async fn outcome(app: &TestApp) -> Result<Vec<String>> {
    let sql = "SELECT status || ' ' || version FROM tasks
        UNION ALL SELECT state || ' ' || agent_id FROM assignments
        UNION ALL SELECT coalesce(text, '') FROM reports ORDER BY 1";
    let rows = app.rows(sql).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_told_again_in_another_order_changes_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    given_task(&app, &boss, &[&ana]).await?;
    let mut told = Vec::new();
    for label in ["Recibido", "En camino", "En el lugar", "Iniciar"] {
        ana.until_button(label).await?;
        told.extend(ana.taps(label)?.update_id);
        app.settled().await?;
    }
    told.extend(ana.says("Corte de calle")?.update_id);
    for label in ["Finalizar", "Sin novedades"] {
        ana.until_button(label).await?;
        told.extend(ana.taps(label)?.update_id);
        app.settled().await?;
    }
    let before = (outcome(&app).await?, rows_of_all(&app).await?);
    assert!(
        before.0.iter().any(|one| one.starts_with("completed")),
        "{before:?}"
    );
    let last_first = told.iter().rev();
    let every_other = told.iter().step_by(2);
    for update in last_first.chain(every_other) {
        assert!(app.paper.repeat_update(*update, 2));
    }
    app.settled().await?;
    assert_eq!((outcome(&app).await?, rows_of_all(&app).await?), before);
    Ok(())
}

/// Whatever comes first counts, and what can no longer be done is refused: never half of both.
#[tokio::test(flavor = "multi_thread")]
async fn taps_that_arrive_in_another_order_leave_a_lawful_history() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let task = given_task(&app, &boss, &[&ana]).await?;
    ana.until_button("Recibido").await?;
    let card = ana.last_message().context("a card")?.id;
    let verbs = ["ack", "run", "run", "ack"];
    app.paper.shuffle_next(verbs.len());
    for verb in verbs {
        ana.presses_data(card, &format!("t.{verb}.{:x}", id(&task)))?;
    }
    app.settled().await?;
    let once = [
        "SELECT count(*) FROM status_history WHERE from_status = 'scheduled' AND to_status = 'in_progress'",
        "SELECT count(*) FROM status_history",
        "SELECT count(*) FROM assignments WHERE state <> 'offered'",
        "SELECT count(*) FROM events WHERE kind = 'task_status_changed'",
    ];
    for sql in once {
        assert_eq!(app.count(sql).await?, 1, "{sql}");
    }
    Ok(())
}
