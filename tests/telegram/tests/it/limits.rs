//! Limits, expiries and error bodies in Telegram's own words.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use serde_json::{Value, json};
use telegram::{Config, HandClock, Rates};

use crate::{
    Outcome,
    client::{ANA, Client, Scene, TOKEN, scene, scene_with},
};

const NOT_MODIFIED: &str = "Bad Request: message is not modified: specified new message content and reply markup \
     are exactly the same as a current content and reply markup of the message";

fn hand_clock() -> (HandClock, Config) {
    let clock = HandClock::at(DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default());
    (
        clock.clone(),
        Config {
            clock: Arc::new(clock),
            ..Config::default()
        },
    )
}

#[tokio::test]
async fn tokens_and_methods_are_checked() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    assert_eq!(
        bot.refused("sendNothing", json!({})).await?,
        (404, "Not Found".to_owned())
    );
    let stranger = Client::new(&paper, "9:other")?;
    assert_eq!(
        stranger.refused("getMe", json!({})).await?,
        (401, "Unauthorized".to_owned())
    );
    let misspelt = Client::new(&paper, "nonsense")?;
    assert_eq!(misspelt.refused("getMe", json!({})).await?.0, 404);
    assert_eq!(bot.ok("GETME", json!({})).await?["username"], "gad_bot");
    Ok(())
}

#[tokio::test]
async fn texts_have_bounds() -> Outcome {
    let Scene { bot, .. } = scene().await?;
    let mut refused = Vec::new();
    for (text, mode) in [
        ("  \n ", ""),
        ("<b></b>", "HTML"),
        (&*"ñ".repeat(4097), ""),
        ("x", "Sideways"),
        ("<b>x", "HTML"),
    ] {
        let params = json!({"chat_id": ANA, "text": text, "parse_mode": mode});
        refused.push(bot.refused("sendMessage", params).await?.1);
    }
    assert_eq!(refused[0], "Bad Request: message text is empty");
    assert_eq!(refused[1], "Bad Request: message text is empty");
    assert_eq!(refused[2], "Bad Request: message is too long");
    assert_eq!(refused[3], "Bad Request: unsupported parse_mode");
    assert!(refused[4].starts_with("Bad Request: can't parse entities: Can't find end tag"));
    let long = format!("<b>{}</b>", "ñ".repeat(4096));
    bot.ok(
        "sendMessage",
        json!({"chat_id": ANA, "text": long, "parse_mode": "HTML"}),
    )
    .await?;
    Ok(())
}

