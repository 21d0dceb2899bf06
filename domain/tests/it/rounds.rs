//! Whoever was asked anew for a task has answered twice: figures, reports and what is kept about him tell of both.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    assignment::{Answer, Crew},
    figures::{self, Interval, Period, Stretch, Sums},
    kept,
    ledger::{self, Wanted},
    page::Window,
    task::{create::NewTask, life::Step},
    timer,
};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::support::{World, crew, each, patrol};

struct Story {
    boss: Actor,
    ana: Actor,
    beto: Actor,
}

/// Ana answers after 3 minutes and is there after 7; she is taken off, asked anew, answers after 2 and is there after 7.
/// Beto begins after 25 and is done after 45.
async fn asked_twice(world: &World) -> Story {
    let boss = world.person("Silva", Level::Supervisor, 1).await;
    let ana = world.person("Ana", Level::Agent, 2).await;
    let beto = world.person("Beto", Level::Agent, 3).await;
    let new = NewTask {
        crew: Crew {
            lead_agent_id: beto.agent_id,
            ..crew(&[&ana, &beto])
        },
        ..patrol(&[])
    };
    let id = world.create(&boss, new).await.expect("created").id;
    let wait = |minutes| world.wait(TimeDelta::minutes(minutes));
    let says = async |answer| world.answer(&ana, id, answer).await.expect("answered");
    wait(3);
    says(Answer::Acknowledge).await;
    wait(4);
    says(Answer::OnSite).await;
    wait(1);
    let alone = world.assign(&boss, id, crew(&[&beto])).await;
    alone.expect("ana goes");
    wait(10);
    let again = world.assign(&boss, id, crew(&[&ana, &beto])).await;
    again.expect("ana is asked anew");
    wait(2);
    says(Answer::Acknowledge).await;
    wait(5);
    says(Answer::OnSite).await;
    let begun = world.start(&beto, id, Step::default()).await;
    begun.expect("begun");
    wait(20);
    let done = world.complete(&beto, id, Step::default()).await;
    done.expect("done");
    Story { boss, ana, beto }
}

fn minutes(told: Option<Interval>) -> Option<(f64, u64)> {
    let told = told?;
    Some(((told.mean_seconds / 6.0).round() / 10.0, told.count))
}

fn intervals(sums: &Sums) -> [Option<(f64, u64)>; 3] {
    [
        minutes(sums.to_acknowledge()),
        minutes(sums.to_arrive()),
        minutes(sums.to_complete()),
    ]
}

/// Who answered, and after how many minutes, as the list of answers has it.
async fn listed(world: &World, who: &Actor) -> Vec<(String, i64)> {
    let store = &world.store;
    let wanted = Wanted {
        period: Period::last(store, 7),
        unit_id: None,
    };
    let stretch = Stretch::OfferedToAcknowledged;
    let page = figures::answers(store, who, stretch, wanted, Window::first(9)).await;
    let rows = page.expect("his scope").items.into_iter();
    let told = rows.map(|row| (row.agent, (row.ends - row.begins).num_minutes()));
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

/// Rounds without an answer, more than are gone through one by one.
const MANY_ROUNDS: &str = "
    INSERT INTO former_assignments (task_id, agent_id, state, state_at, offered_at)
    SELECT f.task_id, f.agent_id, f.state, f.state_at, f.offered_at FROM former_assignments f CROSS JOIN
      (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001) SELECT i FROM n) AS numbers";

#[tokio::test]
async fn earlier_rounds_are_listed_whether_they_are_few_or_many() {
    each(async |world: World| {
        let Story { boss, ana, .. } = asked_twice(&world).await;
        let all = [("Ana", 2), ("Ana", 3), ("Beto", 25)];
        let all = all.map(|(name, minutes)| (name.to_owned(), minutes));
        assert_eq!(listed(&world, &boss).await, all);
        let many = world.store.writer().execute_unprepared(MANY_ROUNDS).await;
        assert!(many.expect("a statement").rows_affected() > 5000);
        assert_eq!(listed(&world, &boss).await, all);
        assert_eq!(listed(&world, &ana).await, all[..2]);
    })
    .await;
}

