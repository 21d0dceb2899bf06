//! Updates by long polling: order, confirmation, conflicts, repeats.

use std::time::Duration;

use patience::Stopwatch;
use serde_json::json;

use crate::{
    Outcome,
    client::{Scene, ids, scene},
};

#[tokio::test]
async fn a_waiting_poll_is_woken_by_the_update() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let start = Stopwatch::start();
    let poller = bot.clone();
    let poll = tokio::spawn(async move { poller.call("getUpdates", json!({"timeout": 8})).await });
    tokio::task::yield_now().await;
    ana.says("ahora")?;
    let body = poll.await??;
    assert_eq!(body["result"][0]["message"]["text"], "ahora");
    assert!(start.elapsed() < Duration::from_secs(5));
    Ok(())
}

#[tokio::test]
async fn updates_come_again_until_the_offset_confirms_them() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    for text in ["uno", "dos", "tres"] {
        ana.says(text)?;
    }
    let first = ids(&bot.updates(0).await?);
    assert_eq!(ids(&bot.updates(0).await?), first);
    assert_eq!(ids(&bot.updates(first[1]).await?), first[1..]);
    assert_eq!(ids(&bot.updates(0).await?), first[1..]);
    let limited = bot.ok("getUpdates", json!({"limit": 1})).await?;
    assert_eq!(limited.as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn the_second_poller_ends_the_first() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    let before = paper.calls().len();
    let poller = bot.clone();
    let first = tokio::spawn(async move { poller.call("getUpdates", json!({"timeout": 8})).await });
    paper
        .until_calls(|calls| calls.len() > before, Duration::from_secs(5))
        .await?;
    let second = bot.clone();
    let second =
        tokio::spawn(async move { second.call("getUpdates", json!({"timeout": 1})).await });
    let body = first.await??;
    assert_eq!(body["error_code"], 409);
    assert_eq!(
        body["description"],
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    assert_eq!(second.await??["ok"], true);
    Ok(())
}

#[tokio::test]
async fn unwanted_kinds_stay_away() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    bot.ok("getUpdates", json!({"allowed_updates": ["callback_query"]}))
        .await?;
    assert_eq!(ana.says("hola")?.update_id, None);
    assert!(ana.presses_data(1, "x")?.update_id.is_some());
    assert_eq!(bot.updates(0).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_test_bends_repeats_order_and_ids() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    let id = ana.says("uno")?.update_id.ok_or("no update")?;
    bot.updates(id + 1).await?;
    assert!(paper.repeat_update(id, 2));
    assert_eq!(ids(&bot.updates(0).await?), [id, id]);
    paper.next_update_id(77);
    assert_eq!(ana.says("dos")?.update_id, Some(77));
    bot.updates(78).await?;
    paper.shuffle_next(4);
    for text in ["a", "b", "c", "d"] {
        ana.says(text)?;
    }
    let got = bot.updates(0).await?;
    let texts: Vec<&str> = got
        .iter()
        .filter_map(|update| update["message"]["text"].as_str())
        .collect();
    assert_ne!(texts, ["a", "b", "c", "d"]);
    assert!(texts.len() == 4 && ids(&got).is_sorted());
    let forged = paper.push_update(&json!({"message": {"message_id": 1, "text": "forged"}}));
    assert!(forged.is_some());
    Ok(())
}
