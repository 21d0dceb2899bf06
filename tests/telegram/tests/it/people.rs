//! People: tapping by labels, answering, groups, links, live locations.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    Outcome,
    client::{ANA, Scene, scene},
};

fn card(text: &str, labels: &[&str]) -> Value {
    let row: Vec<Value> = labels
        .iter()
        .map(|label| json!({"text": label, "callback_data": label}))
        .collect();
    json!({"chat_id": ANA, "text": text, "reply_markup": {"inline_keyboard": [row]}})
}

fn data(update: &Value) -> Option<&str> {
    update["callback_query"]["data"].as_str()
}

#[tokio::test]
async fn a_tap_finds_the_newest_fitting_button() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let old = bot
        .ok("sendMessage", card("uno", &["Finalizar A", "Pausar"]))
        .await?;
    bot.ok("sendMessage", card("dos", &["✅ Finalizar B"]))
        .await?;
    ana.taps("Finalizar")?;
    ana.taps_on(old["message_id"].as_i64().unwrap_or(0), "Finalizar")?;
    ana.taps("Pausar")?;
    let got = bot.updates(0).await?;
    let pressed: Vec<&str> = got.iter().filter_map(data).collect();
    assert_eq!(pressed, ["✅ Finalizar B", "Finalizar A", "Pausar"]);
    assert_eq!(got[0]["callback_query"]["message"]["text"], "dos");
    let missing = ana
        .taps("Cancelar")
        .err()
        .ok_or("there is no such button")?
        .to_string();
    assert!(
        missing.contains("[✅ Finalizar B]") && missing.contains("[Pausar]"),
        "{missing}"
    );
    bot.ok("sendMessage", card("tres", &["Sí 1", "Sí 2"]))
        .await?;
    assert!(ana.taps("Sí").is_err());
    Ok(())
}

#[tokio::test]
async fn reply_keyboards_send_texts_and_places_until_removed() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    let keyboard =
        json!({"keyboard": [["Mis tareas"], [{"text": "SOS", "request_location": true}]]});
    bot.ok(
        "sendMessage",
        json!({"chat_id": ANA, "text": "menú", "reply_markup": keyboard}),
    )
    .await?;
    ana.taps("Mis")?;
    let ana = ana.standing_at(-34.5, -58.5);
    ana.taps("SOS")?;
    let got = bot.updates(0).await?;
    assert_eq!(got[0]["message"]["text"], "Mis tareas");
    assert_eq!(
        got[1]["message"]["location"],
        json!({"latitude": -34.5, "longitude": -58.5})
    );
    bot.ok(
        "sendMessage",
        json!({"chat_id": ANA, "text": "fin", "reply_markup": {"remove_keyboard": true}}),
    )
    .await?;
    assert!(ana.reply_keyboard().is_empty());
    assert_eq!(paper.calls_of("sendMessage").len(), 2);
    Ok(())
}

#[tokio::test]
async fn answers_quote_and_forced_answers_quote_by_themselves() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let first = bot.says("¿motivo?").await?["message_id"]
        .as_i64()
        .ok_or("no id")?;
    ana.replies(first, "lluvia")?;
    let forced = json!({"chat_id": ANA, "text": "¿dónde?", "reply_markup": {"force_reply": true}});
    let second = bot.ok("sendMessage", forced).await?;
    ana.says("acá")?;
    ana.says("listo")?;
    let got = bot.updates(0).await?;
    let quoted: Vec<&Value> = got
        .iter()
        .map(|update| &update["message"]["reply_to_message"]["message_id"])
        .collect();
    assert_eq!(quoted, [&json!(first), &second["message_id"], &Value::Null]);
    Ok(())
}

#[tokio::test]
async fn links_start_the_bot_and_live_locations_move() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    let bruno = paper.person(2002, "Bruno", "pt");
    bruno.opens_link("https://t.me/gad_bot?start=ABC-1")?;
    let live = bruno
        .shares_live_location(-34.6, -58.4, 900)?
        .message_id
        .ok_or("no id")?;
    bruno.moves_live_location(live, -34.7, -58.5)?;
    bruno.stops_live_location(live)?;
    assert!(bruno.moves_live_location(live, -34.8, -58.5).is_err());
    let got = bot.updates(0).await?;
    assert_eq!(got[0]["message"]["text"], "/start ABC-1");
    assert_eq!(got[0]["message"]["entities"][0]["type"], "bot_command");
    assert_eq!(got[1]["message"]["location"]["live_period"], 900);
    assert_eq!(got[2]["edited_message"]["location"]["latitude"], -34.7);
    assert!(
        got[3]["edited_message"]["location"]
            .get("live_period")
            .is_none()
    );
    Ok(())
}

