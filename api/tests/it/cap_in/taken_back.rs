//! What is taken back: each of several by itself, and what has left is said to have left.

use super::*;

#[tokio::test]
async fn what_is_taken_back_in_time_is_not_sent() {
    let scene = Scene::new().await;
    let place = scene.takes(ALERT).await.headers["location"].clone();
    let place = place.to_str().expect("ASCII");
    let cancel = ALERT
        .replace("SMN-77", "SMN-78")
        .replace("<msgType>Alert<", "<msgType>Cancel<")
        .replace(
            "<scope>Public</scope>",
            "<scope>Public</scope><references>alertas@smn.example,SMN-77,2026-11-22T11:55:00-03:00</references>",
        );
    let before = scene
        .world
        .get(&format!("{place}/cap.xml"), &scene.dora)
        .await;
    assert_eq!(before.status, StatusCode::NOT_FOUND, "nobody was told");
    let taken_back = scene.takes(&cancel).await;
    assert_eq!(taken_back.status, StatusCode::OK);
    assert!(
        taken_back.text.contains("is called off"),
        "{}",
        taken_back.text
    );
    let now = scene.world.get(place, &scene.dora).await.json;
    assert_eq!(now["status"], "cancelled");
    let unknown = cancel.replace("alertas@smn.example,SMN-77", "alertas@smn.example,SMN-1");
    assert_eq!(scene.takes(&unknown).await.status, StatusCode::NOT_FOUND);
}

/// An alert of another kind and number that refers to these.
fn about(kind: &str, number: u32, earlier: &[u32]) -> String {
    let earlier: Vec<String> = earlier
        .iter()
        .map(|one| format!("alertas@smn.example,SMN-{one},2026-11-22T11:55:00-03:00"))
        .collect();
    let scope = "<scope>Public</scope>";
    ALERT
        .replace("SMN-77", &format!("SMN-{number}"))
        .replace("<msgType>Alert<", &format!("<msgType>{kind}<"))
        .replace(
            scope,
            &format!("{scope}<references>{}</references>", earlier.join(" ")),
        )
}

fn place(answer: &Answer) -> String {
    let place = answer.headers["location"].to_str();
    place.expect("ASCII").to_owned()
}

#[tokio::test]
async fn an_update_stands_for_what_it_replaces() {
    let scene = Scene::new().await;
    let first = place(&scene.takes(ALERT).await);
    let update = scene.takes(&about("Update", 78, &[77])).await;
    assert_eq!(update.status, StatusCode::CREATED, "{}", update.text);
    assert!(update.text.contains("is called off"), "{}", update.text);
    let status = async |place: &str| {
        let now = scene.world.get(place, &scene.dora).await.json;
        now["status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(status(&first).await, "cancelled");
    assert_eq!(status(&place(&update)).await, "draft");
    let confirm = format!("{first}/confirm");
    let gone = scene
        .world
        .send("POST", &confirm, &scene.dora, &json!({}))
        .await;
    assert_eq!((gone.status.as_u16(), gone.code()), (409, "settled"));
}

#[tokio::test]
async fn of_several_each_is_taken_back_by_itself() {
    let scene = Scene::new().await;
    scene.ana().await;
    let (left, waits) = (
        place(&scene.takes(ALERT).await),
        place(&scene.takes(&ALERT.replace("SMN-77", "SMN-79")).await),
    );
    let all = json!({ "audience": { "kind": "all" } });
    let confirm = format!("{left}/confirm");
    let sent = scene.world.send("POST", &confirm, &scene.dora, &all).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let about_three = about("Cancel", 80, &[79, 77, 1, 79]);
    let cancel = scene.takes_and_wants_cap(&about_three).await;
    assert_eq!(cancel.status, StatusCode::CONFLICT, "{}", cancel.text);
    for part in [
        "<msgType>Error</msgType>",
        "SMN-79,2026-11-22T11:55:00-03:00: draft",
        "SMN-77,2026-11-22T11:55:00-03:00: broadcast",
        "has left already",
        "SMN-1,2026-11-22T11:55:00-03:00: it never came",
    ] {
        assert!(cancel.text.contains(part), "{}", cancel.text);
    }
    let once = cancel.text.matches("is called off").count();
    assert_eq!(once, 1, "named twice, said once: {}", cancel.text);
    let now = scene.world.get(&waits, &scene.dora).await.json;
    assert_eq!(now["status"], "cancelled", "the rest of it is done");
    let now = scene.world.get(&left, &scene.dora).await.json;
    assert_eq!(now["status"], "active");
    let plain = scene.takes(&about("Cancel", 81, &[79, 77])).await;
    assert_eq!((plain.status.as_u16(), plain.code()), (409, "settled"));
    assert!(plain.text.contains("has left already"), "{}", plain.text);
    // People end it themselves: then nobody is told by it any more.
    let off = format!("{left}/cancel");
    let ended = scene
        .world
        .send("POST", &off, &scene.dora, &json!({}))
        .await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
    let late = scene.takes(&about("Cancel", 82, &[77, 1])).await;
    assert_eq!(late.status, StatusCode::OK, "{}", late.text);
    for part in ["<msgType>Ack</msgType>", "had left and has been called off"] {
        assert!(late.text.contains(part), "{}", late.text);
    }
}

#[tokio::test]
async fn an_exercise_takes_nothing_real_back() {
    let scene = Scene::new().await;
    let real = place(&scene.takes(ALERT).await);
    let practised = |alert: String| alert.replace("<status>Actual<", "<status>Exercise<");
    let cancel = scene
        .takes_and_wants_cap(&practised(about("Cancel", 80, &[77])))
        .await;
    assert_eq!(cancel.status, StatusCode::CONFLICT);
    for part in ["<msgType>Error</msgType>", "do not take each other back"] {
        assert!(cancel.text.contains(part), "{}", cancel.text);
    }
    let update = scene.takes(&practised(about("Update", 81, &[77]))).await;
    assert_eq!(update.status, StatusCode::CREATED, "{}", update.text);
    let now = scene.world.get(&real, &scene.dora).await.json;
    assert_eq!(now["status"], "draft");
}

#[tokio::test]
async fn references_keep_to_the_rules_of_what_they_name() {
    let scene = Scene::new().await;
    let good = about("Cancel", 80, &[77]);
    for bad in [
        "alertas@smn.example,SMN&lt;77,2026-11-22T11:55:00-03:00",
        "alertas&amp;smn,SMN-77,2026-11-22T11:55:00-03:00",
        "alertas@smn.example,SMN-77,2026-11-22T11:55:00Z",
        "alertas@smn.example,SMN-77",
        ",SMN-77,2026-11-22T11:55:00-03:00",
    ] {
        let name = "alertas@smn.example,SMN-77,2026-11-22T11:55:00-03:00";
        assert!(good.contains(name));
        let said = reason(&scene.takes(&good.replace(name, bad)).await);
        assert!(said.contains("references is not"), "{bad}: {said}");
    }
}
