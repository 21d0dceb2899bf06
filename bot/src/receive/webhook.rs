//! The door Telegram knocks on: an update is kept before the answer is 200; if it cannot be kept, Telegram comes again.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{Store, inbox::Arrival};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{Incoming, incoming, keeper::Keeper};
use crate::{client::Client, inline::Inline};

/// Where Telegram sends updates.
pub const PATH: &str = "/telegram/webhook";

const SECRET: &str = "x-telegram-bot-api-secret-token";

/// The largest update that is read, in bytes.
const LIMIT: usize = 1024 * 1024;

/// How long a body may take to come, and the database to keep it.
const PATIENCE: Duration = Duration::from_secs(10);

struct Door {
    secret: SecretString,
    keeper: Arc<Keeper>,
    inline: Inline,
}

/// The route of the webhook; `secret` is the one given to setWebhook.
pub fn router(store: Store, client: Client, secret: SecretString) -> Router {
    let door = Arc::new(Door {
        secret,
        keeper: Arc::new(Keeper::new(store.clone(), client.bot_id())),
        inline: Inline::new(Arc::new(client), store),
    });
    Router::new()
        .route(PATH, post(receive))
        .layer(DefaultBodyLimit::max(LIMIT))
        .with_state(door)
}

async fn receive(State(door): State<Arc<Door>>, request: Request) -> Response {
    if !knows_secret(request.headers(), &door.secret) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match tokio::time::timeout(PATIENCE, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => match read(&body) {
            Incoming::Ours(arrival) => keep(&door, arrival).await,
            Incoming::Asked(question) => {
                door.inline.answer(question);
                StatusCode::OK.into_response()
            }
            Incoming::Foreign => StatusCode::OK.into_response(),
            Incoming::Nonsense => StatusCode::BAD_REQUEST.into_response(),
        },
        Ok(Err(too_long_or_cut_off)) => too_long_or_cut_off.into_response(),
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

fn knows_secret(headers: &HeaderMap, secret: &SecretString) -> bool {
    let given = headers
        .get(SECRET)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    given.ct_eq(secret.expose_secret().as_bytes()).into()
}

pub(crate) fn read(body: &[u8]) -> Incoming {
    match serde_json::from_slice(body) {
        Ok(update) => incoming(&update),
        Err(_) => Incoming::Nonsense,
    }
}

async fn keep(door: &Door, arrival: Arrival) -> Response {
    match tokio::time::timeout(PATIENCE, door.keeper.keep(arrival)).await {
        Ok(Ok(())) => StatusCode::OK.into_response(),
        Ok(Err(error)) => away(&error),
        Err(_) => away("it took too long"),
    }
}

fn away(why: &str) -> Response {
    tracing::warn!(
        error = why,
        "an update could not be kept; Telegram will bring it again"
    );
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")]).into_response()
}
