//! What is kept of days that are over says the same as what is counted, whatever changes afterwards; and both say
//! what the rows say one by one.

use chrono::{NaiveTime, TimeDelta};
use domain::{
    Actor, Page, Refusal,
    actor::{Channel, Level},
    assignment::Answer,
    error::Thing,
    figures::{self, Counted, Figures, Period, Stretch, Sums},
    ledger::Wanted,
    page::Window,
    report::{self, NewReport},
    stats,
    task::{AssignmentState, Status, create::NewTask, life::Step},
    timer,
};

use crate::support::{World, each, patrol, refusal};

/// Twelve days: some tasks each, answered, reached and finished after some time; a few called off.
async fn history(world: &World, boss: &Actor, ana: &Actor, beto: &Actor) {
    for day in 0..12 {
        for number in 0..=day % 3 {
            let task = world.patrol(boss, &[ana, beto]).await;
            world.wait(TimeDelta::minutes(2 + number));
            let answered = world.answer(ana, task.id, Answer::Acknowledge).await;
            answered.expect("answered");
            world.wait(TimeDelta::minutes(7));
            let arrived = world.answer(ana, task.id, Answer::OnSite).await;
            arrived.expect("there");
            if number == 2 {
                let off = world.cancel(boss, task.id, Step::because("Lluvia")).await;
                off.expect("called off");
                continue;
            }
            world
                .start(ana, task.id, Step::default())
                .await
                .expect("begun");
            tell(world, ana, task.id).await;
            world.wait(TimeDelta::minutes(20 + 90 * number));
            let done = world.complete(ana, task.id, Step::default()).await;
            done.expect("done");
        }
        world.wait(TimeDelta::hours(20));
    }
}

async fn tell(world: &World, who: &Actor, task_id: i64) {
    let (who, new) = (who.clone(), NewReport::text("Sin novedad"));
    let told = world
        .store
        .write(move |tx| Box::pin(async move { report::add(tx, &who, task_id, new).await }));
    told.await.expect("told");
}

/// What the rows say, one by one: completed, cancelled, timed, on time, and the mean times with their numbers.
async fn by_hand(world: &World, agent_id: Option<i64>) -> (Vec<u64>, Vec<Option<(f64, u64)>>) {
    let tasks = world.all::<entity::task::Entity>().await;
    let crew = world.all::<entity::assignment::Entity>().await;
    let mine = |task: i64| {
        agent_id.is_none_or(|id| {
            crew.iter()
                .any(|one| one.task_id == task && one.agent_id == id)
        })
    };
    let of = |status| {
        tasks
            .iter()
            .filter(move |task| task.status == status)
            .filter(|task| mine(task.id))
    };
    let timed = of(Status::Completed).filter(|task| task.window_end_at.is_some());
    let on_time = timed
        .clone()
        .filter(|task| task.ended_at <= task.window_end_at);
    let counts = [
        of(Status::Completed).count(),
        of(Status::Cancelled).count(),
        timed.count(),
        on_time.count(),
    ];
    let pairs = of(Status::Completed).flat_map(|task| {
        let on_it = crew.iter().filter(move |one| one.task_id == task.id);
        on_it.map(move |one| (task, one))
    });
    let pairs: Vec<_> = pairs
        .filter(|(_, one)| agent_id.is_none_or(|id| one.agent_id == id))
        .collect();
    let mean = |spans: Vec<TimeDelta>| {
        let sum: f64 = spans.iter().map(|span| span.as_seconds_f64()).sum();
        (!spans.is_empty()).then(|| (sum / spans.len() as f64, spans.len() as u64))
    };
    let acknowledged = pairs
        .iter()
        .filter_map(|(_, one)| Some(one.acknowledged_at? - one.offered_at));
    let arrived = pairs
        .iter()
        .filter_map(|(_, one)| Some(one.on_site_at? - one.acknowledged_at?));
    let worked = pairs
        .iter()
        .filter_map(|(task, one)| Some(task.ended_at? - one.on_site_at?));
    (
        counts.map(|count| count as u64).to_vec(),
        vec![
            mean(acknowledged.collect()),
            mean(arrived.collect()),
            mean(worked.collect()),
        ],
    )
}

fn assert_same(figures: &Figures, (counts, means): (Vec<u64>, Vec<Option<(f64, u64)>>)) {
    let sums = figures.total;
    assert_eq!(
        vec![sums.completed, sums.cancelled, sums.timed, sums.on_time],
        counts
    );
    let told = [sums.to_acknowledge(), sums.to_arrive(), sums.to_complete()];
    for (told, expected) in told.iter().zip(means) {
        match (told, expected) {
            (Some(told), Some((seconds, count))) => {
                assert!(
                    (told.mean_seconds - seconds).abs() < 0.01,
                    "{told:?} instead of {seconds}"
                );
                assert_eq!(told.count, count);
            }
            (told, expected) => assert!(
                told.is_none() && expected.is_none(),
                "{told:?}, {expected:?}"
            ),
        }
    }
}

