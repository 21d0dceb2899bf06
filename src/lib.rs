//! GAD as a value: settings, wiring, and the commands that use them.

pub mod commands;
pub mod config;
pub mod files;
pub mod lifecycle;
mod open;
mod schema;
mod telegram_api;
pub mod telemetry;
