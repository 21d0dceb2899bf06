//! The word that nobody comes is said again while nobody in command does anything about it, and not without end.

use domain::report::{self, NewReport};

use super::{outage::passes, *};
use crate::support::crew;

const SILVA: i64 = 90;

/// How many words that nobody comes she gets in so many rings.
async fn words(world: &World, rings: usize) -> usize {
    let mut heard = arrived(world).await;
    for _ in 0..rings {
        passes(world).await;
        heard += arrived(world).await;
    }
    heard
}

async fn arrived(world: &World) -> usize {
    let sent = world.delivers().await.into_iter();
    let word = |(chat, notice): &(i64, Notice)| {
        *chat == SILVA && matches!(notice, Notice::EmergencyEscalated { .. })
    };
    sent.filter(word).count()
}

async fn writes(world: &World, by: &Actor, task_id: i64) {
    let by = by.clone();
    let new = NewReport::text("¿quién está cerca?");
    let kept = world
        .store
        .write(move |tx| Box::pin(async move { report::add(tx, &by, task_id, new).await }));
    kept.await.expect("kept");
}

#[tokio::test]
async fn while_nothing_is_done_it_is_said_every_two_minutes_five_times_also_when_practised() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        for drill in [false, true] {
            let call = NewEmergency { drill, ..here() };
            let id = world.sos(&ana, call).await.id;
            let since = world.store.now();
            assert_eq!(words(&world, 3).await, 1, "two minutes are not over");
            assert_eq!(words(&world, 1).await, 1);
            assert_eq!(words(&world, 16).await, 4);
            assert_eq!(words(&world, 20).await, 0, "she is not there");
            assert_eq!(world.emergency(id).await.nobody_since, Some(since));
            let over = world.resolves(&boss, id, Some("Hecho")).await;
            over.expect("done");
        }
    })
    .await;
}

#[tokio::test]
async fn once_somebody_is_sent_it_is_said_no_more_but_words_alone_are_nothing() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let eva = world.person("Eva", Level::Agent, 2).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        assert_eq!(words(&world, 1).await, 1);
        // What whoever called writes himself is nothing that was done about it.
        writes(&world, &ana, task_id).await;
        assert_eq!(words(&world, 4).await, 1);
        writes(&world, &boss, task_id).await;
        assert_eq!(words(&world, 12).await, 3, "words bring nobody");
        let over = world.resolves(&boss, call.id, Some("Hecho")).await;
        over.expect("done");

        let call = world.sos(&eva, here()).await;
        let task_id = call.task_id.expect("a task");
        assert_eq!(words(&world, 1).await, 1);
        world
            .assign(&boss, task_id, crew(&[&zoe]))
            .await
            .expect("his");
        assert_eq!(words(&world, 12).await, 0);
    })
    .await;
}

#[tokio::test]
async fn once_somebody_goes_it_is_not_said_and_when_he_leaves_it_begins_anew() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let id = world.sos(&ana, here()).await.id;
        assert_eq!(words(&world, 1).await, 1);
        let bob = world.standing("Bob", 2, 100.0).await;
        passes(&world).await;
        world.goes(&bob, id).await.expect("he was asked");
        assert_eq!(words(&world, 8).await, 0);
        assert_eq!(world.emergency(id).await.nobody_since, None);
        world.cannot(&bob, id).await.expect("said");
        let since = Some(world.store.now());
        assert_eq!(world.emergency(id).await.nobody_since, since);
        world.run_timers().await;
        assert_eq!(words(&world, 3).await, 1, "at once");
        assert_eq!(words(&world, 1).await, 1, "and again");
    })
    .await;
}

#[tokio::test]
async fn while_telegram_has_not_taken_it_no_second_one_waits() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.sos(&ana, here()).await;
        for _ in 0..12 {
            passes(&world).await;
        }
        assert_eq!(arrived(&world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_goes_since_the_last_one_left_or_it_was_opened_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        let since = async || world.emergency(id).await.nobody_since;
        world.goes(&bob, id).await.expect("he comes");
        world.wait(TimeDelta::minutes(20));
        world.cannot(&bob, id).await.expect("said");
        let left = world.store.now();
        assert_eq!(since().await, Some(left));
        // He is asked anew, and nobody forgets that he had gone.
        world.wait(TimeDelta::minutes(10));
        let sent = world.assign(&boss, task_id, crew(&[&bob])).await;
        sent.expect("his");
        assert_eq!(since().await, Some(left));
        let over = world.resolves(&boss, id, Some("Hecho")).await;
        over.expect("done");
        assert_eq!(since().await, None, "it is over");
        world.wait(TimeDelta::hours(2));
        let because = domain::task::life::Step::because("No era");
        let again = world.reopen(&boss, task_id, because).await;
        again.expect("open again");
        assert_eq!(since().await, Some(world.store.now()));
    })
    .await;
}
