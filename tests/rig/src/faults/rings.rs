//! Rounds of broadcasts, rings of calls for help and "are you well?" go on while instances are killed: each step is done once, in
//! its order, and soon. Nobody answers, so that all of them go to their end. Judged by the rows.

use std::time::Duration;

use anyhow::{Context, Result};
use futures::FutureExt;
use it::{Http, until::within};
use serde_json::json;

use super::{
    late::{how_late, kill_one},
    steps::boss,
};
use crate::{
    cluster::{Cluster, Plan},
    load::{Crowd, Force, people::Member, radio::dispatcher},
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "rings",
    fault: "rounds of broadcasts, rings of emergencies and checks while instances are killed",
    run: |bench| run(bench).boxed(),
};

/// What falls due here.
const KINDS: [&str; 5] = [
    "broadcast_round",
    "broadcast_ask",
    "emergency_ring",
    "check_in_round",
    "check_in_silence",
];

/// The shortest that somebody may be given to say that he is well.
const ANSWER: u64 = 10;

const PATIENCE: Duration = Duration::from_secs(120);

/// Everybody who has a task is on it, and can be asked whether he is well.
const THERE: &str = "UPDATE assignments SET state = 'acknowledged' WHERE state = 'offered'";

/// The second question comes soon after the first, and not after five minutes at least.
const SOONER: &str = "UPDATE timers SET due_at = now() + interval '{pace} seconds'
    WHERE kind = 'check_in_round' AND status = 'waiting' AND due_at > now() + interval '2 minutes'
    AND (data->>'check_in_id')::bigint IN (SELECT id FROM check_ins WHERE round = 1)";

/// What has not come to its end: a broadcast whose silent are asked again or told of, and somebody who is waited for.
const GOES_ON: &str = "
    SELECT (SELECT count(*) FROM timers WHERE kind = 'broadcast_round' AND status = 'waiting')
         + (SELECT count(*) FROM check_in_people WHERE step <> 3 OR escalated_at IS NULL)";

/// Each gives a number that must be zero.
const NONE: [(&str, &str); 12] = [
    (
        "SELECT count(*) FROM broadcasts WHERE round < 4 OR round <> (SELECT count(*) FROM timers
            WHERE kind = 'broadcast_round' AND status = 'fired' AND (data->>'broadcast_id')::bigint = broadcasts.id)",
        "broadcasts with a round too many or too few",
    ),
    (
        "SELECT count(*) FROM broadcast_recipients WHERE rings <> 2 OR sent_at IS NULL OR escalated_at IS NULL",
        "people of broadcasts were not asked three times and then told of",
    ),
    (
        "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE notice->>'notice' = 'broadcast' AND notice->>'ring' = 'true'
            GROUP BY chat_id, notice->>'broadcast_id' HAVING count(*) > 3) AS often",
        "people of broadcasts were asked more than three times",
    ),
    (
        "SELECT count(*) FROM outbox AS word WHERE word.notice->>'notice' = 'broadcast_silent' AND EXISTS (
            SELECT 1 FROM outbox AS ring WHERE ring.notice->>'notice' = 'broadcast' AND ring.notice->>'ring' = 'true'
            AND ring.notice->>'broadcast_id' = word.notice->>'broadcast_id' AND ring.created_at > word.created_at)",
        "words about the silent came before they had been asked for the last time",
    ),
    (
        "SELECT count(*) FROM emergencies WHERE status <> 'active' OR ring <> (SELECT count(*) FROM timers
            WHERE kind = 'emergency_ring' AND status = 'fired' AND (data->>'emergency_id')::bigint = emergencies.id)",
        "emergencies with a ring too many or too few",
    ),
    (
        "SELECT count(*) FROM emergencies WHERE 1 <> (SELECT count(*) FROM timers
            WHERE kind = 'emergency_ring' AND status = 'waiting' AND (data->>'emergency_id')::bigint = emergencies.id)",
        "emergencies whose next ring is lost or doubled",
    ),
    (
        "SELECT count(*) FROM emergency_offers AS one JOIN emergency_offers AS other USING (emergency_id)
            WHERE one.ring < other.ring AND one.offered_at >= other.offered_at",
        "people were asked before those of the ring before",
    ),
    (
        "SELECT count(*) FROM emergency_offers WHERE rings > 2",
        "people were rung for an emergency more than three times",
    ),
    (
        "SELECT count(*) FROM emergencies
            WHERE ring >= 3 AND (escalated_at IS NULL OR phones_at IS NULL OR phones_at < escalated_at)",
        "emergencies to which nobody came were not escalated, or in the wrong order",
    ),
    (
        "SELECT count(*) FROM check_ins WHERE round <> 1 + (SELECT count(*) FROM timers
            WHERE kind = 'check_in_round' AND status = 'fired' AND (data->>'check_in_id')::bigint = check_ins.id)",
        "checks with a question too many or too few",
    ),
    (
        "SELECT count(*) FROM (
            SELECT created_at - lag(created_at) OVER (PARTITION BY chat_id, notice->>'check_in_id' ORDER BY id) AS pause
            FROM outbox WHERE notice->>'notice' = 'check_in_silent') AS pauses
            WHERE pause < interval '10 seconds'",
        "silences in a check were told of twice",
    ),
    (
        "SELECT count(*) FROM timers WHERE status = 'failed' OR status = 'fired' AND fired_at < due_at - interval '1 second'",
        "steps were given up, or done before their time",
    ),
];

