//! How often one may come.

use std::net::SocketAddr;

use api::Limits;
use axum::{
    extract::ConnectInfo,
    http::{StatusCode, header},
};
use domain::actor::Level;

use crate::support::{PASSWORD, World, bare, config, json};

async fn limited(limits: Limits) -> World {
    let mut config = config();
    config.limits = limits;
    let world = World::with(config).await;
    world.user("ana", Level::Supervisor, "Centro").await;
    world
}

#[tokio::test]
async fn a_client_is_told_how_long_to_wait_in_his_language() {
    let world = limited(Limits {
        requests: 3,
        ..Limits::default()
    })
    .await;
    for left in ["2", "1", "0"] {
        let answer = world.ask(bare("GET", "/api/v1/settings", None)).await;
        assert_eq!(
            (
                answer.status,
                answer.headers["ratelimit-remaining"].to_str().ok()
            ),
            (StatusCode::OK, Some(left))
        );
    }
    let mut request = bare("GET", "/api/v1/settings", None);
    request
        .headers_mut()
        .insert(header::ACCEPT_LANGUAGE, "en".parse().expect("ASCII"));
    let answer = world.ask(request).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_requests")
    );
    let seconds = answer.headers[header::RETRY_AFTER].to_str().expect("ASCII");
    assert!(
        answer.json["detail"]
            .as_str()
            .expect("words")
            .starts_with(&format!("Wait {seconds} second")),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn people_behind_one_address_do_not_share_a_limit() {
    let world = limited(Limits {
        requests: 4,
        ..Limits::default()
    })
    .await;
    world.user("eva", Level::Supervisor, "Centro").await;
    let (ana, eva) = (world.token("ana").await, world.token("eva").await);
    for _ in 0..4 {
        assert_eq!(
            world.get("/api/v1/auth/me", &ana).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(
        world.get("/api/v1/auth/me", &ana).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(
        world.get("/api/v1/auth/me", &eva).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_session_that_has_ended_takes_nothing_from_whose_it_was() {
    let world = limited(Limits {
        requests: 4,
        ..Limits::default()
    })
    .await;
    // Two of the address's budget.
    let (lost, kept) = (world.token("ana").await, world.token("ana").await);
    // One of Ana's.
    let out = bare("POST", "/api/v1/auth/logout", Some(&lost));
    assert_eq!(world.ask(out).await.status, StatusCode::NO_CONTENT);
    for wanted in [401, 401, 429, 429, 429, 429] {
        let answer = world.get("/api/v1/units", &lost).await;
        assert_eq!(answer.status.as_u16(), wanted, "{}", answer.text);
    }
    let answer = world.get("/api/v1/units", &kept).await;
    assert_eq!(
        (
            answer.status,
            answer.headers["ratelimit-remaining"].to_str().ok()
        ),
        (StatusCode::OK, Some("2"))
    );
}

#[tokio::test]
async fn whoever_has_asked_too_much_can_still_call_for_help() {
    let world = limited(Limits {
        requests: 2,
        ..Limits::default()
    })
    .await;
    let token = world.token("ana").await;
    for wanted in [200, 200, 429] {
        let answer = world.get("/api/v1/units", &token).await;
        assert_eq!(answer.status.as_u16(), wanted, "{}", answer.text);
    }
    let me = world.get("/api/v1/auth/me", &token).await;
    assert_eq!(me.status, StatusCode::OK, "{}", me.text);
    let ticket = world
        .ask(bare("POST", "/api/v1/ws/ticket", Some(&token)))
        .await;
    assert_eq!(ticket.status, StatusCode::OK, "{}", ticket.text);
    let call = serde_json::json!({ "drill": true });
    let raised = world
        .send("POST", "/api/v1/emergencies", &token, &call)
        .await;
    assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
    // Who comes is read too, and that budget ends for itself.
    let own = format!("/api/v1/emergencies/{}", raised.json["id"]);
    for (path, wanted) in [
        (own.as_str(), 200),
        ("/api/v1/emergencies", 200),
        (own.as_str(), 429),
    ] {
        let seen = world.get(path, &token).await;
        assert_eq!(seen.status.as_u16(), wanted, "{path}: {}", seen.text);
    }
    let path = format!("/api/v1/emergencies/{}/cancel", raised.json["id"]);
    let over = world
        .send("POST", &path, &token, &serde_json::json!({}))
        .await;
    assert_ne!(over.status, StatusCode::TOO_MANY_REQUESTS, "{}", over.text);
    // Their own budget has an end too.
    let more = world
        .send("POST", "/api/v1/emergencies", &token, &call)
        .await;
    assert_eq!(more.code(), "too_many_requests");
    let listed = world.get("/api/v1/units", &token).await;
    assert_eq!(listed.code(), "too_many_requests");
}

#[tokio::test]
async fn logins_and_sockets_have_their_own() {
    let world = limited(Limits {
        logins: 2,
        sockets: 1,
        ..Limits::default()
    })
    .await;
    let token = world.token("ana").await;
    assert_eq!(world.login("ana", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(
        world.login("ana", PASSWORD).await.code(),
        "too_many_requests"
    );
    // The door for Telegram counts with the other.
    let opened = serde_json::json!({ "init_data": "nonsense" });
    let telegram = json("POST", "/api/v1/auth/telegram", None, &opened);
    assert_eq!(world.ask(telegram).await.code(), "too_many_requests");
    let open = || world.ask(bare("POST", "/ws/ticket", Some(&token)));
    assert_eq!(open().await.status, StatusCode::OK);
    assert_eq!(open().await.code(), "too_many_requests");
}

#[tokio::test]
async fn a_claimed_address_does_not_help_and_health_is_free() {
    let world = limited(Limits {
        requests: 1,
        ..Limits::default()
    })
    .await;
    let ask = |claim: &str| {
        let mut request = bare("GET", "/api/v1/settings", None);
        let peer: SocketAddr = "198.51.100.1:1".parse().expect("a literal");
        request.extensions_mut().insert(ConnectInfo(peer));
        request
            .headers_mut()
            .insert("x-forwarded-for", claim.parse().expect("ASCII"));
        world.ask(request)
    };
    assert_eq!(ask("1.1.1.1").await.status, StatusCode::OK);
    assert_eq!(ask("2.2.2.2").await.status, StatusCode::TOO_MANY_REQUESTS);
    for path in ["/health", "/health/live", "/health/ready", "/api/v1/health"] {
        assert_eq!(
            world.ask(bare("GET", path, None)).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
}