/// The overview counts what the rows say, whichever days are kept.
async fn assert_counted(world: &World, boss: &Actor) {
    let told = stats::overview(&world.store, boss).await.expect("figures");
    let tasks = world.all::<entity::task::Entity>().await;
    for status in [Status::Completed, Status::Cancelled] {
        let count = tasks.iter().filter(|task| task.status == status).count();
        assert_eq!(told.tasks[&status], count as u64, "{status:?}");
    }
}

async fn keep(world: &World) -> usize {
    timer::start(&world.store).await.expect("wound up");
    for _ in 0..4 {
        world.wait(TimeDelta::minutes(6));
        world.run_timers().await;
    }
    let days = world.all::<entity::figure_day::Entity>().await;
    days.iter().filter(|day| day.whole).count()
}

#[tokio::test]
async fn kept_days_say_what_counting_says() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let store = &world.store;
        history(&world, &boss, &ana, &beto).await;
        let period = Period::last(store, 40);
        let unit = async || {
            let told = figures::of_unit(store, &boss, world.unit_id, period).await;
            told.expect("his unit")
        };
        let counted = unit().await;
        assert_same(&counted, by_hand(&world, None).await);
        assert!(counted.total.reports > 10, "{counted:?}");
        let ana_id = ana.user_id.expect("an account");
        let hers = figures::of_user(store, &ana, ana_id, period)
            .await
            .expect("hers");
        assert_same(&hers, by_hand(&world, ana.agent_id).await);
        let all = stats::overview(store, &boss).await.expect("figures");

        assert!(keep(&world).await >= 9, "days are kept");
        let kept = unit().await;
        assert_eq!(kept.total.completed, counted.total.completed);
        assert_same(&kept, by_hand(&world, None).await);
        assert_eq!(kept.days, counted.days);
        assert_eq!(kept.total.reports, counted.total.reports);
        let now = stats::overview(store, &boss).await.expect("figures");
        assert_eq!(now.tasks, all.tasks);
        assert_counted(&world, &boss).await;
        let everywhere = figures::of_scope(store, &Actor::system(Channel::Cli), period).await;
        assert_eq!(everywhere.expect("figures").total, kept.total);

        // What ended on a kept day is taken back, and ends on another.
        let rows = world.all::<entity::task::Entity>().await;
        let mut completed = rows.iter().filter(|task| task.status == Status::Completed);
        let old = completed.nth(6).expect("one in the middle");
        let reopened = world
            .reopen(&boss, old.id, Step::because("Faltaba algo"))
            .await;
        reopened.expect("reopened");
        assert_same(&unit().await, by_hand(&world, None).await);
        assert_counted(&world, &boss).await;
        let again = Step::because("Ahora sí");
        world.complete(&boss, old.id, again).await.expect("done");
        tell(&world, &boss, old.id).await;
        let changed = unit().await;
        assert_same(&changed, by_hand(&world, None).await);
        keep(&world).await;
        let rekept = unit().await;
        assert_same(&rekept, by_hand(&world, None).await);
        assert_eq!(rekept.days, changed.days);
        assert_counted(&world, &boss).await;
    })
    .await;
}

#[tokio::test]
async fn figures_stay_within_ones_scope_and_say_nothing_without_data() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let south = world.unit("Sur").await;
        let store = &world.store;
        let period = Period::last(store, 30);
        let beto_id = beto.user_id.expect("an account");
        let refused = refusal(figures::of_user(store, &ana, beto_id, period).await);
        assert_eq!(refused, Refusal::missing(Thing::User));
        let foreign = refusal(figures::of_unit(store, &boss, south, period).await);
        assert_eq!(foreign, Refusal::missing(Thing::Unit));
        let below = refusal(figures::of_unit(store, &ana, world.unit_id, period).await);
        assert_eq!(below, Refusal::NotAllowed);
        let nothing = figures::of_unit(store, &boss, world.unit_id, period).await;
        let nothing = nothing.expect("his unit");
        assert!(nothing.total.is_empty());
        assert_eq!(nothing.total.on_time_share(), None);
        assert_eq!(nothing.days.len(), 30);
        // Whoever was taken off before the end did not complete it.
        let task = world.begun(&boss, &[&ana, &beto]).await;
        world.wait(TimeDelta::minutes(5));
        let crew = crate::support::crew(&[&ana]);
        world.assign(&boss, task.id, crew).await.expect("beto goes");
        world.wait(TimeDelta::minutes(5));
        let done = world
            .complete(&ana, task.id, Step::default())
            .await
            .expect("done");
        assert!(
            done.assignments
                .iter()
                .all(|one| one.state == AssignmentState::Released)
        );
        let his = figures::of_user(store, &boss, beto_id, period)
            .await
            .expect("his");
        assert_eq!(his.total.completed, 0);
        let ana_id = ana.user_id.expect("an account");
        let hers = figures::of_user(store, &boss, ana_id, period)
            .await
            .expect("hers");
        assert_eq!(hers.total.completed, 1);
        let midnight = hers.period.until.and_time(NaiveTime::MIN);
        assert!(midnight.date() == *hers.days.keys().last().expect("a day"));
    })
    .await;
}

