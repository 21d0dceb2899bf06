//! How often one client may come: a window of a minute that starts with his first request.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;

use crate::{
    app::App,
    auth::Presented,
    client,
    error::{Problem, Result},
};

/// So many in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Keeps the counts of different doors apart.
    pub name: &'static str,
    pub per_minute: u32,
}

impl Quota {
    /// What a request is told that is the `used`th of a window that lasts for `rest`.
    pub fn after(self, used: u32, rest: Duration) -> Hit {
        Hit {
            allowed: used <= self.per_minute,
            left: self.per_minute.saturating_sub(used),
            reset: rest.as_secs_f64().ceil() as u32,
        }
    }
}

/// What is left of a quota after one more request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub allowed: bool,
    pub left: u32,
    /// Seconds until the window ends.
    pub reset: u32,
}

/// Counts requests; one for all instances or one for each.
pub trait Limiter: Send + Sync + 'static {
    /// Counts one more request of this client. Must answer also when what it counts with is away.
    fn hit<'a>(&'a self, client: &'a str, quota: Quota) -> BoxFuture<'a, Hit>;
}

/// Counts in this process.
#[derive(Default)]
pub struct Local {
    windows: Mutex<HashMap<String, (Instant, u32)>>,
}

const MINUTE: Duration = Duration::from_secs(60);

/// The most clients that are remembered; beyond, those whose minute is over are forgotten.
const CLIENTS: usize = 50_000;

impl Limiter for Local {
    fn hit<'a>(&'a self, client: &'a str, quota: Quota) -> BoxFuture<'a, Hit> {
        let hit = self.count(format!("{}:{client}", quota.name), quota, Instant::now());
        Box::pin(std::future::ready(hit))
    }
}

impl Local {
    fn count(&self, key: String, quota: Quota, now: Instant) -> Hit {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= CLIENTS {
            windows.retain(|_, (start, _)| now.duration_since(*start) < MINUTE);
            // So many at once are a flood: counting anew is cheaper than looking through them each time.
            if windows.len() >= CLIENTS {
                windows.clear();
            }
        }
        let (start, used) = windows.entry(key).or_insert((now, 0));
        if now.duration_since(*start) >= MINUTE {
            (*start, *used) = (now, 0);
        }
        *used = used.saturating_add(1);
        quota.after(*used, MINUTE.saturating_sub(now.duration_since(*start)))
    }
}

/// Counts every request to the API against the signed-in user, else the address.
pub(crate) async fn general(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.config.limits.enabled {
        return next.run(request).await;
    }
    let client = client_of(&app, &request);
    let quota = Quota {
        name: budget(request.method(), request.uri().path()),
        per_minute: app.config.limits.requests,
    };
    let hit = app.limiter.hit(&client, quota).await;
    let mut response = if hit.allowed {
        next.run(request).await
    } else {
        refuse(quota, hit).into_response()
    };
    tell(response.headers_mut(), quota, hit);
    response
}

/// Which budget a request is taken from. Who has spent his own on reading can still call for help and look at who comes, and is
/// still told who he is and let listen: without that the board shows nothing.
fn budget(method: &Method, path: &str) -> &'static str {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let emergencies = path == "/emergencies" || path.starts_with("/emergencies/");
    match (method, path) {
        (&Method::POST, "/tasks/emergency") => "emergencies",
        (&Method::POST, _) if emergencies => "emergencies",
        (&Method::GET, _) if emergencies => "emergencies_read",
        (&Method::GET, "/auth/me") | (&Method::POST, "/ws/ticket") => "identity",
        _ => "requests",
    }
}

fn client_of(app: &App, request: &Request) -> String {
    let presented = request.extensions().get::<Presented>();
    if let Some(client) = presented.and_then(of_session) {
        return client;
    }
    let ip = client::address(
        request.extensions(),
        request.headers(),
        &app.config.trusted_proxies,
    );
    of_address(ip)
}

/// Whoever is signed in is counted himself. A session that has ended is nobody's: who still has its token takes nothing from
/// the person it once was of. One that could not be looked up has a budget of its own.
fn of_session(presented: &Presented) -> Option<String> {
    match &presented.actor {
        Ok(actor) => {
            let user_id = actor.as_ref().and_then(|actor| actor.user_id);
            user_id.map(|id| format!("user:{id}"))
        }
        Err(_) => Some(format!("session:{}", presented.session_id)),
    }
}

fn of_address(ip: Option<IpAddr>) -> String {
    ip.map_or_else(
        || "address:unknown".into(),
        |ip| format!("address:{}", client::bucket(ip)),
    )
}

