//! Any sequence of commands from anybody keeps the rules: the real thing beside a plain model of it.

use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::runtime::Runtime;

use crate::support::{World, postgres_url};
use check::Tables;
use command::Real;
use model::Model;
use wish::Wish;

mod check;
mod command;
mod model;
mod people;
mod wish;

#[test]
fn any_day_goes_as_the_rules_say() {
    std::thread::scope(|scope| {
        for part in 0..4 {
            scope.spawn(move || try_days(part, 16, World::sqlite));
        }
    });
}

#[test]
fn any_day_goes_as_the_rules_say_on_postgres() {
    if let Some(url) = postgres_url() {
        try_days(4, 6, async || World::postgres(&url).await);
    }
}

/// What proptest says when nobody chose a number of cases.
const UNSAID: u32 = 256;

/// The same days in every run, so that a failure is a change; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` try others.
fn try_days<F: AsyncFn() -> World>(part: u64, cases: u32, world: F) {
    let runtime = Runtime::new().expect("a runtime");
    let usual = Config::default();
    let config = Config {
        cases: if usual.cases == UNSAID {
            cases
        } else {
            usual.cases
        },
        rng_seed: RngSeed::Fixed(match usual.rng_seed {
            RngSeed::Random => part,
            RngSeed::Fixed(seed) => seed + part,
        }),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..usual
    };
    let outcome = TestRunner::new(config).run(&wish::day(), |day| {
        runtime.block_on(async { live(world().await, &day).await });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn live(world: World, day: &[Wish]) {
    let (people, units) = people::enter(&world).await;
    let mut real = Real {
        world,
        people,
        tasks: Vec::new(),
    };
    let mut model = Model::new();
    let mut before = Tables::read(&real).await;
    for wish in day {
        let Some(command) = wish.settle(&model) else {
            continue;
        };
        let answer = real.run(&command).await;
        let outcome = model.run(&command);
        check::same_answer(&answer, &outcome);
        let after = Tables::read(&real).await;
        check::written(&before, &after, &outcome);
        check::agree(&real, &after, &model, units);
        check::sound(&after);
        check::versions_rise(&before, &after);
        check::nobody_is_asked_twice(&before, &after, &command);
        before = after;
    }
}
