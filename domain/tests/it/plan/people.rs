//! Agents, the nearest of them, and accounts.

use domain::{
    Actor, Store,
    actor::Level,
    agent::{self, AgentFilter},
    availability::Availability,
    geo::Point,
    nearest,
    page::Window,
    user,
};

use super::{next, places};

pub async fn all(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let here = Point {
        lat: -34.5,
        lon: -58.3,
    };
    let free = AgentFilter {
        availability: Some(Availability::Available),
        ..AgentFilter::default()
    };
    let unit = AgentFilter {
        unit_id: Some(7),
        ..AgentFilter::default()
    };
    for (which, filter) in [
        ("all", AgentFilter::default()),
        ("free", free),
        ("of a unit", unit),
    ] {
        let first = agent::list(store, actor, filter.clone(), Window::first(50)).await;
        let next = next(first.expect("a page"));
        if let Some(window) = next {
            agent::list(store, actor, filter, window)
                .await
                .expect("a page");
        }
        done(&format!("agents {which} for {who}")).await;
    }
    if actor.may_command() {
        let anybody = AgentFilter::default();
        let found = nearest::nearest(store, actor, here, places::WANTED, anybody.clone()).await;
        found.expect("found");
        done(&format!("the nearest for {who}")).await;
        let ranked = agent::candidates(store, actor, anybody, Some(here)).await;
        ranked.expect("ranked");
        done(&format!("candidates for {who}")).await;
        let users = user::list(store, actor, &user::Filter::default(), &Window::first(50)).await;
        let next = next(users.expect("a page"));
        if let Some(window) = next {
            let page = user::list(store, actor, &user::Filter::default(), &window).await;
            page.expect("a page");
        }
        done(&format!("users for {who}")).await;
        let level = user::Filter {
            level: Some(Level::Admin),
            ..user::Filter::default()
        };
        let gone = user::Filter {
            active: Some(false),
            ..user::Filter::default()
        };
        for (which, filter) in [("of a level", level), ("who are gone", gone)] {
            let page = user::list(store, actor, &filter, &Window::first(50)).await;
            page.expect("a page");
            done(&format!("users {which} for {who}")).await;
        }
    }
}
