//! Who waits for his turn is found in the order of arrival, without a look at those behind or at what is done.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_index(index("inbox", &["status", "id"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.get_connection()
            .execute_unprepared("DROP INDEX ix_inbox_status_id")
            .await
            .map(drop)
    }
}
