//! Positions as PostGIS sees them, where it is.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        index_positions(m.get_connection()).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if m.get_database_backend() == DbBackend::Postgres {
            let drop = "ALTER TABLE last_positions DROP COLUMN IF EXISTS geog";
            m.get_connection().execute_unprepared(drop).await?;
        }
        Ok(())
    }
}

/// Adds the geography of the newest positions and its index, unless they are there or PostGIS can be neither
/// found nor installed: the portable search does without. Can be repeated when PostGIS came later.
pub async fn index_positions(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(INDEX_POSITIONS).await?;
    }
    Ok(())
}

/// The inner block is a savepoint: to be refused the extension must not fail the migration.
const INDEX_POSITIONS: &str = "
DO $$
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS postgis;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'without PostGIS: %', SQLERRM;
    END;
    IF to_regtype('geography') IS NOT NULL THEN
        ALTER TABLE last_positions ADD COLUMN IF NOT EXISTS geog geography(Point, 4326)
            GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography) STORED;
        CREATE INDEX IF NOT EXISTS ix_last_positions_geog ON last_positions USING gist (geog);
    END IF;
END
$$";
