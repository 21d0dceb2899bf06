//! Calls to the Bot API. teloxide's own sending sleeps ten seconds on every 5xx answer and reads whole messages
//! back; here each call has its timeout, its outcome is told apart by code, and of an answer only what is needed is read.

use std::{fmt, time::Duration};

use reqwest::{
    Response, StatusCode, Url,
    multipart::{Form, Part},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use teloxide::{Bot, requests::Payload};

use crate::{errors::CallError, screen::Made};

/// A bot at a Bot API server; cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: SecretString,
    bot_id: i64,
}

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("a bot token looks like 123456:ABC-DEF, as BotFather hands it out")]
    Token,
    #[error("the address of the Bot API must start with http:// or https://")]
    Address,
    #[error("no HTTP client can be made: {0}")]
    Http(#[from] reqwest::Error),
}

/// How long an ordinary call may take.
pub const CALL: Duration = Duration::from_secs(10);

const CONNECT: Duration = Duration::from_secs(5);

/// The address of Telegram's own server.
pub const TELEGRAM: &str = "https://api.telegram.org";

#[derive(Deserialize)]
struct Answer<R> {
    ok: bool,
    result: Option<R>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Client {
    /// A client for the bot of this token; nothing is sent yet.
    pub fn new(token: SecretString, base: &str) -> Result<Self, Unusable> {
        let bot_id = id_in(token.expose_secret()).ok_or(Unusable::Token)?;
        let base = Url::parse(base)
            .ok()
            .filter(Url::has_host)
            .ok_or(Unusable::Address)?;
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self {
            http,
            base,
            token,
            bot_id,
        })
    }

    /// The bot's own id, which its token begins with.
    pub fn bot_id(&self) -> i64 {
        self.bot_id
    }

    /// The same bot for teloxide, which asks it only for its name.
    pub fn teloxide(&self) -> Bot {
        Bot::with_client(self.token.expose_secret(), self.http.clone())
            .set_api_url(self.base.clone())
    }

    /// Makes a call and reads `R` from its answer.
    pub async fn call<R, P>(&self, payload: &P) -> Result<R, CallError>
    where
        R: DeserializeOwned,
        P: Payload + Serialize,
    {
        self.ask(P::NAME, payload, CALL).await
    }

    /// Makes a call by name, which may take as long as `timeout`.
    pub async fn ask<R>(
        &self,
        method: &str,
        body: &impl Serialize,
        timeout: Duration,
    ) -> Result<R, CallError>
    where
        R: DeserializeOwned,
    {
        let bot = format!("bot{}", self.token.expose_secret());
        let request = self
            .http
            .post(self.address(&[&bot, method]))
            .json(body)
            .timeout(timeout);
        read(request.send().await?).await
    }

    /// Makes a call that carries a file of our own.
    pub async fn upload<R>(
        &self,
        method: &str,
        fields: Vec<(&'static str, String)>,
        (field, made): (&'static str, &Made),
        timeout: Duration,
    ) -> Result<R, CallError>
    where
        R: DeserializeOwned,
    {
        let bot = format!("bot{}", self.token.expose_secret());
        let file = Part::bytes(made.bytes.to_vec())
            .file_name(made.name.clone())
            .mime_str(&made.mime)?;
        let form = fields
            .into_iter()
            .fold(Form::new(), |form, (name, value)| form.text(name, value));
        let request = self
            .http
            .post(self.address(&[&bot, method]))
            .multipart(form.part(field, file))
            .timeout(timeout);
        read(request.send().await?).await
    }

    /// Opens a file that getFile has named.
    pub async fn open(&self, path: &str, timeout: Duration) -> Result<Response, CallError> {
        let bot = format!("bot{}", self.token.expose_secret());
        let mut parts = vec!["file", &bot];
        parts.extend(path.split('/'));
        let response = self
            .http
            .get(self.address(&parts))
            .timeout(timeout)
            .send()
            .await?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(refused(response.status(), None, None))
        }
    }

    fn address(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("an address with a host has a path")
            .pop_if_empty()
            .extend(parts);
        url
    }
}

fn id_in(token: &str) -> Option<i64> {
    let (id, secret) = token.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if secret.is_empty() || !secret.chars().all(plain) {
        return None;
    }
    id.parse().ok().filter(|id| *id > 0)
}

async fn read<R: DeserializeOwned>(response: Response) -> Result<R, CallError> {
    let status = response.status();
    let body = response.bytes().await?;
    let Ok(answer) = serde_json::from_slice::<Answer<R>>(&body) else {
        return Err(unreadable(status));
    };
    match answer.result {
        Some(result) if answer.ok => Ok(result),
        _ if answer.ok => Err(unreadable(status)),
        _ => Err(refused(
            status,
            Some((answer.error_code, answer.description)),
            answer.parameters,
        )),
    }
}

/// Not the Bot API's JSON: a proxy's page, or something in between.
fn unreadable(status: StatusCode) -> CallError {
    match status.as_u16() {
        code @ 400..500 => refused_with(code, status.to_string(), (None, None)),
        _ => CallError::Unclear(format!("{status} without the expected JSON")),
    }
}

fn refused(
    status: StatusCode,
    said: Option<(Option<u16>, Option<String>)>,
    parameters: Option<Parameters>,
) -> CallError {
    let (code, description) = said.unwrap_or_default();
    let said_more = parameters.map_or((None, None), |parameters| {
        let wait = parameters.retry_after.map(Duration::from_secs);
        (wait, parameters.migrate_to_chat_id)
    });
    let description = description.unwrap_or_else(|| status.to_string());
    refused_with(code.unwrap_or(status.as_u16()), description, said_more)
}

fn refused_with(
    code: u16,
    description: String,
    (retry_after, migrate_to): (Option<Duration>, Option<i64>),
) -> CallError {
    CallError::Refused {
        code,
        description,
        retry_after,
        migrate_to,
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("bot_id", &self.bot_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_begins_with_the_bots_id() {
        assert_eq!(id_in("123456:ABC-DEF_1"), Some(123_456));
        for wrong in [
            "", "123456", ":abc", "12x:abc", "1:", "1:a b", "-5:abc", "1:a/../b",
        ] {
            assert_eq!(id_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_keeps_a_path_and_the_token_stays_out_of_debug() {
        let client =
            Client::new("42:secret".into(), "http://localhost:81/tg/").expect("a good address");
        assert_eq!(
            client.address(&["bot42:secret", "getMe"]).as_str(),
            "http://localhost:81/tg/bot42:secret/getMe"
        );
        assert!(!format!("{client:?}").contains("secret"));
    }
}
