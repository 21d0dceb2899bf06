//! A call for help that is open while Telegram is away: those who were asked to come.

use std::{collections::BTreeSet, time::Instant};

use anyhow::{Context, Result};
use it::Http;
use serde_json::json;
use telegram::{Call, Person};

use crate::{cluster::Cluster, report::Findings};

/// So many are asked, all of them at once.
pub const ASKED: usize = 3;

/// Where they stand is known, and nobody else can be asked.
const NEAR: &str = "
    INSERT INTO last_positions (agent_id, lat, lon, source, recorded_at)
    SELECT agents.id, -34.6, -58.4, 'live', now() FROM agents JOIN users ON users.id = agents.user_id
    WHERE users.telegram_id = {phone}";

const REFUSED: &str = "SELECT count(*) FROM emergency_offers WHERE state = 'declined'";

/// Those who are asked to come, as their phones have it.
pub struct Help {
    phones: Vec<Person>,
}

impl Help {
    /// Somebody calls for help, and all of them are asked.
    pub async fn called(cluster: &Cluster, radio: &Http, phones: Vec<Person>) -> Result<Self> {
        for phone in &phones {
            let near = NEAR.replace("{phone}", &phone.id().to_string());
            cluster.execute(&near).await?;
        }
        let help = json!({ "lat": -34.6, "lon": -58.4, "text": "Choque" });
        let help = radio.post("/api/v1/emergencies", &help).await?;
        help.expect(201)?;
        for phone in &phones {
            phone.until_button("Voy").await?;
        }
        Ok(Self { phones })
    }

    fn first(&self) -> Result<&Person> {
        self.phones.first().context("somebody who is asked")
    }

    /// The first of them says that he cannot.
    pub fn refused(&self) -> Result<()> {
        let phone = self.first()?;
        let seen = phone.messages();
        let card = seen.iter().rev().find(|one| one.has_button("Voy"));
        let card = card.context("what he was asked with")?;
        phone.taps_on(card.id, "No puedo")?;
        Ok(())
    }

    /// Whether all others were rung since then.
    pub fn is_rung(&self, cluster: &Cluster, since: Instant) -> Result<bool> {
        let rung = rung_since(cluster, since)?;
        let mut others = self.phones.iter().skip(1);
        Ok(others.all(|phone| rung.contains(&phone.id())))
    }

    /// His answer was kept, and nobody asked him again.
    pub async fn check(
        &self,
        cluster: &Cluster,
        since: Instant,
        findings: &mut Findings,
    ) -> Result<()> {
        let kept = cluster.count(REFUSED).await?;
        findings.must(
            kept == 1,
            format!("one cannot come to the call for help, {kept} answers were kept"),
        );
        let rung = rung_since(cluster, since)?;
        findings.must(
            !rung.contains(&self.first()?.id()),
            "who cannot come to the call for help was rung again",
        );
        Ok(())
    }
}

/// The chats that were asked to come by a new message since then.
fn rung_since(cluster: &Cluster, since: Instant) -> Result<BTreeSet<i64>> {
    let rings = |call: &&Call| {
        let sent = call.method == "sendMessage" && call.is_ok() && call.instant >= since;
        sent && call.params["reply_markup"].to_string().contains("Voy")
    };
    let calls = cluster.paper.calls();
    let chats = calls.iter().filter(rings);
    chats.map(|call| call.chat().context("a chat")).collect()
}
