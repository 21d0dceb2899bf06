//! Anything at all, where something sensible is expected.

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

/// Words that mean something here and there.
const NAMES: [&str; 40] = [
    "title",
    "kind",
    "description",
    "priority",
    "place",
    "lat",
    "lon",
    "label",
    "planned_start",
    "planned_end",
    "zone",
    "unit_id",
    "lead_agent_id",
    "agent_ids",
    "override_reason",
    "username",
    "password",
    "name",
    "level",
    "units",
    "reason",
    "until",
    "unavailable",
    "at",
    "text",
    "data",
    "topics",
    "since",
    "epoch",
    "seq",
    "event_type",
    "from",
    "chat",
    "id",
    "message",
    "date",
    "message_id",
    "callback_query",
    "location",
    "entities",
];

const TEXTS: [&str; 20] = [
    "",
    " ",
    "\0",
    "a\0b",
    "patrullaje",
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59Z",
    "-1",
    "America/Argentina/Buenos_Aires",
    "Marte/Norte",
    "🚓🚓🚓",
    "\u{202e}\u{feff}",
    "'; DROP TABLE tasks; --",
    "../../../etc/passwd",
    "{{7*7}}",
    "%s%n%d",
    "<script>alert(1)</script>",
    "NaN",
    "\u{10ffff}",
    "0001-01-01T00:00:00Z",
];

/// What may stand where a path wants a number or a name. One's own account has number 1.
const PARTS: [&str; 12] = [
    "2",
    "3",
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "%00",
    "%FF",
    "%C3%B1",
    "..%2F..",
    "a",
    "1e9",
];

/// A JSON document of any shape, seldom a deep one.
pub fn value(lot: &mut StdRng, depth: usize) -> Value {
    let kinds = if depth == 0 { 7 } else { 9 };
    match lot.random_range(0..kinds) {
        0 => Value::Null,
        1 => json!(lot.random::<bool>()),
        2 => json!(lot.random_range(-3..10)),
        3 => json!(lot.random::<i64>()),
        4 => json!(lot.random::<u64>()),
        5 => json!((lot.random::<f64>() - 0.5) * 1e308),
        6 => json!(text(lot)),
        7 => (0..lot.random_range(0..5))
            .map(|_| value(lot, depth - 1))
            .collect(),
        _ => Value::Object(object(lot, depth - 1)),
    }
}

/// The same, but an object.
pub fn object(lot: &mut StdRng, depth: usize) -> Map<String, Value> {
    let fields = lot.random_range(0..8);
    (0..fields)
        .map(|_| (name(lot), value(lot, depth)))
        .collect()
}

fn name(lot: &mut StdRng) -> String {
    NAMES.choose(lot).copied().unwrap_or_default().to_owned()
}

pub fn text(lot: &mut StdRng) -> String {
    match lot.random_range(0..10) {
        0 => "ñ".repeat(lot.random_range(0..5_000)),
        1 => lot.random::<char>().to_string(),
        _ => TEXTS.choose(lot).copied().unwrap_or_default().to_owned(),
    }
}

/// A path with something in place of what stands in braces.
pub fn path(lot: &mut StdRng, template: &str) -> String {
    let parts = template.split('/').map(|part| match part.starts_with('{') {
        true => PARTS.choose(lot).copied().unwrap_or_default(),
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Bytes.
pub fn bytes(lot: &mut StdRng, most: usize) -> Vec<u8> {
    (0..lot.random_range(0..most))
        .map(|_| lot.random())
        .collect()
}

/// Some bytes of a text changed, left out or doubled.
pub fn bent(lot: &mut StdRng, text: &[u8]) -> Vec<u8> {
    let mut bent = text.to_vec();
    for _ in 0..lot.random_range(1..6) {
        if bent.is_empty() {
            break;
        }
        let at = lot.random_range(0..bent.len());
        match lot.random_range(0..3) {
            0 => bent[at] = lot.random(),
            1 => drop(bent.remove(at)),
            _ => bent.insert(at, bent[at]),
        }
    }
    bent
}
