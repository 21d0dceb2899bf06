//! Anything at all, where something sensible is expected: what the doors of the system are tried with. More cases:
//! `PROPTEST_CASES=100000 cargo test hostile`.

use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
};
use serde_json::{Value, json};

/// Words that mean something here and there.
const NAMES: [&str; 45] = [
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
    "agent_id",
    "starts_at",
    "ends_at",
    "weekdays",
    "start",
    "end",
    "shift_id",
    "to_agent_id",
    "other_shift_id",
];

const TEXTS: [&str; 19] = [
    "",
    " ",
    "\0",
    "a\0b",
    "patrullaje",
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "-262143-01-01T00:00:00Z",
    "America/Argentina/Buenos_Aires",
    "Marte/Norte",
    "🚓🚓🚓",
    "\u{202e}\u{feff}",
    "'; DROP TABLE tasks; --",
    "../../../etc/passwd",
    "{{7*7}}",
    "NaN",
    "-1",
    "1e999",
];

/// Texts that have made trouble somewhere, and any others.
pub fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        4 => select(&TEXTS[..]).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => (1..3_000_usize).prop_map(|length| "ñ".repeat(length)),
    ]
}

fn name() -> impl Strategy<Value = String> + Clone {
    prop_oneof![8 => select(&NAMES[..]).prop_map(str::to_owned), 1 => text()]
}

/// A JSON document of any shape.
pub fn document() -> impl Strategy<Value = Value> + Clone {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..10_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(name(), inner, 0..6).prop_map(|fields| json!(fields)),
        ]
    })
}

/// The same, but always an object.
pub fn object() -> impl Strategy<Value = Value> + Clone {
    btree_map(name(), document(), 0..8).prop_map(|fields| json!(fields))
}
