//! What the bot is made of, when there is a token.

use std::sync::Arc;

use anyhow::{Context, Result};
use bot::{Client, Flow, Health, Receive, Words};
use domain::Store;
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// The bot of these settings; none without a token.
pub fn flow(config: &Config, store: &Store, stop: &CancellationToken) -> Result<Option<Flow>> {
    let telegram = &config.telegram;
    let Some(token) = telegram.token.clone() else {
        return Ok(None);
    };
    let receive = if telegram.webhook_url.is_some() {
        Receive::Webhook
    } else {
        Receive::Polling
    };
    Ok(Some(Flow {
        client: Client::new(token, telegram.api_url.as_str()).context("the bot")?,
        store: store.clone(),
        tree: bot::tree(),
        deps: Default::default(),
        render: Arc::new(Words::new(store.clone())),
        receive,
        limits: telegram.limits,
        instance: instance(config),
        strangers: Vec::new(),
        health: Health::default(),
        shutdown: stop.clone(),
    }))
}

/// Two at once differ by machine or port; the same one after a restart is called the same.
fn instance(config: &Config) -> String {
    let machine = rustix::system::uname();
    format!(
        "{}:{}",
        machine.nodename().to_string_lossy(),
        config.server.port
    )
}
