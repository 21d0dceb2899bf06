//! The table: one file for each fault.

mod kills;

use crate::run::Row;

/// Every row, in the order of the table.
pub const ROWS: &[Row] = &[kills::ROW];
