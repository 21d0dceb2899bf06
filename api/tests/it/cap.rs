//! Alerts of the Common Alerting Protocol, held against the rules of its schema (OASIS CAP-v1.2-os, section 3.4).

use chrono::{DateTime, TimeDelta};
use domain::{
    Actor, Tx,
    actor::{Channel, Level},
    broadcast::{self, NewBroadcast, Reply},
    emergency::{self, NewEmergency},
    enrolment::{self, Caller},
    geo::Point,
};
use futures::future::BoxFuture;
use quick_xml::{Reader, events::Event};

use crate::support::World;

/// Path and text of every leaf, in the order of the document.
fn leaves(xml: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(xml);
    let (mut path, mut found): (Vec<String>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    let mut text = String::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => {
                path.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part.decode().expect("UTF-8")),
            Event::GeneralRef(part) => text.push_str(match &part[..] {
                b"amp" => "&",
                b"lt" => "<",
                b"gt" => ">",
                b"quot" => "\"",
                b"apos" => "'",
                other => panic!("an entity of its own: {other:?}"),
            }),
            Event::End(_) => {
                if !text.trim().is_empty() {
                    found.push((path.join("/"), text.trim().to_owned()));
                }
                text.clear();
                path.pop();
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn all<'a>(leaves: &'a [(String, String)], path: &str) -> Vec<&'a str> {
    let fits = leaves.iter().filter(|(at, _)| at == path);
    fits.map(|(_, text)| text.as_str()).collect()
}

fn one<'a>(leaves: &'a [(String, String)], path: &str) -> &'a str {
    match all(leaves, path)[..] {
        [text] => text,
        ref other => panic!("{path}: {other:?}"),
    }
}

/// The order of the schema's sequences.
const ORDER: [&str; 25] = [
    "alert/identifier",
    "alert/sender",
    "alert/sent",
    "alert/status",
    "alert/msgType",
    "alert/source",
    "alert/scope",
    "alert/restriction",
    "alert/note",
    "alert/references",
    "alert/info/language",
    "alert/info/category",
    "alert/info/event",
    "alert/info/responseType",
    "alert/info/urgency",
    "alert/info/severity",
    "alert/info/certainty",
    "alert/info/expires",
    "alert/info/senderName",
    "alert/info/headline",
    "alert/info/description",
    "alert/info/parameter",
    "alert/info/area/areaDesc",
    "alert/info/area/polygon",
    "alert/info/area/circle",
];

fn place(path: &str) -> usize {
    let path = path
        .strip_suffix("/valueName")
        .or(path.strip_suffix("/value"))
        .unwrap_or(path);
    ORDER
        .iter()
        .position(|one| *one == path)
        .unwrap_or_else(|| panic!("{path} is no element of an alert"))
}

/// Everything the schema says about the elements we write.
fn valid(xml: &str) -> Vec<(String, String)> {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert!(xml.contains("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">"));
    let leaves = leaves(xml);
    let order: Vec<usize> = leaves.iter().map(|(path, _)| place(path)).collect();
    assert!(order.is_sorted(), "{leaves:?}");
    let within = |path, allowed: &[&str]| {
        let text = one(&leaves, path);
        assert!(allowed.contains(&text), "{path}: {text}");
    };
    within(
        "alert/status",
        &["Actual", "Exercise", "System", "Test", "Draft"],
    );
    within(
        "alert/msgType",
        &["Alert", "Update", "Cancel", "Ack", "Error"],
    );
    within("alert/scope", &["Public", "Restricted", "Private"]);
    within(
        "alert/info/urgency",
        &["Immediate", "Expected", "Future", "Past", "Unknown"],
    );
    within(
        "alert/info/severity",
        &["Extreme", "Severe", "Moderate", "Minor", "Unknown"],
    );
    within(
        "alert/info/certainty",
        &["Observed", "Likely", "Possible", "Unlikely", "Unknown"],
    );
    let responses = [
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
        "None",
    ];
    within("alert/info/responseType", &responses);
    assert!(!one(&leaves, "alert/restriction").is_empty());
    for path in ["alert/identifier", "alert/sender"] {
        let text = one(&leaves, path);
        assert!(!text.contains([' ', ',', '<', '&']), "{path}: {text}");
    }
    for path in ["alert/sent", "alert/info/expires"] {
        for text in all(&leaves, path) {
            assert!(!text.ends_with('Z') && text.len() == 25, "{path}: {text}");
            DateTime::parse_from_rfc3339(text).expect("a time");
        }
    }
    for circle in all(&leaves, "alert/info/area/circle") {
        let (point, radius) = circle.split_once(' ').expect("a point and a radius");
        assert_eq!(point.split(',').count(), 2, "{circle}");
        assert!(radius.parse::<f64>().expect("kilometres") >= 0.0);
    }
    for polygon in all(&leaves, "alert/info/area/polygon") {
        let points: Vec<&str> = polygon.split(' ').collect();
        assert!(
            points.len() >= 4 && points.first() == points.last(),
            "{polygon}"
        );
    }
    let exercise = one(&leaves, "alert/status") == "Exercise";
    assert_eq!(all(&leaves, "alert/note").len(), usize::from(exercise));
    let update = one(&leaves, "alert/msgType") != "Alert";
    assert_eq!(all(&leaves, "alert/references").len(), usize::from(update));
    leaves
}

async fn fetched(world: &World, path: &str) -> Vec<(String, String)> {
    let token = world.token("jefa").await;
    let answer = world.get(path, &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let kind = answer.headers.get("content-type").expect("a kind");
    assert_eq!(kind, "application/cap+xml; charset=utf-8");
    valid(&answer.text)
}

/// A world with an admin to look, and Ana, whom Telegram can reach.
async fn world() -> (World, Actor) {
    let world = World::new().await;
    world.user("jefa", Level::Admin, "Centro").await;
    let id = world.user("ana", Level::Agent, "Centro").await;
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let system = Actor::system(Channel::Cli);
                let made = enrolment::invite(tx, &system, id).await?;
                let caller = Caller {
                    telegram_id: 77,
                    username: None,
                    lang: None,
                };
                enrolment::enrol(tx, &made.code, caller).await
            })
        })
        .await
        .expect("enrolled");
    let ana = Actor::of_user(&world.store, id, Channel::Bot).await;
    (world, ana.expect("readable").expect("there"))
}

