//! The phone page and its JSON interface.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    Outcome,
    client::{ANA, Scene, scene},
};

fn http() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()
}

#[tokio::test]
async fn a_program_acts_and_reads_as_a_person() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    let (http, url) = (http()?, paper.api_url());
    let act = |act: Value| {
        http.post(format!("{url}/paper/people/{ANA}/act"))
            .json(&act)
            .send()
    };
    let done: Value = act(json!({"do": "says", "text": "/tareas"}))
        .await?
        .json()
        .await?;
    assert!(done["message_id"].is_i64() && done["update_id"].is_i64());
    let keys = json!({"inline_keyboard": [[{"text": "Ver", "callback_data": "v"}]]});
    bot.ok(
        "sendMessage",
        json!({"chat_id": ANA, "text": "una", "reply_markup": keys}),
    )
    .await?;
    assert!(
        act(json!({"do": "taps", "label": "Ver"}))
            .await?
            .status()
            .is_success()
    );
    let missing = act(json!({"do": "taps", "label": "Nada"})).await?;
    assert_eq!(missing.status(), 409);
    assert!(
        missing.json::<Value>().await?["error"]
            .as_str()
            .is_some_and(|why| why.contains("[Ver]"))
    );

    let chat: Value = http
        .get(format!("{url}/paper/people/{ANA}/chat"))
        .send()
        .await?
        .json()
        .await?;
    assert_eq!(chat["messages"].as_array().map(Vec::len), Some(3));
    let since = format!("{url}/paper/people/{ANA}/chat?since={}", chat["revision"]);
    bot.says("otra").await?;
    let news: Value = http.get(since).send().await?.json().await?;
    assert_eq!(news["messages"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn strangers_appear_in_the_list() -> Outcome {
    let Scene { paper, .. } = scene().await?;
    let (http, people) = (http()?, format!("{}/paper/people", paper.api_url()));
    let created = http
        .post(&people)
        .json(&json!({"first_name": "Zoe"}))
        .send()
        .await?;
    assert_eq!(created.status(), 201);
    let list: Value = http.get(&people).send().await?.json().await?;
    let names: Vec<&str> = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["first_name"].as_str())
        .collect();
    assert_eq!(names, ["Ana", "Zoe"]);
    assert_eq!(
        http.post(&people)
            .json(&json!({"first_name": " "}))
            .send()
            .await?
            .status(),
        422
    );
    Ok(())
}

#[tokio::test]
async fn changes_are_told_live() -> Outcome {
    let Scene { paper, bot, .. } = scene().await?;
    let mut events = http()?
        .get(format!("{}/paper/events", paper.api_url()))
        .send()
        .await?;
    bot.says("hola").await?;
    let chunk = patience::within(Duration::from_secs(5), events.chunk())
        .await
        .ok_or("nothing is told")??
        .ok_or("the stream ended")?;
    let text = String::from_utf8_lossy(&chunk).into_owned();
    assert!(text.contains("\"chat\":1001"), "{text}");
    Ok(())
}

#[tokio::test]
async fn only_this_computer_and_this_page_may_act() -> Outcome {
    let Scene { paper, .. } = scene().await?;
    let (http, url) = (http()?, paper.api_url());
    let page = http.get(paper.phone_url()).send().await?;
    assert!(page.headers().get("content-security-policy").is_some());
    assert!(page.text().await?.contains("/phone/main.js"));
    let renamed = http
        .get(paper.phone_url())
        .header("Host", "evil.example")
        .send()
        .await?;
    assert_eq!(renamed.status(), 421);
    let act = http
        .post(format!("{url}/paper/people/{ANA}/act"))
        .json(&json!({"do": "reads"}));
    assert_eq!(
        act.header("Origin", "http://evil.example")
            .send()
            .await?
            .status(),
        403
    );
    let own = http
        .post(format!("{url}/paper/people/{ANA}/act"))
        .json(&json!({"do": "reads"}));
    assert_eq!(own.header("Origin", &url).send().await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn files_that_could_be_pages_are_only_downloaded() -> Outcome {
    let Scene { paper, ana, .. } = scene().await?;
    ana.sends_document(b"<script>", "a.html", "")?;
    let id = ana
        .last_message()
        .and_then(|message| message.file_id().map(str::to_owned))
        .ok_or("no file")?;
    let file = http()?
        .get(format!("{}/paper/files/{id}", paper.api_url()))
        .send()
        .await?;
    assert_eq!(file.headers()["content-disposition"], "attachment");
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert_eq!(file.text().await?, "<script>");
    Ok(())
}
