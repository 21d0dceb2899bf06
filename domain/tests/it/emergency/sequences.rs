//! Two calls at once and whatever may happen to them, in any order, also that those who come call for help themselves: nobody is
//! asked for one more often than the rules say, nobody who is on one is asked for another, and a call is answered exactly while
//! enough go who can be counted on.

use std::collections::HashMap;

use domain::task::life::Step;
use entity::emergency_offer;
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use sea_orm::sea_query::Expr;
use tokio::runtime::Runtime;

use super::*;

/// The chats of those who can come.
const CHATS: [i64; 3] = [11, 12, 13];

#[derive(Clone, Copy, Debug)]
enum Move {
    /// The time of a ring is over.
    Ring,
    /// It is not over yet.
    Soon,
    /// Somebody comes to a call.
    Go(usize, usize),
    Decline(usize, usize),
    End(usize),
    /// It is opened again by whoever ended it.
    TakeBack(usize),
    /// It is opened again by somebody else.
    Reopen(usize),
    Press(usize),
    Place(usize),
    /// One of those who can come calls himself.
    Call(usize),
    /// All such calls have ended.
    Calm,
}

fn any_move() -> impl Strategy<Value = Move> {
    let both = || (0..CHATS.len(), 0..2_usize);
    prop_oneof![
        6 => Just(Move::Ring),
        2 => Just(Move::Soon),
        4 => both().prop_map(|(who, call)| Move::Go(who, call)),
        1 => both().prop_map(|(who, call)| Move::Decline(who, call)),
        3 => (0..2_usize).prop_map(Move::End),
        2 => (0..2_usize).prop_map(Move::TakeBack),
        3 => (0..2_usize).prop_map(Move::Reopen),
        2 => (0..2_usize).prop_map(Move::Press),
        1 => (0..2_usize).prop_map(Move::Place),
        1 => (0..CHATS.len()).prop_map(Move::Call),
        1 => Just(Move::Calm),
    ]
}

