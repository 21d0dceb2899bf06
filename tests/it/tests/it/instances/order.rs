//! Updates that come to any instance, in any number.

use std::time::Duration;

use anyhow::Result;
use domain::{
    actor::Channel,
    assignment::Crew,
    task::{create, life},
};
use it::{Somebody, TestApp};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{Courier, bring, by_courier, three};

const SEED: u64 = 20_260_302;
const TEXTS: usize = 8;

/// All this in one process on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_often_and_everywhere_is_done_once_and_in_its_order() -> Result<()> {
    let Some(three) = three(by_courier()).await? else {
        return Ok(());
    };
    let courier = Courier::of(&three);
    let mut people = Vec::new();
    for name in ["Ana", "Beto", "Carla"] {
        let agent = three.app.agent(name).await?;
        give_work(&three.app, &agent).await?;
        people.push(agent);
    }
    three.app.settled().await?;
    drop(courier);

    let before = three.app.paper.updates().len();
    for number in 0..TEXTS {
        for agent in &people {
            agent.says(&format!("{number:03} de {}", agent.name))?;
        }
    }
    let updates = three.app.paper.updates().split_off(before);
    assert_eq!(updates.len(), TEXTS * people.len());
    let bases = three.bases();
    bring_often(&bases, &updates).await?;
    three.app.settled_within(PATIENCE).await?;

    for agent in &people {
        let sql = format!(
            "SELECT text FROM reports WHERE text LIKE '% de {}' ORDER BY id",
            agent.name
        );
        let mut texts = Vec::new();
        for row in three.app.rows(&sql).await? {
            texts.push(row.try_get_by_index::<String>(0)?);
        }
        let expected: Vec<_> = (0..TEXTS)
            .map(|number| format!("{number:03} de {}", agent.name))
            .collect();
        assert_eq!(texts, expected);
    }
    Ok(())
}

/// Each update to an instance by lot, the next one after it was accepted, as Telegram does for a person; beside them
/// copies of those before, mixed up, many at once.
async fn bring_often(bases: &[String; 3], updates: &[Value]) -> Result<()> {
    let mut lot = StdRng::seed_from_u64(SEED);
    let mut copies = JoinSet::new();
    for (number, update) in updates.iter().enumerate() {
        bring(&bases[lot.random_range(0..3)], update).await?;
        for _ in 0..lot.random_range(0..5) {
            let (base, earlier) = (lot.random_range(0..3), lot.random_range(0..=number));
            let (base, copy) = (bases[base].clone(), updates[earlier].clone());
            copies.spawn(async move { bring(&base, &copy).await });
        }
    }
    while let Some(brought) = copies.join_next().await {
        brought??;
    }
    Ok(())
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
