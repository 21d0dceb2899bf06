//! The data folder: there, writable, with room.

use std::path::Path;

use super::Finding;
use crate::{config::Config, open};

/// Below this much room is short, in bytes.
const ROOM: u64 = 1 << 30;

pub fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.server.data_folder;
    vec![writable(folder), room(folder)]
}

fn writable(folder: &Path) -> Finding {
    let shown = folder.display().to_string();
    let probe = folder.join(".doctor");
    let write = || std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    let tried = open::folder(folder).and_then(|()| Ok(write()?));
    match tried {
        Ok(()) => Finding::good("data folder", shown),
        Err(error) => Finding::bad(
            "data folder",
            format!("{shown}: {error:#}"),
            "make it writable for this user, or set GAD_SERVER__DATA_FOLDER",
        ),
    }
}

fn room(folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let detail = format!("{} MB free", free >> 20);
            if free < ROOM {
                Finding::noted(
                    "disk",
                    detail,
                    "make room: with a full disk nothing is stored",
                )
            } else {
                Finding::good("disk", detail)
            }
        }
        Err(error) => Finding::noted(
            "disk",
            error.to_string(),
            "the data folder must be there first",
        ),
    }
}
