//! A figure beside its goal, for the measurements that are only run when asked for.

use std::{
    io::{self, Write},
    time::Duration,
};

/// Says how long something took, beside its goal; whether that is met. What is said is seen also when the test is good.
pub fn within(goal: Duration, what: &str, took: Duration) -> bool {
    let met = took <= goal;
    let verdict = if met { "met" } else { "MISSED" };
    let (took, goal) = (took.as_secs_f64() * 1e3, goal.as_millis());
    let line = format!("    {what:<52} {took:>10.1} ms  <= {goal:<6} {verdict}\n");
    let told = io::stderr().lock().write_all(line.as_bytes());
    told.expect("somewhere to say it");
    met
}
