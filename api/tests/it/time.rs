//! Shifts over HTTP: patterns, files, hand-overs with a voice message, calendars for other programs.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::actor::Level;
use ical::IcalParser;
use serde_json::{Value, json};

use crate::support::{World, bare, json as body, raw, start};

struct Scene {
    world: World,
    boss: String,
    ana: String,
    agent: i64,
}

async fn scene() -> Scene {
    let world = World::new().await;
    world.user("boss", Level::Supervisor, "Centro").await;
    world.user("ana", Level::Agent, "Centro").await;
    let (boss, ana) = (world.token("boss").await, world.token("ana").await);
    let list = world.ask(bare("GET", "/api/v1/agents", Some(&boss))).await;
    let agent = list.json["items"][0]["id"].as_i64().expect("an agent");
    Scene {
        world,
        boss,
        ana,
        agent,
    }
}

impl Scene {
    async fn boss(&self, method: &str, path: &str, sent: Value) -> crate::support::Answer {
        self.world
            .ask(body(method, path, Some(&self.boss), &sent))
            .await
    }

    async fn shift(&self, from: i64, to: i64) -> Value {
        let at = |hours| (start() + TimeDelta::hours(hours)).to_rfc3339();
        let new = json!({ "agent_id": self.agent, "starts_at": at(from), "ends_at": at(to) });
        let made = self.boss("POST", "/api/v1/shifts", new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.json
    }
}

#[tokio::test]
async fn a_pattern_is_seen_before_it_is_planned_and_conflicts_come_by_day() {
    let scene = scene().await;
    let mut pattern = json!({
        "agent_ids": [scene.agent], "weekdays": ["monday", "wednesday"], "start": "22:00", "end": "06:00",
        "from": "2026-12-01", "until": "2026-12-14",
    });
    let seen = scene
        .boss("POST", "/api/v1/shifts/patterns/preview", pattern.clone())
        .await;
    assert_eq!(
        seen.json["planned"].as_array().map(Vec::len),
        Some(4),
        "{}",
        seen.text
    );
    assert_eq!(
        seen.json["planned"][0]["starts_local"],
        "2026-12-02T22:00:00"
    );
    let path = "/api/v1/shifts/patterns";
    let done = scene.boss("POST", path, pattern.clone()).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    pattern["until"] = "2026-12-20".into();
    let again = scene.boss("POST", path, pattern.clone()).await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "shift_overlap")
    );
    assert_eq!(again.json["conflicts"].as_array().map(Vec::len), Some(4));
    pattern["skip_conflicts"] = true.into();
    let rest = scene.boss("POST", path, pattern).await;
    assert_eq!(
        rest.json["planned"].as_array().map(Vec::len),
        Some(1),
        "{}",
        rest.text
    );
    let week = "/api/v1/shifts?from=2026-12-07T00:00:00Z&to=2026-12-14T00:00:00Z";
    let list = scene.world.ask(bare("GET", week, Some(&scene.ana))).await;
    assert_eq!(
        list.json["items"].as_array().map(Vec::len),
        Some(2),
        "{}",
        list.text
    );
}

