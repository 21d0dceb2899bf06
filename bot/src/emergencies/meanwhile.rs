//! What whoever called has sent since somebody in command began to end his call.

use chrono::{DateTime, Utc};
use domain::{Result, emergency, report};
use locales::Sentence;

use super::{caller, said::words};
use crate::view::View;

/// That he wrote, and what, each with its time; nothing where he wrote nothing since then.
pub async fn meanwhile(
    view: &View,
    task_id: i64,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<String>> {
    let (Some(reader), Some(since)) = (&view.reader, since) else {
        return Ok(Vec::new());
    };
    let said = emergency::said_since(&view.store, reader, task_id, since).await?;
    let call = emergency::on_task(&view.store, task_id).await?;
    let Some(call) = call.filter(|_| !said.is_empty()) else {
        return Ok(Vec::new());
    };
    let call = emergency::show(&view.store, call).await?;
    let mut lines = vec![view.say(&Sentence::FinishMeanwhile {
        name: caller(&call).into(),
    })];
    for id in said {
        let told = report::told(&view.store, id).await?;
        let words = told.and_then(|told| words(&call, &told, caller(&call)));
        lines.extend(words.map(|words| view.say(&words)));
    }
    Ok(lines)
}
