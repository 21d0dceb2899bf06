//! A day's work over HTTP: create, assign, start, report with evidence, finish; and what is refused.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, Request, StatusCode, header},
};
use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    enrolment::{self, Caller},
    position::{self, PositionSource, Shared},
};
use serde_json::{Value, json};

use crate::support::{Answer, World, bare, json as body, start};

/// A supervisor's token, and the agent "uno" of the same unit, linked to Telegram.
struct Scene {
    world: World,
    token: String,
    agent: i64,
    user: i64,
}

async fn scene() -> Scene {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let user = world.user("uno", Level::Agent, "Centro").await;
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let made = enrolment::invite(tx, &Actor::system(Channel::Cli), user).await?;
                let caller = Caller {
                    telegram_id: 77,
                    username: None,
                    lang: None,
                };
                enrolment::enrol(tx, &made.code, caller).await
            })
        })
        .await
        .expect("a link");
    let token = world.token("ana").await;
    let agents = world.get("/api/v1/agents", &token).await;
    let agent = agents.json["items"][0]["id"].as_i64().expect("an agent");
    Scene {
        world,
        token,
        agent,
        user,
    }
}

impl Scene {
    async fn send(&self, method: &str, path: &str, sent: Value) -> Answer {
        self.world.send(method, path, &self.token, &sent).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.world.get(path, &self.token).await
    }

    /// A task with the agent on it; its address.
    async fn task(&self, more: Value) -> (Answer, String) {
        let mut sent =
            json!({ "title": "Ronda nocturna", "kind": "patrullaje", "agent_ids": [self.agent] });
        for (key, value) in more.as_object().into_iter().flatten() {
            sent[key] = value.clone();
        }
        let made = self.send("POST", "/api/v1/tasks", sent).await;
        let place = made
            .headers
            .get(header::LOCATION)
            .and_then(|place| place.to_str().ok());
        let place = place.unwrap_or_default().to_owned();
        (made, place)
    }
}