#[test]
fn whatever_happens_the_rings_are_bounded_and_nobody_is_asked_who_is_at_another() {
    let runtime = Runtime::new().expect("a runtime");
    let config = Config {
        cases: 16,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let moves = prop::collection::vec(any_move(), 5..30);
    let outcome = TestRunner::new(config).run(&moves, |moves| {
        runtime.block_on(live(&moves));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn live(moves: &[Move]) {
    let mut scene = Scene::begin().await;
    for (number, what) in moves.iter().enumerate() {
        scene.does(*what).await;
        scene.settle().await;
        scene.holds(&moves[..=number]).await;
    }
}

struct Scene {
    world: World,
    bosses: [Actor; 2],
    callers: [Actor; 2],
    helpers: Vec<Actor>,
    /// The calls and their tasks.
    calls: Vec<(i64, i64)>,
    /// The calls of those who can come.
    own: Vec<i64>,
    /// How often a chat was asked for a call, since it was called or somebody opened it again.
    asked: HashMap<(i64, i64), usize>,
}

impl Scene {
    async fn begin() -> Self {
        let world = World::sqlite().await;
        let bosses = [
            world.person("Silva", Level::Supervisor, 90).await,
            world.person("Marta", Level::Supervisor, 91).await,
        ];
        let callers = [
            world.person("Ana", Level::Agent, 1).await,
            world.person("Zoe", Level::Agent, 2).await,
        ];
        let mut helpers = Vec::new();
        for (name, chat) in ["Bob", "Eva", "Leo"].into_iter().zip(CHATS) {
            helpers.push(world.standing(name, chat, 10.0 * chat as f64).await);
        }
        let mut calls = Vec::new();
        for caller in &callers {
            let call = world.sos(caller, here()).await;
            calls.push((call.id, call.task_id.expect("a task")));
        }
        entity::emergency::Entity::update_many()
            .col_expr(entity::emergency::Column::Crew, Expr::value(2))
            .exec(world.store.writer())
            .await
            .expect("two are enough");
        let mut scene = Self {
            world,
            bosses,
            callers,
            helpers,
            calls,
            own: Vec::new(),
            asked: HashMap::new(),
        };
        scene.settle().await;
        scene
    }

    /// Whether it comes too late is the function's own matter.
    async fn does(&mut self, what: Move) {
        let world = &self.world;
        let id = |call: usize| self.calls[call].0;
        match what {
            Move::Ring => world.wait(TimeDelta::seconds(30)),
            Move::Soon => world.wait(TimeDelta::seconds(5)),
            Move::Go(who, call) => drop(world.goes(&self.helpers[who], id(call)).await),
            Move::Decline(who, call) => drop(world.cannot(&self.helpers[who], id(call)).await),
            Move::End(call) => {
                let ended = world.resolves(&self.bosses[0], id(call), Some("Hecho"));
                drop(ended.await);
            }
            Move::TakeBack(call) => self.reopens(call, 0).await,
            Move::Reopen(call) => self.reopens(call, 1).await,
            Move::Press(call) => {
                world.calls(&self.callers[call]).await;
            }
            Move::Place(call) => self.places(call).await,
            Move::Call(who) => {
                let call = world.sos(&self.helpers[who], here()).await;
                self.own.push(call.id);
            }
            Move::Calm => {
                for own in self.own.drain(..) {
                    drop(world.resolves(&self.bosses[0], own, Some("Hecho")).await);
                }
            }
        }
    }

    /// Only who takes his own end back in time does not ask anew.
    async fn reopens(&mut self, call: usize, by: usize) {
        let (id, task_id) = self.calls[call];
        let now = self.world.store.now();
        let undo = TimeDelta::seconds(self.world.store.rules().undo_seconds.into());
        let ended = self.world.call_row(id).await.ended_at;
        let undone = by == 0 && ended.is_some_and(|at| now - at < undo);
        let step = Step::because("No era");
        let again = self.world.reopen(&self.bosses[by], task_id, step).await;
        if again.is_ok() && !undone {
            self.asked.retain(|(_, of), _| *of != id);
        }
    }

    async fn places(&self, call: usize) {
        let (id, caller) = (self.calls[call].0, self.callers[call].clone());
        let placed = self.world.store.write(move |tx| {
            Box::pin(async move { emergency::placed(tx, &caller, id, (north(5.0), None)).await })
        });
        drop(placed.await);
    }

    /// Does what is due, has everything delivered, and counts whom that asked.
    async fn settle(&mut self) {
        self.world.run_timers().await;
        let told = self.world.delivers().await;
        let offers = self.world.all::<emergency_offer::Entity>().await;
        for (chat, notice) in told {
            let Notice::Emergency {
                emergency_id,
                ring: true,
            } = notice
            else {
                continue;
            };
            let helper = CHATS.iter().position(|one| *one == chat);
            let agent_id = helper.and_then(|number| self.helpers[number].agent_id);
            let asked = offers.iter().any(|one| {
                one.emergency_id == emergency_id
                    && Some(one.agent_id) == agent_id
                    && one.state == OfferState::Offered
            });
            if asked {
                *self.asked.entry((chat, emergency_id)).or_default() += 1;
            }
        }
    }

    async fn holds(&self, way: &[Move]) {
        let most = self.world.store.rules().ack.rings as usize;
        let often = self.asked.iter().find(|(_, times)| **times > most);
        assert_eq!(often, None, "asked too often: {way:?}");
        let calls = self.world.all::<entity::emergency::Entity>().await;
        let open = |id: i64| {
            let call = calls.iter().find(|one| one.id == id);
            call.is_some_and(|one| emergency::is_open(one.status))
        };
        let mut offers = self.world.all::<emergency_offer::Entity>().await;
        offers.retain(|one| open(one.emergency_id));
        for comes in offers.iter().filter(|one| one.state == OfferState::Taken) {
            let elsewhere = offers
                .iter()
                .find(|one| one.agent_id == comes.agent_id && one.state == OfferState::Offered);
            assert_eq!(elsewhere, None, "he comes to {comes:?}: {way:?}");
        }
        for (id, _) in self.calls.iter().filter(|(id, _)| open(*id)) {
            let now = self.world.emergency(*id).await;
            let answered = now.status == EmergencyStatus::Answered;
            assert_eq!(answered, now.enough(), "{way:?} -> {now:?}");
        }
    }
}
