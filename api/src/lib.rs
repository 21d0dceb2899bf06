//! HTTP and WebSocket over the domain: who may come in, what goes in and out, and what strangers are told.

mod addresses;
mod answer;
mod app;
mod assets;
mod asyncapi;
mod auth;
mod cache;
mod cap;
mod client;
mod config;
mod crowd;
#[doc(hidden)]
pub mod doors;
mod error;
mod extract;
mod finish;
mod headers;
pub mod hub;
mod lang;
mod limits;
mod measure;
mod once;
mod out;
mod read;
mod routes;
mod serve;
mod socket;
mod turn;
mod uploads;
mod wanted;

use axum::Router;

pub use app::Api;
pub use cache::{Alone, Cache};
pub use config::{Config, Limits, Network};
pub use hub::Hub;
pub use limits::{Hit, Limiter, Local, Quota};
pub use routes::health::{CheckState, Checks};
pub use serve::{Goodbye, serve};

/// Everything this crate answers; `extra` joins it behind the same headers, measures and panic fence.
pub fn router(api: Api, extra: Router) -> Router {
    let app = app::App::new(api);
    routes::all(&app, extra)
}

/// The AsyncAPI document of the socket: the same text for the same program.
pub fn asyncapi() -> String {
    let json = serde_json::to_string_pretty(&asyncapi::document());
    json.expect("a document made of plain values has a JSON form")
}

/// The OpenAPI document: the same text for the same program.
pub fn openapi() -> String {
    let json = routes::documents::document().to_pretty_json();
    json.expect("a document made of plain values has a JSON form")
}
