//! Alerts from outside: read strictly, kept as a draft, refused with a reason, and never sent by themselves.

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
use proptest::{
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
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
async fn what_is_taken_back_in_time_is_not_sent() {
    let scene = Scene::new().await;
    let place = scene.takes(ALERT).await.headers["location"].clone();
    let place = place.to_str().expect("ASCII");
    let cancel = ALERT
        .replace("SMN-77", "SMN-78")
        .replace("<msgType>Alert<", "<msgType>Cancel<")
        .replace(
            "<scope>Public</scope>",
            "<scope>Public</scope><references>alertas@smn.example,SMN-77,2026-11-22T11:55:00-03:00</references>",
        );
    let before = scene
        .world
        .get(&format!("{place}/cap.xml"), &scene.dora)
        .await;
    assert_eq!(before.status, StatusCode::NOT_FOUND, "nobody was told");
    let taken_back = scene.takes(&cancel).await;
    assert_eq!(taken_back.status, StatusCode::OK);
    assert!(
        taken_back.text.contains("is called off"),
        "{}",
        taken_back.text
    );
    let now = scene.world.get(place, &scene.dora).await.json;
    assert_eq!(now["status"], "cancelled");
    let unknown = cancel.replace("alertas@smn.example,SMN-77", "alertas@smn.example,SMN-1");
    assert_eq!(scene.takes(&unknown).await.status, StatusCode::NOT_FOUND);
}

/// An alert of another kind and number that refers to these.
fn about(kind: &str, number: u32, earlier: &[u32]) -> String {
    let earlier: Vec<String> = earlier
        .iter()
        .map(|one| format!("alertas@smn.example,SMN-{one},2026-11-22T11:55:00-03:00"))
        .collect();
    let scope = "<scope>Public</scope>";
    ALERT
        .replace("SMN-77", &format!("SMN-{number}"))
        .replace("<msgType>Alert<", &format!("<msgType>{kind}<"))
        .replace(
            scope,
            &format!("{scope}<references>{}</references>", earlier.join(" ")),
        )
}

fn place(answer: &Answer) -> String {
    let place = answer.headers["location"].to_str();
    place.expect("ASCII").to_owned()
}

#[tokio::test]
async fn an_update_stands_for_what_it_replaces() {
    let scene = Scene::new().await;
    let first = place(&scene.takes(ALERT).await);
    let update = scene.takes(&about("Update", 78, &[77])).await;
    assert_eq!(update.status, StatusCode::CREATED, "{}", update.text);
    assert!(update.text.contains("is called off"), "{}", update.text);
    let status = async |place: &str| {
        let now = scene.world.get(place, &scene.dora).await.json;
        now["status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(status(&first).await, "cancelled");
    assert_eq!(status(&place(&update)).await, "draft");
    let confirm = format!("{first}/confirm");
    let gone = scene
        .world
        .send("POST", &confirm, &scene.dora, &json!({}))
        .await;
    assert_eq!((gone.status.as_u16(), gone.code()), (409, "settled"));
}

#[tokio::test]
async fn of_several_each_is_taken_back_by_itself() {
    let scene = Scene::new().await;
    scene.ana().await;
    let (left, waits) = (
        place(&scene.takes(ALERT).await),
        place(&scene.takes(&ALERT.replace("SMN-77", "SMN-79")).await),
    );
    let all = json!({ "audience": { "kind": "all" } });
    let confirm = format!("{left}/confirm");
    let sent = scene.world.send("POST", &confirm, &scene.dora, &all).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let cancel = scene.takes(&about("Cancel", 80, &[79, 77, 1])).await;
    assert_eq!(cancel.status, StatusCode::OK, "{}", cancel.text);
    for part in ["is called off", "has left already", "never came"] {
        assert!(cancel.text.contains(part), "{}", cancel.text);
    }
    let now = scene.world.get(&waits, &scene.dora).await.json;
    assert_eq!(now["status"], "cancelled");
    let now = scene.world.get(&left, &scene.dora).await.json;
    assert_eq!(now["status"], "active");
    let only_left = scene.takes(&about("Cancel", 81, &[77])).await;
    assert_eq!(only_left.code(), "settled");
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
async fn what_breaks_a_rule_is_refused_with_the_reason() {
    let scene = Scene::new().await;
    let alert = |from: &str, to: &str| {
        assert!(ALERT.contains(from), "{from}");
        ALERT.replace(from, to)
    };
    let bomb = ALERT.replace(
        "<alert ",
        "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;\">]><alert ",
    );
    let cases = [
        (
            alert("<identifier>SMN-77</identifier>", ""),
            "identifier is missing",
        ),
        (alert("SMN-77", "SMN 77"), "identifier cannot be"),
        (alert("alertas@smn.example", "a,b"), "sender cannot be"),
        (alert("11:55:00-03:00", "14:55:00Z"), "sent cannot be"),
        (alert("11:55:00-03:00", "11:55:00"), "sent cannot be"),
        (
            alert("11:55:00-03:00", "11:55:00.5-03:00"),
            "sent cannot be",
        ),
        (
            alert("2026-11-22T11:55", "2026-13-22T11:55"),
            "sent cannot be",
        ),
        (alert(">Actual<", ">actual<"), "status cannot be"),
        (alert(">Actual<", ">Test<"), "status Actual or Exercise"),
        (alert(">Alert<", ">Alarm<"), "msgType cannot be"),
        (alert(">Alert<", ">Update<"), "references is missing"),
        (
            alert(">Public<", ">Restricted<"),
            "restriction stands exactly",
        ),
        (alert(">Public<", ">Private<"), "addresses is missing"),
        (alert("<category>Met</category>", ""), "category is missing"),
        (alert(">Likely<", ">Very Likely<"), "certainty cannot be"),
        (
            alert("<event>Storm</event>", "<event></event>"),
            "event is empty",
        ),
        (alert("<status>", "<status/><status>"), "status is empty"),
        (
            alert("</scope>", "</scope><scope>Public</scope>"),
            "scope stands more than once",
        ),
        (
            alert("</alert>", "<foo>1</foo></alert>"),
            "foo is not known",
        ),
        (
            alert("-34.5,-58.5</polygon>", "-34.5,-58.4</polygon>"),
            "polygon cannot be",
        ),
        (alert("-34.5,-58.5 ", "-94.5,-58.5 "), "polygon cannot be"),
        (alert("T18:00:00", "T11:00:00"), "expired"),
        (alert("cap:1.2", "cap:1.1"), "namespace"),
        (alert("<info>", "<info lang=\"x\">"), "no attribute"),
        (alert("granizo", "&granizo;"), "entity"),
        (alert("granizo", "&#0;"), "character"),
        (
            alert("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
            "UTF-8",
        ),
        (alert("</alert>", ""), "well-formed"),
        (alert("</sender>", "</sent>"), "well-formed"),
        (bomb, "DTD"),
        (String::new(), "no alert"),
        ("{}".into(), "text outside"),
    ];
    for (alert, wanted) in cases {
        let said = reason(&scene.takes(&alert).await);
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let deep = "<a>".repeat(3_000);
    reason(&scene.takes(&deep).await);
    let many = "<code>x</code>".repeat(2_500);
    let many = alert("</scope>", &format!("</scope>{many}"));
    assert!(reason(&scene.takes(&many).await).contains("more than 2000 elements"));
    let huge = alert("granizo", &"g".repeat(70_000));
    let refused = scene.takes(&huge).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (413, "too_large")
    );
    assert_eq!(scene.drafts().await, 0, "nothing of all that was kept");
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

/// Pieces of alerts and of what is done to parsers.
const PIECES: [&str; 24] = [
    "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">",
    "</alert>",
    "<identifier>",
    "</identifier>",
    "<info>",
    "</info>",
    "<area>",
    "<polygon>0,0 0,1 1,1 0,0</polygon>",
    "<circle>0,0 1e308</circle>",
    "<![CDATA[<alert>]]>",
    "<!-- -->",
    "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
    "<?xml version=\"1.1\"?>",
    "&amp;",
    "&#x10FFFF;",
    "&#xFFFFFFFF;",
    "&x;",
    "<x:alert xmlns:x=\"urn:oasis:names:tc:emergency:cap:1.2\">",
    "<sent>9999-12-31T23:59:59-14:00</sent>",
    "<expires>0000-00-00T00:00:00+00:00</expires>",
    "\u{feff}",
    "]]>",
    "<a b=\"c\" b=\"c\">",
    " ",
];

#[tokio::test]
async fn hostile_alerts_are_refused_with_a_reason_or_are_drafts() {
    let scene = Scene::new().await;
    let piece = prop_oneof![3 => select(&PIECES[..]).prop_map(str::to_owned), 1 => junk::text()];
    let mut runner = TestRunner::new(Config::default());
    // A piece somewhere in a good alert, or nothing but pieces.
    let cut = (
        0..ALERT.len(),
        0..40_usize,
        prop::collection::vec(piece, 0..12),
        any::<bool>(),
    );
    for _ in 0..runner.config().cases {
        let (at, gone, pieces, alone) = cut.new_tree(&mut runner).expect("a value").current();
        let alert = match alone {
            true => pieces.concat(),
            false => {
                let floor = |at: usize| {
                    (0..=at.min(ALERT.len()))
                        .rev()
                        .find(|at| ALERT.is_char_boundary(*at))
                };
                let (from, to) = (floor(at).unwrap_or(0), floor(at + gone).unwrap_or(0));
                format!("{}{}{}", &ALERT[..from], pieces.concat(), &ALERT[to..])
            }
        };
        let answer = scene.takes(&alert).await;
        let said = format!("{alert}: {} {}", answer.status, answer.text);
        match answer.status.as_u16() {
            201 => assert!(answer.text.contains("<msgType>Ack</msgType>"), "{said}"),
            409 | 404 => assert!(!answer.code().is_empty(), "{said}"),
            413 => assert!(alert.len() > 65_536, "{said}"),
            422 => assert!(!answer.json["errors"][0]["message"].is_null(), "{said}"),
            _ => panic!("{said}"),
        }
    }
}
