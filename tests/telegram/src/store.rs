//! People, chats, counters and files in a folder, so that a second start goes on where the first ended.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use tokio::fs;

use crate::{shared::Shared, state::World};

/// Changes within this time are written together.
const GATHER: Duration = Duration::from_secs(3);

/// Ids left out after a restart.
const SKIPPED: i64 = 1_000;

fn index(folder: &Path) -> PathBuf {
    folder.join("paper.json")
}

fn files(folder: &Path) -> PathBuf {
    folder.join("files")
}

/// Reads the world of an earlier run, or an empty one.
pub(crate) async fn load(folder: &Path) -> io::Result<World> {
    fs::create_dir_all(files(folder)).await?;
    let text = match fs::read(index(folder)).await {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(World::default()),
        Err(error) => return Err(error),
    };
    let mut world: World = serde_json::from_slice(&text)?;
    let ids: Vec<String> = world.files.iter().map(|(id, _)| id.clone()).collect();
    for id in ids {
        if let Ok(bytes) = fs::read(files(folder).join(&id)).await {
            world.files.restore(&id, Bytes::from(bytes));
        }
    }
    for bot in world.bots.values_mut() {
        bot.queue.settle();
        // What was not written before a crash must not get its ids again.
        bot.queue.skip(SKIPPED);
        bot.last_message_id += SKIPPED;
    }
    Ok(world)
}

/// Writes changes until the paper Telegram stops, and once more then.
pub(crate) async fn run(shared: Arc<Shared>, folder: PathBuf) {
    let mut changed = shared.changed.subscribe();
    let mut written = HashSet::new();
    let mut saved = None;
    loop {
        let stopping = tokio::select! {
            _ = changed.changed() => false,
            () = shared.stop.cancelled() => true,
        };
        let revision = Some(*changed.borrow_and_update());
        if stopping || saved != revision {
            // Being stopped while gathering ends the gathering, not the saving.
            let _ = tokio::time::timeout(GATHER, shared.stop.cancelled()).await;
            saved = Some(*changed.borrow_and_update());
            if let Err(error) = save(&shared, &folder, &mut written).await {
                tracing::warn!(%error, "the paper Telegram could not be saved");
            }
        }
        if stopping {
            return;
        }
    }
}

async fn save(shared: &Shared, folder: &Path, written: &mut HashSet<String>) -> io::Result<()> {
    let (text, fresh, known) = shared.with(|world| {
        let rows = || world.files.iter();
        let fresh: Vec<(String, Bytes)> = rows()
            .filter(|(id, _)| !written.contains(*id))
            .map(|(id, row)| (id.clone(), row.bytes.clone()))
            .collect();
        let known: HashSet<String> = rows().map(|(id, _)| id.clone()).collect();
        (serde_json::to_vec(world), fresh, known)
    });
    for (id, bytes) in fresh {
        fs::write(files(folder).join(&id), bytes).await?;
        written.insert(id);
    }
    let draft = folder.join("paper.json.new");
    fs::write(&draft, text?).await?;
    fs::rename(&draft, index(folder)).await?;
    for id in written.extract_if(|id| !known.contains(id)) {
        fs::remove_file(files(folder).join(&id)).await?;
    }
    Ok(())
}
