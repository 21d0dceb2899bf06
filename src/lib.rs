//! GAD as a value: settings, wiring, and the commands that use them.

mod app;
pub mod backup;
mod bells;
mod bucket;
mod checks;
pub mod commands;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
mod files;
mod lifecycle;
mod open;
mod redis;
mod removals;
mod robot;
mod schema;
mod sealer;
mod telegram_api;
mod telemetry;
mod timers;

pub use app::App;
