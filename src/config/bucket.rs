//! What it takes to reach a bucket, and where something is kept: in a folder, or in one.

use std::path::PathBuf;

use reqwest::Url;
use secrecy::SecretString;

use super::read::Reader;

/// Where things are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    DataFolder,
    Folder(PathBuf),
    Bucket { name: String, prefix: String },
}

/// Where a bucket is served, and the right to it.
#[derive(Clone, Debug)]
pub struct S3 {
    pub endpoint: Option<Url>,
    pub region: String,
    pub access_key: Option<String>,
    pub secret_key: Option<SecretString>,
}

impl S3 {
    /// Those of a section.
    pub(super) fn read(reader: &mut Reader, section: &str) -> Self {
        let key = |name: &str| format!("{section}.s3_{name}");
        let s3 = Self {
            endpoint: reader.url(&key("endpoint")),
            region: reader.text(&key("region")).unwrap_or_default(),
            access_key: reader.text(&key("access_key")),
            secret_key: reader.secret(&key("secret_key")),
        };
        if s3.access_key.is_some() != s3.secret_key.is_some() {
            reader.problem(
                &key("access_key"),
                "it needs the secret key, and that one needs it",
            );
        }
        s3
    }
}

impl Place {
    pub(super) fn read(reader: &mut Reader, key: &str) -> Self {
        reader.value(key, "a folder, or s3://BUCKET/PREFIX", place)
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
