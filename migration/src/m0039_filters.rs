//! An index for every filter of a list. The record is read in the order of its time, whoever did it, to whatever, and
//! whatever was done; files are found by where they lie.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A list of the record is a page of one of these, read backwards.
const NEW: [&[&str]; 6] = [
    &["at", "id"],
    &["user_id", "at", "id"],
    &["action", "at", "id"],
    &["subject_kind", "at", "id"],
    &["subject_id", "at", "id"],
    &["subject_kind", "subject_id", "at", "id"],
];

/// What they take the place of.
const OLD: [&[&str]; 3] = [
    &["at"],
    &["user_id", "id"],
    &["subject_kind", "subject_id", "id"],
];

/// What stands before the first dot of an action; the words are those of the query, or it is not used.
const KIND: [&str; 2] = [
    "CREATE INDEX ix_audit_kind_at_id ON audit (substr(action, 1, instr(action, '.') - 1), \"at\", id)",
    "CREATE INDEX ix_audit_kind_at_id ON audit (split_part(action, '.', 1), \"at\", id)",
];

/// Table and columns of the other lists, in the order in which they are read.
const OTHERS: [(&str, &[&str]); 11] = [
    ("attachments", &["path"]),
    ("broadcasts", &["drill", "id"]),
    ("emergencies", &["drill", "id"]),
    ("exports", &["path"]),
    ("leaves", &["ends_at"]),
    ("leaves", &["starts_at"]),
    ("leaves", &["status", "id"]),
    ("shift_swaps", &["status", "id"]),
    ("shifts", &["ends_at"]),
    ("users", &["active", "name", "id"]),
    ("users", &["level", "name", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        exchange(m, &OLD, &NEW).await?;
        let [sqlite, postgres] = KIND;
        let kind = match m.get_database_backend() {
            DbBackend::Sqlite => sqlite,
            _ => postgres,
        };
        m.get_connection().execute_unprepared(kind).await?;
        for (table, columns) in OTHERS {
            m.create_index(index(table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in OTHERS {
            remove(m, table, columns).await?;
        }
        remove(m, "audit", &["kind", "at", "id"]).await?;
        exchange(m, &NEW, &OLD).await
    }
}

async fn exchange(
    m: &SchemaManager<'_>,
    old: &[&[&'static str]],
    new: &[&[&'static str]],
) -> Result<(), DbErr> {
    for columns in old {
        remove(m, "audit", columns).await?;
    }
    for columns in new {
        m.create_index(index("audit", columns)).await?;
    }
    Ok(())
}

async fn remove(
    m: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let name = format!("ix_{table}_{}", columns.join("_"));
    m.drop_index(Index::drop().name(name).table(table).to_owned())
        .await
}
