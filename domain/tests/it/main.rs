//! The rules of the domain on real databases: SQLite always, PostgreSQL when there is one.

mod flow;
mod life;
mod machine;
mod support;
