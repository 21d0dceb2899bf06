//! Signing in, staying in and being shown out.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    user,
};
use patience::Stopwatch;
use serde_json::{Value, json};

use crate::support::{PASSWORD, World, bare, json as body};

#[tokio::test]
async fn json_and_forms_sign_in() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let answer = world.login("Ana", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json["token_type"], "bearer");
    assert_eq!(answer.json["expires_in"], 900);
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
    assert!(
        cookie.starts_with("gad_session=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Strict")
    );
    let form = Request::post("/api/v1/auth/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!(
            "username=ana&password={}",
            PASSWORD.replace(' ', "+")
        )))
        .expect("a request");
    assert_eq!(world.ask(form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn me_tells_who_one_is() {
    let world = World::new().await;
    let id = world.user("ana", Level::Supervisor, "Centro").await;
    let token = world.token("ana").await;
    let me = world.get("/api/v1/auth/me", &token).await;
    assert_eq!(me.status, StatusCode::OK, "{}", me.text);
    assert_eq!(me.json["id"], id);
    assert_eq!(me.json["level"], 2);
    assert_eq!(me.json["units"][0]["name"], "Centro");
}

#[tokio::test]
async fn five_wrong_tries_lock_known_and_unknown_names_alike() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    for name in ["ana", "nadie"] {
        for _ in 0..5 {
            let answer = world.login(name, "otra cosa que no es").await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::UNAUTHORIZED, "bad_credentials")
            );
        }
        let answer = world.login(name, PASSWORD).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::TOO_MANY_REQUESTS, "locked")
        );
        assert_eq!(answer.headers[header::RETRY_AFTER], "1800");
        assert_eq!(
            answer.json["detail"],
            "Demasiadas contraseñas equivocadas: espera 30 minutos."
        );
    }
    world.store.clock().advance(TimeDelta::minutes(30));
    assert_eq!(world.login("ana", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn many_guesses_at_once_cannot_outrun_the_lock() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let guesses = (0..20).map(|i| {
        world.login(
            "ana",
            if i == 19 {
                PASSWORD
            } else {
                "otra cosa que no es"
            },
        )
    });
    let answers = futures::future::join_all(guesses).await;
    let judged = answers
        .iter()
        .filter(|answer| answer.code() != "locked")
        .count();
    assert!(judged <= 5, "{judged} were judged");
}

#[tokio::test]
async fn a_refresh_token_works_once_and_twice_ends_the_session() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let first = world.login("ana", PASSWORD).await;
    let old = json!({ "refresh_token": first.json["refresh_token"] });
    let second = world
        .ask(body("POST", "/api/v1/auth/refresh", None, &old))
        .await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.text);
    let fresh = second.json["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(
        world.get("/api/v1/auth/me", &fresh).await.status,
        StatusCode::OK
    );
    let reused = world
        .ask(body("POST", "/api/v1/auth/refresh", None, &old))
        .await;
    assert_eq!(reused.status, StatusCode::UNAUTHORIZED);
    let newest = json!({ "refresh_token": second.json["refresh_token"] });
    let after = world
        .ask(body("POST", "/api/v1/auth/refresh", None, &newest))
        .await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_token_of_long_ago_ends_the_session_too() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let other = world.login("ana", PASSWORD).await;
    let mut tokens = vec![world.login("ana", PASSWORD).await.json["refresh_token"].clone()];
    let refresh = async |token: &Value| {
        let sent = json!({ "refresh_token": token });
        let asked = body("POST", "/api/v1/auth/refresh", None, &sent);
        world.ask(asked).await
    };
    for _ in 0..3 {
        let next = refresh(&tokens[tokens.len() - 1]).await;
        assert_eq!(next.status, StatusCode::OK, "{}", next.text);
        tokens.push(next.json["refresh_token"].clone());
    }
    assert_eq!(refresh(&tokens[0]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(&tokens[3]).await.status, StatusCode::UNAUTHORIZED);
    let untouched = refresh(&other.json["refresh_token"]).await;
    assert_eq!(untouched.status, StatusCode::OK, "{}", untouched.text);
}

