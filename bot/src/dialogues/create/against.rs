//! What stands against the people of a task, said before it is confirmed: beside whom one can choose, and in the preview.

use std::collections::HashMap;

use domain::{
    Result,
    task::foreseen::{self, Conflict},
};
use locales::Sentence;

use super::Draft;
use crate::view::View;

/// The most people that the preview names.
const NAMED: usize = 10;

/// Who of these people is kept from the draft, or from the task that is there already, and by what.
pub async fn found(view: &View, draft: &Draft, ids: &[i64]) -> Result<HashMap<i64, Conflict>> {
    let Some(reader) = view.reader.as_ref().filter(|reader| reader.may_command()) else {
        return Ok(HashMap::new());
    };
    match (&draft.task, &draft.kind) {
        (Some(task), _) => foreseen::against_task(&view.store, reader, task.task_id, ids).await,
        (None, Some(kind)) => {
            foreseen::against(&view.store, reader, (kind.as_str(), draft.start()), ids).await
        }
        (None, None) => Ok(HashMap::new()),
    }
}

/// Beside somebody's name.
pub fn beside(view: &View, conflict: &Conflict) -> String {
    view.say(&match conflict {
        Conflict::Task { code } => Sentence::CreatePersonHas { code: code.into() },
        Conflict::Leave { until } => Sentence::CreatePersonAway {
            until: view.clock(*until).into(),
        },
    })
}

/// A line for each of these people who is kept from it.
pub async fn lines(view: &View, draft: &Draft, people: &[(i64, String)]) -> Result<Vec<String>> {
    let ids: Vec<i64> = people.iter().map(|(id, _)| *id).collect();
    let against = found(view, draft, &ids).await?;
    let kept = people
        .iter()
        .filter_map(|(id, name)| Some((name, against.get(id)?)));
    let line = |(name, conflict): (&String, &Conflict)| {
        view.say(&Sentence::CreateAgainst {
            name: name.into(),
            what: beside(view, conflict).into(),
        })
    };
    Ok(kept.take(NAMED).map(line).collect())
}
