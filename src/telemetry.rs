//! What the process says about itself: log lines and figures.

mod gauges;
mod process;

use std::{io::IsTerminal, sync::OnceLock, time::Duration};

use anyhow::{Context, Result};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Environment;

pub use gauges::Metrics;

/// The commit this was built from, when the build said so.
pub const COMMIT: &str = match option_env!("GAD_COMMIT") {
    Some(commit) => commit,
    None => "unknown",
};

/// Sends log lines to standard error: for people in development, as JSON elsewhere.
pub fn log(environment: Environment, level: &str) {
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter(level));
    // Whoever embeds us may have set up logging already.
    let _ = match environment {
        Environment::Development => registry.with(lines.compact()).try_init(),
        _ => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    log_panics();
}

/// The wanted levels over ours, which silence what libraries say about every statement and connection.
fn filter(level: &str) -> Targets {
    let wanted: Targets = level
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(Level::INFO));
    let quiet = [
        "sqlx",
        "sea_orm",
        "sea_orm_migration",
        "hyper",
        "hyper_util",
        "reqwest",
        "rustls",
        "h2",
        "tower",
    ];
    Targets::new()
        .with_targets(quiet.map(|target| (target, LevelFilter::WARN)))
        .with_default(wanted.default_level().unwrap_or(LevelFilter::INFO))
        .with_targets(wanted)
}

/// A panic is a log line like the others, beside what catches it.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(panic.place = place, "panic: {message}");
    }));
}

/// Sets up the recorder of the process, once; later calls share it.
pub fn record() -> Result<PrometheusHandle> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let recorder = builder()?.build_recorder();
    let handle = recorder.handle();
    // Lost only when somebody else records, or another thread was faster and describes the same.
    if metrics::set_global_recorder(recorder).is_ok() {
        describe();
        let _ = RECORDER.set(handle.clone());
    }
    Ok(RECORDER.get().cloned().unwrap_or(handle))
}

const QUICK: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
const HUMAN: [f64; 12] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
];

fn builder() -> Result<PrometheusBuilder> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &QUICK)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full("gad_ack_seconds".into()), &HUMAN)
        })
        .and_then(|builder| {
            builder
                .set_buckets_for_metric(Matcher::Full("gad_dialogue_step_seconds".into()), &HUMAN)
        })
        .map(|builder| builder.upkeep_timeout(Duration::from_secs(5)))
        .context("the buckets of the metrics")
}

fn describe() {
    describe_counter!(
        "gad_http_requests_total",
        "Requests answered, by method, route and status."
    );
    describe_histogram!(
        "gad_http_request_duration_seconds",
        "From the request's head to the answer's head."
    );
    describe_gauge!("gad_ws_connections", "Open sockets of this process.");
    describe_counter!("gad_ws_messages_sent_total", "Messages written to sockets.");
    describe_histogram!(
        "gad_ws_fanout_seconds",
        "From the commit of an event to its socket."
    );
    describe_counter!("gad_ws_closed_total", "Sockets closed, by reason.");
    describe_counter!(
        "gad_telegram_updates_total",
        "Updates handled, by kind and outcome."
    );
    describe_histogram!(
        "gad_telegram_update_seconds",
        "From receiving an update to its being handled."
    );
    describe_counter!(
        "gad_telegram_sends_total",
        "Messages settled, by lane and outcome."
    );
    describe_counter!(
        "gad_telegram_rate_limited_total",
        "Answers of Telegram that asked to wait."
    );
    describe_histogram!(
        "gad_ack_seconds",
        "From an offer to its acknowledgement, by priority."
    );
    describe_counter!(
        "gad_dialogue_total",
        "Dialogues ended, by name and outcome."
    );
    describe_histogram!(
        "gad_dialogue_step_seconds",
        "Time a person spent on a step of a dialogue."
    );
    describe_counter!(
        "gad_files_operations_total",
        "Reads and writes of evidence, by operation and outcome."
    );
    describe_histogram!(
        "gad_files_seconds",
        "Time until the store of evidence answered, by operation."
    );
    describe_counter!(
        "gad_files_swept_total",
        "Files taken away because nothing named them."
    );
    describe_gauge!("gad_build_info", "1, with version and commit of the build.");
    gauge!("gad_build_info", "version" => env!("CARGO_PKG_VERSION"), "commit" => COMMIT).set(1);
    counter!("gad_telegram_rate_limited_total").increment(0);
    counter!("gad_ws_messages_sent_total").increment(0);
    counter!("gad_files_swept_total").increment(0);
    gauge!("gad_ws_connections").increment(0);
    gauges::describe();
    process::describe();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_quiet_unless_asked() {
        let usual = filter("debug");
        assert!(usual.would_enable("gad", &Level::DEBUG));
        assert!(!usual.would_enable("sqlx::query", &Level::INFO));
        assert!(filter("info,sqlx=debug").would_enable("sqlx::query", &Level::DEBUG));
        assert!(!filter("warn").would_enable("gad", &Level::INFO));
    }
}
