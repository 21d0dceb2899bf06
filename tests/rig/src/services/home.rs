//! The folder of the servers, and the end of those that an earlier rig left behind because it was killed itself.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::Result;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

const PREFIX: &str = "gad-rig.";

/// Files that begin with the number of a process, below the folder.
const POSTGRES: &str = "postgres/postmaster.pid";
pub(super) const REDIS: &str = "redis.pid";
const OWNER: &str = "owner";

/// Goes away with this value.
pub struct Home(TempDir);

impl Home {
    /// A folder that the user of PostgreSQL can enter too.
    pub fn make() -> Result<Self> {
        sweep();
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        fs::write(folder.path().join(OWNER), std::process::id().to_string())?;
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Ends what dead rigs have left. What cannot be read or removed is somebody else's.
fn sweep() {
    let folders = fs::read_dir(std::env::temp_dir());
    for entry in folders.into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if ours && left_behind(&entry.path()) {
            end(entry.path());
        }
    }
}

fn left_behind(folder: &Path) -> bool {
    process(&folder.join(OWNER)).is_some_and(|owner| test_kill_process(owner).is_err())
}

fn end(folder: PathBuf) {
    for server in [POSTGRES, REDIS] {
        let file = folder.join(server);
        tell(&file, Signal::QUIT);
        // A frozen one hears it only now.
        tell(&file, Signal::CONT);
    }
    let _ = fs::remove_dir_all(folder);
}

/// Sends a signal to the server whose number stands in this file, if it runs.
pub(super) fn tell(file: &Path, signal: Signal) {
    if let Some(server) = process(file).filter(|id| is_a_server(*id)) {
        // It may end in this moment.
        let _ = kill_process(server, signal);
    }
}

/// Numbers of processes are given out again: one that is no server of this kind is left alone.
fn is_a_server(id: Pid) -> bool {
    let command = fs::read_to_string(format!("/proc/{}/cmdline", id.as_raw_nonzero()));
    command.is_ok_and(|command| command.contains("redis-server") || command.contains("postgres"))
}

fn process(file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(file).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}
