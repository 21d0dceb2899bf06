//! The few kinds of column, key and index that the schema is made of.

use sea_orm_migration::prelude::*;

pub fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

pub fn id() -> ColumnDef {
    ColumnDef::new("id")
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .to_owned()
}

pub fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(*column);
    }
    key
}

pub fn reference(
    table: &'static str,
    column: &'static str,
    target: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(target, "id")
        .to_owned()
}

pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = key(columns);
    index
        .name(format!("ix_{table}_{}", columns.join("_")))
        .table(table)
        .to_owned()
}

pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = key(columns);
    index
        .name(format!("ux_{table}_{}", columns.join("_")))
        .table(table)
        .unique()
        .to_owned()
}

pub async fn drop_tables(m: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        m.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

macro_rules! columns {
    ($($name:ident: $kind:ident;)+) => {$(
        pub fn $name(name: &'static str) -> ColumnDef {
            ColumnDef::new(name).$kind().not_null().to_owned()
        }
    )+};
}

columns! {
    at: timestamp_with_time_zone;
    big: big_integer;
    date: date;
    double: double;
    flag: boolean;
    int: integer;
    json: json_binary;
    local: date_time;
    small: small_integer;
    text: text;
}

/// A text that is one of `words`.
pub fn word(name: &'static str, words: &[&'static str]) -> ColumnDef {
    text(name)
        .check(Expr::col(name).is_in(words.iter().copied()))
        .to_owned()
}

/// The same column, which may be empty.
pub fn null(mut column: ColumnDef) -> ColumnDef {
    column.null().to_owned()
}
