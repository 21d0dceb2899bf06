//! gad webhook: the only place that calls setWebhook and deleteWebhook.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::json;

use super::say;
use crate::{config::Config, telegram_api::TelegramApi};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gad webhook set\n  gad webhook info")]
pub struct Webhook {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Has updates sent to TELEGRAM_WEBHOOK_URL
    #[command(
        after_help = "Example:\n  TELEGRAM_WEBHOOK_URL=https://gad.example/telegram/webhook gad webhook set"
    )]
    Set,
    /// Shows where updates go, how many wait and what went wrong last
    #[command(after_help = "Example:\n  gad webhook info")]
    Info,
    /// Has updates wait to be fetched; needed before long polling
    #[command(after_help = "Example:\n  gad webhook delete")]
    Delete,
}

impl Webhook {
    pub async fn run(self, config: &Config) -> Result<()> {
        let telegram = TelegramApi::new(&config.telegram)?;
        match self.action {
            Action::Set => set(config, &telegram).await,
            Action::Info => info(&telegram).await,
            Action::Delete => {
                telegram
                    .call("deleteWebhook", &json!({ "drop_pending_updates": false }))
                    .await?;
                say::line("the webhook is removed; updates wait for long polling")
            }
        }
    }
}

async fn set(config: &Config, telegram: &TelegramApi) -> Result<()> {
    let url = config.telegram.webhook_url.as_ref();
    let url = url
        .context("TELEGRAM_WEBHOOK_URL is not set, such as https://gad.example/telegram/webhook")?;
    let secret = config.webhook_secret()?;
    let parameters = json!({
        "url": url,
        "secret_token": secret.expose_secret(),
        "allowed_updates": bot::receive::ALLOWED_UPDATES,
        "max_connections": 40,
        "drop_pending_updates": false,
    });
    telegram.call("setWebhook", &parameters).await?;
    say::line(format_args!("updates go to {url}"))
}

async fn info(telegram: &TelegramApi) -> Result<()> {
    let info = telegram.call("getWebhookInfo", &json!({})).await?.result;
    let text = |key: &str| info[key].as_str().filter(|text| !text.is_empty());
    say::line(format_args!(
        "url: {}",
        text("url").unwrap_or("none (long polling)")
    ))?;
    say::line(format_args!(
        "waiting updates: {}",
        info["pending_update_count"]
    ))?;
    if let Some(error) = text("last_error_message") {
        let at = info["last_error_date"]
            .as_i64()
            .and_then(|at| chrono::DateTime::from_timestamp(at, 0));
        say::line(format_args!(
            "last error: {error} ({})",
            at.map(|at| at.to_rfc3339()).unwrap_or_default()
        ))?;
    }
    Ok(())
}