#[tokio::test]
async fn a_broadcast_is_an_alert_then_an_update_then_a_cancel() {
    let (world, ana) = world().await;
    let system = Actor::system(Channel::Cli);
    let id = {
        let system = system.clone();
        world
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let new = NewBroadcast {
                        protocol: Some("evacuacion".into()),
                        text: Some("Plaza <Norte> & \u{1}\"calle\"".into()),
                        drill: true,
                        ..NewBroadcast::default()
                    };
                    broadcast::send(tx, &system, new).await
                })
            })
            .await
            .expect("sent")
    };
    let path = format!("/api/v1/broadcasts/{id}/cap.xml");
    let first = fetched(&world, &path).await;
    assert_eq!(one(&first, "alert/msgType"), "Alert");
    assert_eq!(one(&first, "alert/status"), "Exercise");
    assert!(one(&first, "alert/info/description").contains("Plaza <Norte> & \"calle\""));
    world.store.clock().advance(TimeDelta::seconds(5));
    world
        .store
        .write(move |tx| {
            Box::pin(async move { broadcast::answer(tx, &ana, id, Reply::OnTheWay, None).await })
        })
        .await
        .expect("answered");
    let then = fetched(&world, &path).await;
    assert_eq!(one(&then, "alert/msgType"), "Update");
    assert_ne!(
        one(&then, "alert/identifier"),
        one(&first, "alert/identifier")
    );
    let refers = format!(
        "{},{},{}",
        one(&first, "alert/sender"),
        one(&first, "alert/identifier"),
        one(&first, "alert/sent")
    );
    assert_eq!(one(&then, "alert/references"), refers);
    world.store.clock().advance(TimeDelta::seconds(5));
    world
        .store
        .write(move |tx| Box::pin(async move { broadcast::cancel(tx, &system, id).await }))
        .await
        .expect("called off");
    let last = fetched(&world, &path).await;
    assert_eq!(one(&last, "alert/msgType"), "Cancel");
    assert_eq!(one(&last, "alert/references"), refers);
    assert!(
        !format!("{last:?}").contains("Persona ana"),
        "no names of people"
    );
}

/// Sends a broadcast, has `ends` end it, and what it was before and is after.
async fn ended<F>(ends: F) -> [Vec<(String, String)>; 3]
where
    F: for<'a> FnOnce(&'a mut Tx, i64) -> BoxFuture<'a, domain::Result<()>>
        + Clone
        + Send
        + 'static,
{
    let (world, ana) = world().await;
    let system = Actor::system(Channel::Cli);
    let new = NewBroadcast {
        text: Some("Corten la calle".into()),
        ..NewBroadcast::default()
    };
    let sent = world
        .store
        .write(move |tx| Box::pin(async move { broadcast::send(tx, &system, new).await }));
    let id = sent.await.expect("sent");
    let path = format!("/api/v1/broadcasts/{id}/cap.xml");
    let before = fetched(&world, &path).await;
    world.store.clock().advance(TimeDelta::seconds(5));
    let work = world.store.write(move |tx| ends(tx, id));
    work.await.expect("ended");
    let after = fetched(&world, &path).await;
    world.store.clock().advance(TimeDelta::seconds(5));
    let late = world.store.write(move |tx| {
        Box::pin(async move { broadcast::answer(tx, &ana, id, Reply::OnTheWay, None).await })
    });
    late.await.expect("a late answer counts");
    [before, after, fetched(&world, &path).await]
}

#[tokio::test]
async fn what_is_closed_is_over_and_a_late_answer_is_another_alert() {
    let closed = ended(|tx, id| {
        Box::pin(async move {
            let system = Actor::system(Channel::Cli);
            broadcast::close(tx, &system, id, Some("Gracias")).await
        })
    });
    let [before, after, late] = closed.await;
    assert_eq!(one(&before, "alert/info/urgency"), "Immediate");
    assert_eq!(one(&after, "alert/msgType"), "Update");
    assert_eq!(one(&after, "alert/info/urgency"), "Past");
    assert_eq!(one(&after, "alert/info/responseType"), "AllClear");
    let expires = |alert| one(alert, "alert/info/expires").to_owned();
    assert_eq!(expires(&after), one(&after, "alert/sent"));
    assert_ne!(expires(&after), expires(&before));
    assert!(one(&after, "alert/info/description").contains("Gracias"));
    assert_ne!(
        one(&after, "alert/identifier"),
        one(&late, "alert/identifier")
    );
}

#[tokio::test]
async fn an_emergency_is_one_too() {
    let (world, ana) = world().await;
    let id = world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let new = NewEmergency {
                    place: Some(Point {
                        lat: -34.6,
                        lon: -58.4,
                    }),
                    ..NewEmergency::default()
                };
                emergency::raise(tx, &ana, new).await
            })
        })
        .await
        .expect("raised");
    let seen = fetched(&world, &format!("/api/v1/emergencies/{id}/cap.xml")).await;
    assert_eq!(one(&seen, "alert/status"), "Actual");
    assert_eq!(
        one(&seen, "alert/info/area/circle"),
        "-34.600000,-58.400000 0.5"
    );
}
