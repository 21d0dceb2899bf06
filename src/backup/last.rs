//! When the last backup was made and tried out, for figures and the doctor.

use anyhow::Result;
use chrono::{DateTime, Utc};
use domain::{Store, setting};

/// The setting in which it stands.
const LAST: &str = "backup_verified_at";

/// When the last backup was tried out; nothing when none ever was.
pub async fn last(store: &Store) -> Result<Option<DateTime<Utc>>> {
    let noted = setting::get(store, LAST).await?;
    Ok(noted.and_then(|text| text.parse().ok()))
}

/// Notes that one was tried out now.
pub async fn note(store: &Store) -> Result<()> {
    let now = store.now().to_rfc3339();
    Ok(store
        .write(move |tx| Box::pin(async move { setting::set(tx, LAST, now).await }))
        .await?)
}
