//! Telegram: the token works, and updates come the way these settings expect.

use chrono::{DateTime, Utc};
use domain::Clock;
use serde_json::{Value, json};

use super::Finding;
use crate::{
    config::Config,
    telegram_api::{Answer, TelegramApi},
};

pub async fn look(config: &Config) -> Vec<Finding> {
    if config.telegram.token.is_none() {
        return vec![Finding::noted(
            "telegram",
            "the bot is off",
            "set TELEGRAM_BOT_TOKEN; @BotFather gives one",
        )];
    }
    let asked = async {
        let api = TelegramApi::new(&config.telegram)?;
        let me = api.call("getMe", &json!({})).await?;
        anyhow::Ok((me, api.call("getWebhookInfo", &json!({})).await?))
    };
    match asked.await {
        Ok((me, info)) => vec![name(config, &me.result), clock(&me), updates(config, &info)],
        Err(error) => vec![Finding::bad(
            "telegram",
            format!("{error:#}"),
            "check TELEGRAM_BOT_TOKEN and the way to the internet",
        )],
    }
}

fn name(config: &Config, me: &Value) -> Finding {
    let name = me["username"].as_str().unwrap_or_default();
    match &config.telegram.username {
        Some(set) if !set.eq_ignore_ascii_case(name) => Finding::bad(
            "telegram",
            format!("the token is @{name}'s, TELEGRAM_BOT_USERNAME says @{set}"),
            "correct one of them: invitations would lead elsewhere",
        ),
        _ => Finding::good("telegram", format!("@{name}")),
    }
}

fn clock(me: &Answer) -> Finding {
    let now: DateTime<Utc> = Clock::running().now();
    let Some(seconds) = me.date.map(|date| (date - now).num_seconds()) else {
        return Finding::good("machine clock", "Telegram tells no time");
    };
    let detail = format!("{seconds} s from Telegram's");
    // Two seconds are lost to rounding and the way.
    if seconds.abs() > 5 {
        Finding::noted("machine clock", detail, "run NTP: timedatectl set-ntp true")
    } else {
        Finding::good("machine clock", detail)
    }
}

fn updates(config: &Config, info: &Answer) -> Finding {
    let set = info.result["url"].as_str().unwrap_or_default();
    let last = info.result["last_error_message"]
        .as_str()
        .unwrap_or_default();
    match &config.telegram.webhook_url {
        None if set.is_empty() => Finding::good("updates", "long polling"),
        None => Finding::bad(
            "updates",
            format!("a webhook is registered ({set}), so long polling gets nothing"),
            "gad webhook delete, or set TELEGRAM_WEBHOOK_URL",
        ),
        Some(url) if url.as_str() != set => Finding::bad(
            "updates",
            format!(
                "Telegram sends them to {}",
                if set.is_empty() { "nobody" } else { set }
            ),
            "gad webhook set",
        ),
        Some(_) if !last.is_empty() => Finding::noted(
            "updates",
            format!("the webhook had trouble: {last}"),
            "gad webhook info tells when",
        ),
        Some(_) if !brings_all(&info.result) => Finding::noted(
            "updates",
            "the webhook was set by another release: some kinds of updates do not come",
            "gad webhook set",
        ),
        Some(_) => Finding::good("updates", "webhook"),
    }
}

/// Whether Telegram was asked for every kind that GAD answers; with no list it brings all of them.
fn brings_all(info: &Value) -> bool {
    let Some(kinds) = info["allowed_updates"].as_array() else {
        return true;
    };
    let asked = |kind: &&str| kinds.iter().any(|one| one.as_str() == Some(*kind));
    bot::receive::ALLOWED_UPDATES.iter().all(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_of_an_earlier_release_is_noticed() {
        let all = json!({ "allowed_updates": bot::receive::ALLOWED_UPDATES });
        assert!(brings_all(&all) && brings_all(&json!({})));
        assert!(!brings_all(
            &json!({ "allowed_updates": ["message", "callback_query"] })
        ));
    }
}
