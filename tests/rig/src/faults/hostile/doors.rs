//! Every route with every kind of body: none is answered with a fault of ours.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, stream};
use it::{Http, http::Answer};
use rand::{RngExt, seq::IndexedRandom};
use reqwest::Method;
use serde_json::Value;

use super::AT_ONCE;
use crate::{
    load::{Samples, bodies, junk},
    report::Findings,
    run::Bench,
};

/// They end the session that asks.
const LEFT_ALONE: [&str; 4] = ["/auth/logout", "/auth/sessions", "/ws/connect", "/health"];

/// Every route there is, by the document that GAD gives of itself.
pub struct Doors {
    document: Value,
    pub all: Vec<Door>,
}

pub struct Door {
    method: Method,
    path: String,
    /// Of the JSON that it takes.
    schema: Option<Value>,
}

pub async fn doors(http: &Http) -> Result<Doors> {
    let document = http.get("/openapi.json").await?.expect(200)?;
    let paths = document["paths"].as_object().context("paths")?;
    let mut doors = Vec::new();
    for (path, methods) in paths {
        if LEFT_ALONE.iter().any(|left| path.contains(left)) {
            continue;
        }
        for (method, operation) in methods.as_object().context("methods")? {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            if let Ok(method) = method.to_uppercase().parse() {
                doors.push(Door {
                    method,
                    path: path.clone(),
                    schema: schema.cloned(),
                });
            }
        }
    }
    let takers = doors.iter().filter(|door| door.schema.is_some()).count();
    ensure!(
        doors.len() > 20 && takers > 10,
        "only {} routes are told",
        doors.len()
    );
    Ok(Doors {
        document,
        all: doors,
    })
}

/// Method, path, query and body.
type Hostile = (Method, String, [(&'static str, String); 2], Vec<u8>);

/// What was asked, what was answered, and how long that took.
async fn ask(http: Http, hostile: Hostile) -> (Method, String, Result<Answer>, Duration) {
    let (method, path, query, body) = hostile;
    let request = http.request(method.clone(), &path).body(body);
    let request = request.header("content-type", "application/json");
    let request = if method == Method::GET {
        request.query(&query)
    } else {
        request
    };
    let begun = Instant::now();
    let answer = http.send(request).await;
    (method, path, answer, begun.elapsed())
}

pub async fn bodies(
    bench: &Bench,
    http: &Http,
    doors: &Doors,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let mut lot = bench.random();
    let requests: Vec<Hostile> = (0..count)
        .map(|_| {
            let door = doors.all.choose(&mut lot).expect("there are some");
            let path = junk::path(&mut lot, &door.path);
            let query = [
                ("limit", junk::text(&mut lot)),
                ("cursor", junk::text(&mut lot)),
            ];
            let schema = door.schema.as_ref().filter(|_| lot.random_ratio(2, 3));
            let body = match (lot.random_range(0..10), schema) {
                (3.., Some(schema)) => bodies::spoilt(&mut lot, &doors.document, schema)
                    .to_string()
                    .into_bytes(),
                (0, _) => junk::bytes(&mut lot, 2_000),
                (1, _) => junk::bent(
                    &mut lot,
                    br#"{"title":"Ronda","kind":"patrullaje","agent_ids":[2]}"#,
                ),
                (2, _) => "[".repeat(lot.random_range(0..20_000)).into_bytes(),
                _ => Value::Object(junk::object(&mut lot, 3))
                    .to_string()
                    .into_bytes(),
            };
            (door.method.clone(), path, query, body)
        })
        .collect();
    let mut answers = Vec::new();
    for request in requests {
        answers.push(ask(http.clone(), request));
    }
    let mut took = Samples::default();
    let mut answers = stream::iter(answers).buffer_unordered(AT_ONCE);
    while let Some((method, path, answer, time)) = answers.next().await {
        took.add(time);
        match answer {
            Ok(answer) => findings.must(
                !answer.status.is_server_error(),
                format!("{method} {path}: {} {}", answer.status, answer.text),
            ),
            Err(error) => findings.must(false, format!("{method} {path}: {error:#}")),
        }
    }
    Ok(took)
}
