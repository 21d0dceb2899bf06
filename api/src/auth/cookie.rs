//! The browser's cookie: never readable by scripts, never sent from other sites.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;

use crate::Config;

/// With https the name itself makes browsers insist on the attributes.
fn name(config: &Config) -> &'static str {
    if config.is_https() {
        "__Host-gad_session"
    } else {
        "gad_session"
    }
}

/// The token in the cookie of a request.
pub(crate) fn read(headers: &HeaderMap, config: &Config) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(name(config))
        .map(|cookie| cookie.value().to_owned())
}

/// The header that gives the browser its cookie for so many days.
pub(crate) fn give(token: &str, days: u32, config: &Config) -> HeaderValue {
    header(token, u64::from(days) * 86_400, config)
}

/// The header that takes it away.
pub(crate) fn take(config: &Config) -> HeaderValue {
    header("", 0, config)
}

fn header(token: &str, seconds: u64, config: &Config) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let text = format!(
        "{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}",
        name(config)
    );
    HeaderValue::from_str(&text).expect("a token is letters, digits and dots")
}
