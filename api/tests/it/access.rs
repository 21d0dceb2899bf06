//! Who may do what: every operation of the document for every role.

use std::collections::BTreeSet;

use domain::actor::Level;
use serde_json::Value;

use crate::support::World;

pub mod cell;

use cell::Cell;

/// In the order of the answers in [`ROWS`].
const ROLES: [&str; 5] = [
    "nobody",
    "agent",
    "supervisor of another unit",
    "supervisor",
    "admin",
];

struct Row(&'static str, &'static str, [u16; 5]);

const ANYBODY: [u16; 5] = [200; 5];
const SIGNED: [u16; 5] = [401, 200, 200, 200, 200];
/// Within the scope of the supervisor of the unit; others do not even see it.
const SCOPE: [u16; 5] = [401, 404, 404, 200, 200];
/// Those who plan the time of the agents of their units.
const PLANNERS: [u16; 5] = [401, 403, 404, 201, 201];
/// What only the agents themselves do, whom none of these is.
const OTHERS: [u16; 5] = [401, 404, 404, 403, 403];
const MAKES: [u16; 5] = [401, 201, 201, 201, 201];
const ADMIN: [u16; 5] = [401, 403, 403, 403, 200];

const ROWS: &[Row] = &[
    Row("GET", "/health", ANYBODY),
    Row("GET", "/health/live", ANYBODY),
    Row("GET", "/health/ready", ANYBODY),
    Row("GET", "/api/v1/health", ANYBODY),
    Row("GET", "/api/v1/settings", ANYBODY),
    Row("POST", "/api/v1/auth/login", ANYBODY),
    // What is sent was never signed by Telegram.
    Row("POST", "/api/v1/auth/telegram", [422; 5]),
    Row("POST", "/api/v1/auth/refresh", [401; 5]),
    Row("POST", "/api/v1/auth/logout", [401, 204, 204, 204, 204]),
    Row("GET", "/api/v1/auth/me", SIGNED),
    Row("GET", "/api/v1/auth/sessions", SIGNED),
    Row("DELETE", "/api/v1/auth/sessions", [401, 204, 204, 204, 204]),
    Row(
        "DELETE",
        "/api/v1/auth/sessions/{id}",
        [401, 404, 404, 404, 204],
    ),
    Row("GET", "/api/v1/tasks", SIGNED),
    Row("POST", "/api/v1/tasks", [401, 403, 201, 201, 201]),
    Row("GET", "/api/v1/tasks/{id}", SCOPE),
    Row("PATCH", "/api/v1/tasks/{id}", SCOPE),
    Row("PUT", "/api/v1/tasks/{id}/assignments", SCOPE),
    Row("GET", "/api/v1/tasks/{id}/timeline", SCOPE),
    Row("GET", "/api/v1/tasks/{id}/candidates", SCOPE),
    Row(
        "POST",
        "/api/v1/tasks/{id}/reports",
        [401, 404, 404, 201, 201],
    ),
    Row("POST", "/api/v1/tasks/{id}/start", SCOPE),
    Row("POST", "/api/v1/tasks/{id}/pause", SCOPE),
    Row("POST", "/api/v1/tasks/{id}/resume", SCOPE),
    Row("POST", "/api/v1/tasks/{id}/complete", SCOPE),
    Row("POST", "/api/v1/tasks/{id}/cancel", SCOPE),
    Row("POST", "/api/v1/tasks/{id}/reopen", SCOPE),
    Row("GET", "/api/v1/tasks/{id}/check-ins", SCOPE),
    Row(
        "POST",
        "/api/v1/tasks/{id}/check-ins",
        [401, 404, 404, 201, 201],
    ),
    Row(
        "DELETE",
        "/api/v1/tasks/{id}/check-ins",
        [401, 404, 404, 204, 204],
    ),
    Row("GET", "/api/v1/attachments/{id}", SCOPE),
    Row("POST", "/api/v1/tasks/emergency", MAKES),
    Row("GET", "/api/v1/protocols", SIGNED),
    // A permission of its own, which no level includes.
    Row(
        "POST",
        "/api/v1/broadcasts/preview",
        [401, 403, 403, 403, 403],
    ),
    Row("GET", "/api/v1/broadcasts", SIGNED),
    Row("POST", "/api/v1/broadcasts", [401, 403, 403, 403, 403]),
    Row("POST", "/api/v1/broadcasts/cap", [401, 403, 403, 403, 403]),
    Row(
        "POST",
        "/api/v1/broadcasts/{id}/confirm",
        [401, 403, 403, 403, 403],
    ),
    // Who has not answered has no answer.
    Row(
        "GET",
        "/api/v1/broadcasts/{id}/answers/{user_id}/cap.xml",
        [401, 404, 404, 404, 404],
    ),
    Row("GET", "/api/v1/broadcasts/{id}", [401, 404, 404, 404, 200]),
    Row(
        "GET",
        "/api/v1/broadcasts/{id}/cap.xml",
        [401, 404, 404, 404, 200],
    ),
    Row(
        "POST",
        "/api/v1/broadcasts/{id}/cancel",
        [401, 403, 403, 403, 403],
    ),
    Row(
        "POST",
        "/api/v1/broadcasts/{id}/close",
        [401, 403, 403, 403, 403],
    ),
    Row("GET", "/api/v1/drills", [401, 403, 403, 403, 200]),
    Row("POST", "/api/v1/drills", [401, 403, 403, 403, 403]),
    Row("GET", "/api/v1/drills/{id}", [401, 403, 403, 403, 200]),
    Row(
        "POST",
        "/api/v1/drills/{id}/cancel",
        [401, 403, 403, 403, 403],
    ),
    Row("GET", "/api/v1/emergencies", SIGNED),
    Row("POST", "/api/v1/emergencies", MAKES),
    Row("GET", "/api/v1/emergencies/{id}", SCOPE),
    Row("GET", "/api/v1/emergencies/{id}/cap.xml", SCOPE),
    Row("GET", "/api/v1/emergencies/{id}/phones", SCOPE),
    Row("POST", "/api/v1/emergencies/{id}/resolve", SCOPE),
    Row("POST", "/api/v1/emergencies/{id}/cancel", SCOPE),
    Row("GET", "/api/v1/agents", SIGNED),
    Row("POST", "/api/v1/agents", [401, 403, 403, 403, 201]),
    Row("GET", "/api/v1/agents/nearest", [401, 403, 200, 200, 200]),
    Row("GET", "/api/v1/agents/{id}", SCOPE),
    Row("PATCH", "/api/v1/agents/{id}", [401, 404, 404, 403, 200]),
    Row("PUT", "/api/v1/agents/{id}/availability", SCOPE),
    Row("GET", "/api/v1/agents/{id}/positions", SCOPE),
    Row("GET", "/api/v1/check-ins", SIGNED),
    Row(
        "DELETE",
        "/api/v1/agents/{id}/check-in",
        [401, 403, 404, 204, 204],
    ),
    Row("GET", "/api/v1/units", SIGNED),
    Row("POST", "/api/v1/units", [401, 403, 403, 403, 201]),
    Row("GET", "/api/v1/units/{id}", [401, 200, 404, 200, 200]),
    Row("PATCH", "/api/v1/units/{id}", ADMIN),
    Row(
        "DELETE",
        "/api/v1/units/{id}/groups/{group_id}",
        [401, 403, 403, 204, 204],
    ),
    Row(
        "POST",
        "/api/v1/units/{id}/groups/{group_id}/topics",
        [401, 403, 403, 200, 200],
    ),
    Row("GET", "/api/v1/task-kinds", SIGNED),
    Row("POST", "/api/v1/task-kinds", [401, 403, 403, 403, 201]),
    Row("GET", "/api/v1/task-kinds/{id}", SIGNED),
    Row("PATCH", "/api/v1/task-kinds/{id}", ADMIN),
    Row("GET", "/api/v1/users", [401, 403, 200, 200, 200]),
    Row("POST", "/api/v1/users", [401, 403, 403, 403, 201]),
    Row("POST", "/api/v1/users/import", ADMIN),
    // Nobody told this world what its bot is called.
    Row(
        "POST",
        "/api/v1/users/invites.pdf",
        [401, 404, 404, 503, 503],
    ),
    Row("GET", "/api/v1/users/{id}", SCOPE),
    Row("PATCH", "/api/v1/users/{id}", [401, 404, 404, 403, 200]),
    Row("DELETE", "/api/v1/users/{id}", [401, 404, 404, 403, 204]),
    Row(
        "POST",
        "/api/v1/users/{id}/invite",
        [401, 404, 404, 201, 201],
    ),
    Row(
        "DELETE",
        "/api/v1/users/{id}/telegram",
        [401, 404, 404, 204, 204],
    ),
    Row(
        "GET",
        "/api/v1/users/{id}/data-export",
        [401, 404, 404, 403, 200],
    ),
    Row(
        "GET",
        "/api/v1/users/{id}/consents",
        [401, 404, 404, 403, 200],
    ),
    // An admin takes down that it was taken back.
    Row(
        "PUT",
        "/api/v1/users/{id}/consents",
        [401, 404, 404, 403, 200],
    ),
    // A permission of its own, which no level includes.
    Row(
        "DELETE",
        "/api/v1/users/{id}/gdpr-delete",
        [401, 404, 404, 403, 403],
    ),
    Row("GET", "/api/v1/shifts", SIGNED),
    // An agent of others is a field that names nobody.
    Row("POST", "/api/v1/shifts", [401, 403, 422, 201, 201]),
    Row("GET", "/api/v1/shifts/{id}", SCOPE),
    Row("PATCH", "/api/v1/shifts/{id}", SCOPE),
    Row("DELETE", "/api/v1/shifts/{id}", [401, 404, 404, 204, 204]),
    Row("POST", "/api/v1/shifts/{id}/present", SCOPE),
    Row("POST", "/api/v1/shifts/{id}/end", SCOPE),
    Row("GET", "/api/v1/shifts/{id}/handover", SCOPE),
    Row("GET", "/api/v1/shifts/{id}/reports", SCOPE),
    Row(
        "POST",
        "/api/v1/shifts/patterns/preview",
        [401, 403, 404, 200, 200],
    ),
    Row("POST", "/api/v1/shifts/patterns", [401, 403, 404, 200, 200]),
    Row("POST", "/api/v1/shifts/import", [401, 403, 200, 200, 200]),
    Row("GET", "/api/v1/shifts/calendars", SIGNED),
    Row("POST", "/api/v1/shifts/calendars", PLANNERS),
    // The link of the cell was made by nobody who is asked here.
    Row(
        "DELETE",
        "/api/v1/shifts/calendars/{id}",
        [401, 404, 404, 404, 204],
    ),
    // The link decides, and this one is wrong.
    Row("GET", "/api/v1/shifts.ics", [404; 5]),
    Row("GET", "/api/v1/leaves", SIGNED),
    Row("POST", "/api/v1/leaves", PLANNERS),
    Row("GET", "/api/v1/leaves/{id}", SCOPE),
    Row(
        "POST",
        "/api/v1/leaves/{id}/approve",
        [401, 403, 404, 200, 200],
    ),
    Row(
        "POST",
        "/api/v1/leaves/{id}/reject",
        [401, 403, 404, 200, 200],
    ),
    // Only the agent himself takes it back.
    Row("POST", "/api/v1/leaves/{id}/cancel", OTHERS),
    // Without a file.
    Row(
        "POST",
        "/api/v1/leaves/{id}/certificate",
        [401, 404, 404, 422, 422],
    ),
    Row("GET", "/api/v1/unavailabilities", SIGNED),
    Row("GET", "/api/v1/shift-swaps", SIGNED),
    // Nobody here is the agent whose shift it is; the last three are no agents.
    Row("POST", "/api/v1/shift-swaps", [401, 404, 403, 403, 403]),
    Row("GET", "/api/v1/shift-swaps/{id}", SCOPE),
    Row("POST", "/api/v1/shift-swaps/{id}/accept", OTHERS),
    Row("POST", "/api/v1/shift-swaps/{id}/decline", OTHERS),
    Row("POST", "/api/v1/shift-swaps/{id}/approve", SCOPE),
    Row("POST", "/api/v1/shift-swaps/{id}/reject", SCOPE),
    Row("POST", "/api/v1/shift-swaps/{id}/cancel", OTHERS),
    Row(
        "GET",
        "/api/v1/availability/preview",
        [401, 403, 200, 200, 200],
    ),
    Row("GET", "/api/v1/stats/overview", SIGNED),
    Row("GET", "/api/v1/stats/tasks", SIGNED),
    Row("GET", "/api/v1/stats/answers", SIGNED),
    Row("GET", "/api/v1/estimates", SIGNED),
    Row("GET", "/api/v1/suggestions", [401, 403, 200, 200, 200]),
    Row(
        "GET",
        "/api/v1/suggestions/counts",
        [401, 403, 200, 200, 200],
    ),
    // Nothing was suggested for a task of which nothing is known.
    Row(
        "POST",
        "/api/v1/suggestions/{id}/accept",
        [401, 404, 404, 404, 404],
    ),
    Row(
        "POST",
        "/api/v1/suggestions/{id}/reject",
        [401, 404, 404, 404, 404],
    ),
    Row("GET", "/api/v1/stats/units/{id}", [401, 403, 404, 200, 200]),
    Row("GET", "/api/v1/stats/users/{id}", SCOPE),
    Row("GET", "/api/v1/reports/{file}", [401, 403, 200, 200, 200]),
    Row("GET", "/api/v1/map", SIGNED),
    // A permission of its own, which no level includes.
    Row("GET", "/api/v1/audit", [401, 403, 403, 403, 403]),
    Row("GET", "/api/v1/audit/verify", [401, 403, 403, 403, 403]),
    Row("POST", "/ws/ticket", SIGNED),
    Row("POST", "/api/v1/ws/ticket", SIGNED),
    // A plain request: the ticket decides for real ones.
    Row("GET", "/ws/connect", [426; 5]),
];