#[tokio::test]
async fn a_task_is_worked_off() {
    let scene = scene().await;
    let (made, place) = scene
        .task(json!({ "place": { "lat": -34.6, "lon": -58.4, "label": "Plaza" } }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["code"], "PAT-2026-0001");
    assert_eq!(made.json["assignments"][0]["state"], "offered");
    assert_eq!(made.json["lead"]["agent_id"], scene.agent);
    let started = scene
        .send("POST", &format!("{place}/start"), json!({}))
        .await;
    assert_eq!(started.json["status"], "in_progress", "{}", started.text);
    let busy = scene.get(&format!("/api/v1/agents/{}", scene.agent)).await;
    assert_eq!(busy.json["availability"], "on_task");
    let early = scene
        .send("POST", &format!("{place}/complete"), json!({}))
        .await;
    assert_eq!((early.status.as_u16(), early.code()), (422, "needs_reason"));
    let done = scene
        .send(
            "POST",
            &format!("{place}/complete"),
            json!({ "reason": "Avisó por radio" }),
        )
        .await;
    assert_eq!(done.json["status"], "completed", "{}", done.text);
    assert_eq!(done.json["assignments"][0]["state"], "released");
    let again = scene
        .send(
            "POST",
            &format!("{place}/complete"),
            json!({ "reason": "Otra vez" }),
        )
        .await;
    assert_eq!(
        (again.status.as_u16(), again.code()),
        (409, "already_completed")
    );
    assert_eq!(again.json["state"], "completed");
    let words = again.json["detail"].as_str().expect("words");
    assert!(
        words.contains("PAT-2026-0001") && words.contains("Persona ana") && words.contains("12:00"),
        "{words}"
    );
    let undone = scene
        .world
        .ask(bare("POST", &format!("{place}/reopen"), Some(&scene.token)))
        .await;
    assert_eq!(undone.json["status"], "in_progress", "{}", undone.text);
    let story = scene.get(&format!("{place}/timeline?limit=3")).await;
    assert_eq!(story.json["items"][0]["kind"], "created");
    assert!(story.json["next_cursor"].is_string());
}

#[tokio::test]
async fn who_is_not_the_lead_learns_who_is() {
    let scene = scene().await;
    let other = scene.world.user("dos", Level::Agent, "Centro").await;
    let agents = scene.get("/api/v1/agents?q=dos").await;
    let second = agents.json["items"][0]["id"].as_i64().expect("an agent");
    let (made, place) = scene
        .task(json!({ "agent_ids": [scene.agent, second] }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{other}: {}", made.text);
    let token = scene.world.token("dos").await;
    let answer = scene
        .world
        .send("POST", &format!("{place}/complete"), &token, &json!({}))
        .await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "not_lead"));
    assert!(
        answer.json["detail"]
            .as_str()
            .expect("words")
            .contains("Persona uno"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn shifts_ask_for_a_reason_and_leave_and_other_tasks_do_not_yield() {
    let scene = scene().await;
    let at = |hours| (start() + TimeDelta::hours(hours)).to_rfc3339();
    let shift = json!({ "agent_id": scene.agent, "starts_at": at(24), "ends_at": at(32) });
    assert_eq!(
        scene
            .send("POST", "/api/v1/shifts", shift.clone())
            .await
            .status,
        StatusCode::CREATED
    );
    let twice = scene.send("POST", "/api/v1/shifts", shift).await;
    assert_eq!(twice.code(), "shift_overlap");
    assert_eq!(twice.json["conflicts"][0]["agent_id"], scene.agent);
    let (soft, _) = scene.task(json!({})).await;
    assert_eq!((soft.status.as_u16(), soft.code()), (409, "needs_reason"));
    assert_eq!(soft.json["conflicts"][0]["agent_id"], scene.agent);
    let (made, _) = scene.task(json!({ "override_reason": "Refuerzo" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let (hard, _) = scene.task(json!({ "override_reason": "Refuerzo" })).await;
    assert_eq!((hard.status.as_u16(), hard.code()), (409, "overlap"));
    assert_eq!(hard.json["conflicts"][0]["agent_id"], scene.agent);
    let asked = json!({ "agent_id": scene.agent, "starts_at": at(48), "ends_at": at(72), "reason": "Familia" });
    let leave = scene.send("POST", "/api/v1/leaves", asked).await;
    let approve = format!("/api/v1/leaves/{}/approve", leave.json["id"]);
    assert_eq!(
        scene
            .world
            .ask(bare("POST", &approve, Some(&scene.token)))
            .await
            .json["status"],
        "approved"
    );
    let (away, _) = scene
        .task(json!({ "planned_start": at(50), "override_reason": "Refuerzo" }))
        .await;
    assert_eq!((away.status.as_u16(), away.code()), (409, "on_leave"));
}

#[tokio::test]
async fn a_change_needs_the_present_version() {
    let scene = scene().await;
    let (made, place) = scene.task(json!({})).await;
    let tag = made.headers[header::ETAG]
        .to_str()
        .expect("ASCII")
        .to_owned();
    let change = |tag: &str| {
        let mut request = body(
            "PATCH",
            &place,
            Some(&scene.token),
            &json!({ "title": "Otra cosa" }),
        );
        request
            .headers_mut()
            .insert(header::IF_MATCH, tag.parse().expect("ASCII"));
        scene.world.ask(request)
    };
    let changed = change(&tag).await;
    assert_eq!(
        (changed.status, &changed.json["title"]),
        (StatusCode::OK, &json!("Otra cosa"))
    );
    let late = change(&tag).await;
    assert_eq!((late.status.as_u16(), late.code()), (412, "stale"));
    assert_eq!(late.json["version"], changed.json["version"]);
    assert_eq!(
        change("\"nonsense\"").await.status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(change("*").await.status, StatusCode::OK);
}

#[tokio::test]
async fn filters_combine_and_pages_follow_each_other() {
    let scene = scene().await;
    for (title, priority) in [
        ("Plaza Norte", "high"),
        ("Plaza Sur", "low"),
        ("Puerto", "high"),
    ] {
        scene
            .task(json!({ "title": title, "priority": priority, "agent_ids": [] }))
            .await;
    }
    let titles = async |query: &str| -> Vec<String> {
        let answer = scene.get(&format!("/api/v1/tasks?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let items = answer.json["items"].as_array().expect("a list").clone();
        items
            .iter()
            .filter_map(|task| task["title"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(titles("q=plaza&priority=high").await, ["Plaza Norte"]);
    assert_eq!(
        titles("status=scheduled,paused&kind=patrullaje&q=PUERTO").await,
        ["Puerto"]
    );
    assert_eq!(titles("status=completed").await, [""; 0]);
    assert_eq!(titles("ids=1,3").await, ["Puerto", "Plaza Norte"]);
    assert_eq!(titles("unacknowledged=true").await, [""; 0]);
    assert_eq!(titles("late=true").await, [""; 0]);
    let first = scene.get("/api/v1/tasks?limit=2").await.json;
    let cursor = first["next_cursor"].as_str().expect("a second page");
    assert_eq!(
        titles(&format!("limit=2&cursor={cursor}")).await,
        ["Plaza Norte"]
    );
    scene.task(json!({ "title": "Sin respuesta" })).await;
    assert_eq!(titles("unacknowledged=true").await, ["Sin respuesta"]);
    scene.world.store.clock().advance(TimeDelta::minutes(11));
    scene
        .task(json!({ "title": "Recién creada", "agent_ids": [] }))
        .await;
    let late = ["Sin respuesta", "Puerto", "Plaza Sur", "Plaza Norte"];
    assert_eq!(titles("late=true").await, late);
    assert_eq!(
        titles("late=true&unacknowledged=true").await,
        ["Sin respuesta"]
    );
}

#[tokio::test]
async fn evidence_comes_back_as_it_was() {
    let scene = scene().await;
    let (_, place) = scene.task(json!({})).await;
    let form = [
        "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nVidrio roto\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"lat\"\r\n\r\n-34.6\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"lon\"\r\n\r\n-58.4\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"vidrio.png\"\r\nContent-Type: image/png\r\n\r\n",
        "PNG-bytes\r\n--b--\r\n",
    ];
    let request = Request::post(format!("{place}/reports"))
        .header(header::AUTHORIZATION, format!("Bearer {}", scene.token))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(form.concat()))
        .expect("a request");
    let made = scene.world.ask(request).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let story = scene.get(&format!("{place}/timeline")).await.json;
    let entries = story["items"].as_array().expect("a list");
    let report = entries
        .iter()
        .find(|entry| entry["kind"] == "report")
        .expect("the report");
    assert_eq!(
        (&report["text"], &report["place"]["lat"]),
        (&json!("Vidrio roto"), &json!(-34.6))
    );
    let me = scene.get("/api/v1/auth/me").await.json;
    assert_eq!(
        (&report["actor"]["id"], &report["actor"]["name"]),
        (&me["id"], &me["name"])
    );
    assert_eq!(report["attachments"][0]["kind"], "photo");
    let file = scene
        .get(&format!(
            "/api/v1/attachments/{}",
            report["attachments"][0]["id"]
        ))
        .await;
    assert_eq!(
        (file.status, file.text.as_str()),
        (StatusCode::OK, "PNG-bytes")
    );
    assert_eq!(file.headers[header::CONTENT_TYPE], "image/png");
    assert!(
        file.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("ASCII")
            .contains("sandbox")
    );
    parts_of(&scene, &report["attachments"][0]["id"], &file.headers).await;
    let empty = scene
        .send("POST", &format!("{place}/reports"), json!({ "text": " " }))
        .await;
    assert_eq!(
        (empty.status.as_u16(), &empty.json["errors"][0]["field"]),
        (422, &json!("text"))
    );
}

/// Films are read in parts, and what somebody has is not sent again.
async fn parts_of(scene: &Scene, id: &Value, whole: &HeaderMap) {
    let tag = whole[header::ETAG].to_str().expect("ASCII");
    assert_eq!(tag.len(), 66, "the sum of the bytes");
    let ask = async |headers: &[(HeaderName, &str)]| {
        let place = format!("/api/v1/attachments/{id}");
        let mut request = bare("GET", &place, Some(&scene.token));
        for (name, value) in headers {
            let value = value.parse().expect("ASCII");
            request.headers_mut().insert(name.clone(), value);
        }
        scene.world.ask(request).await
    };
    let part = ask(&[(header::RANGE, "bytes=4-7")]).await;
    assert_eq!((part.status.as_u16(), part.text.as_str()), (206, "byte"));
    assert_eq!(part.headers[header::CONTENT_RANGE], "bytes 4-7/9");
    assert_eq!(part.headers[header::CONTENT_LENGTH], "4");
    let other = [(header::RANGE, "bytes=4-7"), (header::IF_RANGE, "\"x\"")];
    let other = ask(&other).await;
    assert_eq!(
        (other.status.as_u16(), other.text.as_str()),
        (200, "PNG-bytes")
    );
    let behind = ask(&[(header::RANGE, "bytes=9-")]).await;
    assert_eq!((behind.status.as_u16(), behind.code()), (416, "range"));
    assert_eq!(behind.headers[header::CONTENT_RANGE], "bytes */9");
    let same = ask(&[(header::IF_NONE_MATCH, tag)]).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
}

#[tokio::test]
async fn the_map_shows_tasks_and_people_with_their_age() {
    let scene = scene().await;
    scene
        .task(json!({ "place": { "lat": -34.6, "lon": -58.4, "label": "Plaza" } }))
        .await;
    let (store, user) = (scene.world.store.clone(), scene.user);
    let agent = Actor::of_user(&store, user, Channel::Bot)
        .await
        .expect("it answers")
        .expect("he is there");
    let shared = Shared {
        point: domain::geo::Point {
            lat: -34.61,
            lon: -58.41,
        },
        accuracy_m: Some(12.0),
        source: PositionSource::Live,
        at: store.now(),
    };
    store
        .write(move |tx| Box::pin(async move { position::share(tx, &agent, shared).await }))
        .await
        .expect("it is kept");
    store.clock().advance(TimeDelta::seconds(90));
    let map = scene.get("/api/v1/map?bbox=-59,-35,-58,-34").await.json;
    let layers: Vec<&Value> = map["features"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["properties"])
        .collect();
    assert_eq!(
        (&layers[0]["layer"], &layers[0]["label"]),
        (&json!("task"), &json!("Plaza"))
    );
    assert_eq!(
        (
            &layers[1]["layer"],
            &layers[1]["age_s"],
            &layers[1]["accuracy_m"]
        ),
        (&json!("agent"), &json!(90), &json!(12.0))
    );
    let rows = scene.get("/api/v1/agents").await.json;
    let rows = rows["items"].as_array().expect("a list");
    let his = rows.iter().find(|row| row["id"] == scene.agent);
    let position = &his.expect("he is there")["position"];
    assert_eq!(
        (&position["age_s"], &position["accuracy_m"]),
        (&json!(90), &json!(12.0))
    );
    assert_eq!(
        map["features"][1]["geometry"]["coordinates"],
        json!([-58.41, -34.61])
    );
    let elsewhere = scene.get("/api/v1/map?bbox=0,0,1,1").await.json;
    assert_eq!(elsewhere["features"], json!([]));
    let near = scene
        .get("/api/v1/agents/nearest?lat=-34.6&lon=-58.4")
        .await
        .json;
    assert_eq!(
        (
            &near["items"][0]["agent_id"],
            &near["items"][0]["position_age_s"]
        ),
        (&json!(scene.agent), &json!(90))
    );
    let figures = scene.get("/api/v1/stats/overview").await.json;
    assert_eq!(
        (
            &figures["tasks"]["unacknowledged"],
            &figures["agents"]["available"]
        ),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn who_says_he_cannot_is_sent_only_for_a_reason() {
    let scene = scene().await;
    let until = (start() + TimeDelta::hours(1)).to_rfc3339();
    let away = json!({ "unavailable": true, "reason": "Comida", "until": until });
    let path = format!("/api/v1/agents/{}/availability", scene.agent);
    let set = scene.send("PUT", &path, away).await;
    assert_eq!(set.json["availability"], "unavailable", "{}", set.text);
    let (refused, _) = scene.task(json!({})).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "needs_reason"),
        "{}",
        refused.text
    );
    let conflict = &refused.json["conflicts"][0];
    assert_eq!(conflict["kind"], "unavailable");
    assert_eq!(conflict["reason"], "Comida");
    assert_eq!(conflict["agent_id"], scene.agent);
    assert_eq!(conflict["until"], set.json["until"]);
    let detail = refused.json["detail"].as_str().expect("words");
    assert!(detail.contains("no disponible (Comida)"), "{detail}");
    let reason = json!({ "override_reason": "No hay nadie más" });
    let (made, place) = scene.task(reason).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let people = scene.get(&format!("{place}/candidates")).await;
    assert_eq!(people.json["items"][0]["unavailable"], true);
    assert_eq!(people.json["items"][0]["reason"], "Comida");
    assert_eq!(people.json["items"][0]["until"], set.json["until"]);
}
