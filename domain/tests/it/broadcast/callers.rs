//! Whoever called for help is spared by drills, and nobody is told to call himself.

use domain::emergency::{self, NewEmergency};

use super::*;

async fn calls(world: &World, who: &Actor) {
    let who = who.clone();
    let help = NewEmergency::default();
    world
        .store
        .write(move |tx| Box::pin(async move { emergency::raise(tx, &who, help).await }))
        .await
        .expect("a call for help never fails");
}

impl World {
    /// The people of it, with how often each was rung.
    async fn asked(&self, id: i64) -> Vec<(i64, i32)> {
        let rows = self.all::<broadcast_recipient::Entity>().await;
        let of = rows.iter().filter(|row| row.broadcast_id == id);
        let mut asked: Vec<_> = of.map(|row| (row.user_id, row.rings)).collect();
        asked.sort_unstable();
        asked
    }
}

fn user(actor: &Actor) -> i64 {
    actor.user_id.expect("a person")
}

#[tokio::test]
async fn a_drill_asks_nobody_whose_call_for_help_goes_on() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        let open = async || {
            let seen = broadcast::preview(&world.store, &dora, &Audience::All, None).await;
            seen.expect("permitted").open_calls
        };
        assert_eq!(open().await, 0);
        calls(&world, &ana).await;
        assert_eq!(open().await, 1);
        let drill = NewBroadcast {
            drill: true,
            ..words()
        };
        let id = world.sends(&dora, drill).await.expect("sent");
        let people = |asked: Vec<(i64, i32)>| -> Vec<i64> {
            asked.into_iter().map(|(user_id, _)| user_id).collect()
        };
        let spared = people(world.asked(id).await);
        assert_eq!(spared, [user(&bob), user(&eva)]);
        let earnest = world.sends(&dora, words()).await.expect("sent");
        let all = people(world.asked(earnest).await);
        assert_eq!(all, [user(&ana), user(&bob), user(&eva)]);
        assert_eq!(world.rung(earnest).await, [2, 3], "nothing rings for Ana");
        let quietly = Notice::Broadcast {
            broadcast_id: earnest,
            ring: false,
        };
        assert_eq!(world.told(&quietly).await, [1]);
        let seen = broadcast::preview(&world.store, &dora, &Audience::All, None).await;
        let seen = seen.expect("permitted").practised(true);
        assert_eq!(seen.recipients, spared.len(), "as many as stand in it");

        // Who calls once it is there is rung for it no more.
        world.telegram_takes().await;
        calls(&world, &bob).await;
        let rings = async || {
            let asked = world.asked(id).await;
            asked
                .into_iter()
                .map(|(_, rings)| rings)
                .collect::<Vec<_>>()
        };
        let before = rings().await;
        world.wait(TimeDelta::seconds(61));
        world.run_timers().await;
        let after = rings().await;
        assert_eq!(after[0], before[0], "Bob calls for help");
        assert_eq!(after[1], before[1] + 1, "Eva is asked again");
    })
    .await;
}

#[tokio::test]
async fn whoever_calls_for_help_is_no_silent_one_of_a_broadcast_in_earnest() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        calls(&world, &ana).await;
        let one = world.roll_call(id).await;
        let silent = async || {
            let silent = broadcast::silent(&world.store, &dora, &one, (0, 20)).await;
            let people = silent.expect("in scope").people.into_iter();
            people.map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(silent().await, ["Bob"]);
        let apart = broadcast::calling(&world.store, &dora, &one, 20).await;
        assert_eq!(apart.expect("in scope").names, ["Ana"]);
        world.wait(TimeDelta::seconds(61));
        world.run_timers().await;
        assert_eq!(world.rung(id).await, [1, 2, 2], "Ana is not rung again");
        let said = world.replies(&bob, id, Reply::Acknowledged).await;
        said.expect("said");
        for _ in 0..4 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        for phones in [false, true] {
            let word = Notice::BroadcastSilent {
                broadcast_id: id,
                phones,
            };
            assert!(world.told(&word).await.is_empty(), "nobody is to be called");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_to_call_himself() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let mut marta = world.person("Marta", Level::Supervisor, 50).await;
        marta.permissions.push(Permission::Broadcast);
        world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let one = world.roll_call(id).await;
        for (reader, names) in [(&dora, vec!["Ana", "Marta"]), (&marta, vec!["Ana"])] {
            let silent = broadcast::silent(&world.store, reader, &one, (0, 20)).await;
            let silent = silent.expect("in scope");
            let named: Vec<&str> = silent.people.iter().map(|one| one.name.as_str()).collect();
            assert_eq!((named, silent.total), (names.clone(), names.len() as u64));
        }
    })
    .await;
}
