//! The migrations and the entities must describe the same tables.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use it::database::{Backend, Database};
use migration::{Migrator, MigratorTrait};
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, Schema, Statement};

mod rules;

/// Table, then column, then what it is.
type Catalog = BTreeMap<String, BTreeMap<String, Column>>;

#[derive(Debug, PartialEq, FromQueryResult)]
struct Column {
    kind: String,
    optional: bool,
    in_key: bool,
    unique: bool,
    generated: bool,
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn migrations_and_entities_agree(#[case] backend: Backend) -> Result<()> {
    let Some(migrated) = Database::empty(backend).await? else {
        return Ok(());
    };
    let Some(drawn) = Database::empty(backend).await? else {
        return Ok(());
    };
    let by_migrations = migrated.connect().await?;
    let by_entities = drawn.connect().await?;
    Migrator::up(&by_migrations, None).await?;
    create_tables(&by_entities).await?;

    let (migrated, drawn) = (catalog(&by_migrations).await?, catalog(&by_entities).await?);
    assert_eq!(names(&migrated), names(&drawn), "tables");
    for (table, columns) in &migrated {
        assert_eq!(columns, &drawn[table], "columns of {table}");
    }
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_migration_can_be_taken_back(#[case] backend: Backend) -> Result<()> {
    let Some(database) = Database::empty(backend).await? else {
        return Ok(());
    };
    let db = database.connect().await?;
    Migrator::up(&db, None).await?;
    let before = (catalog(&db).await?, links(&db).await?);
    Migrator::down(&db, None).await?;
    assert_eq!(
        names(&catalog(&db).await?),
        BTreeSet::new(),
        "tables that stay behind"
    );
    Migrator::up(&db, None).await?;
    assert_eq!((catalog(&db).await?, links(&db).await?), before);
    Ok(())
}

/// Entities tell nothing of foreign keys and indexes, so that the two databases are compared with each other: where
/// SQLite writes a table anew, one is easily left out.
#[tokio::test]
async fn both_databases_have_the_same_foreign_keys_and_indexes() -> Result<()> {
    let (Some(one), Some(other)) = (
        Database::migrated(Backend::Sqlite).await?,
        Database::migrated(Backend::Postgres).await?,
    ) else {
        return Ok(());
    };
    let sqlite = links(&one.connect().await?).await?;
    let postgres = links(&other.connect().await?).await?;
    assert!(
        sqlite.contains("key assignments (task_id) of tasks"),
        "{sqlite:?}"
    );
    assert!(sqlite.contains("index tasks (code) unique"), "{sqlite:?}");
    let differences = (only(&sqlite, &postgres), only(&postgres, &sqlite));
    assert_eq!(
        differences,
        (Vec::new(), Vec::new()),
        "only SQLite, only PostgreSQL"
    );
    Ok(())
}

fn names(catalog: &Catalog) -> BTreeSet<&String> {
    catalog.keys().collect()
}

macro_rules! create {
    ($db:expr, $($table:ident)+) => {{
        let schema = Schema::new($db.get_database_backend());
        $($db.execute(&schema.create_table_from_entity(::entity::$table::Entity)).await?;)+
        Ok(())
    }};
}

async fn create_tables(db: &DatabaseConnection) -> Result<(), DbErr> {
    create!(
        db,
        agent agent_unit assignment attachment audit broadcast broadcast_answer broadcast_post broadcast_recipient calendar card
        check_in check_in_person check_in_told code_counter consent day_figure dialogue drill emergency emergency_offer emergency_topic enrolment
        estimate event export figure_day file_removal former_assignment history inbox
        kept_answer last_position
        lease leave login_attempt nudge_day outbox position report session setting shift shift_swap socket_ticket
        suggestion task
        task_kind timer unavailability unit unit_group unit_member user
    )
}

#[derive(FromQueryResult)]
struct Named {
    table_name: String,
    column_name: String,
}

async fn catalog(db: &DatabaseConnection) -> Result<Catalog, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        sea_orm::DbBackend::Sqlite => SQLITE,
        _ => POSTGRES,
    };
    let mut catalog = Catalog::new();
    for row in db
        .query_all_raw(Statement::from_string(backend, sql))
        .await?
    {
        let Named {
            table_name,
            column_name,
        } = Named::from_query_result(&row, "")?;
        catalog
            .entry(table_name)
            .or_default()
            .insert(column_name, Column::from_query_result(&row, "")?);
    }
    Ok(catalog)
}

