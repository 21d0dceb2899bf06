//! Boards at any instance see everything, once and in one order.

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use it::{Backend, Board, Http, TestApp};
use serde_json::{Value, json};

use super::three;

const TASKS: usize = 8;

async fn create(http: &Http, title: &str) -> Result<()> {
    let new = json!({ "title": title, "kind": "patrullaje" });
    http.post("/api/v1/tasks", &new)
        .await?
        .expect(201)
        .map(drop)
}

async fn next_creation(board: &mut Board) -> Result<(i64, i64)> {
    let event = board.until("task_created").await?;
    let number = |value: &Value| value.as_i64().context("a number");
    Ok((number(&event["seq"])?, number(&event["data"]["id"])?))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_board_sees_what_happens_anywhere_in_the_same_order() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let marta = three.app.supervisor("Marta").await?;
    let here = three.app.http(&marta).await?;
    let everywhere: Vec<Http> = three.bases().iter().map(|base| here.at(base)).collect();
    let mut boards: Vec<Board> = stream::iter(&everywhere)
        .then(Board::open)
        .try_collect()
        .await?;

    stream::iter(everywhere.iter().cycle().take(TASKS * 3).enumerate())
        .map(|(number, http)| async move { create(http, &format!("Tarea {number}")).await })
        .buffer_unordered(6)
        .try_collect::<()>()
        .await?;
    let mut told = Vec::new();
    for board in &mut boards {
        let mut heard = Vec::new();
        for _ in 0..TASKS * 3 {
            heard.push(next_creation(board).await?);
        }
        assert!(heard.is_sorted_by(|one, next| one.0 < next.0), "{heard:?}");
        told.push(heard);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_one_opens_one_socket_at_another() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let marta = three.app.supervisor("Marta").await?;
    let ticket = three
        .app
        .http(&marta)
        .await?
        .post("/ws/ticket", &json!({}))
        .await?;
    let ticket = ticket.expect(200)?["ticket"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut board = Board::with_ticket(&three.mates[0].base(), &ticket).await?;
    board.subscribe(&["tasks"], None).await?;
    let second = Board::with_ticket(&three.mates[1].base(), &ticket).await;
    ensure!(second.is_err(), "a ticket is good for one socket");
    Ok(())
}

/// The other instance hears no bell and looks at the log only now and then: the client is ahead of it.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_to_a_slower_instance_misses_nothing_and_need_not_start_anew() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Postgres).start().await? else {
        return Ok(());
    };
    let slow = app
        .another(&[("REDIS_URL", "redis://127.0.0.1:1/0")])
        .await?;
    let marta = app.supervisor("Marta").await?;
    let here = app.http(&marta).await?;
    let there = here.at(&slow.base());
    let mut board = app.board(&marta).await?;
    for round in 0..4 {
        let mut moved = Board::connect(&there).await?;
        let epoch = moved.ack["epoch"].as_str().context("an epoch")?.to_owned();
        create(&here, &format!("Antes {round}")).await?;
        let (seen, _) = next_creation(&mut board).await?;
        moved.subscribe(&["tasks"], Some((&epoch, seen))).await?;
        create(&here, &format!("Después {round}")).await?;
        let after = next_creation(&mut board).await?;
        assert_eq!(next_creation(&mut moved).await?, after);
        let anew = moved
            .seen()
            .iter()
            .any(|event| event["event_type"] == "resync");
        ensure!(!anew, "{:?}", moved.seen());
    }
    Ok(())
}
