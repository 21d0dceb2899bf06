//! Where safety copies go, and what makes them.

use std::path::PathBuf;

use super::{
    bucket::{Place, S3},
    read::Reader,
};

/// How backups are made and kept.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Every night at 02:00 UTC.
    pub daily: bool,
    pub place: Place,
    pub keep_days: u32,
    pub s3: S3,
    /// The folder of pg_dump and pg_restore; on the path without one.
    pub programs: Option<PathBuf>,
    /// What a database for a trial is copied from.
    pub scratch_template: String,
}

impl Backup {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            daily: reader.flag("backup.daily"),
            place: Place::read(reader, "backup.target"),
            keep_days: reader.number("backup.keep_days", 1..=3650),
            s3: S3::read(reader, "backup"),
            programs: reader.text("backup.programs").map(PathBuf::from),
            scratch_template: reader.text("backup.scratch_template").unwrap_or_default(),
        }
    }
}
