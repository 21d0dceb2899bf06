//! The few calls to Telegram that commands make by themselves.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::config::Telegram;

const PATIENCE: Duration = Duration::from_secs(10);

/// A bot, as its owner sees it.
pub struct TelegramApi {
    client: reqwest::Client,
    base: String,
    token: SecretString,
}

/// An answer, and Telegram's time when it was given.
pub struct Answer {
    pub result: Value,
    pub date: Option<DateTime<Utc>>,
}

impl TelegramApi {
    pub fn new(telegram: &Telegram) -> Result<Self> {
        let token = telegram
            .token
            .clone()
            .context("TELEGRAM_BOT_TOKEN is not set; @BotFather gives one")?;
        let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
        Ok(Self {
            client,
            base: telegram.api_url.as_str().trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Calls a method; a refusal of Telegram is an error with its words.
    pub async fn call(&self, method: &str, parameters: &Value) -> Result<Answer> {
        let url = format!("{}/bot{}/{method}", self.base, self.token.expose_secret());
        // The address holds the token and must not get into an error.
        let sent = self
            .client
            .post(url)
            .json(parameters)
            .send()
            .await
            .map_err(reqwest::Error::without_url);
        let response = sent.with_context(|| format!("{} cannot be reached", self.base))?;
        let date = response
            .headers()
            .get(DATE)
            .and_then(|date| date.to_str().ok());
        let date = date
            .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
            .map(|date| date.to_utc());
        let status = response.status();
        let body: Value = response
            .json()
            .await
            .map_err(reqwest::Error::without_url)
            .with_context(|| {
                format!(
                    "{} answers {status} and not as the Bot API; is TELEGRAM_API_URL right?",
                    self.base
                )
            })?;
        if body["ok"] != true {
            bail!(
                "Telegram refuses {method}: {}",
                body["description"].as_str().unwrap_or("no reason given")
            );
        }
        Ok(Answer {
            result: body["result"].clone(),
            date,
        })
    }

    /// The bot's name without @.
    pub async fn username(&self) -> Result<String> {
        let me = self.call("getMe", &json!({})).await?;
        Ok(me.result["username"]
            .as_str()
            .context("the bot has no name")?
            .to_owned())
    }
}