/// No step came sooner after the one before than it should.
const TOO_SOON: &str = "
    SELECT count(*) FROM (
        SELECT due_at - lag(fired_at) OVER (PARTITION BY kind, subject ORDER BY id) AS pause
        FROM timers WHERE kind IN ('broadcast_round', 'emergency_ring') AND status = 'fired') AS pauses
    WHERE pause < interval '{pace} seconds' - interval '1 second'";

/// How much of it there is, and how long it takes.
struct Scale {
    /// So many of each begin before every kill.
    batch: usize,
    /// People who hear the broadcasts and are near the emergencies.
    crowd: usize,
    kills: u32,
    /// Seconds between two kills.
    between: u64,
    /// Seconds between two rounds, or two rings.
    pace: u64,
}

async fn run(bench: Bench) -> Result<Findings> {
    let scale = bench.size(
        Scale {
            batch: 5,
            crowd: 30,
            kills: 9,
            between: 20,
            pace: 10,
        },
        Scale {
            batch: 2,
            crowd: 12,
            kills: 1,
            between: 8,
            pace: 4,
        },
    );
    let mut findings = Findings::default();
    let cluster = Plan::default()
        .set("GAD_ACK__CRITICAL_SECONDS", &scale.pace.to_string())
        .set("GAD_EMERGENCY__RING_SECONDS", &scale.pace.to_string())
        .set("GAD_CHECK_IN__ANSWER_SECONDS", &ANSWER.to_string())
        .start(&bench)
        .await?;
    boss(&cluster).await?;
    let batches = scale.kills as usize + 1;
    let force = Force::hire(&cluster, batches * scale.batch).await?;
    cluster.execute(THERE).await?;
    let crowd = Crowd::gather(&cluster, scale.crowd).await?;
    crowd.is_seen(&cluster).await?;
    let radio = dispatcher(&cluster).await?;
    cluster.settled(PATIENCE).await?;

    let mut lot = bench.random();
    let mut kills = Vec::new();
    for (number, members) in (0u32..).zip(force.members.chunks(scale.batch)) {
        begin(&cluster, &radio, members).await?;
        let sooner = SOONER.replace("{pace}", &scale.pace.to_string());
        cluster.execute(&sooner).await?;
        moment::pass(Duration::from_secs(scale.between)).await;
        if number < scale.kills {
            kills.push(kill_one(&cluster, number, &mut lot).await?);
        }
    }
    within(
        PATIENCE,
        "what nobody answers to come to its end",
        || async {
            moment::pass(Duration::from_millis(200)).await;
            Ok((cluster.count(GOES_ON).await? == 0).then_some(()))
        },
    )
    .await?;
    let each = batches * scale.batch;
    findings.did(format!(
        "{each} broadcasts, emergencies and checks without an answer, {} kills, one every {} s",
        scale.kills, scale.between
    ));
    in_order(&cluster, scale.pace, &mut findings).await?;
    let done = how_late(&cluster, &KINDS, &kills, &mut findings).await?;
    // Four rounds, one ring, one question more and twice silence, at the least.
    let least = each * 8;
    findings.must(done >= least, format!("{done} steps of {least} at least"));
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// For each of these people a check of his task, an emergency and a broadcast to the crowd.
async fn begin(cluster: &Cluster, radio: &Http, members: &[Member]) -> Result<()> {
    let unit = cluster
        .count("SELECT id FROM units WHERE name = 'Ciudad'")
        .await
        .context("the unit of the crowd")?;
    for member in members {
        let words = json!({ "text": format!("Presentarse por {}", member.name),
            "audience": { "kind": "unit", "unit_id": unit } });
        let sent = radio.post("/api/v1/broadcasts", &words).await?;
        sent.expect(201)?;
        let help =
            json!({ "lat": -34.6, "lon": -58.4, "text": format!("Choque de {}", member.name) });
        radio
            .post("/api/v1/emergencies", &help)
            .await?
            .expect(201)?;
        let path = format!("/api/v1/tasks/{}/check-ins", member.task_id);
        let asked = radio.post(&path, &json!({ "every_minutes": 5 })).await?;
        asked.expect(201)?;
    }
    Ok(())
}

/// Nothing is lost, nothing is done twice, and one comes after the other.
async fn in_order(cluster: &Cluster, pace: u64, findings: &mut Findings) -> Result<()> {
    for (sql, what) in NONE {
        let count = cluster.count(sql).await.context(what)?;
        findings.must(count == 0, format!("{count} {what}"));
    }
    let soon = TOO_SOON.replace("{pace}", &pace.to_string());
    let soon = cluster.count(&soon).await?;
    findings.must(
        soon == 0,
        format!("{soon} steps came too soon after the one before"),
    );
    Ok(())
}
