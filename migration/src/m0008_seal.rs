//! The place of every entry in the chain of the record.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let column = null(big("number"));
        m.alter_table(Table::alter().table("audit").add_column(column).to_owned())
            .await?;
        m.create_index(unique("audit", &["number"])).await?;
        m.create_index(index("audit", &["at"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ix_audit_at", "ux_audit_number"] {
            m.drop_index(Index::drop().name(name).table("audit").to_owned())
                .await?;
        }
        m.alter_table(
            Table::alter()
                .table("audit")
                .drop_column("number")
                .to_owned(),
        )
        .await
    }
}
