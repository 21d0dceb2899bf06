//! Anything at all, sent to every door: nothing panics, nothing is a fault of ours, and nobody else waits for it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{FutureExt, StreamExt, TryStreamExt, future::try_join_all, stream};
use it::{Board, Http, http::Answer, until::within};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    cluster::{Cluster, Plan, SECRET},
    load::{
        Force, Samples, bodies,
        frames::{self, Bare},
        junk,
    },
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "hostile",
    fault: "hostile JSON, bodies, frames, headers, slow headers",
    run: |bench| run(bench).boxed(),
};

const HANGS: Duration = Duration::from_secs(1);

/// Who does not finish his headers is shown out after fifteen seconds.
const HEADERS: Duration = Duration::from_secs(16);

/// Who does not finish his body is shown out after twenty seconds.
const BODIES: Duration = Duration::from_secs(21);

const PATIENCE: Duration = Duration::from_secs(60);

const AT_ONCE: usize = 8;

/// As long as a goodbye may take, and more.
const LONG: Duration = Duration::from_secs(15);

/// They end the session that asks.
const LEFT_ALONE: [&str; 4] = ["/auth/logout", "/auth/sessions", "/ws/connect", "/health"];

async fn run(bench: Bench) -> Result<Findings> {
    let (asked, updates, spoken, bent, broken) =
        bench.size((20_000, 5_000, 5_000, 5_000, 1_000), (400, 150, 80, 80, 40));
    let mut findings = Findings::default();
    let cluster = Plan::default().nodes(1).start(&bench).await?;
    let force = Force::hire(&cluster, 5).await?;
    cluster.settled(PATIENCE).await?;
    let http = cluster.admin(0).await?;
    let doors = doors(&http).await?;
    let nonsense = async {
        let mut took = bodies(&bench, &http, &doors, asked, &mut findings).await?;
        took.extend(strange_updates(&bench, &cluster, updates, &mut findings).await?);
        took.extend(sockets(&bench, &http, spoken, &mut findings).await?);
        took.extend(bytes(&bench, &cluster, bent, &mut findings).await?);
        took.extend(frames(&bench, &http, broken, &mut findings).await?);
        limits(&cluster, &http, &mut findings).await?;
        anyhow::Ok(took)
    };
    let (slow, slow_bodies, took) =
        tokio::join!(slow_headers(&cluster), slow_bodies(&cluster), nonsense);
    let took = took?;
    // Whoever behaves is served as before.
    force.members[0].phone.says("Sin novedad")?;
    let settled = cluster.settled(PATIENCE).await;
    findings.must(settled.is_ok(), format!("afterwards: {settled:?}"));
    let mut board = Board::open(&http).await?;
    crate::load::api::create(&http, "Ronda")
        .await?
        .expect(201)?;
    board.until("task_created").await?;
    findings.did(format!(
        "{asked} bodies on {} routes, {updates} updates, {spoken} socket messages, {bent} bent requests, {broken} broken frames",
        doors.all.len()
    ));
    findings.time("slowest answer", took.worst(), HANGS);
    findings.time("slow headers shown out", slow?, HEADERS);
    findings.time("slow bodies shown out", slow_bodies?, BODIES);
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Every route there is, by the document that GAD gives of itself.
struct Doors {
    document: Value,
    all: Vec<Door>,
}

struct Door {
    method: Method,
    path: String,
    /// Of the JSON that it takes.
    schema: Option<Value>,
}

async fn doors(http: &Http) -> Result<Doors> {
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

async fn bodies(
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

/// Updates of no known form are kept or refused, and hold up nobody.
async fn strange_updates(
    bench: &Bench,
    cluster: &Cluster,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let mut lot = StdRng::seed_from_u64(bench.seed ^ 1);
    let (http, mut took) = (Http::stranger(&cluster.base(0))?, Samples::default());
    for n in 0..count {
        let body = match lot.random_range(0..4) {
            0 => junk::bytes(&mut lot, 500),
            1 => junk::value(&mut lot, 4).to_string().into_bytes(),
            2 => {
                let mut message = junk::object(&mut lot, 3);
                message.insert("from".into(), json!({ "id": 10_001 + n % 5, "is_bot": false, "first_name": junk::text(&mut lot) }));
                message.insert(
                    "chat".into(),
                    json!({ "id": 10_001 + n % 5, "type": "private" }),
                );
                message.extend([
                    ("date".into(), json!(0)),
                    ("message_id".into(), json!(n)),
                    ("text".into(), json!(junk::text(&mut lot))),
                ]);
                json!({ "update_id": 900_000_000 + n, "message": message })
                    .to_string()
                    .into_bytes()
            }
            _ => {
                let from = json!({ "id": 10_001 + n % 5, "is_bot": false, "first_name": "x" });
                let press = json!({ "id": n.to_string(), "from": from, "chat_instance": "1", "data": junk::text(&mut lot) });
                json!({ "update_id": 900_000_000 + n, "callback_query": press })
                    .to_string()
                    .into_bytes()
            }
        };
        let request = http.request(Method::POST, "/telegram/webhook").body(body);
        let request = request.header("x-telegram-bot-api-secret-token", SECRET);
        let begun = Instant::now();
        let answer = http.send(request).await?;
        took.add(begun.elapsed());
        let status = answer.status.as_u16();
        findings.must(
            [200, 400].contains(&status),
            format!("an update was answered {status}"),
        );
    }
    within(PATIENCE, "strange updates to be done with", || async {
        let waiting = cluster
            .count("SELECT count(*) FROM inbox WHERE status = 'pending'")
            .await?;
        Ok((waiting == 0).then_some(()))
    })
    .await?;
    Ok(took)
}

/// A client that says anything is answered, or shown out; never left alone.
async fn sockets(
    bench: &Bench,
    http: &Http,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let (mut lot, mut took) = (StdRng::seed_from_u64(bench.seed ^ 2), Samples::default());
    let mut board = Board::connect(http).await?;
    for n in 0..count {
        if n % 100 == 99 {
            // So much is said by nobody within a minute.
            board = Board::connect(http).await?;
        }
        let mut said =
            json!({ "event_type": junk::text(&mut lot), "data": junk::value(&mut lot, 3) });
        if let Some(word) = ["subscribe", "unsubscribe"]
            .choose(&mut lot)
            .filter(|_| lot.random())
        {
            said["event_type"] = json!(word);
        }
        let begun = Instant::now();
        board.send(&said).await?;
        let known = ["ping", "pong"].contains(&said["event_type"].as_str().unwrap_or_default());
        if !known {
            let answer = board.next_event().await;
            took.add(begun.elapsed());
            findings.must(
                answer.is_ok(),
                format!("{said} was not answered: {answer:?}"),
            );
        }
    }
    Ok(took)
}

/// Bytes that break the rules of a socket end it, and nothing else.
async fn frames(
    bench: &Bench,
    http: &Http,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    let mut lot = StdRng::seed_from_u64(bench.seed ^ 4);
    let broken: Vec<_> = (0..count)
        .map(|_| {
            let (what, bytes) = frames::breaking(&mut lot);
            async move {
                let bare = Bare::open(http).await?;
                let begun = Instant::now();
                let out = patience::within(LONG, bare.until_shown_out(&bytes)).await;
                anyhow::Ok((what, out, begun.elapsed()))
            }
        })
        .collect();
    let shown_out = stream::iter(broken).buffer_unordered(AT_ONCE);
    let shown_out: Vec<_> = shown_out.try_collect().await?;
    for (what, out, _) in &shown_out {
        findings.must(out.is_some(), format!("{what}: the socket stays open"));
    }
    Ok(shown_out.into_iter().map(|(_, _, took)| took).collect())
}

/// Requests with some bytes changed.
async fn bytes(
    bench: &Bench,
    cluster: &Cluster,
    count: usize,
    findings: &mut Findings,
) -> Result<Samples> {
    const REQUESTS: [&[u8]; 4] = [
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        b"POST /telegram/webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"GET /ws/connect?ticket=x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\xff\xff\xff",
    ];
    let mut lot = StdRng::seed_from_u64(bench.seed ^ 3);
    let mut requests = Vec::new();
    for _ in 0..count {
        let request = REQUESTS.choose(&mut lot).copied().unwrap_or_default();
        let (base, bent) = (cluster.base(0), junk::bent(&mut lot, request));
        requests.push(async {
            let begun = Instant::now();
            anyhow::Ok((head(base, bent).await?, begun.elapsed()))
        });
    }
    let heads = stream::iter(requests);
    let heads: Vec<_> = heads.buffer_unordered(AT_ONCE).try_collect().await?;
    let ours = heads
        .iter()
        .find(|(head, _)| head.starts_with("HTTP/1.1 5"));
    findings.must(ours.is_none(), format!("a bent request: {ours:?}"));
    Ok(heads.into_iter().map(|(_, took)| took).collect())
}

/// The first bytes of the answer, after the client has said that nothing more comes.
async fn head(base: String, request: Vec<u8>) -> Result<String> {
    let mut connection = TcpStream::connect(base.replacen("http://", "", 1)).await?;
    // It may have been shown out already.
    let _ = connection.write_all(&request).await;
    let _ = connection.shutdown().await;
    let mut head = vec![0; 32];
    let read = patience::within(PATIENCE, connection.read(&mut head)).await;
    let length = read
        .context("a bent request is left without an end")?
        .unwrap_or_default();
    Ok(String::from_utf8_lossy(&head[..length]).into_owned())
}

/// What is too large is said to be.
async fn limits(cluster: &Cluster, http: &Http, findings: &mut Findings) -> Result<()> {
    let giant = json!({ "title": "x".repeat(300 << 10), "kind": "patrullaje" });
    let answer = http.post("/api/v1/tasks", &giant).await?;
    findings.must(
        answer.status == 413,
        format!("a giant body: {}", answer.status),
    );
    // Who is still sending when he is refused may find the line cut before he has read why (RFC 9112, section 9.6).
    let mut said = None;
    for _ in 0..10 {
        let request = http.request(Method::POST, "/telegram/webhook");
        let request = request.header("x-telegram-bot-api-secret-token", SECRET);
        if let Ok(answer) = http.send(request.body("x".repeat(1_200 << 10))).await {
            said = Some(answer.status);
            break;
        }
    }
    findings.must(
        said.is_some_and(|status| status == 413),
        format!("a giant update: {said:?}"),
    );
    let request = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "x".repeat(40 << 10)
    );
    let head = head(cluster.base(0), request.into_bytes()).await?;
    findings.must(
        head.is_empty() || head.starts_with("HTTP/1.1 4"),
        format!("giant headers: {head}"),
    );
    let mut board = Board::connect(http).await?;
    board
        .send(&json!({ "event_type": "x".repeat(65 << 10) }))
        .await?;
    let code = board.until_closed().await?;
    findings.must(code == Some(1009), format!("a giant message: {code:?}"));
    Ok(())
}

/// Clients who begin a request and send no more; how long until they were shown out.
async fn slow_headers(cluster: &Cluster) -> Result<Duration> {
    const BEGUN: [&str; 4] = [
        "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
    ];
    shown_out(cluster, &BEGUN.map(str::to_owned)).await
}

/// The same with half a body, at doors of every kind.
async fn slow_bodies(cluster: &Cluster) -> Result<Duration> {
    let half = |door: &str, headers: &str| {
        let json = "Content-Type: application/json\r\nContent-Length: 1000\r\n";
        format!(
            "POST {door} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{json}{headers}\r\n{{\"a\":"
        )
    };
    let secret = format!("X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n");
    let bearer = format!("Authorization: Bearer {}\r\n", bearer(cluster).await?);
    let halves = [
        half("/api/v1/auth/login", ""),
        half("/telegram/webhook", &secret),
        half("/api/v1/tasks", &bearer),
    ];
    shown_out(cluster, &halves).await
}

async fn bearer(cluster: &Cluster) -> Result<String> {
    let http = cluster.admin(0).await?;
    let token = http.session["access_token"].as_str();
    Ok(token.context("a token")?.to_owned())
}

/// How long until so many who said no more than that had to go.
async fn shown_out(cluster: &Cluster, halves: &[String]) -> Result<Duration> {
    let begun = Instant::now();
    let clients = halves.iter().cycle().take(60).map(|half| async move {
        let mut connection = TcpStream::connect(cluster.base(0).replacen("http://", "", 1)).await?;
        connection.write_all(half.as_bytes()).await?;
        let mut rest = Vec::new();
        let ended = patience::within(PATIENCE, connection.read_to_end(&mut rest)).await;
        ended.context("a slow client is never shown out")?.ok();
        anyhow::Ok(())
    });
    try_join_all(clients).await?;
    Ok(begun.elapsed())
}
