//! What the bot is made of, when there is a token.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::{Context, Result};
use bot::{Client, Flow, Health, Receive, Words};
use domain::{Store, files::Files};
use tokio_util::sync::CancellationToken;

use crate::{config::Config, telegram_api::TelegramApi};

/// The bot of these settings; none without a token.
pub fn flow(
    config: &Config,
    store: &Store,
    files: &Arc<dyn Files>,
    port: u16,
    stop: &CancellationToken,
) -> Result<Option<Flow>> {
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
        render: Arc::new(Words::new(store.clone(), Arc::clone(files))),
        receive,
        limits: telegram.limits,
        instance: instance(config, port),
        strangers: bot::for_strangers(),
        health: Health::default(),
        shutdown: stop.clone(),
    }))
}

/// Two at once differ by machine or by the port they listen on; the same one after a restart is called the same.
/// A file has one instance only, on whichever port.
pub fn instance(config: &Config, port: u16) -> String {
    if config.database.file().is_some() {
        return "file".to_owned();
    }
    let machine = rustix::system::uname();
    format!("{}:{port}", machine.nodename().to_string_lossy())
}

/// Fills in the bot's name: as it was set, else as soon as Telegram tells it.
pub fn learn_name(
    config: &Config,
    name: &Arc<OnceLock<String>>,
    stop: &CancellationToken,
) -> Result<()> {
    if let Some(given) = &config.telegram.username {
        let _ = name.set(given.clone());
        return Ok(());
    }
    let (api, name, stop) = (
        TelegramApi::new(&config.telegram)?,
        Arc::clone(name),
        stop.clone(),
    );
    tokio::spawn(async move {
        loop {
            match api.username().await {
                Ok(told) => return name.set(told).is_ok(),
                Err(error) => tracing::debug!(%error, "the name of the bot is not known yet"),
            }
            if stop
                .run_until_cancelled(tokio::time::sleep(ASK_AGAIN))
                .await
                .is_none()
            {
                return false;
            }
        }
    });
    Ok(())
}

const ASK_AGAIN: Duration = Duration::from_secs(15);
