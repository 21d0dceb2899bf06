//! The table: one file for each fault.

mod crash;
mod emergency;
mod gated;
mod hangups;
mod ids;
mod kills;
mod outage;
mod poison;
mod pool;
mod postgres;
mod slow;

use crate::run::Row;

/// Every row, in the order of the table.
pub const ROWS: &[Row] = &[
    kills::ROW,
    ids::ROW,
    poison::ROW,
    slow::ROW,
    gated::ROW,
    outage::ROW,
    crash::ROW,
    emergency::ROW,
    postgres::ROW,
    hangups::ROW,
    pool::ROW,
];
