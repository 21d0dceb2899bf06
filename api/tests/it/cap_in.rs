//! Alerts from outside: read strictly, kept as a draft, refused with a reason, and never sent by themselves.

mod strict;
mod taken_back;

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::{
    actor::{Level, Permission},
    broadcast::{self, BroadcastFilter},
    enrolment::{self, Caller},
    page::Window,
    unit::Key,
    user::{self, NewUser},
};
use serde_json::json;

use crate::support::{Answer, PASSWORD, World, raw};

const ALERT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>SMN-77</identifier>
  <sender>alertas@smn.example</sender>
  <sent>2026-11-22T11:55:00-03:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>en-US</language>
    <category>Met</category>
    <event>Storm</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <headline>Storm</headline>
  </info>
  <info>
    <language>es-AR</language>
    <category>Met</category>
    <event>Tormenta</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <expires>2026-11-22T18:00:00-03:00</expires>
    <headline>Tormenta &amp; granizo</headline>
    <description>Ráfagas de 90 km/h.</description>
    <instruction>Guarden los móviles.</instruction>
    <area>
      <areaDesc>Norte</areaDesc>
      <polygon>-34.5,-58.5 -34.5,-58.3 -34.7,-58.3 -34.7,-58.5 -34.5,-58.5</polygon>
    </area>
  </info>
</alert>"#;

struct Scene {
    world: World,
    /// The machine that brings alerts.
    machine: String,
    /// Somebody who may confirm them.
    dora: String,
    /// The highest level without the permission.
    jefa: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        for name in ["maquina", "dora"] {
            let new = NewUser {
                units: vec![Key::Name("Centro".into())],
                password: Some(PASSWORD.into()),
                permissions: vec![Permission::Broadcast],
                ..NewUser::named(name, name, Level::Supervisor)
            };
            let system = domain::Actor::system(domain::actor::Channel::Cli);
            user::create(&world.store, &system, new)
                .await
                .expect("a user");
        }
        world.user("jefa", Level::Admin, "Centro").await;
        let (machine, dora) = (world.token("maquina").await, world.token("dora").await);
        let jefa = world.token("jefa").await;
        Self {
            world,
            machine,
            dora,
            jefa,
        }
    }

    async fn takes(&self, alert: &str) -> Answer {
        self.takes_as(&self.machine, "application/cap+xml", alert)
            .await
    }

    async fn takes_as(&self, token: &str, kind: &str, alert: &str) -> Answer {
        let request = raw("POST", "/api/v1/broadcasts/cap", Some(token), kind, alert);
        self.world.ask(request).await
    }

    async fn takes_and_wants_cap(&self, alert: &str) -> Answer {
        let path = "/api/v1/broadcasts/cap";
        let mut request = raw("POST", path, Some(&self.machine), "text/xml", alert);
        let kind = "application/cap+xml".parse().expect("a literal");
        request.headers_mut().insert("accept", kind);
        self.world.ask(request).await
    }

    async fn drafts(&self) -> usize {
        let system = domain::Actor::system(domain::actor::Channel::Cli);
        let all = BroadcastFilter::default();
        let page = broadcast::list(&self.world.store, &system, all, Window::first(200)).await;
        page.expect("listed").items.len()
    }

    /// Somebody whom Telegram can reach.
    async fn ana(&self) {
        let id = self.world.user("ana", Level::Agent, "Centro").await;
        let linked = self.world.store.write(move |tx| {
            Box::pin(async move {
                let system = domain::Actor::system(domain::actor::Channel::Cli);
                let made = enrolment::invite(tx, &system, id).await?;
                let caller = Caller {
                    telegram_id: 77,
                    username: None,
                    lang: None,
                };
                enrolment::enrol(tx, &made.code, caller).await
            })
        });
        linked.await.expect("enrolled");
    }
}

