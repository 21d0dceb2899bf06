//! Messages about tasks name whoever did it by number: of those that have left, the name is taken out. Those that still wait
//! keep it, for an instance of the release before.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const ON_POSTGRES: &str = "UPDATE outbox SET notice = notice - 'by'
    WHERE notice->>'notice' = 'task' AND status NOT IN ('queued', 'sending')";

const ON_SQLITE: &str = "UPDATE outbox SET notice = json_remove(notice, '$.by')
    WHERE json_extract(notice, '$.notice') = 'task' AND status NOT IN ('queued', 'sending')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let forget = match m.get_database_backend() {
            DbBackend::Postgres => ON_POSTGRES,
            _ => ON_SQLITE,
        };
        m.get_connection()
            .execute_unprepared(forget)
            .await
            .map(drop)
    }

    /// Nobody reads them any more.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
