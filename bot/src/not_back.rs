//! Who did not come back to a task that is open again, and why: for whoever opened it, for those in command, and for himself.

use domain::{
    Actor, Result,
    actor::{Act, Channel},
    assignment::{Kept, NotBack},
    task::{Assignment, Task, load},
};
use locales::Sentence;

use crate::{
    screen::Screen,
    view::{View, plain},
};

/// The answer to whoever opened it again: who is missing, and who sends others.
pub async fn below(
    view: &View,
    task_id: i64,
    head: &Sentence,
    (people, known): (&[NotBack], bool),
) -> Result<Screen> {
    let mut said = vec![view.say(head)];
    if !people.is_empty() {
        let system = Actor::system(Channel::Bot);
        let task = load::find(&view.store, &system, task_id).await?;
        said.extend(lines(view, &task, people));
        said.push(view.say(&next(view, &task, known)));
    }
    Ok(plain(said.join("\n")))
}

/// What whoever opened it again does about it.
fn next(view: &View, task: &Task, known: bool) -> Sentence {
    let code = task.code.clone().into();
    match known {
        _ if sends(view, task) => Sentence::NotBackReplace,
        true => Sentence::NotBackKnown { code },
        false => Sentence::NotBackUnknown { code },
    }
}

/// The words for somebody who did not open it himself.
pub fn head(view: &View, task: &Task, people: &[NotBack], name: String) -> Sentence {
    let (code, title) = (task.code.clone().into(), task.title.clone().into());
    let name = name.into();
    let missing = people.iter().any(|one| is_own(view, one));
    match missing && !sends(view, task) {
        true => Sentence::AlertNotBackYou { code, title, name },
        false => Sentence::AlertNotBack { code, title, name },
    }
}

/// Whether somebody is still missing on it.
pub fn holds(task: &Task, people: &[NotBack]) -> bool {
    task.is_open() && people.iter().any(|one| part(task, one).is_some())
}

/// What keeps each of those who are still missing, and that nobody leads it.
pub fn lines(view: &View, task: &Task, people: &[NotBack]) -> Vec<String> {
    let missing = people.iter().filter_map(|one| {
        let part = part(task, one)?;
        Some(view.say(&why(view, part, one)))
    });
    let no_lead = task.lead.is_none().then_some(Sentence::TaskCardNoLead);
    missing.chain(no_lead.map(|line| view.say(&line))).collect()
}

fn why(view: &View, part: &Assignment, one: &NotBack) -> Sentence {
    let name = part.agent.name.clone().into();
    let own = is_own(view, one);
    match &one.kept {
        Kept::Task { code } => {
            let code = code.clone().into();
            match own {
                true => Sentence::NotBackYouTask { code },
                false => Sentence::NotBackTask { name, code },
            }
        }
        Kept::Leave { until } => {
            let time = view.clock(*until).into();
            match own {
                true => Sentence::NotBackYouLeave { time },
                false => Sentence::NotBackLeave { name, time },
            }
        }
        Kept::Call if own => Sentence::NotBackYouCall,
        Kept::Call => Sentence::NotBackCall { name },
        Kept::Removed => Sentence::NotBackRemoved { name },
    }
}

/// His part in the task, while he is not on it again.
fn part<'a>(task: &'a Task, one: &NotBack) -> Option<&'a Assignment> {
    let part = task.assignment_of(one.agent_id);
    part.filter(|part| !part.is_held())
}

fn is_own(view: &View, one: &NotBack) -> bool {
    let reader = view.reader.as_ref().and_then(|reader| reader.agent_id);
    reader == Some(one.agent_id)
}

/// Whether the reader can put others on it.
fn sends(view: &View, task: &Task) -> bool {
    let reader = view.reader.as_ref().filter(|reader| reader.may_command());
    reader.is_some_and(|reader| reader.may(Act::Assign, &task.stake()))
}
