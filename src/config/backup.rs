//! Where safety copies go, and what makes them.

use std::path::PathBuf;

use reqwest::Url;
use secrecy::SecretString;

use super::read::Reader;

/// How backups are made and kept.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Every night at 02:00 UTC.
    pub daily: bool,
    pub place: Place,
    pub keep_days: u32,
    pub s3_endpoint: Option<Url>,
    pub s3_region: String,
    pub s3_access_key: Option<String>,
    pub s3_secret_key: Option<SecretString>,
    /// The folder of pg_dump and pg_restore; on the path without one.
    pub programs: Option<PathBuf>,
    /// What a database for a trial is copied from.
    pub scratch_template: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    DataFolder,
    Folder(PathBuf),
    Bucket { name: String, prefix: String },
}

impl Backup {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let backup = Self {
            daily: reader.flag("backup.daily"),
            place: reader.value("backup.target", "a folder, or s3://BUCKET/PREFIX", place),
            keep_days: reader.number("backup.keep_days", 1..=3650),
            s3_endpoint: reader.url("backup.s3_endpoint"),
            s3_region: reader.text("backup.s3_region").unwrap_or_default(),
            s3_access_key: reader.text("backup.s3_access_key"),
            s3_secret_key: reader.secret("backup.s3_secret_key"),
            programs: reader.text("backup.programs").map(PathBuf::from),
            scratch_template: reader.text("backup.scratch_template").unwrap_or_default(),
        };
        if backup.s3_access_key.is_some() != backup.s3_secret_key.is_some() {
            reader.problem(
                "backup.s3_access_key",
                "it needs the secret key, and that one needs it",
            );
        }
        backup
    }
}

fn place(text: &str) -> Option<Place> {
    if text.is_empty() {
        return Some(Place::DataFolder);
    }
    let Some(rest) = text.strip_prefix("s3://") else {
        return (!text.contains("://")).then(|| Place::Folder(PathBuf::from(text)));
    };
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    (!name.is_empty()).then(|| Place::Bucket {
        name: name.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_folders_or_buckets() {
        assert_eq!(place(""), Some(Place::DataFolder));
        assert_eq!(place("/mnt/safe"), Some(Place::Folder("/mnt/safe".into())));
        let bucket = |name: &str, prefix: &str| {
            let (name, prefix) = (name.to_owned(), prefix.to_owned());
            Some(Place::Bucket { name, prefix })
        };
        assert_eq!(place("s3://safe"), bucket("safe", ""));
        assert_eq!(place("s3://safe/gad/north/"), bucket("safe", "gad/north"));
        assert_eq!(place("ftp://safe"), None);
        assert_eq!(place("s3://"), None);
    }
}
