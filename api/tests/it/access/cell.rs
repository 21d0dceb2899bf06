//! What a role finds when it comes to an address.

use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    agent::{self, AgentPatch},
    assignment::Crew,
    broadcast::{self, Audience, NewBroadcast},
    calendar::{self, Whose},
    drill::{self, NewDrill},
    emergency::{self, NewEmergency},
    geo::Point,
    group,
    leave::{self, NewLeave},
    page::Window,
    report::{self, NewFile, NewReport, ReportKind, Source},
    session::{self, Origin},
    shift::{self, NewShift},
    swap::{self, NewSwap},
    task::{
        create::{self, NewTask},
        life::{self, Step},
        timeline,
    },
    unit::Key,
    user::{self, NewUser},
};
use serde_json::{Value, json};

use crate::support::{PASSWORD, World, bare, json as body, raw, start};

/// How far the task of a cell is.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Planned,
    Running,
    Paused,
    Done,
}

fn stage(path: &str) -> Stage {
    match path.rsplit('/').next() {
        Some("pause" | "check-ins") => Stage::Running,
        Some("resume") => Stage::Paused,
        Some("reopen") => Stage::Done,
        _ => Stage::Planned,
    }
}

/// Things of the unit Centro that nobody has touched yet.
pub struct Cell {
    task: i64,
    agent: i64,
    user: i64,
    attachment: i64,
    leave: i64,
    shift: i64,
    swap: i64,
    calendar: i64,
    emergency: i64,
    broadcast: i64,
    group: i64,
    drill: i64,
    session: String,
    unique: i64,
}

