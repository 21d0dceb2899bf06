//! The Bot API's HTTP door: token, method, faults, limits, answer, and file downloads.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::{
    Json, Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal},
    calls::Call,
    faults::FaultKind,
    methods,
    params::{BODY_LIMIT, Params},
    poll,
    shared::Shared,
    wire::Cut,
};

/// Routes of the Bot API.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{bot}/{method}", any(call))
        .route("/file/{bot}/{*path}", get(download))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(shared)
}

fn token_of(segment: &str) -> Option<&str> {
    segment
        .strip_prefix("bot")
        .filter(|token| token.contains(':'))
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path((bot, name)): Path<(String, String)>,
    request: Request<Body>,
) -> Response {
    let cut = request
        .extensions()
        .get::<ConnectInfo<Cut>>()
        .map(|info| info.0.clone());
    let Some(token) = token_of(&bot) else {
        return reply(&Err(Refusal::not_found()));
    };
    let known = shared.with(|world| {
        world
            .bots
            .get(token)
            .map(|bot| (bot.id, bot.username.clone()))
    });
    let Some((bot, username)) = known else {
        return reply(&Err(Refusal::unauthorized()));
    };
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(refusal) => return reply(&Err(refusal)),
    };
    let number = shared.call_arrived(entry(&shared, &username, &name, &params));
    let (response, answer) = carry_out(&shared, (token, bot), &name, &params, cut).await;
    let status = answer.as_ref().map_or(0, |answer| match answer {
        Ok(_) => 200,
        Err(refusal) => refusal.code,
    });
    shared.call_answered(
        number,
        status,
        answer
            .and_then(Result::err)
            .map(|refusal| refusal.description),
    );
    response
}

fn canonical(name: &str) -> String {
    if name.eq_ignore_ascii_case("getUpdates") {
        return "getUpdates".to_owned();
    }
    methods::find(name)
        .map_or(name, |(known, _)| known)
        .to_owned()
}

fn entry(shared: &Shared, bot: &str, name: &str, params: &Params) -> Call {
    Call {
        number: 0,
        bot: bot.to_owned(),
        method: canonical(name),
        params: params.for_log(),
        status: 0,
        description: None,
        at: shared.config.clock.now(),
        instant: Instant::now(),
        took: None,
    }
}

/// Runs into a fault or does what is asked; the answer is `None` when the caller gets none.
async fn carry_out(
    shared: &Arc<Shared>,
    (token, bot): (&str, i64),
    name: &str,
    params: &Params,
    cut: Option<Cut>,
) -> (Response, Option<Answer>) {
    let struck = shared.faults().strike(name, params.int("chat_id"));
    let refused = match &struck {
        Some(FaultKind::TooManyRequests(seconds)) => Some(Refusal::too_many(*seconds)),
        Some(FaultKind::ServerError) => Some(Refusal::server_error()),
        Some(FaultKind::BadRequest(text)) => Some(Refusal::bad(text)),
        Some(FaultKind::Unauthorized) => Some(Refusal::unauthorized()),
        Some(FaultKind::Forbidden(text)) => Some(Refusal::forbidden(text)),
        _ => None,
    };
    if let Some(refusal) = refused {
        return answered(Err(refusal));
    }
    match struck {
        Some(FaultKind::BadGateway) => (bad_gateway(), Some(Err(Refusal::bad_gateway()))),
        Some(FaultKind::Reset) => (sever(cut), None),
        Some(FaultKind::Hang(time)) => {
            pause(shared, time).await;
            (sever(cut), None)
        }
        Some(FaultKind::Slow(time)) => {
            pause(shared, time).await;
            answered(act(shared, (token, bot), name, params).await)
        }
        Some(FaultKind::AnswerHeld(time)) => {
            let answer = act(shared, (token, bot), name, params).await;
            pause(shared, time).await;
            answered(answer)
        }
        Some(FaultKind::AnswerLost) => {
            // What the caller would have heard is not logged: it never left.
            let _ = act(shared, (token, bot), name, params).await;
            (sever(cut), None)
        }
        _ => answered(act(shared, (token, bot), name, params).await),
    }
}

async fn act(
    shared: &Arc<Shared>,
    (token, bot): (&str, i64),
    name: &str,
    params: &Params,
) -> Answer {
    if name.eq_ignore_ascii_case("getUpdates") {
        return poll::get_updates(shared, token, params).await;
    }
    let (known, method) = methods::find(name).ok_or_else(Refusal::not_found)?;
    if methods::is_send(known) {
        shared.pass_limits(bot, params.int("chat_id").unwrap_or_default())?;
    }
    shared.with(|world| {
        let mut desk = world
            .desk(token, &shared.config)
            .ok_or_else(Refusal::unauthorized)?;
        method(&mut desk, params)
    })
}

async fn pause(shared: &Shared, time: Duration) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = shared.stop.cancelled() => {}
    }
}

fn answered(answer: Answer) -> (Response, Option<Answer>) {
    (reply(&answer), Some(answer))
}

fn reply(answer: &Answer) -> Response {
    let (code, body) = match answer {
        Ok(result) => (200, json!({"ok": true, "result": result})),
        Err(refusal) => (refusal.code, refusal.body()),
    };
    let status = StatusCode::from_u16(code).expect("refusals carry HTTP status codes");
    (status, Json::<Value>(body)).into_response()
}

fn bad_gateway() -> Response {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    (
        StatusCode::BAD_GATEWAY,
        [(header::CONTENT_TYPE, "text/html")],
        page,
    )
        .into_response()
}

/// Cuts the connection; behind a foreign listener the body breaks off instead.
fn sever(cut: Option<Cut>) -> Response {
    if let Some(cut) = cut {
        cut.now();
        return StatusCode::NO_CONTENT.into_response();
    }
    let broken = futures::stream::once(async { Err::<String, _>(std::io::Error::other("cut")) });
    Body::from_stream(broken).into_response()
}

async fn download(
    State(shared): State<Arc<Shared>>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    let file = shared.with(|world| {
        let token = token_of(&bot)?;
        world
            .bots
            .contains_key(token)
            .then(|| world.files.by_path(&path).cloned())?
    });
    match file {
        Some(file) => (
            [(header::CONTENT_TYPE, "application/octet-stream")],
            file.bytes,
        )
            .into_response(),
        None => reply(&Err(Refusal::not_found())),
    }
}
