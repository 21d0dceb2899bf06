//! The score of a drill is kept at its end, and calls for help that were practised are drills too.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in [null(big("emergency_id")), null(json("score"))] {
            m.alter_table(Table::alter().table("drills").add_column(column).to_owned())
                .await?;
        }
        m.create_index(unique("drills", &["emergency_id"])).await?;
        m.get_connection()
            .execute_unprepared(&calls(m.get_database_backend()))
            .await
            .map(drop)
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.get_connection()
            .execute_unprepared("DELETE FROM drills WHERE emergency_id IS NOT NULL")
            .await?;
        m.drop_index(
            Index::drop()
                .name("ux_drills_emergency_id")
                .table("drills")
                .to_owned(),
        )
        .await?;
        for name in ["score", "emergency_id"] {
            m.alter_table(
                Table::alter()
                    .table("drills")
                    .drop_column(Alias::new(name))
                    .to_owned(),
            )
            .await?;
        }
        Ok(())
    }
}

/// The practised calls that have left; the audience and the end by plan mean nothing for them.
fn calls(backend: DbBackend) -> String {
    let nobody = match backend {
        DbBackend::Postgres => r#"'{"kind":"all"}'::jsonb"#,
        _ => r#"'{"kind":"all"}'"#,
    };
    format!(
        "INSERT INTO drills (status, words, audience, starts_at, ends_at, emergency_id, created_by, created_at)
        SELECT 'held', t.code, {nobody}, e.raised_at, e.raised_at, e.id, e.raised_by, e.created_at
        FROM emergencies e JOIN tasks t ON t.id = e.task_id
        WHERE e.drill AND e.raised_at IS NOT NULL
        ORDER BY e.id"
    )
}
