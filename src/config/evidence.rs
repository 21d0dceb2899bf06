//! Where evidence lies.

use std::time::Duration;

use super::{
    bucket::{Place, S3},
    read::Reader,
};

/// Where the files of people are kept.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub place: Place,
    pub s3: S3,
    /// How long the bucket may keep silent, and how long it is tried again.
    pub patience: Duration,
}

impl Evidence {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            place: Place::read(reader, "files.target"),
            s3: S3::read(reader, "files"),
            patience: Duration::from_secs(reader.number("files.patience_seconds", 1..=300)),
        }
    }
}
