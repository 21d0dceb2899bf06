//! The history of drills, and who did not answer one.

use domain::{
    Actor, Store, broadcast,
    drill::{self, DrillFilter, DrillStatus, Silence},
    page::Window,
};

use super::next;

pub async fn all(store: &Store, admin: &Actor, done: &mut impl AsyncFnMut(&str)) {
    let of = |statuses: &[DrillStatus]| DrillFilter {
        statuses: statuses.to_vec(),
    };
    let wanted = [
        ("all of them", of(&[])),
        ("those to come", of(&[DrillStatus::Planned])),
        ("those that were held", of(&[DrillStatus::Held])),
        (
            "those that are over",
            of(&[
                DrillStatus::Held,
                DrillStatus::Missed,
                DrillStatus::Cancelled,
            ]),
        ),
    ];
    for (which, filter) in wanted {
        let page = drill::list(store, admin, filter.clone(), Window::first(50)).await;
        let window = next(page.expect("a page")).expect("more than one page");
        let more = drill::list(store, admin, filter, window).await;
        assert_eq!(more.expect("a page").items.len(), 50, "{which}");
        done(&format!("drills, {which}")).await;
    }
    unanswered(store, admin, done).await;
}

async fn unanswered(store: &Store, admin: &Actor, done: &mut impl AsyncFnMut(&str)) {
    let held = broadcast::find(store, admin, 7).await.expect("it is there");
    done("the broadcast of a drill").await;
    for which in [None, Some(Silence::Silent), Some(Silence::Unreachable)] {
        let page = drill::unanswered(store, &held, which, Window::first(50)).await;
        let some = !page.expect("a page").items.is_empty();
        assert_eq!(some, which != Some(Silence::Unreachable), "{which:?}");
        done(&format!("who did not answer a drill, {which:?}")).await;
    }
}
