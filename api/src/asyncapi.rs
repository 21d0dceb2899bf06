//! The AsyncAPI document of the socket, made from the types that are sent and read.

use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    hub::wire::{ControlOut, EventOut, TopicWord},
    socket::said::Said,
};

/// The AsyncAPI document: the same text for the same program.
pub(crate) fn document() -> Value {
    let sent = messages::<EventOut>(&event_envelope())
        .into_iter()
        .chain(messages::<ControlOut>(&control_envelope()));
    let sent: Map<String, Value> = sent.collect();
    let heard: Map<String, Value> = messages::<Said>(&Map::new())
        .into_iter()
        .map(|(name, message)| (format!("client_{name}"), message))
        .collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "GAD socket",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "JSON text. `POST /ws/ticket` gives a ticket that opens one socket. `seq` is one rising number over all \
                topics; a connection sees those of its scope. Whoever comes back subscribes with the epoch and the seq it saw last, and \
                gets what it missed or a `resync`. Closing: 1008 not allowed, 1009 too big, 1012 restart, 4008 too slow, 4401 session ended.",
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/json",
        "servers": { "here": { "host": "localhost:8000", "protocol": "ws", "description": "Wherever GAD is; wss behind https" } },
        "channels": {
            "socket": {
                "address": "/ws/connect",
                "title": "Live events",
                "messages": references(sent.keys().chain(heard.keys())),
                "bindings": { "ws": { "query": {
                    "type": "object",
                    "required": ["ticket"],
                    "properties": { "ticket": { "type": "string", "description": "Of `POST /ws/ticket`" } },
                } } },
            },
        },
        "operations": {
            "tell": operation("send", "What clients are told", sent.keys()),
            "hear": operation("receive", "What clients may say", heard.keys()),
        },
        "components": {
            "messages": sent.into_iter().chain(heard).collect::<Map<_, _>>(),
            "schemas": schemas(),
        },
    })
}

fn references<'a>(names: impl Iterator<Item = &'a String>) -> Value {
    let reference = |name: &String| {
        let place = format!("#/components/messages/{name}");
        (name.clone(), json!({ "$ref": place }))
    };
    Value::Object(names.map(reference).collect())
}

fn operation<'a>(action: &str, title: &str, names: impl Iterator<Item = &'a String>) -> Value {
    let place = |name: &String| json!({ "$ref": format!("#/channels/socket/messages/{name}") });
    json!({
        "action": action,
        "title": title,
        "channel": { "$ref": "#/channels/socket" },
        "messages": names.map(place).collect::<Vec<_>>(),
    })
}

/// What stands around the data of an event.
fn event_envelope() -> Map<String, Value> {
    let mut around = control_envelope();
    let seq =
        json!({ "type": "integer", "format": "int64", "description": "Rises over all topics" });
    around.insert("seq".into(), seq);
    around.insert(
        "topic".into(),
        json!({ "$ref": "#/components/schemas/Topic" }),
    );
    around
}

fn control_envelope() -> Map<String, Value> {
    let at = json!({ "type": "string", "format": "date-time" });
    Map::from_iter([("timestamp".to_owned(), at)])
}

/// One message for each variant of an enumeration with `event_type` and `data`.
fn messages<T: ToSchema>(around: &Map<String, Value>) -> Vec<(String, Value)> {
    let all = serde_json::to_value(T::schema()).expect("a schema has a JSON form");
    let variants = all["oneOf"].as_array().cloned().unwrap_or_default();
    variants
        .into_iter()
        .map(|variant| message(variant, around))
        .collect()
}

fn message(mut variant: Value, around: &Map<String, Value>) -> (String, Value) {
    let name = variant["properties"]["event_type"]["enum"][0].clone();
    let name = name.as_str().unwrap_or_default().to_owned();
    let summary = variant["description"].take();
    if let Some(properties) = variant["properties"].as_object_mut() {
        properties.extend(around.clone());
    }
    if let Some(required) = variant["required"].as_array_mut() {
        required.extend(around.keys().map(|key| json!(key)));
    }
    if let Some(payload) = variant.as_object_mut() {
        payload.remove("description");
    }
    let mut message = json!({ "name": name, "title": name.replace('_', " "), "payload": variant });
    if summary.is_string() {
        message["summary"] = summary;
    }
    (name, message)
}

/// Everything the messages refer to.
fn schemas() -> Value {
    let mut found: Vec<(String, RefOr<Schema>)> = Vec::new();
    EventOut::schemas(&mut found);
    ControlOut::schemas(&mut found);
    Said::schemas(&mut found);
    found.push((TopicWord::name().into_owned(), TopicWord::schema()));
    let json = |schema| serde_json::to_value(schema).expect("a schema has a JSON form");
    let named = found.into_iter().map(|(name, schema)| (name, json(schema)));
    Value::Object(named.collect())
}
