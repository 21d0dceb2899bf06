//! Messages on their way out: limits, refusals, edits, crashes.

use std::time::Duration;

use bot::Receive;
use serde_json::json;
use telegram::{Call, Fault, FaultKind, Rates};

use crate::support::{Rig, until};

#[tokio::test]
async fn a_429_makes_one_chat_wait_and_no_other() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let (ana, beto) = (rig.person(7).await, rig.person(8).await);
    let busy = FaultKind::TooManyRequests(2);
    rig.paper
        .fault(Fault::new(busy).on("sendMessage").in_chat(7).times(1));
    rig.tell(7, json!({"text": "for Ana"})).await;
    rig.tell(8, json!({"text": "for Beto"})).await;
    beto.until_text("for Beto").await.expect("no wait");
    assert!(
        ana.messages()
            .iter()
            .all(|message| message.text != "for Ana")
    );
    ana.until_text("for Ana").await.expect("after the wait");
    let calls = rig.paper.calls_of("sendMessage");
    let to_ana: Vec<_> = calls
        .iter()
        .filter(|call| call.text() == Some("for Ana"))
        .collect();
    assert_eq!(to_ana.len(), 2);
    let waited = to_ana[1].instant.duration_since(to_ana[0].instant);
    assert!(waited >= Duration::from_secs(2), "{waited:?}");
    bot.stop().await;
}

#[tokio::test]
async fn whoever_blocked_the_bot_is_not_tried_again() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    ana.blocks_bot().expect("anybody may");
    let before = rig.paper.calls_of("sendMessage").len();
    rig.tell(7, json!({"text": "anybody there?"})).await;
    rig.until_all_settled().await;
    assert_eq!(rig.paper.calls_of("sendMessage").len(), before + 1);
    bot.stop().await;
}

#[tokio::test]
async fn a_card_is_edited_in_place_and_only_when_it_changes() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    let card = |text: &str, ring: bool| json!({"text": text, "task": 1, "button": "Iniciar", "ring": ring});
    rig.tell(7, card("PAT-1 planned", false)).await;
    let first = ana.until_text("PAT-1 planned").await.expect("the card");
    rig.tell(7, card("PAT-1 planned", false)).await;
    rig.tell(7, card("PAT-1 started", false)).await;
    let second = ana.until_text("PAT-1 started").await.expect("an edit");
    assert_eq!(second.id, first.id);
    rig.until_all_settled().await;
    assert_eq!(rig.paper.calls_of("editMessageText").len(), 1);

    rig.tell(7, card("PAT-1 started", true)).await;
    until("a new message has taken over", async || {
        let messages = ana.messages();
        let old = messages.iter().find(|message| message.id == first.id);
        let new = messages
            .last()
            .is_some_and(|last| last.id != first.id && !last.keyboard.is_empty());
        new && old.is_some_and(|old| old.keyboard.is_empty())
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_card_that_cannot_be_edited_is_sent_anew() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    rig.tell(7, json!({"text": "one", "task": 1})).await;
    let first = ana.until_text("one").await.expect("the card");
    let gone = FaultKind::BadRequest("message to edit not found".into());
    rig.paper.fault(Fault::new(gone).on("editMessageText"));
    rig.tell(7, json!({"text": "two", "task": 1})).await;
    let second = ana.until_text("two").await.expect("a new card");
    assert_ne!(second.id, first.id);
    bot.stop().await;
}

#[tokio::test]
async fn a_sender_that_dies_between_sending_and_noting_it_loses_nothing() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    let hang = FaultKind::Hang(Duration::from_secs(60));
    rig.paper.fault(Fault::new(hang).on("sendMessage"));
    rig.tell(7, json!({"text": "do not lose me"})).await;
    rig.paper
        .until_calls(
            |calls| {
                calls
                    .iter()
                    .any(|call| call.text() == Some("do not lose me"))
            },
            Duration::from_secs(10),
        )
        .await
        .expect("a call");
    bot.kill().await;
    rig.paper.clear_faults();
    let bot = rig.start();
    ana.until_text("do not lose me")
        .await
        .expect("it comes after all");
    rig.until_all_settled().await;
    bot.stop().await;
}

#[tokio::test]
async fn trouble_at_telegram_delays_but_loses_nothing() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    for kind in [
        FaultKind::ServerError,
        FaultKind::BadGateway,
        FaultKind::Reset,
    ] {
        rig.paper.fault(Fault::new(kind).on("sendMessage").times(1));
    }
    rig.tell(7, json!({"text": "first"})).await;
    rig.tell(7, json!({"text": "second"})).await;
    ana.until_text("second").await.expect("both come");
    let texts: Vec<_> = ana
        .messages()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts[texts.len() - 2..], ["first", "second"]);
    bot.stop().await;
}

