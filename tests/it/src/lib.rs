//! What a test of the whole system needs: databases, a running GAD, and people who use it.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use it::{Backend, TestApp};
//! let Some(app) = TestApp::on(Backend::Sqlite).start().await? else { return Ok(()) };
//! let ana = app.agent("Ana").await?;
//! ana.says("/tareas")?;
//! ana.until_text("tareas").await?;
//! # Ok(()) }
//! ```

pub mod app;
pub mod board;
pub mod database;
mod help;
pub mod http;
mod leftovers;
pub mod mate;
mod panics;
pub mod people;
pub mod process;
pub mod redis;
mod staff;
pub mod tls;
pub mod until;
pub mod wire;
pub mod wish;

pub use app::TestApp;
pub use board::Board;
pub use database::{Backend, Database};
pub use http::Http;
pub use mate::Mate;
pub use people::{Recruit, Somebody};
pub use redis::Redis;
pub use until::until;
pub use wire::Wire;
pub use wish::Wish;
