//! When whoever called for help pressed again last: who was rung before that hears it with the next ring.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("emergencies")
                .add_column(null(at("pressed_at")))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("emergencies")
                .drop_column(Alias::new("pressed_at"))
                .to_owned(),
        )
        .await
    }
}
