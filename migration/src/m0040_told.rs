//! Of every present offer: when Telegram took its first ring and its latest, and since when nobody can be told of its silence.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [&str; 3] = ["sent_at", "rung_at", "unheard_at"];

/// What was delivered of the offers that still wait for an answer.
const DELIVERED: &str = "
    FROM outbox AS o JOIN agents AS a ON a.user_id = o.user_id
    WHERE a.id = assignments.agent_id AND o.task_id = assignments.task_id
    AND o.status = 'sent' AND o.created_at >= assignments.offered_at
    AND CAST(o.notice AS TEXT) LIKE '%\"card\"%' AND CAST(o.notice AS TEXT) LIKE '%\"ring\"%true%'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            m.alter_table(
                Table::alter()
                    .table("assignments")
                    .add_column(null(at(column)))
                    .to_owned(),
            )
            .await?;
        }
        let known = format!(
            "UPDATE assignments SET sent_at = (SELECT MIN(o.sent_at) {DELIVERED}),
            rung_at = (SELECT MAX(o.sent_at) {DELIVERED}) WHERE state = 'offered'"
        );
        m.get_connection()
            .execute_unprepared(&known)
            .await
            .map(drop)
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            m.alter_table(
                Table::alter()
                    .table("assignments")
                    .drop_column(column)
                    .to_owned(),
            )
            .await?;
        }
        Ok(())
    }
}