fn only(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Vec<String> {
    one.difference(other).cloned().collect()
}

/// Every foreign key, and every index but those of the primary keys, in words.
async fn links(db: &DatabaseConnection) -> Result<BTreeSet<String>, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        sea_orm::DbBackend::Sqlite => SQLITE_LINKS,
        _ => POSTGRES_LINKS,
    };
    let rows = db
        .query_all_raw(Statement::from_string(backend, sql))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

const SQLITE_LINKS: &str = r#"
SELECT 'index ' || t.name || ' (' || (
        SELECT group_concat(name, ', ') FROM (SELECT coalesce(c.name, '…') AS name FROM pragma_index_info(i.name) c ORDER BY c.seqno)
    ) || ')' || iif(i."unique", ' unique', '') || iif(i.partial, ' partial', '')
FROM sqlite_master t JOIN pragma_index_list(t.name) i
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'seaql_%' AND i.origin <> 'pk'
UNION ALL
SELECT 'key ' || t.name || ' (' || f."from" || ') of ' || f."table"
FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f
WHERE t.type = 'table'
"#;

/// Those of other kinds than btree search words and places and exclude overlaps: SQLite has none of them.
const POSTGRES_LINKS: &str = r#"
SELECT 'index ' || t.relname || ' (' || (
        SELECT string_agg(coalesce(a.attname::text, '…'), ', ' ORDER BY k.place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number AND k.number <> 0
    ) || ')' || CASE WHEN i.indisunique THEN ' unique' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE 'seaql_%' AND t.relname <> 'spatial_ref_sys'
    AND NOT i.indisprimary AND m.amname = 'btree'
UNION ALL
SELECT 'key ' || t.relname || ' (' || a.attname || ') of ' || f.relname
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND t.relnamespace = 'public'::regnamespace
"#;

const SQLITE: &str = r#"
SELECT t.name AS table_name, c.name AS column_name, lower(c.type) AS kind, c."notnull" = 0 AS optional, c.pk > 0 AS in_key,
    t.sql LIKE '%autoincrement%' AND c.pk > 0 AS generated,
    EXISTS (
        SELECT 1 FROM pragma_index_list(t.name) i
        WHERE i."unique" AND i.origin <> 'pk'
            AND (SELECT count(*) FROM pragma_index_info(i.name)) = 1
            AND (SELECT name FROM pragma_index_info(i.name)) = c.name
    ) AS "unique"
FROM sqlite_master t JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'seaql_%'
"#;

/// Generated columns, such as the geography beside a position, are the database's own business.
const POSTGRES: &str = r#"
WITH keys AS (
    SELECT t.relname, i.indisprimary, array_agg(a.attname::text) AS columns
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace
    GROUP BY i.indexrelid, t.relname, i.indisprimary
)
SELECT c.table_name::text, c.column_name::text, c.udt_name::text AS kind, c.is_nullable = 'YES' AS optional,
    coalesce(c.column_default LIKE 'nextval(%', false) AS generated,
    EXISTS (SELECT 1 FROM keys WHERE keys.relname = c.table_name AND indisprimary AND c.column_name = ANY (columns)) AS in_key,
    EXISTS (SELECT 1 FROM keys WHERE keys.relname = c.table_name AND NOT indisprimary AND columns = ARRAY[c.column_name::text]) AS "unique"
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
    AND c.table_name NOT LIKE 'seaql_%' AND c.table_name <> 'spatial_ref_sys'
"#;
