//! Alerts of the Common Alerting Protocol, held against the rules of its schema (OASIS CAP-v1.2-os, section 3.4).

mod area;
mod emergencies;
mod receipts;

use chrono::{DateTime, TimeDelta};
use domain::{
    Actor, Tx,
    actor::{Channel, Level},
    broadcast::{self, NewBroadcast, Reply},
    enrolment::{self, Caller},
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

fn within(leaves: &[(String, String)], path: &str, allowed: &[&str]) {
    let text = one(leaves, path);
    assert!(allowed.contains(&text), "{path}: {text}");
}

/// With its offset in digits.
fn is_time(path: &str, text: &str) {
    assert!(!text.ends_with('Z') && text.len() == 25, "{path}: {text}");
    DateTime::parse_from_rfc3339(text).expect("a time");
}

/// Everything the schema says about what stands above `info`, and about the order of all of it.
fn head(xml: &str) -> Vec<(String, String)> {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert!(xml.contains("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">"));
    let leaves = leaves(xml);
    let order: Vec<usize> = leaves.iter().map(|(path, _)| place(path)).collect();
    assert!(order.is_sorted(), "{leaves:?}");
    let statuses = ["Actual", "Exercise", "System", "Test", "Draft"];
    within(&leaves, "alert/status", &statuses);
    let kinds = ["Alert", "Update", "Cancel", "Ack", "Error"];
    within(&leaves, "alert/msgType", &kinds);
    let scopes = ["Public", "Restricted", "Private"];
    within(&leaves, "alert/scope", &scopes);
    assert!(!one(&leaves, "alert/restriction").is_empty());
    for path in ["alert/identifier", "alert/sender"] {
        let text = one(&leaves, path);
        assert!(!text.contains([' ', ',', '<', '&']), "{path}: {text}");
    }
    is_time("alert/sent", one(&leaves, "alert/sent"));
    let about = one(&leaves, "alert/msgType") != "Alert";
    assert_eq!(all(&leaves, "alert/references").len(), usize::from(about));
    for references in all(&leaves, "alert/references") {
        for reference in references.split(' ') {
            let parts: Vec<&str> = reference.split(',').collect();
            assert_eq!(parts.len(), 3, "{references}");
            is_time("alert/references", parts[2]);
        }
    }
    leaves
}

/// Everything the schema says about the elements we write.
fn valid(xml: &str) -> Vec<(String, String)> {
    let leaves = head(xml);
    let urgencies = ["Immediate", "Expected", "Future", "Past", "Unknown"];
    within(&leaves, "alert/info/urgency", &urgencies);
    let severities = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"];
    within(&leaves, "alert/info/severity", &severities);
    let certainties = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"];
    within(&leaves, "alert/info/certainty", &certainties);
    let responses = [
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
        "None",
    ];
    within(&leaves, "alert/info/responseType", &responses);
    for text in all(&leaves, "alert/info/expires") {
        is_time("alert/info/expires", text);
    }
    for circle in all(&leaves, "alert/info/area/circle") {
        let (point, radius) = circle.split_once(' ').expect("a point and a radius");
        on_globe(point);
        assert!(radius.parse::<f64>().expect("kilometres") >= 0.0);
    }
    for polygon in all(&leaves, "alert/info/area/polygon") {
        let points: Vec<&str> = polygon.split(' ').collect();
        assert!(
            points.len() >= 4 && points.first() == points.last(),
            "{polygon}"
        );
        points.into_iter().for_each(on_globe);
    }
    let exercise = one(&leaves, "alert/status") == "Exercise";
    assert_eq!(all(&leaves, "alert/note").len(), usize::from(exercise));
    leaves
}

/// Latitude and longitude in degrees.
fn on_globe(point: &str) {
    let (lat, lon) = point.split_once(',').expect("two numbers");
    for (text, most) in [(lat, 90.0), (lon, 180.0)] {
        let degrees: f64 = text.parse().expect("degrees");
        assert!(degrees.abs() <= most, "{point}");
    }
}

/// `sender,identifier,sent` of an alert, as later ones refer to it.
fn refers(first: &[(String, String)]) -> String {
    ["sender", "identifier", "sent"]
        .map(|part| one(first, &format!("alert/{part}")))
        .join(",")
}

/// The document at this place, as an admin gets it.
async fn document(world: &World, path: &str) -> String {
    let token = world.token("jefa").await;
    let answer = world.get(path, &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let kind = answer.headers.get("content-type").expect("a kind");
    assert_eq!(kind, "application/cap+xml; charset=utf-8");
    answer.text
}

async fn fetched(world: &World, path: &str) -> Vec<(String, String)> {
    valid(&document(world, path).await)
}

/// Somebody whom Telegram can reach in this chat.
async fn linked(world: &World, username: &str, telegram_id: i64) -> Actor {
    let id = world.user(username, Level::Agent, "Centro").await;
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let system = Actor::system(Channel::Cli);
                let made = enrolment::invite(tx, &system, id).await?;
                let caller = Caller {
                    telegram_id,
                    username: None,
                    lang: None,
                };
                enrolment::enrol(tx, &made.code, caller).await
            })
        })
        .await
        .expect("enrolled");
    let actor = Actor::of_user(&world.store, id, Channel::Bot).await;
    actor.expect("readable").expect("there")
}

/// A world with an admin to look, and Ana, whom Telegram can reach.
async fn world() -> (World, Actor) {
    let world = World::new().await;
    world.user("jefa", Level::Admin, "Centro").await;
    let ana = linked(&world, "ana", 77).await;
    (world, ana)
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
    assert_eq!(one(&then, "alert/references"), refers(&first));
    world.store.clock().advance(TimeDelta::seconds(5));
    world
        .store
        .write(move |tx| Box::pin(async move { broadcast::cancel(tx, &system, id).await }))
        .await
        .expect("called off");
    let last = fetched(&world, &path).await;
    assert_eq!(one(&last, "alert/msgType"), "Cancel");
    assert_eq!(one(&last, "alert/references"), refers(&first));
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
