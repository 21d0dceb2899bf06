//! The table: one file for each fault.

mod clock;
mod crash;
mod disk;
mod emergency;
mod events;
mod gated;
mod hangups;
mod holder;
mod hostile;
mod ids;
mod kills;
mod moving;
mod outage;
mod poison;
mod pool;
mod postgres;
mod readers;
mod redis;
mod revoked;
mod rolling;
mod scattered;
mod slow;
mod sqlite;
mod storm;

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
    holder::ROW,
    emergency::ROW,
    postgres::ROW,
    hangups::ROW,
    pool::ROW,
    scattered::ROW,
    redis::ROW,
    revoked::ROW,
    rolling::ROW,
    sqlite::ROW,
    disk::ROW,
    clock::ROW,
    readers::ROW,
    storm::ROW,
    moving::ROW,
    events::ROW,
    hostile::ROW,
];
