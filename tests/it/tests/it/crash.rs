//! Processes that die at any moment: whatever was said arrives once, whatever was made is there once. A machine that
//! loses its power is another matter (docs/operations.md).

use std::time::Duration;

use anyhow::{Context, Result};
use domain::{
    actor::Channel,
    assignment::Crew,
    task::{create, life},
};
use futures::future::try_join_all;
use it::{Backend, Somebody, TestApp, process::Process, until};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::GAD;

const PEOPLE: usize = 10;
/// Tasks each supervisor creates, by two updates each.
const TASKS: usize = 12;
/// Texts each agent sends.
const TEXTS: usize = 26;
const KILLS: usize = 20;

/// Long enough for many restarts.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_during_five_hundred_updates_lose_and_double_nothing() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let bosses = try_join_all((0..PEOPLE).map(|n| async_name(&app, 2, n))).await?;
    let agents = try_join_all((0..PEOPLE).map(|n| async_name(&app, 1, n))).await?;
    for agent in &agents {
        give_work(&app, agent).await?;
    }
    app.settled().await?;
    app.halt().await?;

    let work = async {
        let creating = try_join_all(bosses.iter().map(|boss| create_tasks(&app, boss)));
        let writing = try_join_all(agents.iter().map(write_texts));
        tokio::try_join!(creating, writing)
    };
    let (worked, server) = tokio::join!(work, cut_power(&app));
    worked?;
    let server = server?;
    app.settled().await?;

    let made = app
        .count("SELECT count(*) FROM tasks WHERE title LIKE 'Corte %'")
        .await?;
    let titles = app
        .count("SELECT count(DISTINCT title) FROM tasks WHERE title LIKE 'Corte %'")
        .await?;
    assert_eq!(
        (made, titles),
        ((PEOPLE * TASKS) as i64, (PEOPLE * TASKS) as i64),
        "tasks"
    );
    let written = app.count("SELECT count(*) FROM reports").await?;
    let texts = app
        .count("SELECT count(DISTINCT text) FROM reports")
        .await?;
    assert_eq!(
        (written, texts),
        ((PEOPLE * TEXTS) as i64, (PEOPLE * TEXTS) as i64),
        "reports"
    );
    assert_eq!(
        app.count("SELECT count(*) FROM inbox WHERE status <> 'done'")
            .await?,
        0
    );
    server.signal("TERM").await?;
    assert_eq!(server.ended(Duration::from_secs(20)).await?, Some(0));
    Ok(())
}

async fn async_name(app: &TestApp, level: i16, n: usize) -> Result<Somebody> {
    app.recruit(it::Recruit::of_level(
        level,
        &format!("Nivel {level} persona {n}"),
    ))
    .await
}

/// A task in progress, so that what the agent writes belongs to it.
async fn give_work(app: &TestApp, agent: &Somebody) -> Result<()> {
    let (system, lead) = (TestApp::system(), app.actor(agent, Channel::Bot).await?);
    let crew = Crew {
        agent_ids: vec![agent.agent_id],
        ..Crew::default()
    };
    let new = create::NewTask {
        title: "Recorrida".into(),
        kind: "patrullaje".into(),
        crew,
        ..Default::default()
    };
    let store = app.store();
    let started = store.write(move |tx| {
        Box::pin(async move {
            let task = create::create(tx, &system, new).await?;
            life::start(tx, &lead, task.id, life::Step::default()).await
        })
    });
    started.await?;
    Ok(())
}

/// Kills the server at random moments; the last one stays.
async fn cut_power(app: &TestApp) -> Result<Process> {
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..KILLS {
        let server = Process::serve(GAD, app.variables()).await?;
        let moment = Duration::from_millis(random.random_range(20..600));
        // Nothing is waited for: the moment is the point.
        let _ = tokio::time::timeout(moment, std::future::pending::<()>()).await;
        server.kill().await?;
    }
    Process::serve(GAD, app.variables()).await
}

async fn create_tasks(app: &TestApp, boss: &Somebody) -> Result<()> {
    for n in 0..TASKS {
        let title = format!("Corte {n} de {}", boss.name);
        boss.says(&format!("/crear patrullaje; {title}"))?;
        let preview = |chat: &telegram::ChatView| {
            let asks = |message: &&telegram::Seen| {
                message.has_button("Confirmar") && message.text.contains(&title)
            };
            chat.messages
                .iter()
                .rev()
                .find(asks)
                .map(|message| message.id)
        };
        let chat = boss.until(|chat| preview(chat).is_some(), PATIENCE).await?;
        boss.taps_on(
            preview(&chat).context("the preview just seen")?,
            "Confirmar",
        )?;
        let made = format!("SELECT count(*) FROM tasks WHERE title = '{title}'");
        let exists = async {
            loop {
                if let Ok(()) = until("the task", || async {
                    Ok((app.count(&made).await? > 0).then_some(()))
                })
                .await
                {
                    return;
                }
            }
        };
        patience::within(PATIENCE, exists)
            .await
            .with_context(|| format!("{title} is not created"))?;
    }
    Ok(())
}

/// As fast as the phone can.
async fn write_texts(agent: &Somebody) -> Result<()> {
    for n in 0..TEXTS {
        agent.says(&format!("Texto {n} de {}", agent.name))?;
        tokio::task::yield_now().await;
    }
    Ok(())
}
