use super::*;

#[test]
fn every_kind_is_listed() {
    let unknown = serde_json::json!({ "kind": "?" });
    let error = serde_json::from_value::<Due>(unknown).expect_err("no such kind");
    let error = error.to_string();
    let (_, expected) = error.split_once("expected one of ").expect("serde says so");
    let expected: Vec<&str> = expected
        .split(", ")
        .map(|kind| kind.trim_matches('`'))
        .collect();
    assert_eq!(expected, Due::KINDS);
}

#[test]
fn every_kind_is_called_as_it_is_stored() {
    for kind in Due::KINDS {
        let due: Due = serde_json::from_value(stored(kind)).expect("all that it bears");
        assert_eq!(due.kind(), kind);
    }
}

/// With all that any kind bears: each takes what is its own.
fn stored(kind: &str) -> serde_json::Value {
    let at = "2026-11-22T15:00:00Z";
    serde_json::json!({
        "kind": kind,
        "after": 0,
        "again": false,
        "agent_id": 1,
        "assignment_id": 1,
        "at": at,
        "attachment_id": 1,
        "away_seconds": 60,
        "broadcast_id": 1,
        "check_in_id": 1,
        "drill_id": 1,
        "emergency_id": 1,
        "export_id": 1,
        "first": 0,
        "kind_id": 1,
        "leave_id": 1,
        "since": at,
        "task_id": 1,
        "unit_id": 1,
        "what": "soon",
    })
}
