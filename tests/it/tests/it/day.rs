//! The shortest day: somebody enrols, gets a task, acknowledges it, works, reports and finishes.

use anyhow::Result;
use domain::{
    actor::Channel,
    assignment::Crew,
    task::{Status, create},
};
use it::{Backend, TestApp, until};
use rstest::rstest;

#[rstest]
#[case::sqlite_polling(TestApp::on(Backend::Sqlite))]
#[case::sqlite_webhook(TestApp::on(Backend::Sqlite).webhook())]
#[case::postgres_polling(TestApp::on(Backend::Postgres))]
#[case::postgres_webhook(TestApp::on(Backend::Postgres).webhook())]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_goes_from_the_board_to_the_phone_and_back(#[case] wish: it::Wish) -> Result<()> {
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let actor = app.actor(&boss, Channel::Api).await?;
    let unit_id = actor.unit_ids.first().copied();
    let crew = Crew {
        agent_ids: vec![ana.agent_id],
        ..Crew::default()
    };
    let new = create::NewTask {
        title: "Recorrida".into(),
        kind: "patrullaje".into(),
        unit_id,
        crew,
        ..Default::default()
    };
    let task = app
        .store()
        .write(move |tx| Box::pin(async move { create::create(tx, &actor, new).await }))
        .await?;

    ana.until_text(&task.code).await?;
    for button in ["Recibido", "Iniciar"] {
        ana.until_button(button).await?;
        let tap = ana.taps(button)?;
        ana.until_answered(&tap).await?;
    }
    ana.says("Todo tranquilo en la plaza")?;
    app.settled().await?;
    ana.taps("Finalizar")?;
    ana.until_button("Sin novedades").await?;
    ana.taps("Sin novedades")?;

    let done = until("the completion", || async {
        let task = domain::task::load::find(&app.store(), &TestApp::system(), task.id).await?;
        Ok((task.status == Status::Completed).then_some(task))
    });
    done.await?;
    let reports = app
        .count("SELECT count(*) FROM reports WHERE text = 'Todo tranquilo en la plaza'")
        .await?;
    assert_eq!(reports, 1);
    Ok(())
}