#[tokio::test]
async fn a_file_is_checked_line_by_line_before_anything_is_stored() {
    let scene = scene().await;
    let patch = json!({ "badge": "A7" });
    scene.world.user("root", Level::Admin, "Sede").await;
    let root = scene.world.token("root").await;
    let path = format!("/api/v1/agents/{}", scene.agent);
    let named = scene
        .world
        .ask(body("PATCH", &path, Some(&root), &patch))
        .await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.text);
    let file = "badge,date,start,end\nA7,2026-12-01,08:00,16:00\n=A7,2026-12-02,08:00,16:00\nA7,2026-12-01,10:00,12:00\n";
    let send = async |query: &str| {
        let path = format!("/api/v1/shifts/import{query}");
        scene
            .world
            .ask(raw("POST", &path, Some(&scene.boss), "text/csv", file))
            .await
    };
    let seen = send("").await;
    assert_eq!(seen.json["stored"], false, "{}", seen.text);
    assert_eq!(
        seen.json["errors"],
        json!([{ "line": 3, "field": "badge", "code": "malformed" }])
    );
    assert_eq!(seen.json["clashes"][0]["because"], "shift");
    assert_eq!(
        send("?confirm=true").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let list = || {
        scene
            .world
            .ask(bare("GET", "/api/v1/shifts", Some(&scene.boss)))
    };
    assert_eq!(list().await.json["items"], json!([]));
    let done = send("?confirm=true&skip_errors=true").await;
    assert_eq!(done.json["stored"], true, "{}", done.text);
    assert_eq!(list().await.json["items"].as_array().map(Vec::len), Some(1));
    let large = "x".repeat(600 * 1024);
    let path = "/api/v1/shifts/import";
    let no = scene
        .world
        .ask(raw("POST", path, Some(&scene.boss), "text/csv", &large))
        .await;
    assert_eq!(no.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn another_program_reads_the_calendar_until_the_link_is_revoked() {
    let scene = scene().await;
    let shift = scene.shift(5, 13).await;
    let ask = json!({ "agent_id": scene.agent });
    let made = body("POST", "/api/v1/shifts/calendars", Some(&scene.ana), &ask);
    let made = scene.world.ask(made).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let url = made.json["url"].as_str().expect("shown once");
    let path = &url[url.find("/api").expect("an address")..];
    let feed = scene.world.ask(bare("GET", path, None)).await;
    assert_eq!(feed.status, StatusCode::OK);
    let mut read = IcalParser::new(feed.text.as_bytes());
    let calendar = read.next().expect("a calendar").expect("that can be read");
    assert!(read.next().is_none());
    assert_eq!(calendar.events.len(), 1);
    let value = |name: &str| {
        let found = calendar.events[0]
            .properties
            .iter()
            .find(|one| one.name == name);
        found.and_then(|one| one.value.clone()).unwrap_or_default()
    };
    assert_eq!(value("UID"), format!("shift-{}@gad", shift["id"]));
    assert_eq!(value("DTSTART"), "20261122T200000Z");
    assert_eq!(value("DTEND"), "20261123T040000Z");
    assert!(value("SUMMARY").contains("Centro"), "{}", feed.text);

    let links = scene
        .world
        .ask(bare("GET", "/api/v1/shifts/calendars", Some(&scene.ana)))
        .await;
    assert_eq!(
        links.json["items"][0]["url"],
        Value::Null,
        "only a hash is kept"
    );
    let path_of = format!("/api/v1/shifts/calendars/{}", made.json["id"]);
    let gone = scene
        .world
        .ask(bare("DELETE", &path_of, Some(&scene.ana)))
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let after = scene.world.ask(bare("GET", path, None)).await;
    assert_eq!(after.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_unit_has_a_calendar_of_its_own_that_others_can_read_until_it_is_revoked() {
    let scene = scene().await;
    let shift = scene.shift(5, 13).await;
    let units = scene
        .world
        .ask(bare("GET", "/api/v1/units", Some(&scene.boss)));
    let unit = units.await.json["items"][0]["id"].clone();
    let ask = json!({ "unit_id": unit });
    let no = body("POST", "/api/v1/shifts/calendars", Some(&scene.ana), &ask);
    assert_eq!(scene.world.ask(no).await.status, StatusCode::FORBIDDEN);
    let made = scene.boss("POST", "/api/v1/shifts/calendars", ask).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["unit_id"], unit);
    let url = made.json["url"].as_str().expect("shown once");
    let path = &url[url.find("/api").expect("an address")..];
    let feed = scene.world.ask(bare("GET", path, None)).await;
    assert_eq!(feed.status, StatusCode::OK);
    let mut read = IcalParser::new(feed.text.as_bytes());
    let calendar = read.next().expect("a calendar").expect("that can be read");
    assert!(read.next().is_none());
    let uids: Vec<String> = calendar
        .events
        .iter()
        .flat_map(|event| &event.properties)
        .filter(|one| one.name == "UID")
        .filter_map(|one| one.value.clone())
        .collect();
    assert_eq!(uids, [format!("shift-{}@gad", shift["id"])]);
    let named = calendar.properties.iter().any(|one| {
        let name = one.value.as_deref().unwrap_or_default();
        name.contains("Centro")
    });
    assert!(named, "{}", feed.text);
    let own = format!("/api/v1/shifts/calendars/{}", made.json["id"]);
    let no = scene.world.ask(bare("DELETE", &own, Some(&scene.ana)));
    assert_ne!(no.await.status, StatusCode::NO_CONTENT);
    let gone = scene.world.ask(bare("DELETE", &own, Some(&scene.boss)));
    assert_eq!(gone.await.status, StatusCode::NO_CONTENT);
    let after = scene.world.ask(bare("GET", path, None)).await;
    assert_eq!(after.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn leave_shows_what_it_breaks_and_whoever_asked_takes_it_back() {
    let scene = scene().await;
    let at = |hours| (start() + TimeDelta::hours(hours)).to_rfc3339();
    let task = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [scene.agent], "planned_start": at(30), "planned_end": at(31) });
    let task = scene.boss("POST", "/api/v1/tasks", task).await;
    assert_eq!(task.status, StatusCode::CREATED, "{}", task.text);
    let new = json!({ "agent_id": scene.agent, "starts_at": at(24), "ends_at": at(48), "reason": "Médico" });
    let asked = scene
        .world
        .ask(body("POST", "/api/v1/leaves", Some(&scene.ana), &new))
        .await;
    let twice = scene
        .world
        .ask(body("POST", "/api/v1/leaves", Some(&scene.ana), &new))
        .await;
    assert_eq!(
        (twice.status.as_u16(), twice.code()),
        (409, "leave_overlap")
    );
    assert!(
        twice.json["detail"]
            .as_str()
            .is_some_and(|said| said.to_lowercase().contains("ana")),
        "{}",
        twice.text
    );
    let yesterday = json!({ "agent_id": scene.agent, "starts_at": at(-48), "ends_at": at(-24) });
    let past = scene
        .world
        .ask(body("POST", "/api/v1/leaves", Some(&scene.ana), &yesterday))
        .await;
    assert_eq!(
        past.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        past.text
    );
    let ill =
        json!({ "agent_id": scene.agent, "starts_at": at(-48), "ends_at": at(-24), "sick": true });
    let ill = scene
        .world
        .ask(body("POST", "/api/v1/leaves", Some(&scene.ana), &ill))
        .await;
    assert_eq!(ill.status, StatusCode::CREATED, "{}", ill.text);
    let path = format!("/api/v1/leaves/{}", asked.json["id"]);
    let approved = scene
        .boss(
            "POST",
            &format!("{path}/approve"),
            json!({ "reason": "Va" }),
        )
        .await;
    assert_eq!(
        approved.json["breaks"][0]["code"], task.json["code"],
        "{}",
        approved.text
    );
    assert_eq!(
        (&approved.json["status"], &approved.json["decided_reason"]),
        (&json!("approved"), &json!("Va"))
    );
    let meanwhile = json!({ "title": "Ronda", "kind": "patrullaje", "agent_ids": [scene.agent], "planned_start": at(40), "planned_end": at(41) });
    let refused = scene.boss("POST", "/api/v1/tasks", meanwhile).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "on_leave"));
    // 15:00 UTC, by the clocks of Buenos Aires.
    let said = refused.json["detail"].as_str().unwrap_or_default();
    assert!(said.contains("24/11/2026 12:00"), "{}", refused.text);
    let preview = scene
        .world
        .ask(bare(
            "GET",
            "/api/v1/availability/preview",
            Some(&scene.boss),
        ))
        .await;
    assert_eq!(
        preview.json["counts"],
        json!({ "available": 1 }),
        "{}",
        preview.text
    );
    let back = scene
        .world
        .ask(bare("POST", &format!("{path}/cancel"), Some(&scene.ana)))
        .await;
    assert_eq!(back.json["status"], "cancelled", "{}", back.text);
}

#[tokio::test]
async fn a_hand_over_is_read_by_the_next_shift() {
    let scene = scene().await;
    scene.world.user("eva", Level::Agent, "Centro").await;
    let eva = scene.world.token("eva").await;
    let list = scene
        .world
        .ask(bare("GET", "/api/v1/agents?q=eva", Some(&scene.boss)))
        .await;
    assert_eq!(
        list.json["items"].as_array().map(Vec::len),
        Some(1),
        "{}",
        list.text
    );
    let first = scene.shift(-1, 8).await;
    let at = |hours| (start() + TimeDelta::hours(hours)).to_rfc3339();
    let next =
        json!({ "agent_id": list.json["items"][0]["id"], "starts_at": at(1), "ends_at": at(9) });
    let next = scene.boss("POST", "/api/v1/shifts", next).await;
    let end = format!("/api/v1/shifts/{}/end", first["id"]);
    let ended = body(
        "POST",
        &end,
        Some(&scene.ana),
        &json!({ "text": "Llaves en la guardia" }),
    );
    let ended = scene.world.ask(ended).await;
    assert_eq!(ended.json["status"], "ended", "{}", ended.text);
    let notes = format!("/api/v1/shifts/{}/handover", next.json["id"]);
    let notes = scene.world.ask(bare("GET", &notes, Some(&eva))).await;
    assert_eq!(
        notes.json["items"][0]["text"], "Llaves en la guardia",
        "{}",
        notes.text
    );
}
