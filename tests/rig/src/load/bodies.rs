//! Bodies that a route would take, by its own document, and the same with something spoilt: what gets past the first
//! look is what finds the rest.

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::junk;

/// How deep schemas are followed.
const DEEPEST: usize = 6;

/// A body for this schema of the document, with one field changed, left out or added.
pub fn spoilt(lot: &mut StdRng, document: &Value, schema: &Value) -> Value {
    let mut body = valid(lot, document, schema, 0);
    spoil(lot, &mut body);
    body
}

fn spoil(lot: &mut StdRng, body: &mut Value) {
    match body {
        Value::Object(fields) if !fields.is_empty() => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let name = names.choose(lot).expect("there are some");
            match lot.random_range(0..6) {
                0 => drop(fields.remove(name)),
                1 => drop(fields.insert("nadie".into(), junk::value(lot, 1))),
                2 | 3 => spoil(lot, &mut fields[name]),
                _ => fields[name] = junk::value(lot, 2),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = lot.random_range(0..items.len());
            spoil(lot, &mut items[at]);
        }
        Value::String(text) if lot.random() => *text = junk::text(lot),
        other => *other = junk::value(lot, 2),
    }
}

/// What the schema asks for.
fn valid(lot: &mut StdRng, document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(place) = schema["$ref"]
        .as_str()
        .and_then(|place| place.strip_prefix('#'))
    {
        let meant = document.pointer(place).unwrap_or(&Value::Null);
        return valid(lot, document, meant, depth + 1);
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.choose(lot).cloned().unwrap_or_default();
    }
    for one_of in ["oneOf", "anyOf"] {
        let real = |one: &&Value| one["type"] != "null";
        let all = schema[one_of].as_array();
        let all: Vec<&Value> = all.into_iter().flatten().filter(real).collect();
        if let Some(one) = all.choose(lot) {
            return valid(lot, document, one, depth + 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts
            .iter()
            .map(|part| valid(lot, document, part, depth + 1));
        let fields = parts.filter_map(|part| part.as_object().cloned());
        return Value::Object(fields.flatten().collect());
    }
    match kind(schema) {
        "object" => Value::Object(object(lot, document, schema, depth)),
        "array" => (0..lot.random_range(0..3))
            .map(|_| valid(lot, document, &schema["items"], depth + 1))
            .collect(),
        "integer" => json!(lot.random_range(1..5)),
        "number" => json!(-34.6),
        "boolean" => json!(lot.random::<bool>()),
        _ => string(schema),
    }
}

fn kind(schema: &Value) -> &str {
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect::<Vec<_>>(),
    };
    kinds
        .into_iter()
        .find(|kind| *kind != "null")
        .unwrap_or("object")
}

/// With all that is required, and some of the rest.
fn object(lot: &mut StdRng, document: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let required = |name: &str| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|one| one == name))
    };
    let mut fields = Map::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if required(name) || lot.random() {
            fields.insert(name.clone(), valid(lot, document, field, depth + 1));
        }
    }
    fields
}

fn string(schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("date-time") => json!("2027-03-01T12:00:00Z"),
        Some("date") => json!("2027-03-01"),
        Some("uuid") => json!("018f3a4e-0000-7000-8000-000000000000"),
        _ => json!("patrullaje"),
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_body_has_what_its_schema_asks_for_before_it_is_spoilt() {
        let document = json!({ "schemas": { "Place": {
            "type": "object", "required": ["lat"], "properties": { "lat": { "type": "number" } },
        } } });
        let schema = json!({ "type": "object", "required": ["at", "kind", "place"], "properties": {
            "at": { "type": ["string", "null"], "format": "date-time" },
            "kind": { "enum": ["a"] },
            "place": { "oneOf": [{ "type": "null" }, { "$ref": "#/schemas/Place" }] },
        } });
        let mut lot = StdRng::seed_from_u64(1);
        let body = valid(&mut lot, &document, &schema, 0);
        let wanted =
            json!({ "at": "2027-03-01T12:00:00Z", "kind": "a", "place": { "lat": -34.6 } });
        assert_eq!(body, wanted);
        let different = (0..50).filter(|_| spoilt(&mut lot, &document, &schema) != wanted);
        assert!(different.count() > 40);
    }
}