/// Why a role is turned away: nothing else stands behind the same status.
fn code(path: &str, status: u16) -> &'static str {
    match status {
        401 if path.ends_with("/refresh") => "bad_credentials",
        401 => "unauthorized",
        403 => "not_allowed",
        404 => "not_found",
        422 => "invalid",
        426 => "upgrade_required",
        _ => "unavailable",
    }
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document: Value = serde_json::from_str(&api::openapi()).expect("it is JSON");
    let mut told = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            told.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let tested = ROWS
        .iter()
        .map(|Row(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(told, tested);
}

#[tokio::test]
async fn every_role_gets_its_answer_everywhere() {
    everywhere(World::new().await).await;
}

#[tokio::test]
async fn every_role_gets_its_answer_everywhere_on_postgres() {
    if let Some(world) = World::postgres().await {
        everywhere(world).await;
    }
}

async fn everywhere(world: World) {
    let mut tokens = vec![None];
    for (name, level, unit) in [
        ("uno", Level::Agent, "Centro"),
        ("eva", Level::Supervisor, "Norte"),
        ("ana", Level::Supervisor, "Centro"),
        ("root", Level::Admin, "Sede"),
    ] {
        world.user(name, level, unit).await;
        tokens.push(Some(world.token(name).await));
    }
    let mut wrong = Vec::new();
    let shared = Cell::for_path(&world, "").await;
    for Row(method, path, expected) in ROWS {
        for (role, token) in tokens.iter().enumerate() {
            let token = match token {
                Some(_) if path.ends_with("/logout") => {
                    Some(world.token(["", "uno", "eva", "ana", "root"][role]).await)
                }
                token => token.clone(),
            };
            let fresh =
                path.contains("{id}") || path.ends_with("/shifts") || path.ends_with("/leaves");
            let made = if fresh {
                Some(Cell::for_path(&world, path).await)
            } else {
                None
            };
            let cell = made.as_ref().unwrap_or(&shared);
            let answer = world
                .ask(cell.request(method, path, token.as_deref()))
                .await;
            if path.ends_with("/shifts/import") && answer.status.is_success() {
                // Of a file, each plans what is in his scope; the first who may has done it.
                let planned = answer.json["planned"].as_array().map(Vec::len);
                assert_eq!(planned, Some(usize::from(role == 3)), "{}", ROLES[role]);
            }
            let status = expected[role];
            if answer.status.as_u16() != status
                || (status >= 400 && answer.code() != code(path, status))
            {
                wrong.push(format!(
                    "{method} {path} as {}: {} instead of {status}: {}",
                    ROLES[role], answer.status, answer.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