#[tokio::test]
async fn logging_out_is_seen_at_once() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let token = world.token("ana").await;
    let answer = world
        .ask(bare("POST", "/api/v1/auth/logout", Some(&token)))
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let after = world.get("/api/v1/auth/me", &token).await;
    assert_eq!(
        (after.status, after.code()),
        (StatusCode::UNAUTHORIZED, "unauthorized")
    );
    assert_eq!(after.headers[header::WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn who_is_switched_off_is_out_within_a_second() {
    let world = World::new().await;
    let id = world.user("ana", Level::Supervisor, "Centro").await;
    let token = world.token("ana").await;
    assert_eq!(
        world.get("/api/v1/auth/me", &token).await.status,
        StatusCode::OK
    );
    user::disable(&world.store, &Actor::system(Channel::Cli), id)
        .await
        .expect("it works");
    let started = Stopwatch::start();
    while world.get("/api/v1/auth/me", &token).await.status != StatusCode::UNAUTHORIZED {
        assert!(started.elapsed().as_millis() < 1000, "still in");
        tokio::task::yield_now().await;
    }
    assert_eq!(
        world.login("ana", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );
}

fn with_cookie(method: &str, path: &str, cookie: &str, origin: Option<&str>) -> Request<Body> {
    let mut request = bare(method, path, None);
    let value = cookie.split(';').next().unwrap_or_default();
    request
        .headers_mut()
        .insert(header::COOKIE, value.parse().expect("ASCII"));
    request
        .headers_mut()
        .insert(header::HOST, "gad.example".parse().expect("ASCII"));
    if let Some(origin) = origin {
        request
            .headers_mut()
            .insert(header::ORIGIN, origin.parse().expect("ASCII"));
    }
    request
}

#[tokio::test]
async fn a_browser_writes_only_from_our_own_pages() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let login = world.login("ana", PASSWORD).await;
    let cookie = login.headers[header::SET_COOKIE]
        .to_str()
        .expect("ASCII")
        .to_owned();
    let ask = |method, origin| {
        world.ask(with_cookie(
            method,
            "/api/v1/auth/sessions",
            &cookie,
            origin,
        ))
    };
    assert_eq!(ask("GET", None).await.status, StatusCode::OK);
    assert_eq!(
        ask("GET", Some("https://evil.example")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        ask("DELETE", Some("https://evil.example")).await.code(),
        "foreign_origin"
    );
    assert_eq!(ask("DELETE", Some("null")).await.code(), "foreign_origin");
    assert_eq!(ask("DELETE", None).await.code(), "foreign_origin");
    assert_eq!(
        ask("DELETE", Some("http://gad.example")).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn https_gives_a_host_cookie() {
    let mut config = crate::support::config();
    config.public_url = Some("https://gad.example/".into());
    let world = World::with(config).await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let answer = world.login("ana", PASSWORD).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
    assert!(
        cookie.starts_with("__Host-gad_session=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    assert!(
        answer
            .headers
            .contains_key(header::STRICT_TRANSPORT_SECURITY)
    );
}

#[tokio::test]
async fn sessions_are_seen_and_ended_one_by_one() {
    let world = World::new().await;
    world.user("ana", Level::Supervisor, "Centro").await;
    world.user("eva", Level::Supervisor, "Centro").await;
    let (one, two, other) = (
        world.token("ana").await,
        world.token("ana").await,
        world.token("eva").await,
    );
    let sessions = world.get("/api/v1/auth/sessions", &one).await.json;
    assert_eq!(sessions["items"].as_array().map(Vec::len), Some(2));
    let others = sessions["items"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["current"] == false)
        .expect("the other one");
    let path = format!(
        "/api/v1/auth/sessions/{}",
        others["id"].as_str().expect("an id")
    );
    let foreign = world.ask(bare("DELETE", &path, Some(&other))).await;
    assert_eq!(
        (foreign.status, foreign.code()),
        (StatusCode::NOT_FOUND, "not_found")
    );
    assert_eq!(
        world.ask(bare("DELETE", &path, Some(&one))).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        world.get("/api/v1/auth/me", &two).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn without_a_bot_telegram_opens_nothing_and_foreign_pages_never_do() {
    let sent = json!({ "init_data": "nonsense" });
    let mut config = crate::support::config();
    config.bot_token = None;
    let world = World::with(config).await;
    let ask = |origin: Option<&str>| {
        let mut request = body("POST", "/api/v1/auth/telegram", None, &sent);
        if let Some(origin) = origin {
            let origin = origin.parse().expect("ASCII");
            request.headers_mut().insert(header::ORIGIN, origin);
        }
        world.ask(request)
    };
    let answer = ask(None).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    );
    let foreign = ask(Some("https://web.example")).await;
    assert_eq!(
        (foreign.status, foreign.code()),
        (StatusCode::FORBIDDEN, "foreign_origin")
    );
}
