//! Shifts, leaves, exchanges, and where people were when.

use domain::{
    Actor, Store,
    actor::Level,
    calendar,
    leave::{self, LeaveFilter, LeaveStatus},
    page::Window,
    position,
    shift::{self, ShiftFilter},
    swap::{self, SwapFilter, SwapStatus},
    task::timeline,
    unavailability::{self, UnavailabilityFilter},
};

use super::next;
use crate::support::start;

pub async fn all(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    for agent_id in [None, Some(7)] {
        let wanted = ShiftFilter {
            agent_id,
            ..ShiftFilter::default()
        };
        let shifts = shift::list(store, actor, wanted.clone(), Window::first(50)).await;
        if let Some(window) = next(shifts.expect("a page")) {
            let page = shift::list(store, actor, wanted, window).await;
            page.expect("a page");
        }
        done(&format!("shifts of {agent_id:?} for {who}")).await;
        let wanted = LeaveFilter {
            agent_id,
            ..LeaveFilter::default()
        };
        let leaves = leave::list(store, actor, wanted, Window::first(50)).await;
        leaves.expect("a page");
        done(&format!("leaves of {agent_id:?} for {who}")).await;
        let wanted = UnavailabilityFilter {
            agent_id,
            ..UnavailabilityFilter::default()
        };
        let away = unavailability::list(store, actor, wanted, Window::first(50)).await;
        away.expect("a page");
        done(&format!("who could not, of {agent_id:?} for {who}")).await;
        let wanted = SwapFilter {
            agent_id,
            ..SwapFilter::default()
        };
        let swaps = swap::list(store, actor, wanted, Window::first(50)).await;
        swaps.expect("a page");
        done(&format!("swaps of {agent_id:?} for {who}")).await;
    }
    windows(store, actor, who, done).await;
    calendar::list(store, actor).await.expect("links");
    done(&format!("links of {who}")).await;
    if actor.level == Level::Admin {
        let fixes = position::history(store, actor, 7, Window::first(50)).await;
        fixes.expect("a page");
        done("positions").await;
        let story = timeline::timeline(store, actor, 777, Window::first(50)).await;
        story.expect("a page");
        done("a timeline").await;
        let observed = shift::observed(store, actor, 77, Window::first(50)).await;
        observed.expect("a page");
        done("what was observed on a shift").await;
        shift::notes_for(store, actor, 77).await.expect("notes");
        done("notes of the shifts before").await;
    }
}

/// Shifts, leaves and exchanges of some time or in some state, of which there are few or none.
async fn windows(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let now = start();
    let long_ago = now - chrono::TimeDelta::days(2);
    let (any, any_shift) = (LeaveFilter::default, ShiftFilter::default);
    for (which, wanted) in [
        (
            "to come",
            ShiftFilter {
                from: Some(now),
                ..any_shift()
            },
        ),
        (
            "of long ago",
            ShiftFilter {
                to: Some(long_ago),
                ..any_shift()
            },
        ),
        (
            "of a unit of long ago",
            ShiftFilter {
                unit_id: Some(77),
                to: Some(long_ago),
                ..any_shift()
            },
        ),
        (
            "of the missing",
            ShiftFilter {
                missing: true,
                ..any_shift()
            },
        ),
    ] {
        let page = shift::list(store, actor, wanted, Window::first(50)).await;
        page.expect("a page");
        done(&format!("shifts {which} for {who}")).await;
    }
    for (which, wanted) in [
        (
            "that wait",
            LeaveFilter {
                status: Some(LeaveStatus::Requested),
                ..any()
            },
        ),
        (
            "to come",
            LeaveFilter {
                from: Some(now),
                ..any()
            },
        ),
        (
            "of long ago",
            LeaveFilter {
                to: Some(long_ago),
                ..any()
            },
        ),
    ] {
        let page = leave::list(store, actor, wanted, Window::first(50)).await;
        page.expect("a page");
        done(&format!("leaves {which} for {who}")).await;
    }
    for (which, from, to) in [("now", Some(now), None), ("long ago", None, Some(long_ago))] {
        let wanted = UnavailabilityFilter {
            from,
            to,
            ..UnavailabilityFilter::default()
        };
        let page = unavailability::list(store, actor, wanted, Window::first(50)).await;
        page.expect("a page");
        done(&format!("who could not {which} for {who}")).await;
    }
    let wanted = SwapFilter {
        status: Some(SwapStatus::Proposed),
        ..SwapFilter::default()
    };
    let page = swap::list(store, actor, wanted, Window::first(50)).await;
    page.expect("a page");
    done(&format!("exchanges that wait for {who}")).await;
}
