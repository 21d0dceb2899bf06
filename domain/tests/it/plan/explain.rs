//! What is wrong with how a database went about a statement.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

use super::{
    fill::BIG,
    watch::{Heard, NOTICE, STATEMENT},
};

/// Rows that a page may sort, or read in vain, in a table of any size.
const FEW: f64 = 6000.0;

/// Tables that only PostgreSQL is asked about.
const ALSO_BIG: [&str; 6] = [
    "broadcasts",
    "broadcast_answers",
    "broadcast_recipients",
    "drills",
    "check_ins",
    "check_in_people",
];

/// What PostgreSQL did that takes longer the more rows there are.
pub fn found_on_postgres(heard: &[Heard]) -> Vec<String> {
    let mut found = Vec::new();
    for plan in plans(heard) {
        let mut faults = Vec::new();
        walk(&plan["Plan"], &mut faults);
        let statement = &plan["Query Text"];
        let from = statement
            .as_str()
            .and_then(|text| text.split_once("FROM"))
            .map_or("", |(_, rest)| rest);
        found.extend(faults.iter().map(|fault| format!("{fault} in {from}")));
    }
    found
}

/// What PostgreSQL told of each statement.
pub fn plans(heard: &[Heard]) -> impl Iterator<Item = Value> {
    let told = heard.iter().filter(|one| one.from == NOTICE);
    let told = told.filter_map(|one| one.text.split_once("plan:"));
    told.map(|(_, json)| serde_json::from_str(json).expect("auto_explain speaks JSON"))
}

fn walk(node: &Value, faults: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    if kind == "Seq Scan" && (BIG.contains(&table) || ALSO_BIG.contains(&table)) {
        faults.push(format!("all of {table} is read"));
    }
    let loops = node["Actual Loops"].as_f64().unwrap_or(0.0);
    let in_vain = ["Rows Removed by Filter", "Rows Removed by Index Recheck"];
    let wasted: f64 = in_vain.iter().filter_map(|key| node[*key].as_f64()).sum();
    if wasted * loops > FEW {
        faults.push(format!(
            "{} rows of {table} are read in vain by {kind}",
            wasted * loops
        ));
    }
    let parts = node["Plans"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let input: f64 = parts
        .iter()
        .filter_map(|part| part["Actual Rows"].as_f64())
        .sum();
    if kind.contains("Sort") && input * loops > FEW {
        faults.push(format!("{} rows are sorted", input * loops));
    }
    for part in parts {
        walk(part, faults);
    }
}

/// What SQLite would do that takes longer the more rows there are.
pub async fn found_on_sqlite(db: &DatabaseConnection, heard: &[Heard]) -> Vec<String> {
    let mut found = Vec::new();
    for Heard { text, .. } in heard.iter().filter(|one| one.from == STATEMENT) {
        // An empty set of ids: SQLite sees that before it begins.
        if text.contains("WHERE ? = ?")
            || !["SELECT", "UPDATE", "DELETE"]
                .iter()
                .any(|verb| text.starts_with(verb))
        {
            continue;
        }
        let explain =
            Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {text}"));
        let steps = db.query_all_raw(explain).await.expect("its own statement");
        for step in steps {
            let detail: String = step.try_get("", "detail").expect("a text");
            if reads_all(&detail) {
                found.push(format!("{detail} in {text}"));
            }
        }
    }
    found
}

fn reads_all(detail: &str) -> bool {
    let table = detail
        .strip_prefix("SCAN ")
        .and_then(|rest| rest.split(' ').next());
    // The index on urgency holds only what is open.
    table.is_some_and(|table| BIG.contains(&table)) && !detail.ends_with("ix_tasks_urgency")
}
