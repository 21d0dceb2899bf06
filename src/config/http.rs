//! The settings as HTTP and sockets want them.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{Config, Keys};

impl Config {
    /// The settings of the API; `bot_username` is filled when it is known.
    pub fn http(&self, keys: &Keys, bot_username: Arc<OnceLock<String>>) -> api::Config {
        let text = |url: &reqwest::Url| url.as_str().trim_end_matches('/').to_owned();
        api::Config {
            public_url: self.server.public_url.as_ref().map(text),
            token_life: Duration::from_secs(u64::from(self.token_minutes) * 60),
            trusted_proxies: self.server.trusted_proxies.clone(),
            limits: self.limits,
            upload_bytes: self.server.upload_bytes,
            map_style_url: self.map_style_url.as_ref().map(ToString::to_string),
            bot_username,
            bot_token: self.telegram.token.clone(),
            ..api::Config::new(keys.jwt.clone())
        }
    }
}
