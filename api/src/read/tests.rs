use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    notes::{ENOUGH, MOST},
    *,
};

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Red,
    Blue,
}

#[derive(Debug, Deserialize)]
struct Spot {
    lat: f64,
    #[expect(dead_code, reason = "only whether it can be read matters")]
    lon: f64,
}

#[derive(Debug, Deserialize)]
struct Wish {
    title: String,
    colour: Colour,
    small: u8,
    day: chrono::NaiveDate,
    at: Option<chrono::DateTime<chrono::Utc>>,
    spot: Option<Spot>,
    #[serde(default)]
    ids: Vec<i64>,
    #[serde(default)]
    sure: bool,
}

fn of(sent: &Value) -> Read<Wish> {
    let tree: Tree = serde_json::from_str(&sent.to_string()).expect("JSON");
    read(&tree)
}

fn wrong(sent: &Value) -> Vec<(String, String)> {
    let wrong = of(sent).wrong;
    wrong.into_iter().map(|one| (one.field, one.code)).collect()
}

fn fields(sent: &Value) -> Vec<String> {
    let mut fields: Vec<String> = wrong(sent).into_iter().map(|(field, _)| field).collect();
    fields.sort();
    fields
}

#[test]
fn what_is_right_is_read() {
    let read = of(&json!({
        "title": "Ronda", "colour": "blue", "small": 7, "day": "2026-11-22", "at": "2026-11-22T12:00:00-03:00",
        "spot": { "lat": -34, "lon": -58.5 }, "ids": [1, 2], "sure": true,
    }));
    assert!(read.wrong.is_empty(), "{:?}", read.wrong);
    let wish = read.value.expect("it is all there");
    assert_eq!((wish.title.as_str(), wish.small), ("Ronda", 7));
    assert_eq!((wish.colour, wish.sure), (Colour::Blue, true));
    assert_eq!(wish.day.to_string(), "2026-11-22");
    assert!(wish.at.is_some());
    assert_eq!(wish.spot.map(|spot| spot.lat), Some(-34.0));
    assert_eq!(wish.ids, [1, 2]);
}

#[test]
fn everything_that_is_wrong_is_named() {
    let sent = json!({
        "title": 5, "colour": "purple", "small": 300, "day": "tomorrow", "at": "later", "spot": { "lat": "south", "lon": [] },
        "ids": [1, "two", 3, null], "sure": "yes", "zzz": 1,
    });
    let expected = [
        "at", "colour", "day", "ids[1]", "ids[3]", "small", "spot.lat", "spot.lon", "sure",
        "title", "zzz",
    ];
    assert_eq!(fields(&sent), expected);
    let read = of(&sent);
    assert!(read.value.is_some(), "the rest can be looked at");
    for one in &read.wrong {
        for word in [
            "struct", "enum", "i64", "u8", "f64", "Wish", "Colour", "sequence",
        ] {
            assert!(
                !one.message.contains(word),
                "{}: {}",
                one.field,
                one.message
            );
        }
    }
}

#[test]
fn everything_that_is_missing_is_named() {
    assert_eq!(fields(&json!({})), ["colour", "day", "small", "title"]);
    assert!(wrong(&json!({})).iter().all(|(_, code)| code == "required"));
    let half = json!({ "spot": {} });
    assert!(fields(&half).contains(&"spot.lon".to_owned()), "{half}");
}

#[test]
fn codes_say_what_is_wrong() {
    let sent =
        json!({ "title": "x", "colour": "purple", "small": 300, "day": "2026-11-22", "zzz": 1 });
    let expected = [
        ("zzz", "unknown_field"),
        ("colour", "unknown"),
        ("small", "out_of_range"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code.to_owned()));
    assert_eq!(wrong(&sent), expected);
}

#[test]
fn only_an_object_is_one() {
    for sent in [
        json!([]),
        json!(["Ronda", "blue"]),
        json!(7),
        json!("x"),
        json!(null),
    ] {
        assert_eq!(fields(&sent), ["body"], "{sent}");
    }
    let nested =
        json!({ "title": "x", "colour": "red", "small": 1, "day": "2026-11-22", "spot": [1, 2] });
    assert_eq!(fields(&nested), ["spot"]);
}

#[test]
fn a_field_that_stands_there_twice_is_wrong() {
    let sent = r#"{"title": "a", "title": "b", "colour": "red", "small": 1, "day": "2026-11-22"}"#;
    let tree: Tree = serde_json::from_str(sent).expect("JSON");
    let read: Read<Wish> = read(&tree);
    let fields: Vec<&str> = read.wrong.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["title"]);
}

#[test]
fn a_flood_of_wrong_values_is_cut_short() {
    let sent = json!({ "title": "x", "colour": "red", "small": 1, "day": "2026-11-22", "ids": vec!["x"; 5_000] });
    assert_eq!(wrong(&sent).len(), MOST);
}

#[test]
fn a_long_list_is_not_gone_through_for_each_of_its_faults() {
    let mut ids = vec![json!(1); ENOUGH * 6 / 10];
    ids.extend(vec![json!("x"); 20]);
    let sent =
        json!({ "title": "x", "colour": "red", "small": 1, "day": "2026-11-22", "ids": ids });
    assert_eq!(wrong(&sent).len(), 2);
}

#[test]
fn what_nobody_knows_can_be_left_aside_and_what_is_wrong_cannot() {
    let mut sent = json!({ "title": "x", "colour": "red", "small": 1, "day": "2026-11-22", "zzz": { "a": [] } });
    for number in 0..2 * MOST {
        sent[format!("x{number}")] = json!(number);
    }
    let known = |sent: &Value| {
        let tree: Tree = serde_json::from_str(&sent.to_string()).expect("JSON");
        read_known::<Wish>(&tree)
    };
    let read = known(&sent);
    assert!(read.wrong.is_empty(), "{:?}", read.wrong);
    assert_eq!(read.value.map(|wish| wish.small), Some(1));
    sent["small"] = json!("one");
    let wrong = known(&sent).wrong;
    let fields: Vec<&str> = wrong.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["small"]);
}
