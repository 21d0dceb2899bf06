//! How exactly the phone knew the place of a task that is a pin.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("tasks")
            .add_column(null(double("place_accuracy_m")))
            .to_owned();
        m.alter_table(add).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table("tasks")
            .drop_column(Alias::new("place_accuracy_m"))
            .to_owned();
        m.alter_table(drop).await
    }
}
