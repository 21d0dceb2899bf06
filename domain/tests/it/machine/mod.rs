//! Any sequence of commands from anybody keeps the rules: the real thing beside a plain model of it.

use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::runtime::Runtime;

use crate::support::{World, postgres_url};
use check::Tables;
use command::{Command, Real};
use model::Model;

mod check;
mod command;
mod model;
mod people;

#[test]
fn any_day_goes_as_the_rules_say() {
    try_days(64, World::sqlite);
}

#[test]
fn any_day_goes_as_the_rules_say_on_postgres() {
    if let Some(url) = postgres_url() {
        try_days(6, async || World::postgres(&url).await);
    }
}

/// The same days in every run, so that a failure is a change; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` try others.
fn try_days<F: AsyncFn() -> World>(cases: u32, world: F) {
    let runtime = Runtime::new().expect("a runtime");
    let usual = Config::default();
    let cases = if usual.cases == 256 {
        cases
    } else {
        usual.cases
    };
    let seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1_122),
        chosen @ RngSeed::Fixed(_) => chosen,
    };
    let config = Config {
        cases,
        rng_seed: seed,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..usual
    };
    let outcome = TestRunner::new(config).run(&command::day(), |day| {
        runtime.block_on(async { live(world().await, &day).await });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn live(world: World, day: &[Command]) {
    let (people, units) = people::enter(&world).await;
    let mut real = Real {
        world,
        people,
        tasks: Vec::new(),
    };
    let mut model = Model::new();
    let mut before = Tables::read(&real).await;
    for command in day {
        if command.task().is_some_and(|task| task >= real.tasks.len()) {
            continue;
        }
        let answer = real.run(command).await;
        let outcome = model.run(command);
        check::same_answer(&answer, &outcome);
        let after = Tables::read(&real).await;
        check::written(&before, &after, &outcome);
        check::agree(&real, &after, &model, units);
        check::sound(&after);
        check::versions_rise(&before, &after);
        check::nobody_is_asked_twice(&before, &after, command);
        before = after;
    }
}
