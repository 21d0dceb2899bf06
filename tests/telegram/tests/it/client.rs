//! A bot that speaks plain HTTP, and what every test begins with.

use std::time::Duration;

use serde_json::{Value, json};
use telegram::{Config, Paper, Person};

pub const TOKEN: &str = "123456:ABC-paper";
pub const ANA: i64 = 1001;

/// A bot without a library; keeps the paper Telegram running.
#[derive(Clone)]
pub struct Client {
    _paper: Paper,
    base: String,
    http: reqwest::Client,
}

/// A paper Telegram with one bot, and Ana who has already written to it.
pub struct Scene {
    pub paper: Paper,
    pub bot: Client,
    pub ana: Person,
}

pub async fn scene() -> Result<Scene, Box<dyn std::error::Error>> {
    scene_with(Config::default()).await
}

pub async fn scene_with(config: Config) -> Result<Scene, Box<dyn std::error::Error>> {
    let paper = Paper::start_with("127.0.0.1:0".parse()?, config).await?;
    paper.add_bot(TOKEN, "gad_bot");
    let ana = paper.person(ANA, "Ana", "es");
    ana.says("hola")?;
    let bot = Client::new(&paper, TOKEN)?;
    bot.updates(-1).await?;
    bot.clear().await?;
    Ok(Scene { paper, bot, ana })
}

impl Client {
    pub fn new(paper: &Paper, token: &str) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self {
            _paper: paper.clone(),
            base: format!("{}/bot{token}", paper.api_url()),
            http,
        })
    }

    /// Calls a method with JSON parameters; the whole body whatever the status.
    pub async fn call(&self, method: &str, params: Value) -> reqwest::Result<Value> {
        self.http
            .post(format!("{}/{method}", self.base))
            .json(&params)
            .send()
            .await?
            .json()
            .await
    }

    /// Calls a method that must succeed; its result.
    pub async fn ok(
        &self,
        method: &str,
        params: Value,
    ) -> Result<Value, Box<dyn std::error::Error>> {
        let mut body = self.call(method, params).await?;
        if body["ok"] != true {
            return Err(format!("{method}: {body}").into());
        }
        Ok(body["result"].take())
    }

    /// Calls a method that must be refused; code and description.
    pub async fn refused(
        &self,
        method: &str,
        params: Value,
    ) -> Result<(u64, String), Box<dyn std::error::Error>> {
        let body = self.call(method, params).await?;
        let code = body["error_code"]
            .as_u64()
            .ok_or_else(|| format!("{method} was not refused: {body}"))?;
        Ok((
            code,
            body["description"].as_str().unwrap_or_default().to_owned(),
        ))
    }

    /// Sends a text to Ana; the message.
    pub async fn says(&self, text: &str) -> Result<Value, Box<dyn std::error::Error>> {
        self.ok("sendMessage", json!({"chat_id": ANA, "text": text}))
            .await
    }

    pub async fn updates(&self, offset: i64) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
        let updates = self.ok("getUpdates", json!({ "offset": offset })).await?;
        Ok(updates.as_array().cloned().unwrap_or_default())
    }

    /// Confirms everything that waits.
    pub async fn clear(&self) -> Result<(), Box<dyn std::error::Error>> {
        if let Some(last) = self.updates(-1).await?.last() {
            self.updates(last["update_id"].as_i64().unwrap_or(0) + 1)
                .await?;
        }
        Ok(())
    }
}

pub fn ids(updates: &[Value]) -> Vec<i64> {
    updates
        .iter()
        .filter_map(|update| update["update_id"].as_i64())
        .collect()
}
