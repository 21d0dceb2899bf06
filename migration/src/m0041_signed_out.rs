//! From when on somebody is signed out everywhere, and which sessions were opened by which Telegram account: what was
//! signed before, or there, opens nothing afterwards.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let moment = null(at("signed_out_at"));
        m.alter_table(Table::alter().table("users").add_column(moment).to_owned())
            .await?;
        let by = null(big("telegram_id"));
        m.alter_table(Table::alter().table("sessions").add_column(by).to_owned())
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("sessions", "telegram_id"), ("users", "signed_out_at")] {
            let less = Table::alter()
                .table(table)
                .drop_column(Alias::new(column))
                .to_owned();
            m.alter_table(less).await?;
        }
        Ok(())
    }
}
