//! gad serve: API, bot and workers until a signal.

use anyhow::Result;

use super::Beside;
use crate::{App, config::Config, telemetry};

pub async fn run(config: Config, beside: Beside) -> Result<()> {
    telemetry::log(config.environment, &config.server.log_level);
    let app = App::start(config).await?;
    beside(&app);
    app.run().await
}
