//! What a figure counts is listed in the order in which it ended, and suggestions are counted by when they were made.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is indexed: name, table and columns. The first two begin as older ones did, which they replace.
const INDEXES: [(&str, &str); 3] = [
    (
        "ix_tasks_status_ended_at_id",
        "tasks (status, ended_at, id)",
    ),
    (
        "ix_tasks_unit_id_ended_at_id",
        "tasks (unit_id, ended_at, id) WHERE ended_at IS NOT NULL",
    ),
    (
        "ix_suggestions_created_at_id",
        "suggestions (created_at, id)",
    ),
];

const BEFORE: [(&str, &str); 2] = [
    ("ix_tasks_status_ended_at", "tasks (status, ended_at)"),
    (
        "ix_tasks_unit_id_ended_at",
        "tasks (unit_id, ended_at) WHERE ended_at IS NOT NULL",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        replace(m, &BEFORE, &INDEXES).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        replace(m, &INDEXES, &BEFORE).await
    }
}

async fn replace(
    m: &SchemaManager<'_>,
    old: &[(&str, &str)],
    new: &[(&str, &str)],
) -> Result<(), DbErr> {
    let create = new
        .iter()
        .map(|(name, what)| format!("CREATE INDEX {name} ON {what}"));
    let drop = old.iter().map(|(name, _)| format!("DROP INDEX {name}"));
    for statement in create.chain(drop) {
        m.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
