//! What is over: one's own tasks, or those of one's units, by how they ended and how long ago.

use chrono::TimeDelta;
use domain::{
    Actor, Result,
    task::{
        Status,
        list::{self, TaskFilter},
    },
};
use locales::Sentence;

use crate::{
    keyboards::{Button, Past, PastEnd, Rows, Span},
    screen::Screen,
    search::{line, listed, opened, turning, window},
    view::{View, headed, with},
};

/// A page of the history, the newest tasks first.
pub async fn page(
    view: &View,
    past: Past,
    before: Option<i64>,
    fresh: bool,
) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let wanted = filter(view, reader, past);
    let page = list::list(&view.store, reader, wanted, window(before)).await?;
    let mut lines = vec![view.say(&Sentence::HistoryHeader {
        whose: view.say(&whose(past.own)).into(),
        span: view.say(&span(past.span)).into(),
    })];
    if page.items.is_empty() {
        lines.push(view.say(&Sentence::HistoryEmpty));
    }
    lines.extend(page.items.iter().map(|task| line(view, task)));
    let turn = |before| Button::History { past, before };
    let rows = turning(view, opened(view, &page.items), before, &page, turn);
    let rows = filters(view, reader, past, rows);
    Ok(Some(listed(fresh, with(rows, headed(&lines)))))
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
        let before = None;
        (
            format!("{mark}{}", view.say(label)),
            Button::History { past: one, before },
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
