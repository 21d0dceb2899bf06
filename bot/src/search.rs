//! What was found for a few words: tasks to open as cards, and people of one's scope.

use domain::{
    Actor, Result,
    actor::Level,
    agent::{self, Agent, AgentFilter},
    card::Subject,
    page::{Page, Window},
    task::{
        Task,
        list::{self, TaskFilter},
    },
};
use locales::Sentence;

use crate::{
    emergencies,
    keyboards::{Button, Rows, Verb},
    lists::PAGE,
    screen::Screen,
    text,
    view::{View, headed, with},
};

/// A page of what was found, the newest tasks first; people stand on the first one.
pub async fn found(
    view: &View,
    words: &str,
    before: Option<i64>,
    fresh: bool,
) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let filter = TaskFilter {
        text: Some(words.to_owned()),
        ..TaskFilter::default()
    };
    let page = list::list(&view.store, reader, filter, window(before)).await?;
    let mut lines = vec![view.say(&Sentence::FindHeader {
        words: words.into(),
    })];
    let mut calls = Vec::new();
    if before.is_none() {
        lines.extend(people(view, reader, words).await?);
        calls = emergencies::open(view, reader).await?;
        calls.retain(|call| emergencies::names(call, words));
    }
    let calls = emergencies::listed(view, &calls, &page.items);
    if page.items.is_empty() && calls.is_empty() {
        lines.push(view.say(&match (before, lines.len()) {
            (None, 1) => Sentence::FindNothing,
            (None, _) => Sentence::FindNoTasks,
            (Some(_), _) => Sentence::FindNone,
        }));
    }
    lines.extend(page.items.iter().map(|task| line(view, task)));
    let rows = opened(view, &page.items).column(calls);
    let turn = |last: Option<&Task>| Button::Found {
        words: words.into(),
        before: last.map(|task| task.id),
    };
    let rows = turning(view, rows, before.is_some(), &page, turn);
    Ok(Some(listed(fresh, with(rows, headed(&lines)))))
}

/// Five tasks before this one.
fn window(before: Option<i64>) -> Window {
    match before {
        None => Window::first(PAGE as u64),
        Some(id) => Window::behind_key(PAGE as u64, &id),
    }
}

/// A list in the one message that shows lists: as a new one, or in place of the page before.
pub fn listed(fresh: bool, screen: Screen) -> Screen {
    Screen {
        subject: Some(Subject::List),
        ring: fresh,
        ..screen
    }
}

/// What a task is, how it stands and when that came.
pub fn line(view: &View, task: &Task) -> String {
    let at = task.ended_at.or(task.started_at).or(task.planned_start);
    view.say(&Sentence::FindLine {
        code: task.code.clone().into(),
        title: text::cut(&task.title, 60).into(),
        status: text::status(task.status, view.lang).into(),
        time: view.clock(at.unwrap_or(task.created_at)).into(),
    })
}

/// A button for each task that brings its live card.
pub fn opened(view: &View, tasks: &[Task]) -> Rows {
    let buttons = tasks.iter().map(|task| {
        let label = Sentence::TasksButton {
            code: task.code.clone().into(),
            title: task.title.clone().into(),
        };
        let (verb, id) = (Verb::Show, task.id);
        (view.say(&label), Button::Task { verb, id })
    });
    Rows::default().column(buttons)
}

/// Back to the first page when this is a later one, and on to the next, behind the last task of this.
pub fn turning(
    view: &View,
    rows: Rows,
    later: bool,
    page: &Page<Task>,
    turn: impl Fn(Option<&Task>) -> Button,
) -> Rows {
    let first = later.then(|| (view.say(&Sentence::ButtonFirst), turn(None)));
    let last = page.items.last().filter(|_| page.next_cursor.is_some());
    let next = last.map(|task| (view.say(&Sentence::ButtonNext), turn(Some(task))));
    rows.row(first.into_iter().chain(next))
}

async fn people(view: &View, reader: &Actor, words: &str) -> Result<Vec<String>> {
    if reader.level == Level::Agent {
        return Ok(Vec::new());
    }
    let filter = AgentFilter {
        text: Some(words.to_owned()),
        ..AgentFilter::default()
    };
    let found = agent::list(&view.store, reader, filter, Window::first(PAGE as u64)).await?;
    let mut lines: Vec<String> = found.items.iter().map(|one| person(view, one)).collect();
    if found.next_cursor.is_some() {
        lines.push(view.say(&Sentence::FindMorePeople));
    }
    Ok(lines)
}

fn person(view: &View, one: &Agent) -> String {
    let units: Vec<&str> = one.units.iter().map(|unit| unit.name.as_str()).collect();
    view.say(&Sentence::FindPerson {
        name: one.name.clone().into(),
        badge: one.badge.clone().unwrap_or_else(|| "–".into()).into(),
        unit: units.join(", ").into(),
        availability: view.availability(one).into(),
    })
}
