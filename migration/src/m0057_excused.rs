//! Why somebody was put on a task all the same stays known when he is asked anew.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("former_assignments")
                .add_column(null(text("override_reason")))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("former_assignments")
                .drop_column(Alias::new("override_reason"))
                .to_owned(),
        )
        .await
    }
}
