//! Everything that can happen to a call for help with two people who can come, in every order, on the real functions: the
//! search goes on or enough come, what somebody answered holds, and when nobody comes those in command are told.

use std::collections::BTreeSet;

use domain::{
    lease::{self, Fence},
    outbox::{self as queue, OutboxStatus, Outcome, Settled},
    reach,
};
use entity::{assignment, emergency_offer, outbox, timer};
use sea_orm::sea_query::Expr;

use super::*;
use crate::support::Frozen;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Telegram takes the next message to this one.
    Deliver(usize),
    /// Telegram refuses it for good.
    Fail(usize),
    /// The account is gone.
    Lose(usize),
    /// The account is back.
    Regain(usize),
    Go(usize),
    /// He cannot, or cannot any more.
    Decline(usize),
    /// The time of a ring is over, and whatever is due is done.
    Ring,
    Resolve,
    Cancel,
    /// Whatever was being done is undone.
    Crash,
}

const STEPS: [Step; 16] = [
    Step::Deliver(0),
    Step::Deliver(1),
    Step::Fail(0),
    Step::Fail(1),
    Step::Lose(0),
    Step::Lose(1),
    Step::Regain(0),
    Step::Regain(1),
    Step::Go(0),
    Step::Go(1),
    Step::Decline(0),
    Step::Decline(1),
    Step::Ring,
    Step::Resolve,
    Step::Cancel,
    Step::Crash,
];

/// How many are needed: one less than can come.
const CREW: usize = 1;

/// From this ring on those in command must know that nobody comes; later ones are alike.
const TOLD: i32 = 2;
const ALIKE: i32 = 4;

/// The chats of those who can come, and of all others.
const CHATS: [i64; 2] = [11, 12];
const OTHERS: [i64; 2] = [1, 90];

/// How one of them stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    state: Option<OfferState>,
    told: bool,
    /// A message waits.
    queued: bool,
}

/// When the search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Search {
    Never,
    Now,
    Later,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    status: EmergencyStatus,
    ring: i32,
    escalated: bool,
    search: Search,
    /// People on the task.
    held: usize,
    people: Vec<Person>,
}

impl Seen {
    fn count(&self, state: OfferState) -> usize {
        let of = self.people.iter().filter(|one| one.state == Some(state));
        of.count()
    }

    /// People are alike: who is first does not matter.
    fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        sorted.people.sort_unstable();
        sorted
    }
}

/// Who plays, the same in every world.
#[derive(Clone)]
struct Cast {
    id: i64,
    boss: Actor,
    people: Vec<Actor>,
    fence: Fence,
}

struct Scene {
    world: World,
    cast: Cast,
}

