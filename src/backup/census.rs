//! Counts what stands in a database at one moment.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::manifest::Census;

/// Tables of ours; those of extensions are not.
const TABLES: [&str; 2] = [
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'",
];

/// The table in which the schema's history stands.
const HISTORY: &str = "seaql_migrations";

pub async fn take(db: &impl ConnectionTrait) -> Result<Census> {
    let tables = tables(db).await?;
    let mut counts = BTreeMap::new();
    for table in &tables {
        let count = one(db, &format!("SELECT count(*) AS n FROM \"{table}\"")).await?;
        let count = count.context("a count")?.try_get::<i64>("", "n")?;
        counts.insert(table.clone(), count);
    }
    let has = |table: &str| tables.iter().any(|one| one == table);
    let mut schema = Vec::new();
    if has(HISTORY) {
        for row in all(
            db,
            &format!("SELECT version FROM {HISTORY} ORDER BY version"),
        )
        .await?
        {
            schema.push(row.try_get("", "version")?);
        }
    }
    let head = "SELECT value FROM settings WHERE key = 'audit_head'";
    let audit_head = match has("settings") {
        true => one(db, head).await?,
        false => None,
    };
    Ok(Census {
        schema,
        counts,
        audit_head: audit_head.map(|row| row.try_get("", "value")).transpose()?,
    })
}

/// Names of the tables of ours.
pub async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let [sqlite, postgres] = TABLES;
    let query = match db.get_database_backend() {
        DbBackend::Sqlite => sqlite,
        _ => postgres,
    };
    let rows = all(db, query).await?;
    let names = rows.iter().map(|row| row.try_get("", "name"));
    Ok(names.collect::<Result<_, _>>()?)
}

async fn all(db: &impl ConnectionTrait, query: &str) -> Result<Vec<QueryResult>> {
    let statement = Statement::from_string(db.get_database_backend(), query);
    Ok(db.query_all_raw(statement).await?)
}

pub async fn one(db: &impl ConnectionTrait, query: &str) -> Result<Option<QueryResult>> {
    let statement = Statement::from_string(db.get_database_backend(), query);
    Ok(db.query_one_raw(statement).await?)
}

/// In what two counts of the same thing differ.
pub fn differences(expected: &Census, found: &Census) -> Vec<String> {
    let mut wrong = Vec::new();
    if expected.schema != found.schema {
        wrong.push("the migrations are not the same".to_owned());
    }
    for table in expected.counts.keys().chain(found.counts.keys()) {
        let (wanted, there) = (expected.counts.get(table), found.counts.get(table));
        if wanted != there {
            let rows = |count: Option<&i64>| count.map_or("no table".into(), i64::to_string);
            wrong.push(format!(
                "{table}: {} instead of {}",
                rows(there),
                rows(wanted)
            ));
        }
    }
    if expected.audit_head != found.audit_head {
        wrong.push("the chain over the record ends elsewhere".to_owned());
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_told_once() {
        let census = |counts: &[(&str, i64)], head: Option<&str>| Census {
            schema: vec!["m0001".into()],
            counts: counts
                .iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect(),
            audit_head: head.map(str::to_owned),
        };
        let made = census(&[("tasks", 7), ("users", 2)], Some("1:a"));
        assert_eq!(differences(&made, &made), Vec::<String>::new());
        let found = census(&[("tasks", 6), ("other", 1)], None);
        assert_eq!(
            differences(&made, &found),
            [
                "other: 1 instead of no table",
                "tasks: 6 instead of 7",
                "the chain over the record ends elsewhere",
                "users: no table instead of 2",
            ]
        );
    }
}
