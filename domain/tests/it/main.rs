//! The rules of the domain on real databases: SQLite always, PostgreSQL when there is one.

mod ack;
mod audit;
mod claims;
mod emergency;
mod estimate;
mod finish;
mod flow;
mod full;
mod lateness;
mod life;
mod link;
mod machine;
mod nearest;
mod once;
mod people;
mod permission;
mod plan;
mod position;
mod race;
mod remind;
mod rota;
mod support;
mod visible;
mod window;
mod yielding;