impl Cell {
    /// A scene in which this address has something to do.
    pub async fn for_path(world: &World, path: &str) -> Self {
        let mut cell = Self::new(world, stage(path)).await;
        if path.contains("/shift") {
            cell.plan(world, path).await;
        }
        cell
    }

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
        badge(world, agent).await;
        let unit_id = made.units[0].id;
        let caller = Actor::of_user(&world.store, made.id, Channel::Api)
            .await
            .expect("the database answers")
            .expect("an account");
        let (task, leave, emergency, broadcast, group, drill, session) = world
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
                        ..NewLeave::default()
                    };
                    let leave = leave::request(tx, &system, asked).await?.id;
                    let words = NewBroadcast {
                        text: Some("Prueba".into()),
                        drill: true,
                        ..NewBroadcast::default()
                    };
                    let broadcast = broadcast::send(tx, &system, words).await?;
                    // Afterwards: who calls for help is asked in no drill.
                    let help = NewEmergency::default();
                    let emergency = emergency::raise(tx, &caller, help).await?;
                    let mut planner = caller;
                    planner.permissions.push(Permission::Broadcast);
                    let drill = drill::plan(tx, &planner, exercise()).await?;
                    let session = session::open(tx, made.id, Origin::default())
                        .await?
                        .session_id;
                    let spot = group::Spot {
                        chat_id: -1000 - task,
                        thread_id: None,
                        title: "Guardia".into(),
                        forum: false,
                    };
                    let group = group::register(tx, &system, unit_id, spot).await?.id;
                    Ok((task, leave, emergency, broadcast, group, drill, session))
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
            shift: 0,
            swap: 0,
            calendar: 0,
            emergency,
            broadcast,
            group,
            drill,
            session,
            unique: task,
        }
    }

    /// A shift about to begin, or begun where it shall end, offered to a colleague who agrees; and a link to it.
    async fn plan(&mut self, world: &World, path: &str) {
        let begins = if path.ends_with("/end") { -10 } else { 10 };
        let (agent, owner) = (self.agent, self.user);
        let (mate, mate_user) = mate(world).await;
        let actor = async |id| {
            let found = Actor::of_user(&world.store, id, Channel::Api).await;
            found.expect("the database answers").expect("an account")
        };
        let (owner, other) = (actor(owner).await, actor(mate_user).await);
        let made = world.store.write(move |tx| {
            Box::pin(async move {
                let system = Actor::system(Channel::Cli);
                let at = |minutes| start() + chrono::TimeDelta::minutes(minutes);
                let new = |from, to| NewShift {
                    agent_id: agent,
                    starts_at: at(from),
                    ends_at: at(to),
                    ..NewShift::default()
                };
                let shift = shift::create(tx, &system, new(begins, 480)).await?;
                let later = shift::create(tx, &system, new(600, 900)).await?;
                let offer = NewSwap {
                    shift_id: later.id,
                    to_agent_id: mate,
                    ..NewSwap::default()
                };
                let swap = swap::propose(tx, &owner, offer).await?;
                swap::answer(tx, &other, swap.id, true).await?;
                let link = calendar::open(tx, &system, Whose::Agent(agent)).await?;
                Ok((shift.id, swap.id, link.calendar.id))
            })
        });
        (self.shift, self.swap, self.calendar) = made.await.expect("a plan");
    }

    /// The request of this operation, about the things of this cell.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> axum::http::Request<axum::body::Body> {
        let filled = path
            .replace("{id}", &self.id(path))
            .replace("{group_id}", &self.group.to_string())
            .replace("{file}", "tasks.csv");
        let query = if path.ends_with("/nearest") {
            "?lat=-34.6&lon=-58.4"
        } else if path.ends_with("/users/import") {
            "?confirm=true"
        } else if path.ends_with("/import") {
            "?confirm=true&skip_errors=true"
        } else if path.ends_with("/shifts.ics") {
            "?token=wrong"
        } else {
            ""
        };
        let place = format!("{filled}{query}");
        if path.ends_with("/users/import") {
            let file = format!("name,username\nPersona,persona.{}\n", self.user);
            return raw(method, &place, token, "text/csv", &file);
        }
        if path.ends_with("/import") {
            let line = format!("A{},2026-12-24,08:00,16:00", self.agent);
            let file = format!("badge,date,start,end\n{line}\n");
            return raw(method, &place, token, "text/csv", &file);
        }
        match self.body(method, path) {
            Some(sent) => body(method, &place, token, &sent),
            None => bare(method, &place, token),
        }
    }

    fn id(&self, path: &str) -> String {
        let id = match path.split('/').nth(3) {
            Some("agents") => self.agent,
            Some("stats") if path.contains("/users/") => self.user,
            Some("stats") => 1,
            Some("users") => self.user,
            Some("attachments") => self.attachment,
            Some("leaves") => self.leave,
            Some("shifts") if path.contains("/calendars/") => self.calendar,
            Some("shifts") => self.shift,
            Some("shift-swaps") => self.swap,
            Some("emergencies") => self.emergency,
            Some("broadcasts") => self.broadcast,
            Some("drills") => self.drill,
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
            ("POST", "telegram") => json!({ "init_data": "nonsense" }),
            ("POST", "refresh") => json!({ "refresh_token": "nonsense" }),
            ("POST", "emergency" | "emergencies") => json!({ "lat": -34.6, "lon": -58.4 }),
            ("POST", "broadcasts") => {
                json!({ "text": "Prueba", "audience": { "kind": "all" } })
            }
            ("POST", "drills") => {
                json!({ "text": "Prueba", "audience": { "kind": "all" }, "starts_at": later(1) })
            }
            ("POST", "preview") if path.contains("/broadcasts/") => {
                json!({ "text": "Prueba", "audience": { "kind": "all" } })
            }
            ("POST", "close") => json!({}),
            ("POST", "resolve") => json!({ "reason": "Prueba" }),
            ("POST", "tasks") => json!({ "title": "Otra ronda", "kind": "patrullaje" }),
            ("PUT", "assignments") => json!({ "agent_ids": [] }),
            ("POST", "reports") => json!({ "text": "Sin novedades" }),
            ("POST", "start" | "pause" | "resume" | "complete" | "cancel" | "reopen") => {
                json!({ "reason": "Prueba" })
            }
            ("POST", "check-ins") => json!({ "every_minutes": 20 }),
            ("POST", "agents") => json!({ "name": "Suelto" }),
            ("PUT", "consents") => json!({ "location": false }),
            ("PUT", "availability") => json!({ "unavailable": true, "reason": "Médico" }),
            ("POST", "units") => json!({ "name": format!("Unidad {number}") }),
            ("POST", "task-kinds") => {
                json!({ "code": format!("kind_{number}"), "label": "Otro", "prefix": format!("X{word:A<4}")[..5] })
            }
            ("POST", "users") => {
                json!({ "username": format!("nuevo-{number}"), "name": "Nueva", "level": 1 })
            }
            ("POST", "patterns" | "preview") => json!({
                "agent_ids": [self.agent], "weekdays": ["monday"], "start": "22:00", "end": "06:00",
                "from": "2026-12-01", "until": "2026-12-31", "skip_conflicts": true
            }),
            ("POST", "invites.pdf") => json!({ "user_ids": [self.user] }),
            ("POST", "calendars") => json!({ "agent_id": self.agent }),
            ("POST", "shift-swaps") => json!({ "shift_id": self.shift, "to_agent_id": self.agent }),
            ("POST", "end" | "certificate") => json!({ "text": "Llaves en la guardia" }),
            ("PATCH", _) if path.contains("/shifts/") => {
                json!({ "ends_at": (start() + chrono::TimeDelta::minutes(500)).to_rfc3339() })
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

/// A drill of tomorrow.
fn exercise() -> NewDrill {
    NewDrill {
        protocol: None,
        text: Some("Prueba".into()),
        audience: Audience::All,
        starts_at: start() + chrono::TimeDelta::days(1),
        zone: None,
        minutes: None,
        confirm_word: None,
    }
}

/// Names the agent for files.
async fn badge(world: &World, agent_id: i64) {
    let patch = AgentPatch {
        badge: Some(Some(format!("A{agent_id}"))),
        ..AgentPatch::default()
    };
    let named = world.store.write(move |tx| {
        let patch = patch.clone();
        Box::pin(async move {
            let system = Actor::system(Channel::Cli);
            agent::edit(tx, &system, agent_id, patch).await
        })
    });
    named.await.expect("a badge");
}

/// A colleague of the unit: agent and account.
async fn mate(world: &World) -> (i64, i64) {
    let name = format!("colega-{}", domain::secret::fresh());
    let new = NewUser {
        units: vec![Key::Name("Centro".into())],
        ..NewUser::named(&name, "Colega", Level::Agent)
    };
    let system = Actor::system(Channel::Cli);
    let made = user::create(&world.store, &system, new).await;
    let made = made.expect("a user");
    (made.agent_id.expect("level 1 makes the agent"), made.id)
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
