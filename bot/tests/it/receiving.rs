//! Updates that come twice, late, in another order, or while the database is away.

use std::time::Duration;

use bot::health::State;
use serde_json::{Value, json};
use telegram::{Fault, FaultKind};

use crate::support::{Rig, until};

/// How long Telegram may take for a call.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn updates_that_come_twice_and_out_of_order_are_each_handled_once() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    rig.paper.shuffle_next(6);
    let mut ids = Vec::new();
    for number in 0..6 {
        let done = ana.says(&format!("say {number}")).expect("a message");
        ids.extend(done.update_id);
    }
    rig.paper.release_updates();
    for number in 0..6 {
        ana.until_text(&format!("echo: say {number}"))
            .await
            .expect("an answer to each");
    }
    for id in ids {
        assert!(rig.paper.repeat_update(id, 2));
    }
    ana.says("last").expect("a message");
    ana.until_text("echo: last").await.expect("an answer");
    until("repeated updates are confirmed", async || {
        rig.paper.pending_updates() == 0
    })
    .await;
    rig.until_inbox(0, 0).await;
    for number in 0..6 {
        assert_eq!(rig.times_seen(&format!("say {number}")), 1);
    }
    bot.stop().await;
}

#[tokio::test]
async fn ids_that_start_again_lower_are_believed() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    rig.paper.next_update_id(5);
    ana.says("after the holidays").expect("a message");
    ana.until_text("echo: after the holidays")
        .await
        .expect("an answer");
    bot.stop().await;
}

#[tokio::test]
async fn an_update_that_could_not_be_kept_is_not_confirmed() {
    let mut rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    until("all is confirmed", async || {
        rig.paper.pending_updates() == 0
    })
    .await;
    rig.store
        .writer()
        .clone()
        .close()
        .await
        .expect("the database goes away");
    ana.says("do not lose me").expect("a message");
    let asked = rig.paper.calls_of("getUpdates").len();
    until("the update was handed out", async || {
        let calls = rig.paper.calls_of("getUpdates");
        calls.len() > asked || calls.last().is_some_and(telegram::Call::is_ok)
    })
    .await;
    assert_eq!(rig.paper.pending_updates(), 1);
    bot.kill().await;

    rig.reopen().await;
    let bot = rig.start();
    ana.until_text("echo: do not lose me")
        .await
        .expect("it comes after all");
    assert_eq!(rig.times_seen("do not lose me"), 1);
    bot.stop().await;
}

#[tokio::test]
async fn what_was_in_work_when_the_process_died_is_done_by_the_next() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    for number in 0..8 {
        ana.says(&format!("say {number}")).expect("a message");
    }
    until("it has begun", async || rig.times_seen("say 1") > 0).await;
    bot.kill().await;
    let bot = rig.start();
    rig.until_inbox(0, 0).await;
    ana.until_text("echo: say 7").await.expect("the last one");
    bot.stop().await;
}

#[tokio::test]
async fn a_refused_token_shows_in_the_health() {
    let rig = Rig::new().await;
    rig.paper
        .fault(Fault::new(FaultKind::Unauthorized).on("getUpdates"));
    let bot = rig.start();
    until("the token is refused", async || {
        bot.health.state() == State::Error
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn trouble_at_telegram_passes() {
    let rig = Rig::new().await;
    for kind in [FaultKind::BadGateway, FaultKind::Reset] {
        rig.paper.fault(Fault::new(kind).on("getUpdates").times(1));
    }
    let bot = rig.start();
    rig.person(7).await;
    assert_eq!(bot.health.state(), State::Ok);
    let asked = rig.paper.calls_of("getUpdates");
    let kinds = json!([
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "inline_query"
    ]);
    assert!(
        asked
            .iter()
            .all(|call| call.params["allowed_updates"] == kinds),
        "{asked:?}"
    );
    bot.stop().await;
}

/// Nothing is written meanwhile, and a long request is answered only after longer than this test waits.
#[tokio::test]
async fn a_webhook_that_is_removed_is_no_trouble_any_more() {
    let rig = Rig::new().await;
    let call = async |method: &str, body: Value| {
        let done = rig.client().ask::<bool>(method, &body, PATIENCE).await;
        assert!(done.expect("Telegram answers"), "{method}");
    };
    call(
        "setWebhook",
        json!({ "url": "http://127.0.0.1:9/telegram" }),
    )
    .await;
    let bot = rig.start();
    until("a webhook takes the updates", async || {
        bot.health.state() == State::Error
    })
    .await;
    call("deleteWebhook", json!({})).await;
    until("updates come again", async || {
        bot.health.state() == State::Ok
    })
    .await;
    bot.stop().await;
}
