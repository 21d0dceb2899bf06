//! The record, who was told what, calls for help, and who is asked whether he is well.

use domain::{
    Actor, Store,
    audit::list as record,
    broadcast::{self, BroadcastFilter, RecipientState},
    check_in::{self, WatchFilter},
    emergency::{self, EmergencyFilter, EmergencyStatus},
    page::Window,
};

use super::next;
use crate::support::start;

/// The record, and who was told what.
pub async fn all(store: &Store, people: (&Actor, &Actor), done: &mut impl AsyncFnMut(&str)) {
    let (admin, ana) = people;
    let any = record::Filter::default;
    let of_action = |action: &str| record::Filter {
        action: Some(action.into()),
        ..any()
    };
    let long_ago = start() - chrono::TimeDelta::days(2);
    let wanted = [
        ("all of it", any()),
        (
            "of a person",
            record::Filter {
                user_id: Some(77),
                ..any()
            },
        ),
        (
            "of a task",
            record::Filter {
                subject_kind: Some("task".into()),
                subject_id: Some(777),
                ..any()
            },
        ),
        (
            "of a kind of thing",
            record::Filter {
                subject_kind: Some("login".into()),
                ..any()
            },
        ),
        (
            "of things of one number",
            record::Filter {
                subject_id: Some(777),
                ..any()
            },
        ),
        ("of a common action", of_action("task.create")),
        ("of a rare action", of_action("login.failed")),
        ("of an action that nobody took", of_action("unit.created")),
        ("of a common kind of action", of_action("task.")),
        ("of a rare kind of action", of_action("login.")),
        ("of a kind of action that nobody took", of_action("unit.")),
        (
            "of long ago",
            record::Filter {
                to: Some(long_ago),
                ..any()
            },
        ),
        (
            "of an action of long ago",
            record::Filter {
                to: Some(long_ago),
                ..of_action("task.assign")
            },
        ),
        (
            "of a person since long ago",
            record::Filter {
                user_id: Some(77),
                from: Some(long_ago),
                ..any()
            },
        ),
    ];
    for (which, filter) in wanted {
        let page = record::list(store, admin, filter.clone(), Window::first(50)).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = record::list(store, admin, filter, window).await;
            more.expect("a page");
        }
        done(&format!("the record, {which}")).await;
    }
    for (who, actor) in [("admin", admin), ("agent", ana)] {
        let any = BroadcastFilter::default;
        let page = broadcast::list(store, actor, any(), Window::first(50)).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = broadcast::list(store, actor, any(), window).await;
            more.expect("a page");
        }
        done(&format!("broadcasts for {who}")).await;
        let drills = BroadcastFilter {
            drill: Some(true),
            ..any()
        };
        let page = broadcast::list(store, actor, drills, Window::first(50)).await;
        page.expect("a page");
        done(&format!("drills among the broadcasts for {who}")).await;
    }
    for state in [None, Some(RecipientState::Sent)] {
        let page = broadcast::recipients(store, admin, 7, state, Window::first(50)).await;
        page.expect("a page");
        done("people of a broadcast").await;
    }
}

pub async fn emergencies(
    store: &Store,
    actor: &Actor,
    who: &str,
    done: &mut impl AsyncFnMut(&str),
) {
    let any = EmergencyFilter::default;
    let wanted = [
        ("all", any()),
        (
            "open",
            EmergencyFilter {
                statuses: vec![EmergencyStatus::Active, EmergencyStatus::Answered],
                ..any()
            },
        ),
        (
            "drills",
            EmergencyFilter {
                drill: Some(true),
                ..any()
            },
        ),
    ];
    for (which, filter) in wanted {
        let page = emergency::list(store, actor, filter.clone(), Window::first(50)).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = emergency::list(store, actor, filter, window).await;
            more.expect("a page");
        }
        done(&format!("emergencies {which} for {who}")).await;
    }
}

pub async fn checks(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let any = WatchFilter::default();
    let of = |alone| WatchFilter {
        alone: Some(alone),
        ..any
    };
    let silent = WatchFilter {
        silent: true,
        ..any
    };
    let wanted = [
        ("all", any),
        ("alone", of(true)),
        ("on tasks", of(false)),
        ("silent", silent),
    ];
    for (which, filter) in wanted {
        let first = Window::first(20);
        let page = check_in::watched(store, actor, filter, first).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = check_in::watched(store, actor, filter, window).await;
            more.expect("a page");
        }
        done(&format!("who is asked, {which}, for {who}")).await;
    }
}