/// A whole list, page by page.
async fn walked<T>(page: impl AsyncFn(Window) -> Page<T>) -> Vec<T> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let part = page(Window { limit: 4, cursor }).await;
        all.extend(part.items);
        cursor = part.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

/// One that ended too late, and a drill, which does not count.
async fn late_and_drill(world: &World, boss: &Actor, ana: &Actor) {
    let drill = NewTask {
        drill: true,
        ..patrol(&[ana])
    };
    for (new, hours) in [(patrol(&[ana]), 30), (drill, 1)] {
        let task = world.create(boss, new).await.expect("made");
        let answered = world.answer(ana, task.id, Answer::Acknowledge).await;
        answered.expect("answered");
        let begun = world.start(ana, task.id, Step::default()).await;
        begun.expect("begun");
        world.wait(TimeDelta::hours(hours));
        let done = world.complete(ana, task.id, Step::default()).await;
        done.expect("done");
    }
}

async fn assert_listed(world: &World, actor: &Actor, wanted: Wanted, sums: Sums) {
    let store = &world.store;
    for (counted, number) in [
        (Counted::Completed, sums.completed),
        (Counted::Cancelled, sums.cancelled),
        (Counted::Timed, sums.timed),
        (Counted::OnTime, sums.on_time),
        (Counted::Overdue, sums.timed - sums.on_time),
    ] {
        let listed = walked(async |window: Window| {
            let page = figures::tasks(store, actor, counted, wanted, window).await;
            page.expect("a page")
        });
        let listed: Vec<_> = listed
            .await
            .iter()
            .map(|one| (one.ended_at, one.id))
            .collect();
        assert_eq!(listed.len() as u64, number, "{counted:?}");
        let falling = listed.windows(2).all(|pair| pair[0] > pair[1]);
        assert!(falling, "each once, what ended last first: {listed:?}");
    }
    for (stretch, told) in [
        (Stretch::OfferedToAcknowledged, sums.to_acknowledge()),
        (Stretch::AcknowledgedToOnSite, sums.to_arrive()),
        (Stretch::OnSiteToCompleted, sums.to_complete()),
    ] {
        let listed = walked(async |window: Window| {
            let page = figures::answers(store, actor, stretch, wanted, window).await;
            page.expect("a page")
        });
        let listed = listed.await;
        let told = told.expect("somebody answered");
        assert_eq!(listed.len() as u64, told.count, "{stretch:?}");
        let times = listed
            .iter()
            .map(|one| (one.ends - one.begins).as_seconds_f64());
        let mean = times.sum::<f64>() / told.count as f64;
        assert!((mean - told.mean_seconds).abs() < 0.01, "{stretch:?}");
        let keys: Vec<_> = listed
            .iter()
            .map(|one| (one.at, one.task_id, one.id))
            .collect();
        let falling = keys.windows(2).all(|pair| pair[0] > pair[1]);
        assert!(falling, "each once, what ended last first: {keys:?}");
    }
}

#[tokio::test]
async fn every_figure_lists_what_it_counts() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        history(&world, &boss, &ana, &beto).await;
        late_and_drill(&world, &boss, &ana).await;
        let store = &world.store;
        let south = world.unit("Sur").await;
        let several = Actor {
            unit_ids: vec![world.unit_id, south],
            ..boss.clone()
        };
        let admin = Actor::system(Channel::Cli);
        let period = Period::last(store, 40);
        for actor in [&boss, &several, &admin, &ana] {
            let told = figures::of_scope(store, actor, period).await;
            let sums = told.expect("figures").total;
            assert!(sums.timed > sums.on_time, "one was late: {sums:?}");
            let unit_id = None;
            assert_listed(&world, actor, Wanted { period, unit_id }, sums).await;
        }
        let unit_id = Some(world.unit_id);
        let told = figures::of_unit(store, &several, world.unit_id, period).await;
        let sums = told.expect("figures").total;
        assert_listed(&world, &several, Wanted { period, unit_id }, sums).await;

        let ask = async |actor: &Actor, unit_id| {
            let wanted = Wanted { period, unit_id };
            let window = Window::first(5);
            figures::tasks(store, actor, Counted::Completed, wanted, window).await
        };
        let foreign = refusal(ask(&boss, Some(south)).await);
        assert_eq!(foreign, Refusal::missing(Thing::Unit));
        assert_eq!(refusal(ask(&ana, unit_id).await), Refusal::NotAllowed);
        let nowhere = Actor {
            unit_ids: Vec::new(),
            ..boss.clone()
        };
        assert!(ask(&nowhere, None).await.expect("none").items.is_empty());
    })
    .await;
}