#[tokio::test]
async fn while_telegram_is_away_a_few_messages_find_out_whether_it_is_back() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let mut people = Vec::new();
    for id in 100..120 {
        people.push(rig.person(id).await);
    }
    rig.until_all_settled().await;
    let in_vain = |calls: &[Call]| calls.iter().filter(|call| call.status == 500).count();
    let tries = async |least: usize| {
        let tried = rig
            .paper
            .until_calls(|calls| in_vain(calls) >= least, Duration::from_secs(10));
        tried.await.expect("it is tried");
    };
    rig.paper
        .fault(Fault::new(FaultKind::ServerError).on("sendMessage"));
    for id in 100..103 {
        rig.tell(id, json!({"text": "to all"})).await;
    }
    // So many without an answer mean that it is away.
    tries(3).await;
    for id in 103..120 {
        rig.tell(id, json!({"text": "to all"})).await;
    }
    tries(5).await;
    rig.paper.clear_faults();
    for person in &people {
        person
            .until_text("to all")
            .await
            .expect("everybody gets it");
    }
    // The next two may have been quicker than this test.
    let in_vain = in_vain(&rig.paper.calls());
    assert!(in_vain <= 7, "{in_vain} tries in vain");
    bot.stop().await;
}

#[tokio::test]
async fn a_message_that_cannot_be_worded_holds_up_nobody() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let ana = rig.person(7).await;
    rig.tell(7, json!({"panic": true})).await;
    rig.tell(7, json!({"text": "next"})).await;
    ana.until_text("next").await.expect("it overtakes");
    bot.stop().await;
}

#[tokio::test]
async fn the_limits_are_kept_so_that_telegram_has_no_cause_to_complain() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let mut people = Vec::new();
    for id in 100..124 {
        people.push(rig.person(id).await);
    }
    rig.paper.set_rates(Some(Rates::default()));
    for id in 100..124 {
        rig.tell(id, json!({"text": "to all"})).await;
    }
    for number in 0..5 {
        rig.tell(100, json!({"text": format!("to one {number}")}))
            .await;
    }
    for person in &people {
        person
            .until_text("to all")
            .await
            .expect("everybody gets it");
    }
    people[0]
        .until_text("to one 4")
        .await
        .expect("the last one");
    let refused = rig
        .paper
        .calls()
        .into_iter()
        .filter(|call| call.status == 429)
        .count();
    assert_eq!(refused, 0);
    bot.stop().await;
}

#[tokio::test]
async fn buttons_are_taken_away_within_the_limits_too() {
    let rig = Rig::new().await;
    let bot = rig.start();
    let card = |ring: bool| json!({"text": "a card", "task": 1, "button": "Iniciar", "ring": ring});
    for id in 100..124 {
        rig.person(id).await;
        rig.tell(id, card(false)).await;
    }
    rig.until_all_settled().await;
    rig.paper.set_rates(Some(Rates::default()));
    for id in 100..124 {
        rig.tell(id, card(true)).await;
    }
    until("all old buttons are taken away", async || {
        rig.paper.calls_of("editMessageReplyMarkup").len() == 24
    })
    .await;
    let refused = rig.paper.calls().into_iter();
    assert_eq!(refused.filter(|call| call.status == 429).count(), 0);
    bot.stop().await;
}

#[tokio::test]
async fn of_two_instances_one_sends() {
    let rig = Rig::new().await;
    let one = rig.start();
    let ana = rig.person(7).await;
    let two = rig.start_as("two", Receive::Webhook);
    for number in 0..4 {
        rig.tell(7, json!({"text": format!("once {number}")})).await;
    }
    ana.until_text("once 3").await.expect("all come");
    rig.until_all_settled().await;
    one.stop().await;
    rig.tell(7, json!({"text": "from the other"})).await;
    ana.until_text("from the other")
        .await
        .expect("the other takes over");
    for number in 0..4 {
        let text = format!("once {number}");
        let times = ana
            .messages()
            .iter()
            .filter(|message| message.text == text)
            .count();
        assert_eq!(times, 1, "{text}");
    }
    two.stop().await;
}

#[tokio::test]
async fn whoever_takes_over_goes_on_with_the_budget_of_the_one_before() {
    let rig = Rig::new().await;
    let one = rig.start();
    let ana = rig.person(7).await;
    rig.paper.group(-100, "Norte", false, &[&ana]);
    rig.until_all_settled().await;
    rig.paper.set_rates(Some(Rates::default()));
    for number in 0..18 {
        rig.tell(-100, json!({"text": format!("group {number}")}))
            .await;
    }
    rig.until_all_settled().await;
    for number in 0..3 {
        rig.tell(7, json!({"text": format!("before {number}")}))
            .await;
    }
    rig.until_all_settled().await;
    one.stop().await;
    let two = rig.start_as("two", Receive::Webhook);
    for number in 0..3 {
        rig.tell(7, json!({"text": format!("after {number}")}))
            .await;
        rig.tell(-100, json!({"text": format!("group {number} again")}))
            .await;
    }
    ana.until_text("after 2").await.expect("soon enough");
    let refused = rig
        .paper
        .calls()
        .into_iter()
        .filter(|call| call.status == 429)
        .count();
    assert_eq!(refused, 0);
    two.stop().await;
}
