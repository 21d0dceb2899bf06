//! Opening a socket: a ticket for whoever is signed in, then the socket for whoever has the ticket.

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::StatusCode,
    response::Response,
    routing::get,
};
use domain::session;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::write;
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::{
        Signed,
        token::{Purpose, TICKET_SECONDS},
    },
    error::{Problem, Result},
    extract::{Json, Query},
    limits, socket,
};

/// Bytes that a socket reads at once, and keeps room for: whoever watches says little.
const READ: usize = 1024;

/// Bytes that are gathered before they are written.
const WRITTEN: usize = 4 * 1024;

/// Tickets, with and without the prefix.
pub(crate) fn tickets() -> Addresses {
    Addresses::default()
        .routes(routes!(ticket))
        .routes(routes!(ticket_versioned))
}

/// Sockets, with and without the prefix.
pub(crate) fn sockets() -> Addresses {
    Addresses::default()
        .routes(routes!(connect))
        .route("/api/v1/ws/connect", get(connect))
}

#[derive(Serialize, ToSchema)]
struct TicketOut {
    /// Opens one socket, once.
    ticket: String,
    /// Seconds.
    expires_in: i64,
}

/// A ticket that opens one socket.
#[utoipa::path(post, path = "/ws/ticket", tag = "socket", operation_id = "ws_ticket", responses((status = 200, body = TicketOut)))]
async fn ticket(State(app): State<App>, signed: Signed) -> Result<Json<TicketOut>> {
    limits::socket(&app, signed.user_id).await?;
    Ok(Json(TicketOut {
        ticket: app.tokens.ticket(&signed.session_id, signed.user_id),
        expires_in: TICKET_SECONDS,
    }))
}

/// The same with the prefix.
#[utoipa::path(post, path = "/api/v1/ws/ticket", tag = "socket", operation_id = "ws_ticket_versioned", responses((status = 200, body = TicketOut)))]
async fn ticket_versioned(app: State<App>, signed: Signed) -> Result<Json<TicketOut>> {
    ticket(app, signed).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TicketQuery {
    ticket: Option<String>,
}

/// The socket. Without a good ticket it closes with 1008.
#[utoipa::path(get, path = "/ws/connect", tag = "socket", operation_id = "ws_connect", params(TicketQuery),
    responses((status = 101, description = "The socket is open")), security(()))]
async fn connect(
    State(app): State<App>,
    Query(query): Query<TicketQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|_| not_a_socket())?;
    let upgrade = upgrade
        .read_buffer_size(READ)
        .write_buffer_size(WRITTEN)
        .max_message_size(2 * socket::LARGEST)
        .max_frame_size(2 * socket::LARGEST);
    let Some(holder) = holder(&app, query.ticket).await? else {
        return Ok(upgrade.on_upgrade(socket::refuse));
    };
    let hub = app.hub.clone();
    let (sockets, heartbeat) = (hub.sockets().clone(), app.config.heartbeat);
    Ok(upgrade.on_upgrade(move |socket| {
        sockets.track_future(socket::serve(socket, hub, holder, heartbeat))
    }))
}

fn not_a_socket() -> Problem {
    Problem::new(
        StatusCode::UPGRADE_REQUIRED,
        "upgrade_required",
        "This address is a WebSocket",
    )
}

/// Whose ticket it is; nobody's when it was used, is too old or was never given.
async fn holder(
    app: &App,
    ticket: Option<String>,
) -> Result<Option<(String, std::sync::Arc<domain::Actor>)>> {
    let ticket = ticket.unwrap_or_default();
    let Some(claims) = app.tokens.read(&ticket, Purpose::Ticket) else {
        return Ok(None);
    };
    let Some(id) = claims.jti.clone() else {
        return Ok(None);
    };
    let Some(actor) = app.actor(&claims.sid).await? else {
        return Ok(None);
    };
    let (session_id, expires_at) = (claims.sid.clone(), claims.expires_at());
    let first = write!(app, |tx| {
        session::redeem(tx, &id, &session_id, expires_at).await
    })?;
    Ok(first.then_some((claims.sid, actor)))
}