/// Counts one login against the address.
pub(crate) async fn login(app: &App, ip: Option<IpAddr>) -> Result<()> {
    let quota = Quota {
        name: "logins",
        per_minute: app.config.limits.logins,
    };
    stricter(app, &of_address(ip), quota).await
}

/// Counts one opening of a socket against the user.
pub(crate) async fn socket(app: &App, user_id: i64) -> Result<()> {
    let quota = Quota {
        name: "sockets",
        per_minute: app.config.limits.sockets,
    };
    stricter(app, &format!("user:{user_id}"), quota).await
}

async fn stricter(app: &App, client: &str, quota: Quota) -> Result<()> {
    if !app.config.limits.enabled {
        return Ok(());
    }
    let hit = app.limiter.hit(client, quota).await;
    if hit.allowed {
        Ok(())
    } else {
        Err(refuse(quota, hit))
    }
}

fn refuse(quota: Quota, hit: Hit) -> Problem {
    metrics::counter!("gad_http_rate_limited_total", "quota" => quota.name).increment(1);
    Problem::too_many_requests(hit.reset.max(1).into())
}

fn tell(headers: &mut HeaderMap, quota: Quota, hit: Hit) {
    let numbers = [
        ("ratelimit-limit", quota.per_minute.to_string()),
        ("ratelimit-remaining", hit.left.to_string()),
        ("ratelimit-reset", hit.reset.to_string()),
        ("ratelimit-policy", format!("{};w=60", quota.per_minute)),
    ];
    for (name, value) in numbers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Actor, actor::Channel};

    use super::*;
    use crate::auth::Via;

    #[test]
    fn only_a_living_session_is_counted_to_a_person() {
        let of = |actor| {
            of_session(&Presented {
                session_id: "s1".into(),
                via: Via::Cookie,
                actor,
            })
        };
        let ana = Actor {
            user_id: Some(7),
            ..Actor::system(Channel::Api)
        };
        assert_eq!(of(Ok(Some(Arc::new(ana)))).as_deref(), Some("user:7"));
        assert_eq!(of(Ok(None)), None);
        assert_eq!(of(Err(Problem::away())).as_deref(), Some("session:s1"));
    }

    #[test]
    fn calls_for_help_have_a_budget_of_their_own() {
        let post = |path: &str| budget(&Method::POST, path);
        for path in ["/emergencies", "/emergencies/7/resolve", "/tasks/emergency"] {
            assert_eq!(post(&format!("/api/v1{path}")), "emergencies", "{path}");
        }
        assert_eq!(post("/api/v1/emergencies-x"), "requests");
        assert_eq!(budget(&Method::GET, "/api/v1/auth/me"), "identity");
        assert_eq!(budget(&Method::POST, "/api/v1/ws/ticket"), "identity");
        assert_eq!(budget(&Method::POST, "/ws/ticket"), "identity");
        assert_eq!(budget(&Method::DELETE, "/api/v1/auth/me"), "requests");
    }

    #[test]
    fn looking_at_emergencies_has_a_budget_of_its_own() {
        let get = |path: &str| budget(&Method::GET, path);
        for path in ["/emergencies", "/emergencies/7", "/emergencies/phones"] {
            assert_eq!(get(&format!("/api/v1{path}")), "emergencies_read", "{path}");
        }
        assert_eq!(get("/api/v1/emergencies-x"), "requests");
        assert_eq!(get("/api/v1/tasks/emergency"), "requests");
        assert_eq!(budget(&Method::DELETE, "/api/v1/emergencies/7"), "requests");
    }

    #[test]
    fn a_window_holds_its_number_and_begins_anew() {
        let local = Local::default();
        let quota = Quota {
            name: "x",
            per_minute: 3,
        };
        let start = Instant::now();
        let allowed = |at| local.count("x:me".into(), quota, at).allowed;
        assert_eq!(
            [0, 1, 2, 59].map(|s| allowed(start + Duration::from_secs(s))),
            [true, true, true, false]
        );
        assert!(allowed(start + MINUTE));
        assert!(local.count("x:you".into(), quota, start).allowed);
    }

    #[test]
    fn a_flood_of_clients_is_not_remembered() {
        let local = Local::default();
        let quota = Quota {
            name: "x",
            per_minute: 3,
        };
        let now = Instant::now();
        for number in 0..CLIENTS + 10 {
            local.count(format!("x:{number}"), quota, now);
        }
        let windows = local.windows.lock().expect("nobody panics with it");
        assert!(windows.len() <= CLIENTS, "{}", windows.len());
    }
}
