//! Events and control messages as JSON text.

use std::collections::HashMap;

use axum::extract::ws::Utf8Bytes;
use chrono::{DateTime, Utc};
use domain::{
    Store,
    agent::LastPosition,
    event::{Event, Logged, Topic},
    position,
};
use serde_json::{Value, json};

/// The messages of these events, in their order.
pub(crate) async fn messages(store: &Store, events: &[Logged]) -> domain::Result<Vec<Utf8Bytes>> {
    let moved: Vec<i64> = events
        .iter()
        .filter_map(|logged| moved(&logged.event))
        .collect();
    let positions = if moved.is_empty() {
        HashMap::new()
    } else {
        position::latest(store, moved).await?
    };
    events
        .iter()
        .map(|logged| message(logged, &positions))
        .collect()
}

fn moved(event: &Event) -> Option<i64> {
    match event {
        Event::AgentPositionChanged { agent_id } => Some(*agent_id),
        _ => None,
    }
}

fn message(logged: &Logged, positions: &HashMap<i64, LastPosition>) -> domain::Result<Utf8Bytes> {
    let mut text = serde_json::to_value(&logged.event)?;
    text["seq"] = logged.seq.into();
    text["topic"] = logged.topic.as_str().into();
    text["timestamp"] = json!(logged.at);
    if let Some(position) = moved(&logged.event).and_then(|id| positions.get(&id)) {
        place(&mut text["data"], position);
    }
    Ok(text.to_string().into())
}

/// Coordinates are not in the log; they are those of this moment.
fn place(data: &mut Value, position: &LastPosition) {
    data["lat"] = position.point.lat.into();
    data["lon"] = position.point.lon.into();
    data["accuracy_m"] = json!(position.accuracy_m);
    data["at"] = json!(position.at);
}

/// A message that is no event of the log.
pub(crate) fn control(event_type: &str, at: DateTime<Utc>, data: &Value) -> Utf8Bytes {
    json!({ "event_type": event_type, "timestamp": at, "data": data })
        .to_string()
        .into()
}

/// The topic with this name.
pub(crate) fn topic(name: &str) -> Option<Topic> {
    Topic::ALL.into_iter().find(|topic| topic.as_str() == name)
}
