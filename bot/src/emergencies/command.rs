//! What those in command do about an emergency: the buttons under its card and under the word that nobody comes, and the open
//! ones of their scope in their lists.

use domain::{
    Actor, Error, Result,
    actor::{Act, Permission},
    emergency::{self, Emergency, EmergencyFilter, EmergencyStatus},
    page::Window,
    task::{Task, load},
};
use locales::Sentence;

use crate::{
    dialogues::assign,
    keyboards::{Button, Help, Rows, Verb},
    view::View,
};

/// The most open emergencies that a list begins with.
const MOST: u64 = 20;

/// Adds what the reader commands: its task with everybody on it, to send somebody, and to end it or to call it off.
pub(super) async fn buttons(view: &View, emergency: &Emergency, rows: Rows) -> Result<Rows> {
    let Some((reader, task)) = commanded(view, emergency).await? else {
        return Ok(rows);
    };
    let stake = task.stake();
    let button = |label: Sentence, verb| {
        let id = task.id;
        (view.say(&label), Button::Task { verb, id })
    };
    let ends = reader
        .may(Act::ForceComplete, &stake)
        .then(|| button(Sentence::ButtonFinish, Verb::Finish));
    let cancels = reader
        .may(Act::Cancel, &stake)
        .then(|| button(Sentence::ButtonCancelTask, Verb::Cancel));
    let show = button(Sentence::ButtonShow, Verb::Show);
    let assign = assign::button(view, &task, &Sentence::ButtonAssign);
    Ok(rows
        .row([show].into_iter().chain(assign))
        .row(ends.into_iter().chain(cancels)))
}

/// Whether the reader can send somebody himself.
pub(super) async fn assigns(view: &View, emergency: &Emergency) -> Result<bool> {
    let found = commanded(view, emergency).await?;
    Ok(found.is_some_and(|(reader, task)| reader.may(Act::Assign, &task.stake())))
}

/// The task of an emergency that goes on, for a reader in command who sees it.
async fn commanded<'a>(view: &'a View, emergency: &Emergency) -> Result<Option<(&'a Actor, Task)>> {
    let reader = view.reader.as_ref().filter(|reader| reader.may_command());
    let open = emergency::is_open(emergency.status);
    let (Some(reader), Some(task_id)) = (reader, emergency.task_id.filter(|_| open)) else {
        return Ok(None);
    };
    match load::find(&view.store, reader, task_id).await {
        Ok(task) => Ok(Some((reader, task))),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Brings the card, with who was asked and who comes.
pub(super) fn opens(view: &View, label: &Sentence, id: i64) -> (String, Button) {
    let verb = Help::Show;
    (view.say(label), Button::Help { verb, id })
}

/// The emergencies of this person's scope that go on, the newest first; nothing for those who do not watch over any.
pub async fn open(view: &View, reader: &Actor) -> Result<Vec<Emergency>> {
    if !reader.may_command() && !reader.has(Permission::Broadcast) {
        return Ok(Vec::new());
    }
    let filter = EmergencyFilter {
        statuses: vec![EmergencyStatus::Active, EmergencyStatus::Answered],
        ..EmergencyFilter::default()
    };
    let page = emergency::list(&view.store, reader, filter, Window::first(MOST)).await?;
    Ok(page.items)
}

/// A button for each that brings its card; those whose task stands in the list already are left out.
pub fn listed(view: &View, calls: &[Emergency], tasks: &[Task]) -> Vec<(String, Button)> {
    let known = |call: &Emergency| tasks.iter().any(|task| Some(task.id) == call.task_id);
    let fresh = calls.iter().filter(|call| !known(call));
    let button = |call: &Emergency| {
        let label = Sentence::TasksButton {
            code: call.code.clone().unwrap_or_default().into(),
            title: call.title.clone().unwrap_or_default().into(),
        };
        opens(view, &label, call.id)
    };
    fresh.map(button).collect()
}

/// Whether all of these words stand in its code or title.
pub fn names(call: &Emergency, words: &str) -> bool {
    let code = call.code.as_deref().unwrap_or_default();
    let title = call.title.as_deref().unwrap_or_default();
    let said = format!("{code} {title}").to_lowercase();
    let words = words.to_lowercase();
    words.split_whitespace().all(|word| said.contains(word))
}
