//! Who may do what: every operation of the document for every role.

use std::collections::BTreeSet;

use domain::{
    Actor,
    actor::{Channel, Level},
    assignment::Crew,
    geo::Point,
    leave::{self, NewLeave},
    page::Window,
    report::{self, NewFile, NewReport, ReportKind, Source},
    session::{self, Origin},
    task::{
        create::{self, NewTask},
        life::{self, Step},
        timeline,
    },
    unit::Key,
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::support::{PASSWORD, World, bare, json as body, start};

/// In the order of the answers in [`ROWS`].
const ROLES: [&str; 5] = [
    "nobody",
    "agent",
    "supervisor of another unit",
    "supervisor",
    "admin",
];

/// How far the task of a cell is.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Planned,
    Running,
    Paused,
    Done,
}

struct Row(&'static str, &'static str, [u16; 5]);

const ANYBODY: [u16; 5] = [200; 5];
const SIGNED: [u16; 5] = [401, 200, 200, 200, 200];
/// Within the scope of the supervisor of the unit; others do not even see it.
const SCOPE: [u16; 5] = [401, 404, 404, 200, 200];
const ADMIN: [u16; 5] = [401, 403, 403, 403, 200];

const ROWS: &[Row] = &[
    Row("GET", "/health", ANYBODY),
    Row("GET", "/health/live", ANYBODY),
    Row("GET", "/health/ready", ANYBODY),
    Row("GET", "/api/v1/health", ANYBODY),
    Row("GET", "/api/v1/settings", ANYBODY),
    Row("POST", "/api/v1/auth/login", ANYBODY),
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
    Row("GET", "/api/v1/attachments/{id}", SCOPE),
    Row("GET", "/api/v1/agents", SIGNED),
    Row("POST", "/api/v1/agents", [401, 403, 403, 403, 201]),
    Row("GET", "/api/v1/agents/nearest", [401, 403, 200, 200, 200]),
    Row("GET", "/api/v1/agents/{id}", SCOPE),
    Row("PATCH", "/api/v1/agents/{id}", [401, 404, 404, 403, 200]),
    Row("PUT", "/api/v1/agents/{id}/availability", SCOPE),
    Row("GET", "/api/v1/agents/{id}/positions", SCOPE),
    Row("GET", "/api/v1/units", SIGNED),
    Row("POST", "/api/v1/units", [401, 403, 403, 403, 201]),
    Row("GET", "/api/v1/units/{id}", [401, 200, 404, 200, 200]),
    Row("PATCH", "/api/v1/units/{id}", ADMIN),
    Row("GET", "/api/v1/task-kinds", SIGNED),
    Row("POST", "/api/v1/task-kinds", [401, 403, 403, 403, 201]),
    Row("GET", "/api/v1/task-kinds/{id}", SIGNED),
    Row("PATCH", "/api/v1/task-kinds/{id}", ADMIN),
    Row("GET", "/api/v1/users", [401, 403, 200, 200, 200]),
    Row("POST", "/api/v1/users", [401, 403, 403, 403, 201]),
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
    Row("GET", "/api/v1/shifts", SIGNED),
    Row("POST", "/api/v1/shifts", [401, 403, 404, 201, 201]),
    Row("GET", "/api/v1/leaves", SIGNED),
    Row("POST", "/api/v1/leaves", [401, 403, 404, 201, 201]),
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
    Row("GET", "/api/v1/stats/overview", SIGNED),
    Row("GET", "/api/v1/map", SIGNED),
    Row("POST", "/ws/ticket", SIGNED),
    Row("POST", "/api/v1/ws/ticket", SIGNED),
    // A plain request: the ticket decides for real ones.
    Row("GET", "/ws/connect", [426; 5]),
];

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
    let world = World::new().await;
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
    let shared = Cell::new(&world, Stage::Planned).await;
    for Row(method, path, expected) in ROWS {
        for (role, token) in tokens.iter().enumerate() {
            let token = match token {
                Some(_) if path.ends_with("/logout") => {
                    Some(world.token(["", "uno", "eva", "ana", "root"][role]).await)
                }
                token => token.clone(),
            };
            let fresh = path.contains("{id}") || path.ends_with("/shifts");
            let made = if fresh {
                Some(Cell::new(&world, stage(path)).await)
            } else {
                None
            };
            let cell = made.as_ref().unwrap_or(&shared);
            let answer = world
                .ask(cell.request(method, path, token.as_deref()))
                .await;
            if answer.status.as_u16() != expected[role] {
                wrong.push(format!(
                    "{method} {path} as {}: {} instead of {}: {}",
                    ROLES[role], answer.status, expected[role], answer.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn stage(path: &str) -> Stage {
    match path.rsplit('/').next() {
        Some("pause") => Stage::Running,
        Some("resume") => Stage::Paused,
        Some("reopen") => Stage::Done,
        _ => Stage::Planned,
    }
}

/// Things of the unit Centro that nobody has touched yet.
struct Cell {
    task: i64,
    agent: i64,
    user: i64,
    attachment: i64,
    leave: i64,
    session: String,
    unique: i64,
}

impl Cell {
    async fn new(world: &World, stage: Stage) -> Self {
        let system = Actor::system(Channel::Cli);
        let name = format!("efectivo-{}", domain::secret::fresh());
        let new = NewUser {
            units: vec![Key::Name("Centro".into())],
            ..NewUser::named(&name, "Efectivo", Level::Agent)
        };
        let made = user::create(&world.store, &system, new)
            .await
            .expect("a user");
        let agent = made.agent_id.expect("level 1 makes the agent");
        link(world, made.id).await;
        let unit_id = made.units[0].id;
        let (task, leave, session) = world
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let crew = Crew {
                        agent_ids: vec![agent],
                        ..Crew::default()
                    };
                    let new = NewTask {
                        title: "Ronda".into(),
                        kind: "patrullaje".into(),
                        unit_id: Some(unit_id),
                        crew,
                        ..NewTask::default()
                    };
                    let task = create::create(tx, &system, new).await?.id;
                    evidence(tx, &system, task).await?;
                    advance(tx, &system, task, stage).await?;
                    let asked = NewLeave {
                        agent_id: agent,
                        starts_at: start() + chrono::TimeDelta::days(30),
                        ends_at: start() + chrono::TimeDelta::days(31),
                        reason: None,
                    };
                    let leave = leave::request(tx, &system, asked).await?.id;
                    let session = session::open(tx, made.id, Origin::default())
                        .await?
                        .session_id;
                    Ok((task, leave, session))
                })
            })
            .await
            .expect("a scene");
        let everything = Window::first(50);
        let story =
            timeline::timeline(&world.store, &Actor::system(Channel::Cli), task, everything)
                .await
                .expect("a story");
        let attachment = story
            .items
            .iter()
            .find_map(|entry| entry.attachments.first());
        let attachment = attachment.expect("evidence").id;
        Self {
            task,
            agent,
            user: made.id,
            attachment,
            leave,
            session,
            unique: task,
        }
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> axum::http::Request<axum::body::Body> {
        let filled = path.replace("{id}", &self.id(path));
        let query = if path.ends_with("/nearest") {
            "?lat=-34.6&lon=-58.4"
        } else {
            ""
        };
        let place = format!("{filled}{query}");
        match self.body(method, path) {
            Some(sent) => body(method, &place, token, &sent),
            None => bare(method, &place, token),
        }
    }

    fn id(&self, path: &str) -> String {
        let id = match path.split('/').nth(3) {
            Some("agents") => self.agent,
            Some("users") => self.user,
            Some("attachments") => self.attachment,
            Some("leaves") => self.leave,
            Some("auth") => return self.session.clone(),
            Some("units" | "task-kinds") => 1,
            _ => self.task,
        };
        id.to_string()
    }

    fn body(&self, method: &str, path: &str) -> Option<Value> {
        let number = self.unique;
        let word: String = number
            .to_string()
            .bytes()
            .map(|digit| char::from(digit - b'0' + b'A'))
            .collect();
        let last = path.rsplit('/').next().unwrap_or_default();
        let later = |days| (start() + chrono::TimeDelta::days(days)).to_rfc3339();
        Some(match (method, last) {
            ("POST", "login") => json!({ "username": "uno", "password": PASSWORD }),
            ("POST", "refresh") => json!({ "refresh_token": "nonsense" }),
            ("POST", "tasks") => json!({ "title": "Otra ronda", "kind": "patrullaje" }),
            ("PUT", "assignments") => json!({ "agent_ids": [] }),
            ("POST", "reports") => json!({ "text": "Sin novedades" }),
            ("POST", "start" | "pause" | "resume" | "complete" | "cancel" | "reopen") => {
                json!({ "reason": "Prueba" })
            }
            ("POST", "agents") => json!({ "name": "Suelto" }),
            ("PUT", "availability") => json!({ "unavailable": true, "reason": "Médico" }),
            ("POST", "units") => json!({ "name": format!("Unidad {number}") }),
            ("POST", "task-kinds") => {
                json!({ "code": format!("kind_{number}"), "label": "Otro", "prefix": format!("X{word:A<4}")[..5] })
            }
            ("POST", "users") => {
                json!({ "username": format!("nuevo-{number}"), "name": "Nueva", "level": 1 })
            }
            ("POST", "shifts" | "leaves") => {
                json!({ "agent_id": self.agent, "starts_at": later(1), "ends_at": later(2) })
            }
            ("PATCH", _) if path.contains("/units/") => json!({ "name": "Centro" }),
            ("PATCH", _) if path.contains("/tasks/") => json!({ "title": "Ronda larga" }),
            ("PATCH", _) if path.contains("/task-kinds/") => json!({ "crew": 3 }),
            ("PATCH", _) => json!({ "name": "Otro nombre" }),
            _ => return None,
        })
    }
}

async fn link(world: &World, user_id: i64) {
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let made =
                    domain::enrolment::invite(tx, &Actor::system(Channel::Cli), user_id).await?;
                let caller = domain::enrolment::Caller {
                    telegram_id: 1000 + user_id,
                    username: None,
                    lang: None,
                };
                domain::enrolment::enrol(tx, &made.code, caller).await
            })
        })
        .await
        .expect("a link");
}

async fn evidence(tx: &mut domain::Tx, actor: &Actor, task: i64) -> domain::Result<i64> {
    let file = NewFile {
        source: Source::Stored("photo".into()),
        name: None,
        mime: "image/jpeg".into(),
        bytes: Some(3),
    };
    let new = NewReport {
        kind: ReportKind::Photo,
        text: None,
        place: Some(Point {
            lat: -34.6,
            lon: -58.4,
        }),
        at: None,
        file: Some(file),
    };
    report::add(tx, actor, task, new).await
}

async fn advance(
    tx: &mut domain::Tx,
    actor: &Actor,
    task: i64,
    stage: Stage,
) -> domain::Result<()> {
    if stage == Stage::Planned {
        return Ok(());
    }
    life::start(tx, actor, task, Step::default()).await?;
    match stage {
        Stage::Paused => life::pause(tx, actor, task, Step::because("Lluvia"))
            .await
            .map(drop),
        Stage::Done => life::complete(tx, actor, task, Step::because("Prueba"))
            .await
            .map(drop),
        Stage::Planned | Stage::Running => Ok(()),
    }
}
