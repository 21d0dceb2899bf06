//! What instances share for seconds: figures that many ask for at once, and who is at a board.

use std::time::Duration;

use anyhow::{Context, Result};
use it::{Backend, Board, Http, TestApp, until, until::within};
use patience::Stopwatch;
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::Value;

use super::{Fault, SLOWEST, create, pair};

const OVERVIEW: &str = "/api/v1/stats/overview";

/// Longer than an instance is believed that says nothing any more.
const SILENCE: Duration = Duration::from_secs(60);

/// Puts nonsense in the place of every answer; how many there were.
const SPOIL: &str = r#"EVAL "local all = redis.call('KEYS', 'gad:*:answer:*') for _, key in ipairs(all) do redis.call('SET', key, 'nonsense {') end return #all" 0"#;

async fn overview(http: &Http) -> Result<Value> {
    let asked = Stopwatch::start();
    let answer = http.get(OVERVIEW).await?.expect(200)?;
    assert!(asked.elapsed() < SLOWEST, "{:?}", asked.elapsed());
    Ok(answer)
}

async fn scheduled(http: &Http) -> Result<Value> {
    Ok(overview(http).await?["tasks"]["scheduled"].clone())
}

/// Waits until this person is told that so many supervisors are at a board.
async fn until_online(http: &Http, count: usize) -> Result<()> {
    within(SILENCE, &format!("{count} at a board"), || async {
        let online = overview(http).await?["supervisors_online"].clone();
        Ok((online == count).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_made_once_for_all_instances_and_never_miss_what_happened() -> Result<()> {
    let Some(mut pair) = pair(&[]).await? else {
        return Ok(());
    };
    let boss = pair.app.supervisor("Marta").await?;
    let ana = pair.app.agent("Ana").await?;
    let here = pair.app.http(&boss).await?;
    let there = here.at(&pair.mate.base());

    // They carry the moment at which they were made. Two seconds may end between two questions.
    until("one answer of both instances", || async {
        let (one, other) = (overview(&here).await?, overview(&there).await?);
        Ok((one == other).then_some(()))
    })
    .await?;
    for round in 1..=3 {
        create(&here, &format!("Tarea {round}")).await?;
        assert_eq!(
            scheduled(&there).await?,
            round,
            "what happened is told at once"
        );
        assert_eq!(scheduled(&here).await?, round);
    }
    let hers = pair.mate.http(&ana).await?;
    assert_eq!(scheduled(&hers).await?, 0, "another scope, another answer");

    pair.redis.says("FLUSHALL").await?;
    assert_eq!(scheduled(&there).await?, 3);
    pair.redis.kill().await?;
    create(&here, "Sin Redis").await?;
    assert_eq!(scheduled(&there).await?, 4);
    assert_eq!(scheduled(&here).await?, 4);
    Ok(())
}

/// Nothing else is asked of it in a request, as where requests are counted: the figures are the first to wait in vain.
#[rstest]
#[case::killed(Fault::Killed)]
#[case::held(Fault::Held)]
#[case::cut_off(Fault::CutOff)]
#[tokio::test(flavor = "multi_thread")]
async fn figures_wait_for_no_redis_that_is_away(#[case] fault: Fault) -> Result<()> {
    let Some(mut pair) = pair(&[("GAD_LIMITS__ENABLED", "false")]).await? else {
        return Ok(());
    };
    let boss = pair.app.supervisor("Marta").await?;
    let here = pair.app.http(&boss).await?;
    let there = here.at(&pair.mate.base());
    assert_eq!(scheduled(&here).await?, 0);
    pair.lose(fault).await?;
    for round in 1..=3 {
        create(&here, &format!("Tarea {round}")).await?;
        assert_eq!(scheduled(&there).await?, round);
        assert_eq!(scheduled(&here).await?, round);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_strangers_are_not_told_as_figures() -> Result<()> {
    let Some(pair) = pair(&[]).await? else {
        return Ok(());
    };
    let boss = pair.app.supervisor("Marta").await?;
    let here = pair.app.http(&boss).await?;
    let there = here.at(&pair.mate.base());
    let mut spoilt = false;
    for round in 1..=3 {
        create(&here, &format!("Tarea {round}")).await?;
        overview(&here).await?;
        spoilt |= pair.redis.says(SPOIL).await? != ":0";
        assert_eq!(scheduled(&there).await?, round);
    }
    assert!(spoilt, "there was nothing to spoil");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_at_a_board_anywhere_counts_once_everywhere() -> Result<()> {
    let Some(mut pair) = pair(&[]).await? else {
        return Ok(());
    };
    let (marta, ines) = (
        pair.app.supervisor("Marta").await?,
        pair.app.supervisor("Ines").await?,
    );
    let ana = pair.app.agent("Ana").await?;
    let here = pair.app.http(&marta).await?;
    let there = here.at(&pair.mate.base());
    until_online(&here, 0).await?;
    let _martas = (
        pair.app.board(&marta).await?,
        pair.mate.board(&marta).await?,
    );
    let ines_there = pair.mate.board(&ines).await?;
    let _anas = pair.mate.board(&ana).await?;
    until_online(&here, 2).await?;
    until_online(&there, 2).await?;
    let hers = overview(&pair.app.http(&ana).await?).await?;
    assert_eq!(
        hers["supervisors_online"],
        Value::Null,
        "not an agent's business"
    );
    until("the figure", || async {
        let figures = here.get("/metrics").await?.text;
        let told = figures
            .lines()
            .any(|line| line == "gad_supervisors_online 2");
        Ok(told.then_some(()))
    })
    .await?;

    pair.redis.says("FLUSHALL").await?;
    until_online(&here, 2).await?;
    drop(ines_there);
    until_online(&here, 1).await?;

    let _ines_again = pair.mate.board(&ines).await?;
    until_online(&here, 2).await?;
    pair.redis.kill().await?;
    until_online(&here, 1).await?;
    until_online(&there, 2).await?;
    pair.redis.run().await?;
    until_online(&here, 2).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_an_instance_counts_its_own() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let marta = app.supervisor("Marta").await?;
    let http = app.http(&marta).await?;
    until_online(&http, 0).await?;
    let first = Board::open(&http).await?;
    let _second = Board::open(&http).await?;
    until_online(&http, 1).await?;
    drop(first);
    create(&http, "Una").await?;
    let seen = overview(&http).await?;
    assert_eq!(seen["supervisors_online"], 1);
    assert_eq!(seen["tasks"]["scheduled"], 1);
    let answer = http.get(OVERVIEW).await?;
    assert_eq!(answer.status, StatusCode::OK);
    let kind = answer.headers.get("content-type").context("a type")?;
    assert_eq!(kind, "application/json");
    Ok(())
}
