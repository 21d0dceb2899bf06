//! Files sent by bots and people, addressed by file id, bounded in bytes.

use std::collections::{BTreeMap, VecDeque};

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// All stored files, oldest first.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Files {
    rows: BTreeMap<String, StoredFile>,
    order: VecDeque<String>,
    counter: u64,
    #[serde(skip)]
    total: usize,
}

/// One stored file; its bytes are saved beside the index.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    pub path: String,
    pub name: String,
    pub mime: String,
    pub size: usize,
    #[serde(skip)]
    pub bytes: Bytes,
}

impl Files {
    /// Keeps a file and returns its id; drops the oldest ones beyond `most` bytes.
    pub fn keep(
        &mut self,
        folder: &str,
        name: &str,
        mime: &str,
        bytes: Bytes,
        most: usize,
    ) -> String {
        self.counter += 1;
        let id = format!("PaperFile{:012}", self.counter);
        let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        let path = format!("{folder}/file_{}.{ending}", self.counter);
        self.total += bytes.len();
        let row = StoredFile {
            path,
            name: name.to_owned(),
            mime: mime.to_owned(),
            size: bytes.len(),
            bytes,
        };
        self.rows.insert(id.clone(), row);
        self.order.push_back(id.clone());
        self.shrink(most);
        id
    }

    fn shrink(&mut self, most: usize) {
        while self.total > most && self.order.len() > 1 {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            if let Some(row) = self.rows.remove(&oldest) {
                self.total -= row.bytes.len();
            }
        }
    }

    pub fn get(&self, id: &str) -> Option<&StoredFile> {
        self.rows.get(id)
    }

    pub fn by_path(&self, path: &str) -> Option<&StoredFile> {
        self.rows.values().find(|row| row.path == path)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &StoredFile)> {
        self.rows.iter()
    }

    /// Gives the bytes back to a file after a restart.
    pub fn restore(&mut self, id: &str, bytes: Bytes) {
        if let Some(row) = self.rows.get_mut(id) {
            self.total += bytes.len();
            row.bytes = bytes;
        }
    }
}

impl StoredFile {
    /// The file as `getFile` and media objects describe it.
    pub fn describe(&self, id: &str) -> Value {
        json!({"file_id": id, "file_unique_id": unique(id), "file_size": self.size})
    }
}

fn unique(id: &str) -> String {
    format!("AQAD{}", &id[id.len().saturating_sub(12)..])
}

/// Width and height of a PNG, JPEG, GIF or WebP picture.
pub(crate) fn picture_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| {
        Some(u32::from(u16::from_be_bytes([
            *bytes.get(at)?,
            *bytes.get(at + 1)?,
        ])))
    };
    let le16 = |at: usize| {
        Some(u32::from(u16::from_le_bytes([
            *bytes.get(at)?,
            *bytes.get(at + 1)?,
        ])))
    };
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((be16(18)?, be16(22)?));
    }
    if bytes.starts_with(b"GIF8") {
        return Some((le16(6)?, le16(8)?));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some((le16(26).unwrap_or(1), le16(28).unwrap_or(1)));
    }
    bytes
        .starts_with(&[0xff, 0xd8])
        .then(|| jpeg_size(bytes).unwrap_or((1, 1)))
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let (marker, kind) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        if marker != 0xff {
            return None;
        }
        let be16 = |at: usize| {
            Some(u32::from(u16::from_be_bytes([
                *bytes.get(at)?,
                *bytes.get(at + 1)?,
            ])))
        };
        if matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) {
            return Some((be16(at + 7)?, be16(at + 5)?));
        }
        at += 2 + usize::try_from(be16(at + 2)?).ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_go_first() {
        let mut files = Files::default();
        let first = files.keep(
            "photos",
            "a.jpg",
            "image/jpeg",
            Bytes::from(vec![0; 60]),
            100,
        );
        let second = files.keep(
            "photos",
            "b.jpg",
            "image/jpeg",
            Bytes::from(vec![0; 60]),
            100,
        );
        assert!(files.get(&first).is_none());
        assert_eq!(files.get(&second).map(|row| row.size), Some(60));
    }

    #[test]
    fn picture_sizes_are_read() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 1, 0, 0, 0, 0, 200]);
        assert_eq!(picture_size(&png), Some((256, 200)));
        assert_eq!(picture_size(b"text"), None);
    }
}
