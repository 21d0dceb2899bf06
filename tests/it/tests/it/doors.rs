//! HTTP and sockets as somebody meets them who knows nothing but the contract.

use std::sync::Arc;

use anyhow::Result;
use domain::user;
use it::{Backend, TestApp};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use tokio::sync::Notify;

use crate::hand::press;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_from_the_board_shows_on_the_phone_and_on_another_board(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let http = app.http(&boss).await?;
    let mut board = app.board(&boss).await?;
    let new = json!({ "title": "Recorrida", "kind": "patrullaje", "agent_ids": [ana.agent_id] });
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let event = board.until("task_created").await?;
    assert_eq!(event["data"]["code"], task["code"]);

    ana.until_text(task["code"].as_str().unwrap_or_default())
        .await?;
    let tap = ana.taps("Recibido")?;
    ana.until_answered(&tap).await?;
    let event = board.until("assignment_acknowledged").await?;
    assert_eq!(
        (&event["data"]["id"], &event["data"]["agent_id"]),
        (&task["id"], &json!(ana.agent_id))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_see_that_it_lives_and_nothing_else() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let http = app.stranger()?;
    for path in ["/health", "/health/live", "/api/v1/health"] {
        assert_eq!(http.get(path).await?.expect(200)?["status"], "ok", "{path}");
    }
    let ready = http.get("/health/ready").await?.expect(200)?;
    assert_eq!(ready["checks"]["database"], "ok");
    assert_eq!(ready["checks"]["redis"], "not_configured");
    for path in ["/api/v1/tasks", "/api/v1/users", "/api/v1/auth/me"] {
        let answer = http.get(path).await?;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_while_somebody_writes_for_long() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (held, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (store, holding, until) = (app.store(), Arc::clone(&held), Arc::clone(&go));
    let writing = tokio::spawn(async move {
        let write = store.write(move |_| {
            Box::pin(async move {
                holding.notify_one();
                until.notified().await;
                Ok(())
            })
        });
        write.await
    });
    held.notified().await;
    app.stranger()?.get("/health/ready").await?.expect(200)?;
    go.notify_one();
    Ok(writing.await??)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_that_operators_rely_on_is_there() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    // What was never counted is not shown: one of everything comes first.
    let mut board = app.board(&ana).await?;
    boss.says("/crear")?;
    press(&boss, "Patrullaje").await?;
    boss.until_text("título").await?;
    boss.says("/cancelar")?;
    boss.says("/crear patrullaje; Recorrida; Puerto; ; Ana")?;
    press(&boss, "Confirmar").await?;
    press(&ana, "Recibido").await?;
    board.until("assignment_acknowledged").await?;
    user::disable(&app.store(), &TestApp::system(), ana.user_id).await?;
    board.until_closed().await?;
    app.settled().await?;
    let text = app.stranger()?.get("/metrics").await?.text;
    for name in FIGURES {
        assert!(
            text.contains(&format!("# TYPE {name} ")),
            "{name} is missing"
        );
        assert!(
            text.contains(&format!("# HELP {name} ")),
            "{name} is not explained"
        );
    }
    for line in [
        r#"gad_dialogue_total{name="create",outcome="cancelled"}"#,
        r#"gad_dialogue_total{name="create",outcome="done"}"#,
        r#"gad_dialogue_step_seconds_count{name="create"}"#,
        r#"gad_ack_seconds_count{priority="medium"}"#,
        r#"gad_ws_closed_total{reason=""#,
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    Ok(())
}

const FIGURES: [&str; 30] = [
    "gad_http_requests_total",
    "gad_http_request_duration_seconds",
    "gad_ws_fanout_seconds",
    "gad_ws_closed_total",
    "gad_ack_seconds",
    "gad_dialogue_total",
    "gad_dialogue_step_seconds",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_start_time_seconds",
    "gad_ws_connections",
    "gad_ws_messages_sent_total",
    "gad_telegram_updates_total",
    "gad_telegram_update_seconds",
    "gad_inbox_pending",
    "gad_inbox_dead",
    "gad_outbox_pending",
    "gad_outbox_oldest_seconds",
    "gad_telegram_sends_total",
    "gad_telegram_rate_limited_total",
    "gad_telegram_away_seconds",
    "gad_timers_overdue",
    "gad_events_seq",
    "gad_db_pool_in_use",
    "gad_redis_up",
    "gad_supervisors_online",
    "gad_tasks",
    "gad_agents",
    "gad_build_info",
];

/// The matrix of roles and routes is made from the document; this is the list of what stands outside of it.
#[tokio::test(flavor = "multi_thread")]
async fn doors_outside_the_document_are_few_and_known() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).webhook().start().await? else {
        return Ok(());
    };
    let stranger = app.stranger()?;
    let open = [
        "/metrics",
        "/docs/",
        "/openapi.json",
        "/api/v1/openapi.json",
        "/asyncapi.json",
    ];
    for path in open {
        let answer = stranger.get(path).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    let answer = stranger.post("/telegram/webhook", &json!({})).await?;
    assert_eq!(answer.status, 401, "{}", answer.text);
    Ok(())
}

/// Telegram, balancers and Prometheus come as often as they have to.
#[tokio::test(flavor = "multi_thread")]
async fn health_metrics_and_the_webhook_are_not_limited() -> Result<()> {
    let wish = TestApp::on(Backend::Sqlite).webhook();
    let wish = wish.set("GAD_LIMITS__ENABLED", "true");
    let Some(app) = wish.set("GAD_LIMITS__REQUESTS", "2").start().await? else {
        return Ok(());
    };
    let stranger = app.stranger()?;
    for status in [200, 200, 429] {
        let answer = stranger.get("/api/v1/settings").await?;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.headers.contains_key("retry-after"), status == 429);
    }
    for path in ["/health", "/health/live", "/health/ready", "/metrics"] {
        for _ in 0..4 {
            stranger.get(path).await?.expect(200)?;
        }
    }
    for _ in 0..4 {
        let answer = stranger.post("/telegram/webhook", &json!({})).await?;
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    Ok(())
}

/// Addresses stand by their pattern, and what nobody knows by one word.
#[tokio::test(flavor = "multi_thread")]
async fn labels_take_no_value_that_a_client_invents() -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let stranger = app.stranger()?;
    for path in [
        "/api/v1/tasks/987654321",
        "/api/v1/invented/987654321",
        "/invented",
        "/docs/invented",
        "/health?invented=987654321",
    ] {
        stranger.get(path).await?;
    }
    let method = Method::from_bytes(b"INVENTED")?;
    stranger.send(stranger.request(method, "/health")).await?;
    let text = stranger.get("/metrics").await?.text;
    for label in [
        r#"route="/api/v1/tasks/{id}""#,
        r#"route="other""#,
        r#"method="other""#,
    ] {
        assert!(text.contains(label), "{label} is missing:\n{text}");
    }
    let labels = text.lines().filter_map(|line| line.split_once('{'));
    let invented: Vec<_> = labels
        .map(|(_, labels)| labels.to_lowercase())
        .filter(|labels| labels.contains("invented") || labels.contains("987654321"))
        .collect();
    assert!(invented.is_empty(), "{invented:#?}");
    Ok(())
}
