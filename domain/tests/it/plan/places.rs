//! Whoever is free and nearest is found by one statement, which walks outwards along the index on places.

use serde_json::Value;

use super::{explain, watch::Heard};

/// The search that is looked at: of all people, of whom half are free.
pub const SEARCH: &str = "the nearest for admin";

/// So many it asks for.
pub const WANTED: u64 = 10;

const INDEX: &str = "ix_last_positions_geog";

/// What PostgreSQL did otherwise.
pub fn found_on_postgres(heard: &[Heard]) -> Vec<String> {
    let plans: Vec<Value> = explain::plans(heard).collect();
    let [told] = plans.as_slice() else {
        return vec![format!("{} statements instead of one", plans.len())];
    };
    let plan = &told["Plan"];
    let mut found = Vec::new();
    if !walks_outwards(plan) {
        found.push(format!("{INDEX} is not gone along: {plan}"));
    }
    // Nothing is left to be sorted out afterwards.
    if plan["Actual Rows"].as_f64() != Some(WANTED as f64) {
        found.push(format!("{} rows are read", plan["Actual Rows"]));
    }
    found
}

/// The index gives the rows in the order of their distance.
fn walks_outwards(node: &Value) -> bool {
    let parts = node["Plans"].as_array();
    let here = node["Index Name"] == INDEX && !node["Order By"].is_null();
    here || parts.into_iter().flatten().any(walks_outwards)
}
