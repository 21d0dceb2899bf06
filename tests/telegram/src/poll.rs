//! `getUpdates`: long polling with confirmation by offset, one poller at a time.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal},
    methods,
    params::Params,
    shared::Shared,
};

const WEBHOOK_ACTIVE: &str = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLLER: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";

/// Answers at once when there are updates, else waits for the first one up to `timeout` seconds.
pub(crate) async fn get_updates(shared: &Shared, token: &str, params: &Params) -> Answer {
    let mut changed = shared.changed.subscribe();
    let generation = begin(shared, token, params)?;
    let limit = usize::try_from(params.int("limit").unwrap_or(100).clamp(1, 100))
        .expect("clamped to 1..=100");
    let seconds =
        u64::try_from(params.int("timeout").unwrap_or(0).clamp(0, 50)).expect("clamped to 0..=50");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(seconds);
    loop {
        let updates = look(shared, token, generation, limit)?;
        if !updates.is_empty() {
            return Ok(json!(updates));
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep_until(deadline) => return Ok(json!([])),
            () = shared.stop.cancelled() => return Err(Refusal::server_error()),
        }
    }
}

/// Takes the poller's seat from whoever has it, and confirms what the offset says.
fn begin(shared: &Shared, token: &str, params: &Params) -> Result<u64, Refusal> {
    shared
        .with(|world| {
            let mut desk = world
                .desk(token, &shared.config)
                .ok_or_else(Refusal::unauthorized)?;
            if desk.bot.webhook.is_some() {
                return Err(Refusal::conflict(WEBHOOK_ACTIVE));
            }
            methods::allow(&mut desk, params)?;
            desk.bot.queue.generation += 1;
            desk.bot.queue.confirm(params.int("offset").unwrap_or(0));
            Ok(desk.bot.queue.generation)
        })
        // Wakes the poller that lost its seat.
        .inspect(|_| shared.changed.send_modify(|_| ()))
}

fn look(
    shared: &Shared,
    token: &str,
    generation: u64,
    limit: usize,
) -> Result<Vec<Value>, Refusal> {
    let now = shared.config.clock.now();
    shared.with(|world| {
        let bot = world
            .bots
            .get_mut(token)
            .ok_or_else(Refusal::unauthorized)?;
        if bot.webhook.is_some() {
            return Err(Refusal::conflict("terminated by setWebhook request"));
        }
        if bot.queue.generation != generation {
            return Err(Refusal::conflict(OTHER_POLLER));
        }
        bot.queue.expire(now);
        Ok(bot.queue.read(limit))
    })
}
