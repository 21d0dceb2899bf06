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
use it::{
    Backend, Somebody, TestApp,
    process::{self, Process},
    until,
    until::within,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::sync::Semaphore;

use crate::GAD;

const PEOPLE: usize = 10;
/// Tasks each supervisor creates, by two updates each.
const TASKS: usize = 12;
/// Texts each agent sends.
const TEXTS: usize = 26;
const KILLS: usize = 20;
const UPDATES: usize = PEOPLE * (2 * TASKS + TEXTS);
/// What the phones may send more before each kill, so that every one finds work.
const PART: usize = UPDATES / (KILLS + 1);
/// Every so many kills the next server dies while it starts.
const STILLBORN: usize = 4;

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

    let gate = Semaphore::new(PART);
    let work = async {
        let creating = try_join_all(bosses.iter().map(|boss| create_tasks(&app, boss, &gate)));
        let writing = try_join_all(agents.iter().map(|agent| write_texts(agent, &gate)));
        tokio::try_join!(creating, writing)
    };
    let (_, server) = tokio::try_join!(work, cut_power(&app, &gate))?;
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

/// Kills the server after random numbers of updates, and some before they are ready; the last one stays.
async fn cut_power(app: &TestApp, gate: &Semaphore) -> Result<Process> {
    let mut random = StdRng::seed_from_u64(7);
    let before = handled(app).await?;
    for kill in 0..KILLS {
        if kill % STILLBORN == 0 {
            dies_at_the_start(app, random.random_range(5..300)).await?;
        }
        let server = Process::serve(GAD, app.variables()).await?;
        gate.add_permits(PART);
        let moment = before + kill * PART + random.random_range(1..=PART);
        within(PATIENCE, "the moment of a kill", || async {
            Ok((handled(app).await? >= moment).then_some(()))
        })
        .await?;
        server.kill().await?;
        let (done, sendable) = (handled(app).await? - before, (kill + 2) * PART);
        assert!(done < sendable, "kill {kill} met a server without work");
    }
    gate.add_permits(UPDATES);
    Process::serve(GAD, app.variables()).await
}

/// A server that is killed so many milliseconds after it was started.
async fn dies_at_the_start(app: &TestApp, milliseconds: u64) -> Result<()> {
    let mut server = process::command(GAD, &["serve"], app.variables()).spawn()?;
    let moment = Duration::from_millis(milliseconds);
    // Nothing is waited for: the moment is the point.
    let _ = tokio::time::timeout(moment, std::future::pending::<()>()).await;
    Ok(server.kill().await?)
}

/// Updates that were handled to their end.
async fn handled(app: &TestApp) -> Result<usize> {
    let sql = "SELECT count(*) FROM inbox WHERE status = 'done'";
    Ok(app.count(sql).await?.try_into()?)
}

async fn create_tasks(app: &TestApp, boss: &Somebody, gate: &Semaphore) -> Result<()> {
    for n in 0..TASKS {
        let title = format!("Corte {n} de {}", boss.name);
        gate.acquire().await?.forget();
        boss.says(&format!("/crear patrullaje; {title}; Puerto"))?;
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
        gate.acquire().await?.forget();
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

/// As fast as the phone may.
async fn write_texts(agent: &Somebody, gate: &Semaphore) -> Result<()> {
    for n in 0..TEXTS {
        gate.acquire().await?.forget();
        agent.says(&format!("Texto {n} de {}", agent.name))?;
        tokio::task::yield_now().await;
    }
    Ok(())
}
