//! Who opened the board inside Telegram, as Telegram signs it for the bot:
//! <https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app>.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;

/// How old it may be: pages are opened again from the same data, stolen data shall soon be worth nothing.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// How far Telegram's clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

/// The most bytes that are looked at.
const BYTES: usize = 4096;

/// What was handed in, and what it is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InitData {
    pub telegram_id: i64,
    pub signed_at: DateTime<Utc>,
    /// Telegram has signed it with this bot's token.
    pub proved: bool,
}

#[derive(Deserialize)]
struct Opener {
    id: i64,
}

impl InitData {
    /// Reads it; nothing when it has not the form, such as a name that comes twice.
    pub fn read(text: &str, token: &SecretString) -> Option<Self> {
        let mut fields = fields(text)?;
        let hash = hex::decode(fields.remove("hash")?).ok()?;
        let opener: Opener = serde_json::from_str(fields.get("user")?).ok()?;
        let seconds = fields.get("auth_date")?.parse().ok()?;
        Some(Self {
            telegram_id: opener.id,
            signed_at: DateTime::from_timestamp(seconds, 0)?,
            proved: is_signed(&fields, &hash, token),
        })
    }

    /// Whether it was made lately.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.signed_at <= now + AHEAD && now <= self.signed_at + FRESH
    }
}

/// By name, in the order in which they are signed.
fn fields(text: &str) -> Option<BTreeMap<String, String>> {
    if text.len() > BYTES {
        return None;
    }
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if fields
            .insert(name.into_owned(), value.into_owned())
            .is_some()
        {
            return None;
        }
    }
    Some(fields)
}

/// Compares in constant time.
fn is_signed(fields: &BTreeMap<String, String>, hash: &[u8], token: &SecretString) -> bool {
    let lines: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let key = keyed(b"WebAppData", token.expose_secret().as_bytes());
    let key = key.finalize().into_bytes().to_vec();
    keyed(&key, lines.join("\n").as_bytes())
        .verify_slice(hash)
        .is_ok()
}

fn keyed(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "123456:a-token-of-a-test";

    fn token() -> SecretString {
        TOKEN.into()
    }

    fn signed(pairs: &[(&str, &str)]) -> String {
        let mut lines: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
        lines.sort();
        let key = keyed(b"WebAppData", TOKEN.as_bytes()).finalize();
        let key = key.into_bytes().to_vec();
        let hash = keyed(&key, lines.join("\n").as_bytes()).finalize();
        let hash = hash.into_bytes().to_vec();
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .append_pair("hash", &hex::encode(hash))
            .finish()
    }

    const PAIRS: [(&str, &str); 4] = [
        ("query_id", "AAF"),
        (
            "user",
            r#"{"id":77,"first_name":"Ana & Co","language_code":"es"}"#,
        ),
        ("auth_date", "1700000000"),
        ("signature", "of-third-parties"),
    ];

    #[test]
    fn what_telegram_signed_is_proved_and_nothing_else_is() {
        let text = signed(&PAIRS);
        let read = InitData::read(&text, &token()).expect("it has the form");
        assert!(read.proved);
        assert_eq!(read.telegram_id, 77);
        let other =
            InitData::read(&text.replace("%3A77", "%3A78"), &token()).expect("it has the form");
        assert_eq!((other.telegram_id, other.proved), (78, false));
        let foreign = InitData::read(&text, &"123456:another".into()).expect("it has the form");
        assert!(!foreign.proved);
    }

    #[test]
    fn what_has_not_the_form_is_nothing() {
        let text = signed(&PAIRS);
        let twice = format!("{text}&user=%7B%22id%22%3A78%7D");
        let long = format!("{text}&x={}", "x".repeat(BYTES));
        for bad in [
            "",
            "hash=00",
            "user=1&hash=00&auth_date=1",
            twice.as_str(),
            long.as_str(),
        ] {
            assert_eq!(InitData::read(bad, &token()), None, "{bad}");
        }
    }

    #[test]
    fn it_is_fresh_for_an_hour_and_hardly_from_the_future() {
        let read = InitData::read(&signed(&PAIRS), &token()).expect("it has the form");
        let at =
            |seconds: i64| DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a moment");
        assert!(read.is_fresh(at(0)) && read.is_fresh(at(3600)) && read.is_fresh(at(-60)));
        assert!(!read.is_fresh(at(3601)) && !read.is_fresh(at(-61)));
    }
}
