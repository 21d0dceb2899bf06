//! When a group got its last broadcast, and what Telegram said to it; and what Telegram was asked about the topic of an emergency:
//! it knows no key by which a second question could be told from the first.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn columns() -> [(&'static str, &'static str, ColumnDef); 4] {
    [
        ("unit_groups", "posted_at", null(at("posted_at"))),
        ("unit_groups", "trouble", null(text("trouble"))),
        ("emergency_topics", "asked_at", null(at("asked_at"))),
        ("emergency_topics", "shut_at", null(at("shut_at"))),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, _, column) in columns() {
            m.alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        m.create_index(index("unit_groups", &["registered_by"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let name = "ix_unit_groups_registered_by";
        m.drop_index(Index::drop().name(name).table("unit_groups").to_owned())
            .await?;
        for (table, name, _) in columns() {
            let column = Alias::new(name);
            m.alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
