//! Whoever comes later gets what was sent before.

use domain::{Error, Result, emergency, task::Task};
use locales::Sentence;

use super::{caller, sent};
use crate::{
    screen::Rendered,
    text,
    view::{View, headed},
};

/// So many files follow; nothing for whoever may not see the emergency.
pub async fn files(view: &View, id: i64, count: usize) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let emergency = match emergency::find(&view.store, reader, id).await {
        Ok(emergency) => emergency,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let mut lines = vec![view.say(&Sentence::EmergencySentBefore {
        name: caller(&emergency).into(),
        code: emergency.code.clone().unwrap_or_default().into(),
        count: count.into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}

/// What the card of its task says of a call for help: that no place is known, what whoever called is at and how far it is for
/// whom those in command sent there, and the words of whoever called.
pub async fn on_task(view: &View, task: &Task) -> Result<Vec<String>> {
    if task.kind.code != emergency::KIND {
        return Ok(Vec::new());
    }
    let words = emergency::words_on(&view.store, task.id).await?;
    let words = words.filter(|words| task.description.as_ref() != Some(words));
    let place = task.place.is_none();
    let mut lines = Vec::new();
    lines.extend(place.then(|| view.say(&Sentence::EmergencyPlaceNone)));
    lines.extend(sent::there(view, task).await?);
    lines.extend(words.map(|words| {
        view.say(&Sentence::TaskCardDescription {
            text: text::cut(&words, 1000).into(),
        })
    }));
    Ok(lines)
}
