//! When a shift was moved to another start or unit: whoever is missing there is told of, also when others were before.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("shifts")
                .add_column(null(at("moved_at")))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("shifts")
                .drop_column(Alias::new("moved_at"))
                .to_owned(),
        )
        .await
    }
}
