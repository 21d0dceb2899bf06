//! Requests as fast as fifty connections can ask and be answered.

use std::{
    future::Future,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::try_join_all;
use it::{Http, http::Answer, process::Process};
use serde_json::json;
use tokio::sync::Barrier;

use crate::{
    force::{ADMIN, PASSWORD, TASKS},
    table::{Row, Spread},
};

const CONNECTIONS: usize = 50;
const TIME: Duration = Duration::from_secs(5);

/// What is asked of servers that are compared.
#[derive(Clone, Copy)]
pub enum Ask {
    /// The newest page, which every board asks for.
    List,
    /// Another page each time, which nobody else has asked for.
    Page,
    Detail,
    Create,
}

impl Ask {
    pub const ALL: [Self; 4] = [Self::List, Self::Page, Self::Detail, Self::Create];

    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Page => "page",
            Self::Detail => "detail",
            Self::Create => "create",
        }
    }

    /// Asks all of these servers in turn.
    pub async fn press(self, servers: &[Http]) -> Result<Spread> {
        match self {
            Self::List => press(servers, list).await,
            Self::Page => press(servers, page).await,
            Self::Detail => press(servers, detail).await,
            Self::Create => press(servers, create).await,
        }
    }
}

/// List, detail and create, one after another.
pub async fn all(server: &Process) -> Result<Vec<Row>> {
    let http = [Http::login(server.base(), ADMIN, PASSWORD).await?];
    let mut rows = Vec::new();
    for ask in Ask::ALL {
        let target = matches!(ask, Ask::List | Ask::Page).then_some(10.0);
        rows.extend(ask.press(&http).await?.rows(ask.name(), target));
    }
    Ok(rows)
}

async fn list(http: Http, _: u32) -> Result<Answer> {
    http.get("/api/v1/tasks?limit=20").await
}

async fn page(http: Http, number: u32) -> Result<Answer> {
    let behind = URL_SAFE_NO_PAD.encode(some_task(number).to_string());
    http.get(&format!("/api/v1/tasks?limit=20&cursor={behind}"))
        .await
}

/// A prime step: neighbours on the disk are not asked for one after another.
fn some_task(number: u32) -> u32 {
    1 + number.wrapping_mul(7919) % TASKS
}

async fn detail(http: Http, number: u32) -> Result<Answer> {
    let id = some_task(number);
    http.get(&format!("/api/v1/tasks/{id}")).await
}

async fn create(http: Http, number: u32) -> Result<Answer> {
    let task = json!({
        "title": format!("Patrulla de la manzana {number}"),
        "kind": "patrullaje",
        "place": { "lat": -34.6, "lon": -58.4, "label": "Plaza de Mayo" },
    });
    http.post("/api/v1/tasks", &task).await
}

/// Asks on every connection without a pause; how long each answer took.
async fn press<F, Fut>(servers: &[Http], ask: F) -> Result<Spread>
where
    F: Fn(Http, u32) -> Fut + Copy,
    Fut: Future<Output = Result<Answer>>,
{
    let (numbers, together) = (AtomicU32::new(0), Barrier::new(CONNECTIONS));
    let next = || {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        ask(servers[number as usize % servers.len()].clone(), number)
    };
    let connections = (0..CONNECTIONS).map(|_| async {
        // Connecting is not measured.
        served(&next().await?)?;
        together.wait().await;
        let (begun, mut took, mut refused) = (Instant::now(), Vec::new(), 0);
        while begun.elapsed() < TIME {
            let asked = Instant::now();
            match served(&next().await?)? {
                true => took.push(asked.elapsed()),
                false => refused += 1,
            }
        }
        anyhow::Ok((took, refused))
    });
    let (took, refused): (Vec<_>, Vec<u32>) = try_join_all(connections).await?.into_iter().unzip();
    Ok(Spread::of(took.concat(), TIME).refused(refused.iter().sum()))
}

/// Whether it was done; an overloaded server may say 503, anything else is a mistake of this program.
fn served(answer: &Answer) -> Result<bool> {
    let done = answer.status.is_success();
    ensure!(
        done || answer.status == 503,
        "{}: {}",
        answer.status,
        answer.text
    );
    Ok(done)
}
