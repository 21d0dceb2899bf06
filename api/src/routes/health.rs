//! Whether this process lives and is of use; no word to strangers about why not.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    addresses::{Addresses, routes},
    app::App,
    extract::Json,
};

/// How one thing we depend on is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Ok,
    /// Works with less, or is away and can be missed.
    Degraded,
    NotConfigured,
    Error,
}

/// Looks at the things we depend on; each look has a deadline of its own.
pub trait Checks: Send + Sync + 'static {
    /// By name: database, redis, telegram, migrations, outbox.
    fn run(&self) -> BoxFuture<'_, BTreeMap<&'static str, CheckState>>;
}

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(health))
        .routes(routes!(live))
        .routes(routes!(versioned))
        .routes(routes!(ready))
}

/// What the board needs to know before anybody signs in.
pub(crate) fn settings() -> Addresses {
    Addresses::default().routes(routes!(public_settings))
}

#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// Whether the process answers.
#[utoipa::path(get, path = "/health", tag = "health", operation_id = "health", responses((status = 200, body = Health)), security(()))]
async fn health() -> Json<Health> {
    OK
}

/// Whether the process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", operation_id = "health_live", responses((status = 200, body = Health)), security(()))]
async fn live() -> Json<Health> {
    OK
}

/// Whether the process answers.
#[utoipa::path(get, path = "/api/v1/health", tag = "health", operation_id = "health_versioned", responses((status = 200, body = Health)), security(()))]
async fn versioned() -> Json<Health> {
    OK
}

#[derive(Serialize, ToSchema)]
struct Ready {
    status: CheckState,
    #[schema(value_type = std::collections::HashMap<String, CheckState>)]
    checks: BTreeMap<&'static str, CheckState>,
}

/// Whether the process can do its work.
#[utoipa::path(get, path = "/health/ready", tag = "health", operation_id = "health_ready",
    responses((status = 200, body = Ready), (status = 503, body = Ready)), security(()))]
async fn ready(State(app): State<App>) -> Response {
    let checks = app.checks.run().await;
    let status = verdict(&checks);
    let code = if status == CheckState::Error {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (code, Json(Ready { status, checks })).into_response()
}

fn verdict(checks: &BTreeMap<&'static str, CheckState>) -> CheckState {
    let any = |state| checks.values().any(|one| *one == state);
    if any(CheckState::Error) {
        CheckState::Error
    } else if any(CheckState::Degraded) {
        CheckState::Degraded
    } else {
        CheckState::Ok
    }
}

#[derive(Serialize, ToSchema)]
struct Settings {
    version: String,
    /// IANA name of the installation's zone.
    zone: String,
    /// A MapLibre style; the map is plain without one.
    map_style_url: Option<String>,
    /// The bot, when its name is known.
    bot_username: Option<String>,
    languages: Vec<&'static str>,
}

/// What the board needs to know before anybody signs in.
#[utoipa::path(get, path = "/settings", tag = "health", operation_id = "settings", responses((status = 200, body = Settings)), security(()))]
async fn public_settings(State(app): State<App>) -> Json<Settings> {
    Json(Settings {
        version: app.config.version.clone(),
        zone: app.store.rules().zone.name().into(),
        map_style_url: app.config.map_style_url.clone(),
        bot_username: app.config.bot_username.get().cloned(),
        languages: locales::Lang::ALL.map(locales::Lang::as_str).to_vec(),
    })
}
