//! Somebody's browser or program: signed in, or a stranger.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A client of one server; cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
    bearer: Option<String>,
    /// What the login answered.
    pub session: Value,
}

/// An answer that was read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body, `null` when it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The body, when this is the status.
    pub fn expect(&self, status: u16) -> Result<Value> {
        if self.status.as_u16() == status {
            return Ok(self.json());
        }
        Err(patience::failed(anyhow!(
            "{status} was expected, not {}: {}",
            self.status,
            self.text
        )))
    }
}

impl Http {
    /// Nobody in particular.
    pub fn stranger(base: &str) -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            // A server closes what is idle for 15 s; a request must not meet that moment.
            .pool_idle_timeout(Duration::from_secs(10))
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            base: base.to_owned(),
            bearer: None,
            session: Value::Null,
        })
    }

    /// Signs in.
    pub async fn login(base: &str, username: &str, password: &str) -> Result<Self> {
        let mut http = Self::stranger(base)?;
        let answer = http
            .post(
                "/api/v1/auth/login",
                &json!({ "username": username, "password": password }),
            )
            .await?;
        http.session = answer.expect(200)?;
        http.bearer = Some(
            http.session["access_token"]
                .as_str()
                .context("a token")?
                .to_owned(),
        );
        Ok(http)
    }

    /// The same person at another instance.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request with this person's token, to be completed and given to [`Self::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            text: response.text().await?,
        })
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::PATCH, path).json(body))
            .await
    }

    pub async fn delete(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::DELETE, path)).await
    }
}
