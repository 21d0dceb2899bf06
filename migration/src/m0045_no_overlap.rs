//! SQLite refuses shifts of one agent that overlap by itself, as PostgreSQL does where it has `btree_gist`; there the guard
//! is tried for once more.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let db = m.get_connection();
        if m.get_database_backend() == DbBackend::Postgres {
            return guard_shifts(db).await;
        }
        for trigger in [ON_INSERT, ON_UPDATE] {
            db.execute_unprepared(trigger).await?;
        }
        Ok(())
    }

    /// The guard of PostgreSQL goes with the migration that added it.
    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if m.get_database_backend() == DbBackend::Postgres {
            return Ok(());
        }
        for name in ["tr_shifts_overlap_insert", "tr_shifts_overlap_update"] {
            let drop = format!("DROP TRIGGER IF EXISTS {name}");
            m.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }
}

/// What has no length meets nothing, here as in a range of PostgreSQL.
const ON_INSERT: &str = "
CREATE TRIGGER tr_shifts_overlap_insert BEFORE INSERT ON shifts
WHEN NEW.starts_at < NEW.ends_at AND EXISTS (
    SELECT 1 FROM shifts AS other
    WHERE other.agent_id = NEW.agent_id AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
        AND other.starts_at < other.ends_at
)
BEGIN
    SELECT RAISE(ABORT, 'two shifts of one agent overlap');
END";

/// What only becomes shorter meets nothing that it did not meet before: shifts that overlapped already can be ended.
const ON_UPDATE: &str = "
CREATE TRIGGER tr_shifts_overlap_update BEFORE UPDATE OF agent_id, starts_at, ends_at ON shifts
WHEN NEW.starts_at < NEW.ends_at
AND (NEW.agent_id <> OLD.agent_id OR NEW.starts_at < OLD.starts_at OR NEW.ends_at > OLD.ends_at)
AND EXISTS (
    SELECT 1 FROM shifts AS other
    WHERE other.agent_id = NEW.agent_id AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
        AND other.starts_at < other.ends_at AND other.id <> OLD.id
)
BEGIN
    SELECT RAISE(ABORT, 'two shifts of one agent overlap');
END";

/// Has PostgreSQL refuse shifts of one agent that overlap, unless it does or `btree_gist` can be neither found nor installed:
/// then the lock on the agent's row, which every planner takes, has to do. Can be repeated when the extension came later.
pub async fn guard_shifts(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(GUARD_SHIFTS).await?;
    }
    Ok(())
}

/// The inner blocks are savepoints: neither a refused extension nor shifts that overlap already must fail the migration.
const GUARD_SHIFTS: &str = "
DO $$
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS btree_gist;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'btree_gist cannot be had: %', SQLERRM;
    END;
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')
        AND NOT EXISTS (
            SELECT FROM pg_constraint WHERE conname = 'ex_shifts_agent_time' AND conrelid = 'shifts'::regclass
        )
    THEN
        BEGIN
            ALTER TABLE shifts ADD CONSTRAINT ex_shifts_agent_time
                EXCLUDE USING gist (agent_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
                DEFERRABLE INITIALLY IMMEDIATE;
        EXCEPTION WHEN exclusion_violation THEN
            RAISE NOTICE 'some shifts overlap already: %', SQLERRM;
        END;
    END IF;
END
$$";
