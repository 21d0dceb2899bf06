//! An index for every list that would otherwise read a table which grows with the years.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Table and columns, in the order in which a list reads them.
const INDEXES: [(&str, &[&str]); 15] = [
    ("tasks", &["unit_id", "id"]),
    ("tasks", &["lead_agent_id", "id"]),
    ("tasks", &["status", "planned_start_at"]),
    ("tasks", &["status", "window_end_at"]),
    ("tasks", &["status", "ended_at"]),
    ("assignments", &["agent_id", "task_id"]),
    ("assignments", &["state", "task_id"]),
    ("cards", &["subject"]),
    ("positions", &["agent_id", "id"]),
    ("sessions", &["previous_hash"]),
    ("socket_tickets", &["session_id"]),
    ("shifts", &["agent_id", "id"]),
    ("shifts", &["agent_id", "ends_at"]),
    ("leaves", &["agent_id", "id"]),
    ("users", &["name", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            m.create_index(index(table, columns)).await?;
        }
        m.get_connection().execute_unprepared(URGENCY).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let urgency = Index::drop()
            .name("ix_tasks_urgency")
            .table("tasks")
            .to_owned();
        m.drop_index(urgency).await?;
        for (table, columns) in INDEXES {
            let name = format!("ix_{table}_{}", columns.join("_"));
            m.drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

/// The open tasks in the order of their urgency; the words are those of the query, or it is not used.
const URGENCY: &str = r#"
CREATE INDEX ix_tasks_urgency ON tasks (priority DESC, COALESCE(planned_start_at, created_at), id)
WHERE status IN ('scheduled', 'in_progress', 'paused')"#;
