//! What is usual before a task of its kind ends: what is looked at, and evidence.

use domain::{Result, attachment, kind, task::Task};
use locales::Sentence;

use crate::view::View;

/// The lines below the question how it went; none where nothing is usual.
pub async fn lines(view: &View, task: &Task) -> Result<Vec<String>> {
    let kind = kind::find(&view.store, task.kind.id).await?;
    let mut lines = Vec::new();
    if !kind.checklist.is_empty() {
        lines.push(view.say(&Sentence::FinishChecklist));
        lines.extend(kind.checklist.iter().map(|one| format!("• {one}")));
    }
    if kind.needs_evidence && !attachment::any_of_task(&view.store, task.id).await? {
        lines.push(view.say(&Sentence::FinishNoEvidence));
    }
    Ok(lines)
}
