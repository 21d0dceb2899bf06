//! Whoever is asked anew for a task leaves behind what he answered before, an offer says who made it, and the story of a
//! task is read in the order of its time.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What the story of a task is told from, in the order of its time.
const TOLD: [&str; 2] = ["status_history", "reports"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let by = null(big("offered_by"));
        m.alter_table(
            Table::alter()
                .table("assignments")
                .add_column(by)
                .to_owned(),
        )
        .await?;
        m.create_table(
            table("former_assignments")
                .col(id())
                .col(big("task_id"))
                .col(big("agent_id"))
                .col(word(
                    "state",
                    &[
                        "offered",
                        "acknowledged",
                        "declined",
                        "en_route",
                        "on_site",
                        "released",
                    ],
                ))
                .col(null(text("reason")))
                .col(at("state_at"))
                .col(null(big("offered_by")))
                .col(at("offered_at"))
                .col(null(at("acknowledged_at")))
                .col(null(at("en_route_at")))
                .col(null(at("on_site_at")))
                .col(null(at("released_at")))
                .col(null(at("escalated_at")))
                .col(null(at("unreachable_at")))
                .foreign_key(&mut reference("former_assignments", "task_id", "tasks"))
                .foreign_key(&mut reference("former_assignments", "agent_id", "agents"))
                .foreign_key(&mut reference("former_assignments", "offered_by", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("former_assignments", &["task_id"]))
            .await?;
        for table in TOLD {
            m.create_index(index(table, &["task_id", "happened_at", "id"]))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in TOLD {
            let name = format!("ix_{table}_task_id_happened_at_id");
            m.drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        drop_tables(m, &["former_assignments"]).await?;
        let by = Alias::new("offered_by");
        m.alter_table(
            Table::alter()
                .table("assignments")
                .drop_column(by)
                .to_owned(),
        )
        .await
    }
}
