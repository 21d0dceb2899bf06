//! The AsyncAPI document says what the socket really sends.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::{
    Actor,
    actor::{Channel, Level},
    availability::Availability,
    event::{Event, Scope},
    geo::Point,
    notification::NotificationKind,
    position::{self, PositionSource, Shared},
    task::Status,
};
use serde_json::{Value, json};

use crate::{
    support::{World, bare},
    ws::Socket,
};

fn document() -> Value {
    serde_json::from_str(&api::asyncapi()).expect("it is JSON")
}

/// What does not fit: an own reader of the few words of JSON Schema that the document uses, which knows of no spare fields.
fn misfit(document: &Value, schema: &Value, value: &Value, place: &str) -> Option<String> {
    if let Some(target) = schema["$ref"].as_str() {
        let target = document.pointer(target.trim_start_matches('#'));
        return match target {
            Some(schema) => misfit(document, schema, value, place),
            None => Some(format!("{place}: a reference to nothing, {schema}")),
        };
    }
    if let Some(any) = schema["oneOf"].as_array() {
        let fits = |one: &Value| misfit(document, one, value, place).is_none();
        return (!any.iter().any(fits)).then(|| format!("{place}: {value} is none of {schema}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Some(format!("{place}: {value} is not among {words:?}"));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    if !kinds.iter().any(|kind| is(kind)) {
        return Some(format!("{place}: {value} is no {kinds:?}"));
    }
    if let Some(items) = value.as_array() {
        let inner = |item| misfit(document, &schema["items"], item, &format!("{place}[]"));
        return items.iter().find_map(inner);
    }
    fields(document, schema, value, place)
}

fn fields(document: &Value, schema: &Value, value: &Value, place: &str) -> Option<String> {
    let fields = value.as_object()?;
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for name in required.iter().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            return Some(format!("{place}: {name} is missing"));
        }
    }
    fields.iter().find_map(|(name, inner)| {
        let schema = schema["properties"].get(name);
        match schema {
            Some(schema) => misfit(document, schema, inner, &format!("{place}.{name}")),
            None => Some(format!("{place}: {name} is not in the document")),
        }
    })
}

fn check(document: &Value, message: &Value) -> String {
    let name = message["event_type"].as_str().unwrap_or_default();
    let schema = &document["components"]["messages"][name]["payload"];
    assert!(schema.is_object(), "{name} is not in the document");
    assert_eq!(misfit(document, schema, message, name), None, "{message}");
    name.to_owned()
}

/// One of every kind.
fn all(agent_id: i64, user_id: i64) -> Vec<Event> {
    let (id, code) = (7, "PAT-2026-0007".to_owned());
    vec![
        Event::TaskCreated {
            id,
            code: code.clone(),
        },
        Event::TaskUpdated {
            id,
            code: code.clone(),
        },
        Event::TaskStatusChanged {
            id,
            code: code.clone(),
            from: None,
            status: Status::Scheduled,
        },
        Event::TaskStatusChanged {
            id,
            code: code.clone(),
            from: Some(Status::Scheduled),
            status: Status::InProgress,
        },
        Event::TaskAssigned {
            id,
            code: code.clone(),
            agent_ids: vec![1, 2],
            lead_agent_id: None,
        },
        Event::AssignmentAcknowledged {
            id,
            code: code.clone(),
            agent_id,
        },
        Event::AssignmentDeclined {
            id,
            code: code.clone(),
            agent_id,
        },
        Event::TaskReported {
            id,
            code,
            report_id: 3,
        },
        Event::AgentAvailabilityChanged {
            agent_id,
            availability: Availability::OffShift,
        },
        Event::AgentPositionChanged { agent_id },
        // Of somebody whose position is not kept.
        Event::AgentPositionChanged { agent_id: 99 },
        Event::ShiftsChanged { agent_id },
        Event::LeaveChanged { id, agent_id },
        Event::SwapChanged { id, agent_id },
        Event::EmergencyRaised {
            id,
            task_id: id,
            code: "EMG-2026-0001".into(),
        },
        Event::EmergencyUpdated {
            id,
            task_id: id,
            code: "EMG-2026-0001".into(),
            status: domain::emergency::EmergencyStatus::Active,
        },
        Event::BroadcastStarted { id },
        Event::BroadcastProgress { id },
        Event::CheckInUpdated {
            id,
            task_id: Some(id),
            agent_id: None,
        },
        Event::Notification {
            user_id,
            kind: NotificationKind::NoAnswer,
            task_id: Some(id),
            broadcast_id: Some(id),
            by_user: Some(user_id),
        },
        Event::KpisChanged {},
    ]
}

/// Lets this person share where he is.
async fn somewhere(world: &World, user_id: i64) {
    let actor = Actor::of_user(&world.store, user_id, Channel::Bot).await;
    let actor = actor.expect("the database answers").expect("an account");
    let shared = Shared {
        point: Point {
            lat: -34.6,
            lon: -58.4,
        },
        accuracy_m: None,
        source: PositionSource::Pin,
        at: world.store.now(),
    };
    let write = world
        .store
        .write(move |tx| Box::pin(async move { position::share(tx, &actor, shared).await }));
    assert!(write.await.expect("he is on shift"));
}

#[tokio::test]
async fn every_message_is_as_the_document_says() {
    let document = document();
    let world = World::new().await;
    let root = world.user("root", Level::Admin, "Sede").await;
    let uno = world.user("uno", Level::Agent, "Centro").await;
    somewhere(&world, uno).await;
    let token = world.token("root").await;
    let served = world.serve().await;
    let mut socket = Socket::open(&served, &world, &token).await;
    let mut told = BTreeSet::new();
    told.insert(check(&document, &socket.hear().await));
    let topics = [
        "tasks",
        "agents",
        "positions",
        "kpis",
        "emergencies",
        "broadcasts",
        "notifications",
    ];
    socket
        .say(
            "subscribe",
            json!({ "topics": topics, "since": { "epoch": "another", "seq": 1 } }),
        )
        .await;
    socket
        .say("unsubscribe", json!({ "topics": ["notifications"] }))
        .await;
    socket.say("ping", json!({})).await;
    socket.say("dance", json!({})).await;
    socket
        .say("subscribe", json!({ "topics": ["notifications"] }))
        .await;
    for _ in 0..6 {
        told.insert(check(&document, &socket.hear().await));
    }
    let agents = world.get("/api/v1/agents", &token).await;
    let agent_id = agents.json["items"][0]["id"].as_i64().expect("an agent");
    let count = all(agent_id, root).len();
    let write = world.store.write(move |tx| {
        Box::pin(async move {
            let scope = Scope {
                user_ids: vec![root],
                ..Scope::default()
            };
            for event in all(agent_id, root) {
                tx.log(event, &scope);
            }
            Ok(())
        })
    });
    write.await.expect("they are logged");
    for _ in 0..count {
        told.insert(check(&document, &socket.hear().await));
    }
    let names = document["components"]["messages"]
        .as_object()
        .expect("messages")
        .keys();
    let said: BTreeSet<String> = names
        .filter(|name| !name.starts_with("client_"))
        .cloned()
        .collect();
    // A heartbeat comes too late for a test; it has the form of `pong`.
    told.insert("ping".into());
    assert_eq!(told, said);
}

#[tokio::test]
async fn it_is_public_and_the_same_every_time() {
    let world = World::new().await;
    let answer = world.ask(bare("GET", "/asyncapi.json", None)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json, document());
    assert_eq!(answer.json["asyncapi"], "3.0.0");
}
