//! Updates by webhook: secret, order per line, retries, information.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::{Json, Router, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    Outcome,
    client::{Scene, ids, scene},
};

/// A bot's web server: keeps what came and answers with the statuses it was given, then 200.
#[derive(Clone)]
struct Receiver {
    got: watch::Sender<Vec<Value>>,
    secrets: Arc<Mutex<Vec<Option<String>>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn receive(
    State(receiver): State<Receiver>,
    headers: HeaderMap,
    Json(update): Json<Value>,
) -> StatusCode {
    let secret = headers
        .get("x-telegram-bot-api-secret-token")
        .and_then(|value| value.to_str().ok());
    receiver
        .secrets
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(secret.map(str::to_owned));
    receiver.got.send_modify(|got| got.push(update));
    let next = receiver
        .answers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front();
    StatusCode::from_u16(next.unwrap_or(200)).unwrap_or_default()
}

impl Receiver {
    async fn start(answers: &[u16]) -> Result<(Self, String), std::io::Error> {
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let receiver = Self {
            got: watch::Sender::new(Vec::new()),
            secrets: Arc::default(),
            answers,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/hook", listener.local_addr()?);
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((receiver, url))
    }

    async fn until(&self, count: usize) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
        let mut got = self.got.subscribe();
        let wait = got.wait_for(|got| got.len() >= count);
        let got = patience::within(Duration::from_secs(10), wait).await;
        Ok(got.ok_or("they do not come")??.clone())
    }
}

#[tokio::test]
async fn updates_are_posted_with_the_secret_and_polling_is_refused() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let (receiver, url) = Receiver::start(&[]).await?;
    bot.ok(
        "setWebhook",
        json!({"url": url, "secret_token": "s3-cret_", "max_connections": 4}),
    )
    .await?;
    ana.says("hola")?;
    let got = receiver.until(1).await?;
    assert_eq!(got[0]["message"]["text"], "hola");
    assert_eq!(
        *receiver
            .secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
        [Some("s3-cret_".to_owned())]
    );
    let (code, description) = bot.refused("getUpdates", json!({})).await?;
    assert_eq!(code, 409);
    assert!(description.contains("can't use getUpdates method while webhook is active"));
    bot.ok("deleteWebhook", json!({})).await?;
    assert!(bot.updates(0).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_failed_update_is_repeated_before_the_next_of_its_chat() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let (receiver, url) = Receiver::start(&[503, 500]).await?;
    bot.ok("setWebhook", json!({"url": url})).await?;
    for text in ["uno", "dos"] {
        ana.says(text)?;
    }
    let got = receiver.until(4).await?;
    let texts: Vec<&str> = got
        .iter()
        .filter_map(|update| update["message"]["text"].as_str())
        .collect();
    assert_eq!(texts, ["uno", "uno", "uno", "dos"]);
    let info = bot.ok("getWebhookInfo", json!({})).await?;
    let trouble = info["last_error_message"].as_str().unwrap_or_default();
    assert!(
        trouble.starts_with("Wrong response from the webhook: 500"),
        "{info}"
    );
    Ok(())
}

#[tokio::test]
async fn presses_overtake_a_message_that_fails() -> Outcome {
    let Scene { bot, ana, .. } = scene().await?;
    let (receiver, url) = Receiver::start(&[500]).await?;
    bot.ok("setWebhook", json!({"url": url})).await?;
    ana.says("uno")?;
    receiver.until(1).await?;
    ana.presses_data(1, "x")?;
    let got = receiver.until(3).await?;
    assert_eq!(
        got.iter()
            .filter(|update| update.get("callback_query").is_some())
            .count(),
        1
    );
    Ok(())
}

#[tokio::test]
async fn what_came_before_the_webhook_is_kept_or_dropped_as_told() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    let id = ana.says("antes")?.update_id.ok_or("no update")?;
    let (receiver, url) = Receiver::start(&[]).await?;
    bot.ok("setWebhook", json!({"url": url})).await?;
    assert_eq!(ids(&receiver.until(1).await?), [id]);
    assert!(paper.repeat_update(id, 1));
    assert_eq!(ids(&receiver.until(2).await?), [id, id]);
    bot.ok("deleteWebhook", json!({})).await?;
    ana.says("otra")?;
    bot.ok(
        "setWebhook",
        json!({"url": url, "drop_pending_updates": true}),
    )
    .await?;
    assert_eq!(
        bot.ok("getWebhookInfo", json!({})).await?["pending_update_count"],
        0
    );
    Ok(())
}

#[tokio::test]
async fn bad_webhooks_are_refused() -> Outcome {
    let Scene { bot, .. } = scene().await?;
    let far = bot
        .refused("setWebhook", json!({"url": "http://example.com/x"}))
        .await?;
    assert_eq!(
        far.1,
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    );
    let secret = bot
        .refused(
            "setWebhook",
            json!({"url": "https://example.com/x", "secret_token": "a b"}),
        )
        .await?;
    assert_eq!(
        secret.1,
        "Bad Request: secret token contains unallowed characters"
    );
    Ok(())
}