#[tokio::test]
async fn figures_count_every_round_once() {
    each(async |world: World| {
        let Story { boss, ana, beto } = asked_twice(&world).await;
        let store = &world.store;
        let period = Period::last(store, 7);
        let unit = async || {
            let told = figures::of_unit(store, &boss, world.unit_id, period).await;
            told.expect("his unit").total
        };
        let user = async |who: &Actor| {
            let id = who.user_id.expect("an account");
            let told = figures::of_user(store, who, id, period).await;
            told.expect("his own").total
        };
        // 3, 2 and 25 minutes to the answer; 4 and 5 to the place; who had gone before the end did not complete it.
        let all = [Some((10.0, 3)), Some((4.5, 2)), Some((20.0, 1))];
        assert_eq!(intervals(&unit().await), all);
        let hers = [Some((2.5, 2)), Some((4.5, 2)), Some((20.0, 1))];
        assert_eq!(intervals(&user(&ana).await), hers);
        let his = [Some((25.0, 1)), None, None];
        assert_eq!(intervals(&user(&beto).await), his);
        assert_eq!(user(&ana).await.completed, 1);
        assert_eq!(unit().await.completed, 1);
        let each_round = [("Ana", 2), ("Ana", 3), ("Beto", 25)];
        let each_round = each_round.map(|(name, minutes)| (name.to_owned(), minutes));
        assert_eq!(listed(&world, &boss).await, each_round);
        assert_eq!(listed(&world, &ana).await, each_round[..2]);

        world.wait(TimeDelta::days(3));
        timer::start(store).await.expect("wound up");
        world.wait(TimeDelta::minutes(6));
        world.run_timers().await;
        let days = world.all::<entity::figure_day::Entity>().await;
        assert!(days.iter().any(|day| day.whole), "the day is kept");
        assert_eq!(intervals(&unit().await), all, "kept and counted agree");

        // An instance of an older release sums the days up anew: without the earlier rounds, as it always did.
        let zone = store.rules().zone.name();
        for older in [
            format!("UPDATE figure_days SET whole = TRUE, zone = '{zone}'"),
            "UPDATE day_figures SET acknowledged = 0, acknowledged_s = 0".to_owned(),
        ] {
            let done = store.writer().execute_unprepared(&older).await;
            assert!(done.expect("a statement").rows_affected() > 0, "{older}");
        }
        assert_eq!(intervals(&unit().await), all, "its sums are none");
        timer::start(store).await.expect("wound up");
        world.wait(TimeDelta::minutes(6));
        world.run_timers().await;
        let sums = world.all::<entity::day_figure::Entity>().await;
        assert!(sums.iter().any(|row| row.acknowledged > 0), "repaired");
        assert_eq!(intervals(&unit().await), all, "and they say the same");
    })
    .await;
}

#[tokio::test]
async fn a_report_of_responses_has_a_row_for_every_round_and_pages_lose_none() {
    each(async |world: World| {
        let Story { boss, .. } = asked_twice(&world).await;
        let wanted = Wanted {
            period: Period::last(&world.store, 7),
            unit_id: None,
        };
        let page = async |after| {
            let rows = ledger::responses(&world.store, &boss, wanted, after).await;
            rows.expect("his units")
        };
        let rows = page(None).await;
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                let answered = row.acknowledged_at.map(|at| (at - row.at).num_minutes());
                (row.agent.as_str(), answered)
            })
            .collect();
        let all = [("Ana", Some(3)), ("Beto", Some(25)), ("Ana", Some(2))];
        assert_eq!(told, all);
        for (number, row) in rows.iter().enumerate() {
            let rest = page(Some((row.at, row.id))).await;
            let ids: Vec<i64> = rest.iter().map(|row| row.id).collect();
            let behind: Vec<i64> = rows[number + 1..].iter().map(|row| row.id).collect();
            assert_eq!(ids, behind, "behind row {number}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_about_a_person_tells_of_every_round() {
    each(async |world: World| {
        let Story { ana, .. } = asked_twice(&world).await;
        let file = kept::file(&world.store, &ana).await.expect("her own");
        let file: Value = serde_json::from_slice(&file).expect("it is JSON");
        let rounds = |key: &str| file[key].as_array().map(Vec::len);
        assert_eq!(
            (rounds("tasks"), rounds("earlier_answers")),
            (Some(1), Some(1))
        );
        let before = &file["earlier_answers"][0];
        assert_eq!(before["state"], "released");
        assert!(before["on_site_at"].is_string(), "{before}");
        assert_ne!(before["offered_at"], file["tasks"][0]["offered_at"]);
        let counted = kept::mine(&world.store, &ana).await.expect("her own");
        assert_eq!(counted.tasks, 1, "one task, whatever the rounds");
    })
    .await;
}
