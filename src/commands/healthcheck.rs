//! gad healthcheck: whether the server of these settings answers.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::config::{Config, Server};

const PATIENCE: Duration = Duration::from_secs(3);

pub async fn run(config: &Config) -> Result<()> {
    let url = format!("http://{}/health/live", address(&config.server));
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .build()?;
    let answer = client
        .get(&url)
        .send()
        .await
        .with_context(|| format!("nothing answers at {url}"))?;
    ensure!(
        answer.status().is_success(),
        "{url} answers {}",
        answer.status()
    );
    Ok(())
}

/// An address that listens on everything is reached through loopback.
fn address(server: &Server) -> String {
    let host = match server.host.as_str() {
        "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" => "[::1]".to_owned(),
        host if host.contains(':') => format!("[{host}]"),
        host => host.to_owned(),
    };
    format!("{host}:{}", server.port)
}
