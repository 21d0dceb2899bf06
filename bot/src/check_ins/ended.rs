//! Nobody waits any more for somebody of whom nothing was heard: what those hear who had been told of his silence.

use domain::{
    Result,
    check_in::{self, Ending},
};
use locales::Sentence;

use super::{NAMED, code, more, trimmed};
use crate::{
    screen::Rendered,
    view::{View, headed},
};

/// How it ended for these.
pub async fn ended(view: &View, id: i64, agent_ids: &[i64]) -> Result<Rendered> {
    let Some(ending) = check_in::ending(&view.store, id, agent_ids).await? else {
        return Ok(Rendered::Nothing);
    };
    let mut lines = vec![trimmed(view, &words(view, &ending))];
    let drill = ending.task.as_ref().is_some_and(|(_, drill)| *drill);
    lines.extend(drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(more(view, ending.names.len()));
    Ok(headed(&lines).into())
}

fn words(view: &View, ending: &Ending) -> Sentence {
    let code = code(ending.task.as_ref()).into();
    let some: Vec<&str> = ending
        .names
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect();
    let names = some.join(", ").into();
    let time = |at| view.clock(at).into();
    match (ending.at, &ending.by) {
        (Some(at), Some(by)) if ending.himself && ending.names.is_empty() => {
            Sentence::CheckInEndedSelf {
                name: by.clone().into(),
                time: time(at),
                code,
            }
        }
        (Some(at), Some(by)) => Sentence::CheckInEndedBy {
            by: by.clone().into(),
            time: time(at),
            names,
            code,
        },
        (Some(at), None) => Sentence::CheckInEnded {
            time: time(at),
            names,
            code,
        },
        (None, _) => Sentence::CheckInLeft { names, code },
    }
}