#[tokio::test]
async fn albums_have_two_to_ten_files() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let pictures = vec![b"a picture".as_slice(); 11];
    assert!(ana.sends_album(&pictures[..1], "").is_err());
    assert!(ana.sends_album(&pictures, "").is_err());
    ana.sends_album(&pictures[..10], "diez")?;
    ana.sends_album(&pictures[..2], "dos")?;
    let got = bot.updates(0).await?;
    let groups: Vec<&str> = got
        .iter()
        .filter_map(|update| update["message"]["media_group_id"].as_str())
        .collect();
    assert_eq!(groups.len(), 12);
    let other = |group: &&&str| **group != groups[0];
    assert_eq!(groups.iter().filter(other).count(), 2, "each has its own");
    Ok(())
}

#[tokio::test]
async fn groups_have_topics_and_privacy() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    paper.group(-1_001, "Unidad 1", true, &[&ana]);
    let topic = bot
        .ok(
            "createForumTopic",
            json!({"chat_id": -1_001, "name": "EMG-1"}),
        )
        .await?["message_thread_id"]
        .clone();
    bot.ok(
        "sendMessage",
        json!({"chat_id": -1_001, "text": "a todos", "message_thread_id": topic}),
    )
    .await?;
    let inside = ana.in_group(-1_001);
    assert_eq!(
        inside.last_message().and_then(|message| message.thread),
        topic.as_i64()
    );
    assert_eq!(inside.says("charla")?.update_id, None);
    assert!(inside.says("/estado@gad_bot")?.update_id.is_some());
    bot.ok(
        "closeForumTopic",
        json!({"chat_id": -1_001, "message_thread_id": topic}),
    )
    .await?;
    let lost = bot
        .refused(
            "sendMessage",
            json!({"chat_id": -1_001, "text": "x", "message_thread_id": 999}),
        )
        .await?;
    assert_eq!(lost.1, "Bad Request: message thread not found");
    Ok(())
}

#[tokio::test]
async fn waiting_shows_what_the_person_saw_instead() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let sender = bot.clone();
    let send = tokio::spawn(async move {
        sender
            .call("sendMessage", card("Tarea nueva", &["Recibido"]))
            .await
    });
    assert_eq!(ana.until_text("Tarea").await?.text, "Tarea nueva");
    ana.until_button("Recibido").await?;
    send.await??;
    let nothing = ana
        .until(|chat| chat.messages.len() > 9, Duration::from_millis(20))
        .await;
    let words = nothing
        .err()
        .ok_or("there are only two messages")?
        .to_string();
    assert!(
        words.contains("Tarea nueva") && words.contains("[Recibido]"),
        "{words}"
    );
    Ok(())
}

#[tokio::test]
async fn inline_questions_are_answered_once() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let query = ana.asks_inline("PAT-1")?.query_id.ok_or("no query")?;
    assert_eq!(bot.updates(0).await?[0]["inline_query"]["query"], "PAT-1");
    let result = json!([{"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "x"}}]);
    for (bad, why) in [
        (
            json!([{"type": "article", "id": "1", "title": "t"}]),
            "message text is empty",
        ),
        (
            json!([{"type": "article", "id": "1", "input_message_content": {"message_text": "x"}}]),
            "ARTICLE_TITLE_EMPTY",
        ),
        (
            Value::Array(vec![result[0].clone(); 2]),
            "RESULT_ID_INVALID",
        ),
        (
            Value::Array(vec![result[0].clone(); 51]),
            "RESULTS_TOO_MUCH",
        ),
    ] {
        let answer = json!({"inline_query_id": query, "results": bad});
        let refused = bot.refused("answerInlineQuery", answer).await?;
        assert_eq!(refused, (400, format!("Bad Request: {why}")));
    }
    let answer = json!({"inline_query_id": query, "results": result});
    bot.ok("answerInlineQuery", answer.clone()).await?;
    assert_eq!(
        ana.inline_results(&query).map(|results| results.len()),
        Some(1)
    );
    assert_eq!(bot.refused("answerInlineQuery", answer).await?.0, 400);
    Ok(())
}
