//! The lists about shifts, exchanges and calendar links are read in the order of an index, and leave that was taken
//! back remembers how it was.

use sea_orm_migration::prelude::*;

use crate::column::{at, null};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is indexed: table, name and columns.
const INDEXES: [(&str, &str, &str); 4] = [
    (
        "shift_swaps",
        "ix_shift_swaps_from_agent_id_id",
        "from_agent_id, id",
    ),
    (
        "shift_swaps",
        "ix_shift_swaps_to_agent_id_id",
        "to_agent_id, id",
    ),
    (
        "shift_swaps",
        "ix_shift_swaps_other_shift_id",
        "other_shift_id",
    ),
    ("calendars", "ix_calendars_created_by_id", "created_by, id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, columns) in INDEXES {
            run(m, &format!("CREATE INDEX {name} ON {table} ({columns})")).await?;
        }
        for column in taken_back() {
            let change = Table::alter().table("leaves").add_column(column).to_owned();
            m.alter_table(change).await?;
        }
        // Few shifts leave a note.
        run(
            m,
            "CREATE INDEX ix_shifts_unit_id_note_at ON shifts (unit_id, note_at) WHERE note_at IS NOT NULL",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX ix_shifts_unit_id_note_at").await?;
        for column in taken_back() {
            let name = Alias::new(column.get_column_name());
            let change = Table::alter().table("leaves").drop_column(name).to_owned();
            m.alter_table(change).await?;
        }
        for (_, name, _) in INDEXES {
            run(m, &format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }
}

fn taken_back() -> [ColumnDef; 2] {
    [null(at("withdrawn_at")), null(at("planned_end_at"))]
}

async fn run(m: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    m.get_connection().execute_unprepared(sql).await.map(drop)
}