#[tokio::test]
async fn buttons_and_entities_are_checked() -> Outcome {
    let Scene { bot, .. } = scene().await?;
    let with = |button: Value| json!({"chat_id": ANA, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}});
    let too_long = bot
        .refused(
            "sendMessage",
            with(json!({"text": "a", "callback_data": "x".repeat(65)})),
        )
        .await?;
    assert_eq!(
        too_long,
        (400, "Bad Request: BUTTON_DATA_INVALID".to_owned())
    );
    let local = bot
        .refused(
            "sendMessage",
            with(json!({"text": "a", "url": "http://localhost/"})),
        )
        .await?;
    assert!(
        local
            .1
            .ends_with("'http://localhost/' is invalid: Wrong HTTP URL"),
        "{}",
        local.1
    );
    let beyond = json!({"chat_id": ANA, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]});
    assert_eq!(bot.refused("sendMessage", beyond).await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn an_edit_must_change_something_that_is_there() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let keys = json!({"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]});
    let sent = bot
        .ok(
            "sendMessage",
            json!({"chat_id": ANA, "text": "uno", "reply_markup": keys}),
        )
        .await?;
    let edit = |id: &Value, text: &str, keys: &Value| json!({"chat_id": ANA, "message_id": id, "text": text, "reply_markup": keys});
    let id = &sent["message_id"];
    assert_eq!(
        bot.refused("editMessageText", edit(id, "uno", &keys))
            .await?
            .1,
        NOT_MODIFIED
    );
    let other = bot
        .refused("editMessageText", edit(&json!(9999), "dos", &keys))
        .await?;
    assert_eq!(other.1, "Bad Request: message to edit not found");
    let foreign = ana.messages()[0].id;
    assert_eq!(
        bot.refused("editMessageText", edit(&json!(foreign), "dos", &keys))
            .await?
            .1,
        "Bad Request: message can't be edited"
    );
    bot.ok("editMessageText", edit(id, "dos", &Value::Null))
        .await?;
    let seen = ana.last_message().ok_or("no message")?;
    assert!(seen.edited && seen.text == "dos" && seen.keyboard.is_empty());
    bot.ok("deleteMessage", json!({"chat_id": ANA, "message_id": id}))
        .await?;
    let gone = bot
        .refused("deleteMessage", json!({"chat_id": ANA, "message_id": id}))
        .await?;
    assert_eq!(gone.1, "Bad Request: message to delete not found");
    Ok(())
}

#[tokio::test]
async fn people_out_of_reach_are_named_as_telegram_does() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    let _ = paper.person(2002, "Bruno", "es");
    let to = |chat: i64| json!({"chat_id": chat, "text": "x"});
    assert_eq!(
        bot.refused("sendMessage", to(5)).await?,
        (400, "Bad Request: chat not found".to_owned())
    );
    let shy = bot.refused("sendMessage", to(2002)).await?;
    assert_eq!(
        shy,
        (
            403,
            "Forbidden: bot can't initiate conversation with a user".to_owned()
        )
    );
    ana.blocks_bot()?;
    assert_eq!(
        bot.refused("sendMessage", to(ANA)).await?,
        (403, "Forbidden: bot was blocked by the user".to_owned())
    );
    assert!(ana.says("hola").is_err());
    ana.unblocks_bot()?;
    bot.says("otra vez").await?;
    ana.deletes_account()?;
    assert_eq!(
        bot.refused("sendMessage", to(ANA)).await?,
        (403, "Forbidden: user is deactivated".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn presses_and_their_answers_expire() -> Outcome {
    let (clock, config) = hand_clock();
    let Scene { bot, ana, .. } = scene_with(config).await?;
    let late = ana.presses_data(1, "x")?.query_id;
    clock.advance(Duration::from_secs(11));
    let answer = bot
        .refused("answerCallbackQuery", json!({"callback_query_id": late}))
        .await?;
    assert_eq!(
        answer.1,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
    let asked = ana.asks_inline("PAT-1")?.query_id;
    clock.advance(Duration::from_secs(11));
    let none = json!({"inline_query_id": asked, "results": []});
    let again = bot.refused("answerInlineQuery", none).await?;
    assert_eq!(again, answer);
    let quick = ana.presses_data(1, "x")?;
    bot.ok(
        "answerCallbackQuery",
        json!({"callback_query_id": quick.query_id, "text": "ya"}),
    )
    .await?;
    assert_eq!(
        ana.until_answered(&quick).await?.text.as_deref(),
        Some("ya")
    );
    ana.says("todavía")?;
    clock.advance(Duration::from_secs(150));
    let kinds: Vec<bool> = bot
        .updates(0)
        .await?
        .iter()
        .map(|update| update.get("message").is_some())
        .collect();
    assert_eq!(kinds, [true]);
    clock.advance(Duration::from_secs(24 * 60 * 60));
    assert!(bot.updates(0).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn too_much_is_answered_429() -> Outcome {
    let Scene { bot, .. } = scene_with(Config {
        rates: Some(Rates::default()),
        ..Config::default()
    })
    .await?;
    for _ in 0..3 {
        bot.says("x").await?;
    }
    let body = bot
        .call("sendMessage", json!({"chat_id": ANA, "text": "x"}))
        .await?;
    assert_eq!(body["error_code"], 429);
    let seconds = body["parameters"]["retry_after"]
        .as_u64()
        .ok_or("no retry_after")?;
    assert_eq!(
        body["description"],
        format!("Too Many Requests: retry after {seconds}")
    );
    bot.ok(
        "sendChatAction",
        json!({"chat_id": ANA, "action": "typing"}),
    )
    .await?;
    Ok(())
}

#[tokio::test]
async fn forms_queries_and_uploads_are_read_like_json() -> Outcome {
    let Scene { paper, ana, .. } = scene().await?;
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()?;
    let url = |method: &str| format!("{}/bot{TOKEN}/{method}", paper.api_url());
    http.get(url("sendMessage?chat_id=1001&text=a%20b"))
        .send()
        .await?
        .error_for_status()?;
    let form =
        "chat_id=1001&text=uno+%26+dos&reply_markup=%7B%22keyboard%22%3A%5B%5B%22SOS%22%5D%5D%7D";
    let request = http
        .post(url("sendMessage"))
        .body(form)
        .header("Content-Type", "application/x-www-form-urlencoded");
    request.send().await?.error_for_status()?;
    let part = reqwest::multipart::Part::bytes(b"no picture".to_vec()).file_name("a.jpg");
    let upload = reqwest::multipart::Form::new()
        .text("chat_id", "1001")
        .part("photo", part);
    let refused: Value = http
        .post(url("sendPhoto"))
        .multipart(upload)
        .send()
        .await?
        .json()
        .await?;
    assert_eq!(refused["description"], "Bad Request: IMAGE_PROCESS_FAILED");
    let texts: Vec<String> = ana
        .messages()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["hola", "a b", "uno & dos"]);
    assert_eq!(ana.reply_keyboard()[0][0].label, "SOS");
    Ok(())
}
