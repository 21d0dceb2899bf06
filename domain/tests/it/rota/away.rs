//! That somebody said that he could not is kept: from when to when, why, and by whom.

use chrono::{DateTime, Utc};
use domain::{
    Actor,
    actor::Level,
    agent, kept,
    page::Window,
    unavailability::{self, UnavailabilityFilter},
};

use super::{at, id, write};
use crate::support::{World, each};

async fn says(world: &World, by: &Actor, who: &Actor, why: Option<&str>, until: Option<i64>) {
    let (agent_id, until) = (id(who), until.map(at));
    let (away, why) = (why.is_some(), why.map(str::to_owned));
    let said = write!(world, by, |tx, by| agent::set_availability(
        tx, &by, agent_id, away, why, until
    ));
    said.expect("said");
}

type Told = (String, DateTime<Utc>, Option<DateTime<Utc>>, String);

async fn listed(world: &World, who: &Actor, from: Option<i64>, to: Option<i64>) -> Vec<Told> {
    let filter = UnavailabilityFilter {
        from: from.map(at),
        to: to.map(at),
        ..UnavailabilityFilter::default()
    };
    let page = unavailability::list(&world.store, who, filter, Window::first(50)).await;
    let told = page.expect("a page").items.into_iter().map(|one| {
        let by = one.said_by.unwrap_or_default();
        (
            one.reason.unwrap_or_default(),
            one.starts_at,
            one.ends_at,
            by,
        )
    });
    told.collect()
}

#[tokio::test]
async fn each_time_is_kept_until_when_it_was_said_or_taken_back() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let far = world.unit("Sur").await;
        let leo = world.member("Leo", Level::Agent, Some(3), far).await;
        says(&world, &ana, &ana, Some("Comida"), Some(1)).await;
        world.store.clock().set(at(2));
        says(&world, &boss, &ana, Some("Médico"), None).await;
        world.store.clock().set(at(5));
        says(&world, &ana, &ana, None, None).await;
        world.store.clock().set(at(6));
        says(&world, &ana, &ana, Some("Trámite"), Some(9)).await;

        let told = |why: &str, from, to: i64, by: &str| {
            (why.to_owned(), at(from), Some(at(to)), by.to_owned())
        };
        let lunch = told("Comida", 0, 1, "Ana");
        let doctor = told("Médico", 2, 5, "Silva");
        let errand = told("Trámite", 6, 9, "Ana");
        let all = [errand.clone(), doctor.clone(), lunch.clone()];
        assert_eq!(listed(&world, &ana, None, None).await, all);
        assert_eq!(listed(&world, &boss, None, None).await, all, "of his unit");
        assert!(listed(&world, &leo, None, None).await.is_empty());
        let some = [doctor.clone(), lunch];
        assert_eq!(listed(&world, &boss, None, Some(6)).await, some);
        let some = [errand, doctor];
        assert_eq!(listed(&world, &boss, Some(1), None).await, some);

        let mine = kept::mine(&world.store, &ana).await.expect("an account");
        assert_eq!(mine.unavailable, 3);
        let file = kept::file(&world.store, &ana).await.expect("her own");
        let file: serde_json::Value = serde_json::from_slice(&file).expect("it is JSON");
        assert_eq!(file["unavailable"][1]["reason"], "Médico");
    })
    .await;
}
