//! What the two databases refuse, and what they fill in by themselves, in the same words.

use std::collections::BTreeSet;

use anyhow::Result;
use it::database::{Backend, Database};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::only;

/// Entities tell nothing of these either: where SQLite writes a table anew, or PostgreSQL is told by hand, one is easily
/// left out or left behind.
#[tokio::test]
async fn both_databases_have_the_same_checks_and_defaults() -> Result<()> {
    let (Some(one), Some(other)) = (
        Database::migrated(Backend::Sqlite).await?,
        Database::migrated(Backend::Postgres).await?,
    ) else {
        return Ok(());
    };
    let (sqlite, postgres) = (one.connect().await?, other.connect().await?);
    let (on_sqlite, on_postgres) = (checks(&sqlite).await?, checks(&postgres).await?);
    let known = "check attachments: 'failed' 'pending' 'stored' state";
    assert!(on_sqlite.contains(known), "{on_sqlite:?}");
    let differences = (
        only(&on_sqlite, &on_postgres),
        only(&on_postgres, &on_sqlite),
    );
    assert_eq!(
        differences,
        (Vec::new(), Vec::new()),
        "checks of only SQLite, of only PostgreSQL"
    );
    let (on_sqlite, on_postgres) = (defaults(&sqlite).await?, defaults(&postgres).await?);
    assert_eq!(on_sqlite, on_postgres, "defaults");
    Ok(())
}

async fn rows(db: &DatabaseConnection, sql: &str) -> Result<Vec<(String, String)>, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

async fn checks(db: &DatabaseConnection) -> Result<BTreeSet<String>, DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let tables = rows(db, SQLITE_TABLES).await?;
        let found = tables.iter().flat_map(|(table, sql)| {
            let checks = checks_in(sql);
            checks.into_iter().map(move |check| rule(table, check))
        });
        return Ok(found.collect());
    }
    let found = rows(db, POSTGRES_CHECKS).await?;
    Ok(found
        .iter()
        .map(|(table, check)| rule(table, check))
        .collect())
}

async fn defaults(db: &DatabaseConnection) -> Result<BTreeSet<String>, DbErr> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => SQLITE_DEFAULTS,
        _ => POSTGRES_DEFAULTS,
    };
    let found = rows(db, sql).await?;
    Ok(found
        .iter()
        .map(|(column, value)| format!("default {column}: {}", words(value).join(" ")))
        .collect())
}

fn rule(table: &str, check: &str) -> String {
    let mut words = words(check);
    words.sort_unstable();
    format!("check {table}: {}", words.join(" "))
}

/// What stands in the brackets after every CHECK of a statement that makes a table.
fn checks_in(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(at) = rest.to_ascii_uppercase().find("CHECK (") {
        rest = &rest[at + "CHECK ".len()..];
        let end = closing(rest).unwrap_or(rest.len());
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

/// Behind the bracket that closes the first one; brackets in texts are none.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// The words of an expression without what the databases write in ways of their own: brackets and commas, types, and
/// whether one of several is `IN (…)` or `= ANY (ARRAY[…])`.
fn words(expression: &str) -> Vec<String> {
    const SAME: [&str; 6] = ["check", "in", "any", "array", "=", "constraint"];
    let mut words = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            '<' | '>' | '!' | '=' => span(rest, |letter| "<>!=".contains(letter)),
            one if is_named(one) || one == '"' => span(rest, |one| is_named(one) || one == '"'),
            ':' => {
                let kind = rest.trim_start_matches(':');
                rest.len() - kind.len() + span(kind, is_named)
            }
            other => other.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        let plain = match first {
            '\'' => word.to_owned(),
            _ => word.trim_matches('"').to_lowercase(),
        };
        let is_word = first == '\'' || is_named(first) || "\"<>!=".contains(first);
        if is_word && !SAME.contains(&plain.as_str()) {
            words.push(plain);
        }
        rest = after.trim_start();
    }
    words
}

fn is_named(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn span(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|letter: char| !is_part(letter))
        .unwrap_or(text.len())
}

#[test]
fn the_same_check_is_the_same_in_the_words_of_both_databases() {
    let table = r#"CREATE TABLE "a" ( "id" integer, "state" text NOT NULL CHECK ("state" IN ('on', 'o(ff')), "n" integer CHECK (n >= 1) )"#;
    let found = checks_in(table);
    assert_eq!(found, [r#"("state" IN ('on', 'o(ff'))"#, "(n >= 1)"]);
    let of = |check: &str| rule("a", check);
    let postgres = "CHECK ((state = ANY (ARRAY['on'::text, 'o(ff'::text])))";
    assert_eq!(of(found[0]), of(postgres));
    assert_eq!(of(found[1]), of("CHECK ((n >= 1))"));
    for other in [
        "CHECK ((state = ANY (ARRAY['on'::text])))",
        "CHECK ((kind = ANY (ARRAY['on'::text, 'o(ff'::text])))",
        "CHECK ((state <> ALL (ARRAY['on'::text, 'o(ff'::text])))",
    ] {
        assert_ne!(of(found[0]), of(other));
    }
    assert_ne!(of(found[1]), of("CHECK ((n > 1))"));
    assert_eq!(words("'x'::character varying"), ["'x'", "varying"]);
}

const SQLITE_TABLES: &str = "
SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'seaql_%'";

const POSTGRES_CHECKS: &str = "
SELECT t.relname::text, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'c' AND t.relnamespace = 'public'::regnamespace AND t.relname <> 'spatial_ref_sys'";

const SQLITE_DEFAULTS: &str = "
SELECT t.name || '.' || c.name, CAST(c.dflt_value AS text) FROM sqlite_master t JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'seaql_%' AND c.dflt_value IS NOT NULL";

/// The next number of a row, and what is reckoned from other columns, are no defaults.
const POSTGRES_DEFAULTS: &str = "
SELECT c.table_name::text || '.' || c.column_name::text, c.column_default::text FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
    AND c.column_default IS NOT NULL AND c.column_default NOT LIKE 'nextval(%'
    AND c.table_name NOT LIKE 'seaql_%' AND c.table_name <> 'spatial_ref_sys'";
