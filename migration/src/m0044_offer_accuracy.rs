//! How exactly the place of somebody was known when he was thought of for an emergency.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("emergency_offers")
            .add_column(null(double("position_accuracy_m")))
            .to_owned();
        m.alter_table(add).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table("emergency_offers")
            .drop_column(Alias::new("position_accuracy_m"))
            .to_owned();
        m.alter_table(drop).await
    }
}
