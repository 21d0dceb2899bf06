//! Who gave a shift away is looked up for each agent whose availability is asked.

use sea_orm_migration::prelude::*;

use crate::column::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_index(index("shift_swaps", &["from_agent_id", "status"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(
            Index::drop()
                .name("ix_shift_swaps_from_agent_id_status")
                .table("shift_swaps")
                .to_owned(),
        )
        .await
    }
}
