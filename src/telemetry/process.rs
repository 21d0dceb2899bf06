//! Figures of the process itself, under the names every Prometheus client uses; only where /proc is.

use std::fs;

use metrics::{counter, describe_counter, describe_gauge, gauge};

/// Linux counts processor time in hundredths of a second for programs, whatever it does inside.
const TICKS: f64 = 100.0;

pub fn describe() {
    describe_gauge!("process_resident_memory_bytes", "Memory in use.");
    describe_gauge!("process_virtual_memory_bytes", "Address space in use.");
    describe_counter!(
        "process_cpu_seconds_total",
        "Processor time used, in whole seconds."
    );
    describe_gauge!("process_open_fds", "Open file descriptors.");
    describe_gauge!("process_threads", "Threads.");
    describe_gauge!(
        "process_start_time_seconds",
        "Start of the process since 1970."
    );
}

/// Brings the figures up to date.
pub fn refresh() {
    if let Ok(status) = fs::read_to_string("/proc/self/status") {
        set(
            "process_resident_memory_bytes",
            field(&status, "VmRSS:").map(|kb| kb * 1024.0),
        );
        set(
            "process_virtual_memory_bytes",
            field(&status, "VmSize:").map(|kb| kb * 1024.0),
        );
        set("process_threads", field(&status, "Threads:"));
    }
    if let Ok(fds) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(fds.count() as f64);
    }
    if let Ok(stat) = fs::read_to_string("/proc/self/stat") {
        times(&stat);
    }
}

fn set(name: &'static str, value: Option<f64>) {
    if let Some(value) = value {
        gauge!(name).set(value);
    }
}

fn field(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// After the name in brackets: user time is the 12th field, system time the 13th, the start the 20th.
fn times(stat: &str) {
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let at = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok());
    if let (Some(user), Some(system)) = (at(11), at(12)) {
        counter!("process_cpu_seconds_total").absolute(((user + system) / TICKS) as u64);
    }
    let boot = fs::read_to_string("/proc/stat")
        .ok()
        .and_then(|stat| field(&stat, "btime "));
    if let (Some(start), Some(boot)) = (at(19), boot) {
        gauge!("process_start_time_seconds").set(boot + start / TICKS);
    }
}
