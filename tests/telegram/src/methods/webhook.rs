//! Setting, removing and describing the webhook.

use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    params::Params,
    state::Webhook,
};

pub(super) fn set(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let url = params.text("url").unwrap_or_default();
    if url.is_empty() {
        return delete(desk, params);
    }
    check(&url)?;
    let secret = params
        .text("secret_token")
        .filter(|secret| !secret.is_empty());
    check_secret(secret.as_deref())?;
    allow(desk, params)?;
    let max = params.int("max_connections").unwrap_or(40).clamp(1, 100);
    let max_connections = usize::try_from(max).expect("clamped to 1..=100");
    desk.bot.webhook = Some(Webhook {
        url,
        secret,
        max_connections,
        last_error: None,
    });
    drop_pending(desk, params);
    desk.bot.queue.settle();
    desk.bot.queue.generation += 1;
    desk.bump();
    Ok(json!(true))
}

/// Takes over `allowed_updates`; without it the former choice stays.
pub(crate) fn allow(desk: &mut Desk<'_>, params: &Params) -> Result<(), Refusal> {
    if let Some(Value::Array(kinds)) = params.json("allowed_updates")? {
        let kinds = kinds
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        desk.bot.queue.allow(kinds);
    }
    Ok(())
}

fn check(url: &str) -> Result<(), Refusal> {
    let bad = |what: &str| Refusal::bad(format!("bad webhook: {what}"));
    let parsed: reqwest::Url = url
        .parse()
        .map_err(|_| bad("invalid webhook URL specified"))?;
    let host = parsed.host_str().unwrap_or_default();
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match parsed.scheme() {
        "http" if loopback => Ok(()),
        "https" => Ok(()),
        _ => Err(bad("An HTTPS URL must be provided for webhook")),
    }
}

fn check_secret(secret: Option<&str>) -> Result<(), Refusal> {
    let Some(secret) = secret else { return Ok(()) };
    if secret.len() > 256 {
        return Err(Refusal::bad("secret token is too long"));
    }
    let fits = secret
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if fits {
        Ok(())
    } else {
        Err(Refusal::bad("secret token contains unallowed characters"))
    }
}

fn drop_pending(desk: &mut Desk<'_>, params: &Params) {
    if params.flag("drop_pending_updates") {
        desk.bot.queue.clear();
    }
}

pub(super) fn delete(desk: &mut Desk<'_>, params: &Params) -> Answer {
    desk.bot.webhook = None;
    drop_pending(desk, params);
    desk.bot.queue.settle();
    desk.bump();
    Ok(json!(true))
}

pub(super) fn info(desk: &mut Desk<'_>, _: &Params) -> Answer {
    desk.bot.queue.expire(desk.now);
    let mut info = json!({
        "url": "", "has_custom_certificate": false, "pending_update_count": desk.bot.queue.len(),
    });
    if !desk.bot.queue.allowed().is_empty() {
        info["allowed_updates"] = json!(desk.bot.queue.allowed());
    }
    if let Some(webhook) = &desk.bot.webhook {
        info["url"] = json!(webhook.url);
        info["max_connections"] = json!(webhook.max_connections);
        info["ip_address"] = json!("127.0.0.1");
        if let Some((date, message)) = &webhook.last_error {
            info["last_error_date"] = json!(date);
            info["last_error_message"] = json!(message);
        }
    }
    Ok(info)
}
