//! Those on duty: for any people the preview, the messages and the plain rule are the same.

use domain::agent;
use proptest::{prelude::*, test_runner::TestRunner};

use super::*;

/// How somebody is at this moment.
#[derive(Clone, Copy, Debug)]
struct Person {
    /// Whether one of his shifts goes on; nothing when none was ever planned.
    shift: Option<bool>,
    leave: bool,
    /// Says that he cannot, until then or without end.
    away: Option<bool>,
    works: bool,
    blocked: bool,
}

impl Person {
    /// The rule of the product.
    fn on_duty(self) -> bool {
        !self.leave && (self.works || self.shift != Some(false))
    }

    fn hears(self) -> bool {
        self.on_duty() && !self.blocked
    }
}

fn person() -> impl Strategy<Value = Person> {
    let often = || prop::bool::weighted(0.3);
    let shift = prop::option::of(any::<bool>());
    let away = prop::option::of(any::<bool>());
    (shift, often(), away, often(), often()).prop_map(|(shift, leave, away, works, blocked)| {
        Person {
            shift,
            leave,
            away,
            works,
            blocked,
        }
    })
}

async fn comes(world: &World, boss: &Actor, chat: i64, one: Person) {
    let who = world.person(&format!("P{chat}"), Level::Agent, chat).await;
    let agent_id = who.agent_id.expect("an agent");
    let hour = |hours| start() + TimeDelta::hours(hours);
    if one.works {
        world.begun(boss, &[&who]).await;
    }
    if let Some(goes_on) = one.shift {
        let span = match goes_on {
            true => (hour(-2), hour(6)),
            false => (hour(20), hour(28)),
        };
        world.shift(boss, agent_id, span).await.expect("planned");
    }
    if one.leave {
        let span = (hour(-1), hour(24));
        world.leave(boss, agent_id, span).await.expect("on leave");
    }
    if let Some(ends) = one.away {
        let until = ends.then(|| hour(1));
        let off = world.store.write(move |tx| {
            Box::pin(
                async move { agent::set_availability(tx, &who, agent_id, true, None, until).await },
            )
        });
        off.await.expect("switched off");
    }
    if one.blocked {
        let lost = world
            .store
            .write(move |tx| Box::pin(async move { reach::lost(tx, chat).await }));
        lost.await.expect("recorded");
    }
}

async fn reaches_whom_it_says(world: World, people: &[Person]) {
    let dora = world.dispatcher().await;
    for (chat, one) in (1..).zip(people) {
        comes(&world, &dora, chat, *one).await;
    }
    let wanted: Vec<i64> = (1..)
        .zip(people)
        .filter(|(_, one)| one.hears())
        .map(|(chat, _)| chat)
        .collect();
    let missed = people.iter().filter(|one| one.on_duty() && one.blocked);
    let seen = broadcast::preview(&world.store, &dora, &Audience::OnDuty, None).await;
    let seen = seen.expect("a preview");
    assert_eq!(seen.recipients, wanted.len(), "{people:?}");
    assert_eq!(seen.unreachable.len(), missed.count(), "{people:?}");
    let new = NewBroadcast {
        audience: Audience::OnDuty,
        ..words()
    };
    let Ok(id) = world.sends(&dora, new).await else {
        assert!(!people.iter().any(|one| one.on_duty()), "{people:?}");
        return;
    };
    let mut rung = world.rung(id).await;
    rung.sort_unstable();
    assert_eq!(rung, wanted, "{people:?}");
}

#[test]
fn a_preview_of_those_on_duty_is_whom_it_reaches_whatever_they_say_of_themselves() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let some = prop::collection::vec(person(), 1..7);
    let tried = runner.run(&some, |people| {
        runtime.block_on(each(async |world: World| {
            reaches_whom_it_says(world, &people).await;
        }));
        Ok(())
    });
    tried.expect("the same everywhere");
}

#[tokio::test]
async fn who_says_he_cannot_hears_it_on_his_shift_and_not_after_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let (on, off) = (Some(true), Some(false));
        for (chat, shift) in [(1, on), (2, off), (3, None)] {
            let one = Person {
                shift,
                leave: false,
                away: Some(false),
                works: false,
                blocked: false,
            };
            comes(&world, &dora, chat, one).await;
        }
        let new = NewBroadcast {
            audience: Audience::OnDuty,
            ..words()
        };
        let id = world.sends(&dora, new).await.expect("sent");
        assert_eq!(world.rung(id).await, [1, 3]);
    })
    .await;
}
