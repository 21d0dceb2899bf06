//! What an installation decides about its doors.

use std::{net::IpAddr, sync::Arc, sync::OnceLock, time::Duration};

use secrecy::SecretString;

/// Settings of HTTP and sockets.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where browsers find this installation, such as `https://gad.example`; decides the cookie.
    pub public_url: Option<String>,
    /// Signs tokens: at least 32 bytes.
    pub jwt_key: SecretString,
    /// How long an access token lives.
    pub token_life: Duration,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    pub limits: Limits,
    /// A style for the map; the browser may load from its origin.
    pub map_style_url: Option<String>,
    /// The name of the bot, as soon as it is known: invitation links carry it.
    pub bot_username: Arc<OnceLock<String>>,
    /// Its token, by which Telegram signs who opened a Mini App; none: the bot is off.
    pub bot_token: Option<SecretString>,
    /// The longest a request may take; uploads may as long as they move.
    pub request_timeout: Duration,
    /// How often the other side of a socket is asked whether it is there; twice without a word, and it is let go.
    pub heartbeat: Duration,
    /// The most bytes of a body that is not an upload.
    pub body_bytes: usize,
    /// The most bytes of all uploads under way together.
    pub upload_bytes: usize,
    /// How often it is looked at whether an upload still moves: who is too slow through two of these is let go.
    pub upload_window: Duration,
    pub version: String,
}

impl Config {
    /// The usual settings, with a key to sign tokens.
    pub fn new(jwt_key: SecretString) -> Self {
        Self {
            public_url: None,
            jwt_key,
            token_life: Duration::from_secs(15 * 60),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            map_style_url: None,
            bot_username: Arc::default(),
            bot_token: None,
            request_timeout: Duration::from_secs(20),
            heartbeat: Duration::from_secs(25),
            body_bytes: 256 * 1024,
            upload_bytes: 168 * 1024 * 1024,
            upload_window: Duration::from_secs(10),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }

    /// Whether browsers come by https, so that the cookie may insist on it.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }

    /// Scheme, host and port of the public address.
    pub(crate) fn public_origin(&self) -> Option<&str> {
        self.public_url.as_deref().and_then(origin_of)
    }
}

/// Scheme, host and port of an address.
pub(crate) fn origin_of(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let end = url[host..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |end| host + end);
    (end > host).then(|| &url[..end])
}

/// How often one client may come in a minute.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub enabled: bool,
    pub requests: u32,
    pub logins: u32,
    /// Openings of sockets.
    pub sockets: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            requests: 100,
            logins: 10,
            sockets: 10,
        }
    }
}

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    pub address: IpAddr,
    /// Bits that must agree.
    pub prefix: u8,
}

impl Network {
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => agree(
                ours.to_bits().into(),
                theirs.to_bits().into(),
                self.prefix,
                32,
            ),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                agree(ours.to_bits(), theirs.to_bits(), self.prefix, 128)
            }
            _ => false,
        }
    }
}

fn agree(ours: u128, theirs: u128, prefix: u8, width: u32) -> bool {
    let rest = width.saturating_sub(prefix.into());
    rest >= 128 || ours >> rest == theirs >> rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_know_their_own() {
        let network = Network {
            address: [10, 0, 0, 0].into(),
            prefix: 8,
        };
        assert!(network.contains([10, 200, 3, 4].into()));
        assert!(!network.contains([11, 0, 0, 1].into()));
        assert!(network.contains("::ffff:10.1.2.3".parse().expect("a literal")));
        let everything = Network {
            address: [0, 0, 0, 0].into(),
            prefix: 0,
        };
        assert!(everything.contains([8, 8, 8, 8].into()));
    }

    #[test]
    fn origins_end_at_the_path() {
        assert_eq!(
            origin_of("https://gad.example:8443/board?x"),
            Some("https://gad.example:8443")
        );
        assert_eq!(
            origin_of("https://gad.example"),
            Some("https://gad.example")
        );
        assert_eq!(origin_of("gad.example"), None);
    }
}