/// The reason a problem gives.
fn reason(answer: &Answer) -> String {
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.text
    );
    assert_eq!(
        answer.json["errors"][0]["field"], "alert",
        "{}",
        answer.text
    );
    answer.json["errors"][0]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn an_alert_is_a_draft_that_leaves_only_when_somebody_else_confirms_it() {
    let scene = Scene::new().await;
    scene.ana().await;
    let taken = scene.takes(ALERT).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
    for part in [
        "<msgType>Ack</msgType>",
        "<references>alertas@smn.example,SMN-77,2026-11-22T11:55:00-03:00</references>",
    ] {
        assert!(taken.text.contains(part), "{}", taken.text);
    }
    let place = taken.headers["location"]
        .to_str()
        .expect("ASCII")
        .to_owned();
    let draft = scene.world.get(&place, &scene.dora).await.json;
    assert_eq!(draft["status"], "draft");
    assert_eq!(
        draft["text"],
        "Tormenta & granizo\nRáfagas de 90 km/h.\nGuarden los móviles."
    );
    assert_eq!(draft["audience"]["kind"], "area");
    assert_eq!(
        draft["audience"]["points"].as_array().map(Vec::len),
        Some(4)
    );
    assert_eq!(draft["expires_at"], "2026-11-22T21:00:00Z");
    assert_eq!(draft["recipients"]["items"], json!([]), "nobody was told");

    let confirm = format!("{place}/confirm");
    let own = scene
        .world
        .send("POST", &confirm, &scene.machine, &json!({}))
        .await;
    assert_eq!((own.status.as_u16(), own.code()), (409, "needs_another"));
    let level = scene
        .world
        .send("POST", &confirm, &scene.jefa, &json!({}))
        .await;
    assert_eq!(level.status, StatusCode::FORBIDDEN);
    let nobody = scene
        .world
        .send("POST", &confirm, &scene.dora, &json!({}))
        .await;
    assert_eq!(
        nobody.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nobody is in the area"
    );
    let many = json!({ "audience": { "kind": "all" }, "ack_mode": "quorum:2" });
    let refused = scene.world.send("POST", &confirm, &scene.dora, &many).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (422, "quorum_too_large"),
        "only Ana would hear it"
    );
    let all = json!({ "audience": { "kind": "all" }, "ack_mode": "first" });
    let sent = scene.world.send("POST", &confirm, &scene.dora, &all).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    assert_eq!(sent.json["status"], "active");
    assert_eq!(sent.json["ack_mode"], "first");
    assert_eq!(sent.json["counts"]["queued"], 1, "Ana");
    let again = scene.world.send("POST", &confirm, &scene.dora, &all).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "settled"));
}

#[tokio::test]
async fn the_same_alert_is_refused_in_whatever_state_it_is() {
    let scene = Scene::new().await;
    let first = scene.takes(ALERT).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = scene.takes(ALERT).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "taken"));
    let told = scene.takes_and_wants_cap(ALERT).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(
        told.text.contains("<msgType>Error</msgType>"),
        "{}",
        told.text
    );
    assert!(told.text.contains("came before"), "{}", told.text);
    let later = ALERT.replace("11:55:00", "11:56:00");
    assert_eq!(scene.takes(&later).await.status, StatusCode::CREATED);
    assert_eq!(scene.drafts().await, 2);
}

#[tokio::test]
async fn a_refused_exercise_is_answered_as_one() {
    let scene = Scene::new().await;
    let expired = ALERT
        .replace("<status>Actual<", "<status>Exercise<")
        .replace("<expires>2026-", "<expires>2020-");
    let refused = scene.takes_and_wants_cap(&expired).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["<status>Exercise</status>", "it has expired"] {
        assert!(refused.text.contains(part), "{}", refused.text);
    }
}

#[tokio::test]
async fn only_whoever_may_broadcast_brings_alerts() {
    let scene = Scene::new().await;
    let refused = scene
        .takes_as(&scene.jefa, "application/cap+xml", ALERT)
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let kind = scene.takes_as(&scene.machine, "text/plain", ALERT).await;
    assert_eq!(kind.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(scene.drafts().await, 0);
}

#[tokio::test]
async fn an_exercise_is_a_drill_and_nobody_else_decides_that() {
    let scene = Scene::new().await;
    let taken = scene.takes(&ALERT.replace("Actual", "Exercise")).await;
    assert!(
        taken.text.contains("<status>Exercise</status>"),
        "{}",
        taken.text
    );
    let place = taken.headers["location"]
        .to_str()
        .expect("ASCII")
        .to_owned();
    let draft = scene.world.get(&place, &scene.dora).await.json;
    assert_eq!(draft["drill"], true);
    // Nobody confirms it in time.
    scene.world.store.clock().advance(TimeDelta::hours(8));
    let dora = scene.world.token("dora").await;
    let late = scene
        .world
        .send("POST", &format!("{place}/confirm"), &dora, &json!({}))
        .await;
    assert_eq!(late.code(), "settled");
}
