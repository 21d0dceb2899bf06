//! Somebody calls for help where most tests happen, and others stand near enough to come.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{app::TestApp, people::Somebody};

impl TestApp {
    /// Somebody shows that he stands a hundred metres from whoever calls.
    pub async fn stands_near(&self, who: &Somebody) -> Result<()> {
        who.shares_live_location(-34.601, -58.4, 3600)?;
        self.settled().await
    }

    /// Somebody calls for help, with a place, from the board; the emergency.
    pub async fn called(&self, who: &Somebody) -> Result<Value> {
        let place = json!({ "lat": -34.6, "lon": -58.4 });
        let http = self.http(who).await?;
        http.post("/api/v1/emergencies", &place).await?.expect(201)
    }
}
