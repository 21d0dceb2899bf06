//! Webhook delivery: several lines in parallel, each in order, again and again until it works.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    queue::Pending,
    shared::Shared,
    state::{Webhook, World},
};

/// Outcome of one delivery: the bot's token, the ticket and the trouble, if any.
type Delivery = (String, u64, Result<(), String>);

/// Posts updates until the paper Telegram stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut changed = shared.changed.subscribe();
    let mut on_their_way = JoinSet::new();
    let mut busy: HashMap<String, usize> = HashMap::new();
    loop {
        changed.mark_unchanged();
        for (token, webhook, update) in due(&shared, &mut busy) {
            on_their_way.spawn(post(Arc::clone(&shared), token, webhook, update));
        }
        let retry = next_retry(&shared);
        tokio::select! {
            Some(Ok((token, ticket, result))) = on_their_way.join_next() => {
                if let Some(count) = busy.get_mut(&token) {
                    *count -= 1;
                }
                settle(&shared, &token, ticket, result);
            }
            _ = changed.changed() => {}
            () = tokio::time::sleep_until(retry.into()) => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

fn due(shared: &Shared, busy: &mut HashMap<String, usize>) -> Vec<(String, Webhook, Pending)> {
    let (now, instant) = (shared.config.clock.now(), Instant::now());
    shared.with(|world| {
        let mut due = Vec::new();
        for (token, bot) in &mut world.bots {
            let Some(webhook) = bot.webhook.clone() else {
                continue;
            };
            bot.queue.expire(now);
            let count = busy.entry(token.clone()).or_default();
            while *count < webhook.max_connections {
                let Some(update) = bot.queue.next_for_webhook(instant) else {
                    break;
                };
                *count += 1;
                due.push((token.clone(), webhook.clone(), update));
            }
        }
        due
    })
}

/// A minute from now at the latest, because expiry and retries need no bell.
fn next_retry(shared: &Shared) -> Instant {
    let latest = Instant::now() + Duration::from_secs(60);
    shared.with(|world| {
        let waiting = world.bots.values().filter(|bot| bot.webhook.is_some());
        let retries = waiting
            .filter_map(|bot| bot.queue.next_retry())
            .filter(|time| *time > Instant::now());
        retries.min().map_or(latest, |time| time.min(latest))
    })
}

async fn post(shared: Arc<Shared>, token: String, webhook: Webhook, update: Pending) -> Delivery {
    let url = shared.balancer().route(&webhook.url);
    let mut request = shared.client.post(url).json::<Value>(&update.json());
    if let Some(secret) = &webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let result = match request.send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!(
            "Wrong response from the webhook: {}",
            response.status()
        )),
        Err(error) if error.is_timeout() => Err("Read timeout expired".to_owned()),
        Err(error) if error.is_connect() => Err("Connection refused".to_owned()),
        Err(_) => Err("Connection reset by peer".to_owned()),
    };
    (token, update.ticket, result)
}

fn settle(shared: &Shared, token: &str, ticket: u64, result: Result<(), String>) {
    let now = shared.config.clock.now().timestamp();
    let pauses = (shared.config.webhook_pause, shared.config.webhook_pause_max);
    shared.with(|world: &mut World| {
        let Some(bot) = world.bots.get_mut(token) else {
            return;
        };
        match result {
            Ok(()) => bot.queue.delivered(ticket),
            Err(trouble) => {
                bot.queue.failed(ticket, Instant::now(), pauses);
                if let Some(webhook) = &mut bot.webhook {
                    webhook.last_error = Some((now, trouble));
                }
            }
        }
        world.bump();
    });
}
