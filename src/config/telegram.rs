//! How to reach Telegram, and how Telegram reaches us.

use bot::limiter::Rate;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::read::Reader;

/// The bot's side; without a token it is off.
#[derive(Clone, Debug)]
pub struct Telegram {
    pub token: Option<SecretString>,
    /// Without @.
    pub username: Option<String>,
    pub api_url: Url,
    /// Absent: long polling.
    pub webhook_url: Option<Url>,
    pub webhook_secret: Option<SecretString>,
    pub limits: bot::Limits,
}

impl Telegram {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let telegram = Self {
            token: token(reader),
            username: reader
                .text("telegram.bot_username")
                .map(|name| name.trim_start_matches('@').to_owned()),
            api_url: reader.url("telegram.api_url").unwrap_or_else(official),
            webhook_url: reader.url("telegram.webhook_url"),
            webhook_secret: reader.secret("telegram.webhook_secret"),
            limits: limits(reader),
        };
        telegram.check(reader);
        telegram
    }

    fn check(&self, reader: &mut Reader) {
        if let Some(url) = self
            .webhook_url
            .as_ref()
            .filter(|url| url.scheme() == "http" && !is_loopback(url))
        {
            reader.problem(
                "telegram.webhook_url",
                format!("{url} is plain http, Telegram wants https"),
            );
        }
        if self
            .webhook_secret
            .as_ref()
            .is_some_and(|secret| !is_webhook_secret(secret.expose_secret()))
        {
            reader.problem(
                "telegram.webhook_secret",
                "1 to 256 of A-Z a-z 0-9 _ - are wanted: openssl rand -hex 32",
            );
        }
    }
}

/// How many may go out; over which span is the bot's own matter.
fn limits(reader: &mut Reader) -> bot::Limits {
    let usual = bot::Limits::default();
    let mut rate = |key, rate: Rate| Rate {
        most: reader.number(key, 1..=100_000),
        ..rate
    };
    bot::Limits {
        all: rate("telegram.sends", usual.all),
        person: rate("telegram.person_sends", usual.person),
        group: rate("telegram.group_sends", usual.group),
    }
}

fn official() -> Url {
    Url::parse("https://api.telegram.org").expect("a constant address")
}

fn token(reader: &mut Reader) -> Option<SecretString> {
    let token = reader.secret("telegram.bot_token")?;
    if !is_token(token.expose_secret()) {
        reader.problem(
            "telegram.bot_token",
            "it does not look like a token of @BotFather (123456789:ABC…)",
        );
    }
    Some(token)
}

fn is_token(text: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    text.split_once(':')
        .is_some_and(|(id, key)| id.parse::<i64>().is_ok_and(|id| id > 0) && word(key))
}

fn is_webhook_secret(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Whether an address leads to this machine and nowhere else.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_secrets_have_a_shape() {
        assert!(is_token("123456:AAE-x_9"));
        assert!(!is_token("AAE-x_9") && !is_token("12:") && !is_token("12:a b"));
        assert!(is_webhook_secret("a_b-9") && !is_webhook_secret("a b") && !is_webhook_secret(""));
    }

    #[test]
    fn loopback_is_known_by_name_and_number() -> anyhow::Result<()> {
        for (url, expected) in [
            ("http://127.0.0.1:81/x", true),
            ("http://[::1]/", true),
            ("http://gad.example/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url)?), expected, "{url}");
        }
        Ok(())
    }
}
