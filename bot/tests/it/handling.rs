//! Handlers that panic, fail, forget, and updates nobody can read.

use domain::inbox;
use serde_json::json;

use crate::support::{BOT_ID, Rig, until};

#[tokio::test]
async fn a_poison_update_is_buried_after_five_tries_and_its_chat_goes_on() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    ana.says("poison").expect("a message");
    ana.says("next").expect("a message");
    ana.until_text("echo: next")
        .await
        .expect("the chat goes on");
    assert_eq!(rig.times_seen("poison"), 5);
    rig.until_inbox(0, 1).await;
    bot.stop().await;
}

#[tokio::test]
async fn a_panic_hurts_only_its_update() {
    panic_and_go_on(Rig::new().await).await;
}

#[tokio::test]
async fn a_panic_hurts_only_its_update_on_postgres() {
    if let Some(rig) = Rig::postgres().await {
        panic_and_go_on(rig).await;
    }
}

async fn panic_and_go_on(rig: Rig) {
    let bot = rig.start();
    let ana = rig.person(7).await;
    let beto = rig.person(8).await;
    ana.says("panic").expect("a message");
    until("it panicked", async || rig.times_seen("panic") > 0).await;
    beto.says("and I").expect("a message");
    beto.until_text("echo: and I").await.expect("an answer");
    ana.says("still here").expect("a message");
    ana.until_text("echo: still here")
        .await
        .expect("an answer after the burial");
    rig.until_inbox(0, 1).await;
    bot.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_or_is_not_wanted_holds_up_nobody() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    rig.paper
        .push_update(&json!({"message": {"from": {"id": 7}, "nonsense": true}}));
    rig.paper
        .push_update(&json!({"my_chat_member": {"from": {"id": 7}}}));
    ana.says("forgetful").expect("a message");
    ana.says("next").expect("a message");
    ana.until_text("echo: next").await.expect("an answer");
    rig.until_inbox(0, 2).await;
    bot.stop().await;
}

#[tokio::test]
async fn no_more_is_taken_in_hand_than_the_database_can_carry() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let share = rig.store.share(2);
    for id in 1..=20 {
        let person = rig.paper.person(id, "Ana", "es");
        person.says("busy").expect("a message");
    }
    until("its share is at work", async || {
        rig.times_seen("busy") == share
    })
    .await;
    rig.until_inbox(20, 0).await;
    let left = inbox::claim(&rig.store, BOT_ID, 100).await;
    assert_eq!(left.expect("a claim").len(), 20 - share);
    bot.kill().await;
}

#[tokio::test]
async fn a_press_that_no_handler_answers_is_answered_all_the_same() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    rig.tell(7, json!({"text": "well?", "button": "Recibido"}))
        .await;
    ana.until_button("Recibido").await.expect("a button");
    let press = ana.taps("Recibido").expect("a press");
    let toast = ana.until_answered(&press).await.expect("an answer");
    assert_eq!(toast.text, None);
    bot.stop().await;
}
