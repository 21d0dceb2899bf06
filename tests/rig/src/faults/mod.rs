//! The table: one file for each fault.

mod clock;
mod crash;
mod crowd;
mod disk;
mod emergency;
mod events;
mod gated;
mod go;
mod hangups;
mod holder;
mod hostile;
mod ids;
mod kills;
mod late;
mod moving;
mod outage;
mod outage5;
mod poison;
mod pool;
mod postgres;
mod presses;
mod readers;
mod redis;
mod revoked;
mod rings;
mod rolling;
mod scattered;
mod slow;
mod sqlite;
mod steps;
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
    crowd::ROW,
    presses::ROW,
    steps::ROW,
    rings::ROW,
    outage5::ROW,
    go::ROW,
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
