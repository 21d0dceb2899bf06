//! Papers made of what the domain knows: tables as CSV, XLSX and PDF, pictures of figures, and sheets of invitations.
//! Rows come from the database in pages and go out at once, so that a large paper needs no more memory than a small one.

mod cell;
mod csv;
mod font;
pub mod invites;
mod pdf;
pub mod picture;
pub mod report;
mod words;
mod xlsx;

pub use cell::{Cell, Column};
pub use report::{Format, Order};

/// Why a paper was not made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error(transparent)]
    Domain(#[from] domain::Error),
    #[error("no room for a paper on its way: {0}")]
    Disk(#[from] std::io::Error),
    #[error("a paper could not be written: {0}")]
    Written(String),
}

pub type Result<T, E = PaperError> = std::result::Result<T, E>;
