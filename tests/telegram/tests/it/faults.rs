//! Faults on demand, as a bot meets them.

use std::time::{Duration, Instant};

use serde_json::json;
use telegram::{Fault, FaultKind};

use crate::{
    Outcome,
    client::{ANA, Scene, scene},
};

fn hello() -> serde_json::Value {
    json!({"chat_id": ANA, "text": "hola"})
}

#[tokio::test]
async fn refusals_come_as_often_as_told() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    paper.fault(
        Fault::new(FaultKind::TooManyRequests(7))
            .on("sendMessage")
            .times(1),
    );
    paper.fault(
        Fault::new(FaultKind::ServerError)
            .on("sendMessage")
            .times(1),
    );
    paper.fault(
        Fault::new(FaultKind::Unauthorized)
            .on("sendMessage")
            .times(1),
    );
    paper.fault(
        Fault::new(FaultKind::BadRequest("no".to_owned()))
            .on("sendMessage")
            .in_chat(5),
    );
    let codes: Vec<u64> = [
        bot.refused("sendMessage", hello()).await?.0,
        bot.refused("sendMessage", hello()).await?.0,
        bot.refused("sendMessage", hello()).await?.0,
    ]
    .into();
    assert_eq!(codes, [429, 500, 401]);
    bot.ok("sendMessage", hello()).await?;
    assert_eq!(ana.messages().len(), 2);
    let logged: Vec<u16> = paper
        .calls_of("sendMessage")
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(logged, [429, 500, 401, 200]);
    Ok(())
}

#[tokio::test]
async fn a_gateway_answers_with_a_page() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    paper.fault(Fault::new(FaultKind::BadGateway).times(1));
    let error = bot
        .call("getMe", json!({}))
        .await
        .err()
        .ok_or("a page is no JSON")?;
    assert!(error.is_decode());
    bot.ok("getMe", json!({})).await?;
    Ok(())
}

#[tokio::test]
async fn a_cut_connection_leaves_the_work_undone_or_done() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    paper.fault(Fault::new(FaultKind::Reset).on("sendMessage").times(1));
    assert!(bot.call("sendMessage", hello()).await.is_err());
    assert_eq!(ana.messages().len(), 1);
    paper.fault(Fault::new(FaultKind::AnswerLost).on("sendMessage").times(1));
    assert!(bot.call("sendMessage", hello()).await.is_err());
    assert_eq!(ana.messages().len(), 2);
    assert_eq!(
        paper.calls_of("sendMessage").last().map(|call| call.status),
        Some(0)
    );
    Ok(())
}

#[tokio::test]
async fn a_slow_answer_comes_and_a_hanging_one_does_not() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    let start = Instant::now();
    paper.fault(Fault::new(FaultKind::Slow(Duration::from_millis(80))).times(1));
    bot.ok("getMe", json!({})).await?;
    assert!(start.elapsed() >= Duration::from_millis(80));
    paper.fault(Fault::new(FaultKind::Hang(Duration::from_millis(80))).times(1));
    assert!(bot.call("getMe", json!({})).await.is_err());
    paper.fault(Fault::new(FaultKind::Reset));
    paper.clear_faults();
    bot.ok("getMe", json!({})).await?;
    Ok(())
}

#[tokio::test]
async fn a_held_answer_comes_late_for_a_call_that_is_done_at_once() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    let held = Duration::from_secs(30);
    paper.fault(
        Fault::new(FaultKind::AnswerHeld(held))
            .on("sendMessage")
            .times(1),
    );
    let seen = ana.until(|chat| chat.messages.len() == 2, held / 2);
    tokio::select! {
        seen = seen => drop(seen?),
        answer = bot.call("sendMessage", hello()) => return Err(format!("answered: {answer:?}").into()),
    }
    Ok(())
}