impl Scene {
    /// Somebody has called, and both were asked.
    async fn begin() -> Self {
        let world = World::sqlite().await;
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = vec![
            world.standing("Bob", CHATS[0], 100.0).await,
            world.standing("Eva", CHATS[1], 200.0).await,
        ];
        let span = std::time::Duration::from_secs(1_000_000_000);
        let fence = lease::take(&world.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("leases").expect("it is ours");
        let id = world.sos(&ana, here()).await.id;
        let crew = i32::try_from(CREW).expect("a small number");
        entity::emergency::Entity::update_many()
            .col_expr(entity::emergency::Column::Crew, Expr::value(crew))
            .exec(world.store.writer())
            .await
            .expect("a row");
        let cast = Cast {
            id,
            boss,
            people,
            fence,
        };
        Self { world, cast }
    }

    async fn look(&self) -> Seen {
        let (world, id) = (&self.world, self.cast.id);
        let row = world.call_row(id).await;
        let offers = world.all::<emergency_offer::Entity>().await;
        let messages = world.all::<outbox::Entity>().await;
        let rung = Notice::Emergency {
            emergency_id: id,
            ring: true,
        };
        let waits = |row: &outbox::Model, chat: i64| {
            row.chat_id == chat
                && row.status == OutboxStatus::Queued
                && serde_json::from_value(row.notice.clone()).ok().as_ref() == Some(&rung)
        };
        let person = |(actor, chat): (&Actor, i64)| {
            let offer = offers
                .iter()
                .find(|one| Some(one.agent_id) == actor.agent_id);
            Person {
                state: offer.map(|one| one.state),
                told: offer.is_some_and(|one| one.sent_at.is_some()),
                queued: messages.iter().any(|row| waits(row, chat)),
            }
        };
        let people = self.cast.people.iter().zip(CHATS).map(person);
        Seen {
            status: row.status,
            ring: row.ring.min(ALIKE),
            escalated: row.escalated_at.is_some(),
            search: self.search().await,
            held: self.held(row.task_id).await,
            people: people.collect(),
        }
    }

    async fn search(&self) -> Search {
        let timers = self.world.all::<timer::Entity>().await;
        let rings = timers.iter().filter(|one| {
            one.kind == "emergency_ring" && one.status == timer::TimerStatus::Waiting
        });
        match rings.map(|one| one.due_at).min() {
            None => Search::Never,
            Some(at) if at <= self.world.store.now() => Search::Now,
            Some(_) => Search::Later,
        }
    }

    async fn held(&self, task_id: Option<i64>) -> usize {
        let rows = self.world.all::<assignment::Entity>().await;
        let on_it = rows.iter().filter(|one| {
            Some(one.task_id) == task_id && one.state == assignment::AssignmentState::EnRoute
        });
        on_it.count()
    }

    async fn does(&self, step: Step) {
        let Self { world, cast } = self;
        match step {
            Step::Deliver(i) => self.settle(i, Outcome::Sent { message_id: None }).await,
            Step::Fail(i) => {
                let error = "400".to_owned();
                self.settle(i, Outcome::Failed { error }).await;
            }
            Step::Lose(i) => {
                let lost = world
                    .store
                    .write(move |tx| Box::pin(async move { reach::lost(tx, CHATS[i]).await }));
                lost.await.expect("recorded");
            }
            Step::Regain(i) => {
                let back = world
                    .store
                    .write(move |tx| Box::pin(async move { reach::regained(tx, CHATS[i]).await }));
                back.await.expect("recorded");
            }
            // Whether it comes too late is the function's own matter.
            Step::Go(i) => drop(world.goes(&cast.people[i], cast.id).await),
            Step::Decline(i) => drop(world.cannot(&cast.people[i], cast.id).await),
            Step::Ring => {
                world.wait(TimeDelta::seconds(31));
                world.run_timers().await;
            }
            Step::Resolve => drop(world.resolves(&cast.boss, cast.id, Some("Hecho")).await),
            Step::Cancel => self.cancel().await,
            Step::Crash => self.crash().await,
        }
    }

    async fn cancel(&self) {
        let (boss, id) = (self.cast.boss.clone(), self.cast.id);
        let off = self.world.store.write(move |tx| {
            let reason = Some("Falsa alarma".to_owned());
            Box::pin(async move { Box::pin(emergency::cancel(tx, &boss, id, reason)).await })
        });
        drop(off.await);
    }

    /// In the middle of an answer the process ends.
    async fn crash(&self) {
        let (bob, id) = (self.cast.people[0].clone(), self.cast.id);
        let work = self.world.store.write(move |tx| {
            Box::pin(async move {
                let _ = emergency::decline(tx, &bob, id, "No puede ir").await;
                Err::<(), _>(domain::Error::Away("the process ended".into()))
            })
        });
        work.await.expect_err("it ended");
    }

    /// Brings the next message of a chat to its end, as the sender does: nothing to say once it is over.
    async fn settle(&self, i: usize, outcome: Outcome) {
        let Self { world, cast } = self;
        let busy = [OTHERS[0], OTHERS[1], CHATS[1 - i]];
        let taken = queue::claim(&world.store, cast.fence.clone(), 10, busy.to_vec()).await;
        let over = world.call_row(cast.id).await.ended_at.is_some();
        let settled = taken.expect("messages").into_iter().map(|message| {
            assert_eq!(message.chat_id, CHATS[i]);
            let about_it = matches!(message.notice, Notice::Emergency { .. });
            let outcome = match about_it && !over {
                true => outcome.clone(),
                false => Outcome::Dropped,
            };
            Settled {
                message,
                outcome,
                shown: None,
            }
        });
        queue::settle_all(&world.store, cast.fence.clone(), settled.collect())
            .await
            .expect("settled");
    }
}

fn holds(before: &Seen, after: &Seen, way: &[Step]) {
    let (coming, asked) = (
        after.count(OfferState::Taken),
        after.count(OfferState::Offered),
    );
    let open = matches!(
        after.status,
        EmergencyStatus::Active | EmergencyStatus::Answered
    );
    match after.status {
        EmergencyStatus::Active => {
            assert!(coming < CREW, "enough come: {way:?} -> {after:?}");
            assert_ne!(
                after.search,
                Search::Never,
                "nobody is looked for any more: {way:?} -> {after:?}"
            );
            let nobody = coming == 0 && (asked == 0 || after.ring >= TOLD);
            assert!(
                !nobody || after.escalated || after.search == Search::Now,
                "nobody comes, and nobody knows: {way:?} -> {after:?}"
            );
        }
        EmergencyStatus::Answered => {
            assert!(coming >= CREW, "too few come: {way:?} -> {after:?}");
        }
        EmergencyStatus::Resolved | EmergencyStatus::Cancelled => {
            assert_eq!(after.search, Search::Never, "{way:?} -> {after:?}");
        }
        EmergencyStatus::Waiting => panic!("it has left: {way:?} -> {after:?}"),
    }
    if after.status != EmergencyStatus::Active {
        assert_eq!(asked, 0, "somebody still waits: {way:?} -> {after:?}");
    }
    if open {
        assert_eq!(after.held, coming, "on the task: {way:?} -> {after:?}");
    }
    if let Some(Step::Lose(_)) = way.last() {
        for (was, is) in before.people.iter().zip(&after.people) {
            let took = was.state == Some(OfferState::Taken);
            assert!(!took || was.state == is.state, "his answer: {way:?}");
        }
    }
    if way.last() == Some(&Step::Crash) {
        assert_eq!(before, after, "half a change stayed: {way:?}");
    }
}

#[tokio::test]
async fn in_every_order_the_search_goes_on_or_enough_come() {
    assert!(every_order(2).await > 15);
}

#[tokio::test]
#[ignore = "takes minutes; `make torture` runs it"]
async fn in_every_longer_order_too() {
    let states = every_order(usize::MAX).await;
    assert!(states > 100, "only {states} states were found");
}

/// Tries every step from every state that so many steps lead to; how many states there are.
async fn every_order(deep: usize) -> usize {
    let scene = Scene::begin().await;
    let first = scene.look().await;
    assert_eq!(first.count(OfferState::Offered), 2, "{first:?}");
    let mut known = BTreeSet::from([first.sorted()]);
    let mut reached = vec![(scene.world.freeze().await, first, Vec::<Step>::new())];
    for _ in 0..deep {
        let mut next = Vec::new();
        for (frozen, before, way) in &reached {
            for step in STEPS {
                let (after, longer, world) = try_one(frozen, &scene.cast, before, way, step).await;
                if known.insert(after.sorted()) {
                    next.push((world.freeze().await, after, longer));
                }
            }
        }
        if next.is_empty() {
            break;
        }
        reached = next;
    }
    known.len()
}

/// One step from a state, in a world of its own.
async fn try_one(
    frozen: &Frozen,
    cast: &Cast,
    before: &Seen,
    way: &[Step],
    step: Step,
) -> (Seen, Vec<Step>, World) {
    let scene = Scene {
        world: frozen.thaw().await,
        cast: cast.clone(),
    };
    scene.does(step).await;
    let (after, longer) = (scene.look().await, [way, &[step]].concat());
    holds(before, &after, &longer);
    (after, longer, scene.world)
}
