//! What is over: one's own tasks, or those of one's units, by how they ended and how long ago.

use chrono::TimeDelta;
use domain::{
    Actor, Result,
    page::Window,
    task::{
        Status, Task,
        list::{self, TaskFilter},
    },
};
use locales::Sentence;

use crate::{
    keyboards::{Behind, Button, Past, PastEnd, Rows, Span},
    lists::PAGE,
    screen::Screen,
    search::{line, listed, opened, turning},
    view::{View, headed, with},
};

/// A page of the history, what ended last first.
pub async fn page(
    view: &View,
    past: Past,
    behind: Option<Behind>,
    fresh: bool,
) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let wanted = filter(view, reader, past);
    let page = list::ended(&view.store, reader, wanted, window(behind)).await?;
    let mut lines = vec![view.say(&Sentence::HistoryHeader {
        whose: view.say(&whose(past.own)).into(),
        span: view.say(&span(past.span)).into(),
    })];
    if page.items.is_empty() {
        lines.push(view.say(&Sentence::HistoryEmpty));
    }
    lines.extend(page.items.iter().map(|task| line(view, task)));
    let turn = |last: Option<&Task>| Button::History {
        past,
        behind: last.and_then(Behind::of),
    };
    let rows = opened(view, &page.items);
    let rows = turning(view, rows, behind.is_some(), &page, turn);
    let rows = filters(view, reader, past, rows);
    Ok(Some(listed(fresh, with(rows, headed(&lines)))))
}

fn window(behind: Option<Behind>) -> Window {
    let end = behind.and_then(|behind| Some((behind.at()?, behind.id)));
    match end {
        None => Window::first(PAGE as u64),
        Some(end) => Window::behind_key(PAGE as u64, &end),
    }
}

fn filter(view: &View, reader: &Actor, past: Past) -> TaskFilter {
    let days = match past.span {
        Span::Week => Some(7),
        Span::Month => Some(30),
        Span::Year => Some(365),
        Span::Always => None,
    };
    TaskFilter {
        statuses: match past.end {
            PastEnd::Any => vec![Status::Completed, Status::Cancelled],
            PastEnd::Completed => vec![Status::Completed],
            PastEnd::Cancelled => vec![Status::Cancelled],
        },
        own: past.own || !reader.may_command(),
        ended_since: days.map(|days| view.now - TimeDelta::days(days)),
        ..TaskFilter::default()
    }
}

/// What else could be shown: whatever is chosen now is marked.
fn filters(view: &View, reader: &Actor, past: Past, rows: Rows) -> Rows {
    let ends = [PastEnd::Any, PastEnd::Completed, PastEnd::Cancelled];
    let spans = [Span::Week, Span::Month, Span::Year, Span::Always];
    let button = |label: &Sentence, one: Past| {
        let mark = if one == past { "• " } else { "" };
        let behind = None;
        (
            format!("{mark}{}", view.say(label)),
            Button::History { past: one, behind },
        )
    };
    let rows = rows
        .row(ends.map(|end| button(&ended(end), Past { end, ..past })))
        .row(spans.map(|one| button(&span(one), Past { span: one, ..past })));
    if !reader.may_command() {
        return rows;
    }
    rows.row([false, true].map(|own| button(&whose(own), Past { own, ..past })))
}

fn ended(end: PastEnd) -> Sentence {
    match end {
        PastEnd::Any => Sentence::HistoryAny,
        PastEnd::Completed => Sentence::HistoryCompleted,
        PastEnd::Cancelled => Sentence::HistoryCancelled,
    }
}

/// How far back, in a word or two.
pub fn span(span: Span) -> Sentence {
    match span {
        Span::Week => Sentence::SpanWeek,
        Span::Month => Sentence::SpanMonth,
        Span::Year => Sentence::SpanYear,
        Span::Always => Sentence::SpanAlways,
    }
}

fn whose(own: bool) -> Sentence {
    if own {
        Sentence::HistoryOwn
    } else {
        Sentence::HistoryUnits
    }
}
