//! Tasks with every filter, and those that are over.

use domain::{
    Actor, Store,
    page::Window,
    task::{
        Status,
        list::{self, TaskFilter},
        urgency,
    },
};

use super::{filters::filters, next};
use crate::support::start;

pub async fn all(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    for (which, filter) in filters() {
        let first = list::list(store, actor, filter.clone(), Window::first(50)).await;
        let next = next(first.expect("a page"));
        done(&format!("tasks {which} for {who}")).await;
        if let Some(window) = next {
            let page = list::list(store, actor, filter.clone(), window).await;
            page.expect("a page");
            done(&format!("more tasks {which} for {who}")).await;
        }
        let first = urgency::most_urgent(store, actor, filter.clone(), Window::first(50)).await;
        let next = self::next(first.expect("a page"));
        done(&format!("urgent tasks {which} for {who}")).await;
        if let Some(window) = next {
            let page = urgency::most_urgent(store, actor, filter, window).await;
            page.expect("a page");
            done(&format!("more urgent tasks {which} for {who}")).await;
        }
    }
}

/// What is over, by when it ended.
pub async fn history(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let over = || TaskFilter {
        statuses: vec![Status::Completed, Status::Cancelled],
        ..TaskFilter::default()
    };
    let week = start() - chrono::TimeDelta::days(7);
    for (which, filter) in [
        ("of all time", over()),
        (
            "of the last days",
            TaskFilter {
                ended_since: Some(week),
                ..over()
            },
        ),
        (
            "of what was cancelled",
            TaskFilter {
                statuses: vec![Status::Cancelled],
                ..over()
            },
        ),
        (
            "of one's own",
            TaskFilter {
                own: true,
                ..over()
            },
        ),
    ] {
        let first = list::ended(store, actor, filter.clone(), Window::first(50)).await;
        let next = next(first.expect("a page"));
        done(&format!("history {which} for {who}")).await;
        if let Some(window) = next {
            let page = list::ended(store, actor, filter, window).await;
            page.expect("a page");
            done(&format!("more history {which} for {who}")).await;
        }
    }
}
