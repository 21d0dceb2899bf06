//! Earlier rounds of people who were asked anew are listed by their time and by their agent. The kept sums of days left
//! them out: those days are counted anew.

use sea_orm_migration::prelude::*;

use crate::column::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is indexed, and the names of it.
const INDEXES: [([&str; 2], &str); 2] = [
    (["offered_at", "id"], "ix_former_assignments_offered_at_id"),
    (["agent_id", "id"], "ix_former_assignments_agent_id_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (columns, _) in INDEXES {
            m.create_index(index("former_assignments", &columns))
                .await?;
        }
        m.get_connection()
            .execute_unprepared("UPDATE figure_days SET whole = FALSE")
            .await
            .map(drop)
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (_, name) in INDEXES {
            m.drop_index(
                Index::drop()
                    .name(name)
                    .table("former_assignments")
                    .to_owned(),
            )
            .await?;
        }
        Ok(())
    }
}
