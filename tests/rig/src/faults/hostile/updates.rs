//! Updates of no known form.

use std::time::Instant;

use anyhow::Result;
use it::{Http, until::within};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::json;

use super::PATIENCE;
use crate::{
    cluster::{Cluster, SECRET},
    load::{Samples, junk},
    report::Findings,
    run::Bench,
};

/// They are kept or refused, and hold up nobody.
pub async fn strange_updates(
    bench: &Bench,
    cluster: &Cluster,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let mut lot = StdRng::seed_from_u64(bench.seed ^ 1);
    let (http, mut took) = (Http::stranger(&cluster.base(0))?, Samples::default());
    for n in 0..count {
        let body = match lot.random_range(0..4) {
            0 => junk::bytes(&mut lot, 500),
            1 => junk::value(&mut lot, 4).to_string().into_bytes(),
            2 => {
                let mut message = junk::object(&mut lot, 3);
                message.insert("from".into(), json!({ "id": 10_001 + n % 5, "is_bot": false, "first_name": junk::text(&mut lot) }));
                message.insert(
                    "chat".into(),
                    json!({ "id": 10_001 + n % 5, "type": "private" }),
                );
                message.extend([
                    ("date".into(), json!(0)),
                    ("message_id".into(), json!(n)),
                    ("text".into(), json!(junk::text(&mut lot))),
                ]);
                json!({ "update_id": 900_000_000 + n, "message": message })
                    .to_string()
                    .into_bytes()
            }
            _ => {
                let from = json!({ "id": 10_001 + n % 5, "is_bot": false, "first_name": "x" });
                let press = json!({ "id": n.to_string(), "from": from, "chat_instance": "1", "data": junk::text(&mut lot) });
                json!({ "update_id": 900_000_000 + n, "callback_query": press })
                    .to_string()
                    .into_bytes()
            }
        };
        let request = http.request(Method::POST, "/telegram/webhook").body(body);
        let request = request.header("x-telegram-bot-api-secret-token", SECRET);
        let begun = Instant::now();
        let answer = http.send(request).await?;
        took.add(begun.elapsed());
        let status = answer.status.as_u16();
        findings.must(
            [200, 400].contains(&status),
            format!("an update was answered {status}"),
        );
    }
    within(PATIENCE, "strange updates to be done with", || async {
        let waiting = cluster
            .count("SELECT count(*) FROM inbox WHERE status = 'pending'")
            .await?;
        Ok((waiting == 0).then_some(()))
    })
    .await?;
    Ok(took)
}
