//! Everything that can happen to a call for help with two people who can come and one who commands, also its end and that it is
//! opened again, in every order, on the real functions: the search goes on or enough come whom Telegram reaches, what somebody
//! answered holds, nobody is rung more often than the rules say, and when nobody comes that is heard in command, no more often
//! than need be, or known not to be.

mod does;
mod look;

use std::collections::BTreeSet;

use domain::{
    outbox::{OutboxStatus, Outcome},
    reach,
};
use entity::{assignment, emergency_offer, outbox, timer, user};
use sea_orm::sea_query::Expr;

use super::*;
use crate::support::{Frozen, Sender, Word, refused};
use look::{Search, Seen};

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Telegram takes the next message to this one.
    Deliver(usize),
    /// Telegram refuses it for good.
    Fail(usize),
    /// The sender dies with it under way, and the next one sends it.
    Die(usize),
    /// The account is gone.
    Lose(usize),
    /// The account is back.
    Regain(usize),
    Go(usize),
    /// He cannot, or cannot any more.
    Decline(usize),
    /// Telegram takes the word for whoever commands.
    Hear,
    /// It refuses that for good.
    Refuse,
    /// He is gone, with the word that was for him.
    Deafen,
    /// The time of a ring is over, and whatever is due is done.
    Ring,
    Resolve,
    /// It is open again, too late for an end that was taken back.
    Reopen,
    Cancel,
    /// Whatever was being done is undone.
    Crash,
}

const STEPS: [Step; 22] = [
    Step::Deliver(0),
    Step::Deliver(1),
    Step::Fail(0),
    Step::Fail(1),
    Step::Die(0),
    Step::Die(1),
    Step::Lose(0),
    Step::Lose(1),
    Step::Regain(0),
    Step::Regain(1),
    Step::Go(0),
    Step::Go(1),
    Step::Decline(0),
    Step::Decline(1),
    Step::Hear,
    Step::Refuse,
    Step::Deafen,
    Step::Ring,
    Step::Resolve,
    Step::Reopen,
    Step::Cancel,
    Step::Crash,
];

/// How many are needed: one less than can come.
const CREW: usize = 1;

/// From this ring on those in command must know that nobody comes; later ones are alike.
const TOLD: i32 = 2;
const ALIKE: i32 = 4;

/// The chats of those who can come, of whoever calls and of whoever commands.
const CHATS: [i64; 2] = [11, 12];
const CALLER: i64 = 1;
const BOSS: i64 = 90;

impl Step {
    /// Whether it does anything that no other step does.
    fn is_worth_trying(self, seen: &Seen) -> bool {
        match self {
            Self::Die(i) => seen.people[i].queued,
            Self::Hear | Self::Refuse => seen.word == Word::Waits,
            Self::Deafen => !seen.deaf,
            Self::Reopen => seen.status == EmergencyStatus::Resolved,
            _ => true,
        }
    }
}

/// Who plays, the same in every world.
#[derive(Clone)]
struct Cast {
    id: i64,
    task_id: i64,
    boss: Actor,
    people: Vec<Actor>,
}

struct Scene {
    world: World,
    cast: Cast,
}

impl Scene {
    /// Somebody has called, and both were asked.
    async fn begin() -> Self {
        let world = World::sqlite().await;
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let ana = world.standing("Ana", CALLER, 0.0).await;
        let people = vec![
            world.standing("Bob", CHATS[0], 100.0).await,
            world.standing("Eva", CHATS[1], 200.0).await,
        ];
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        let crew = i32::try_from(CREW).expect("a small number");
        entity::emergency::Entity::update_many()
            .col_expr(entity::emergency::Column::Crew, Expr::value(crew))
            .exec(world.store.writer())
            .await
            .expect("a row");
        let cast = Cast {
            id,
            task_id,
            boss,
            people,
        };
        Self { world, cast }
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
            assert!(after.reached() < CREW, "enough come: {way:?} -> {after:?}");
            assert_ne!(
                after.search,
                Search::Never,
                "nobody is looked for any more: {way:?} -> {after:?}"
            );
            let nobody = after.reached() == 0 && (asked == 0 || after.ring >= TOLD);
            let known = after.escalated || after.nobody_hears();
            assert!(
                !nobody || known || after.search == Search::Now,
                "nobody comes, and nobody knows: {way:?} -> {after:?}"
            );
            let said = after.heard || after.word == Word::Waits;
            assert!(
                after.reached() > 0 || said || !after.escalated,
                "said to be escalated, and nobody is told: {way:?} -> {after:?}"
            );
            assert!(
                after.heard || !after.known,
                "said to be known, and nobody heard of it: {way:?} -> {after:?}"
            );
        }
        EmergencyStatus::Answered => {
            assert!(
                after.reached() >= CREW,
                "too few come whom Telegram reaches: {way:?} -> {after:?}"
            );
        }
        EmergencyStatus::Resolved | EmergencyStatus::Cancelled => {
            assert_eq!(after.search, Search::Never, "{way:?} -> {after:?}");
        }
        EmergencyStatus::Waiting => panic!("it has left: {way:?} -> {after:?}"),
    }
    if after.status != EmergencyStatus::Active {
        assert_eq!(asked, 0, "somebody still waits: {way:?} -> {after:?}");
    }
    for person in &after.people {
        assert!(
            person.reached || !person.told,
            "said to be told, and Telegram has nothing: {way:?} -> {after:?}"
        );
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
            let worth = |step: &Step| step.is_worth_trying(before);
            for step in STEPS.into_iter().filter(worth) {
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
    let begun = 1 + longer.iter().filter(|one| **one == Step::Reopen).count();
    // Whoever is reached again gets the card once more.
    let back = |step: &&Step| matches!(step, Step::Regain(_));
    let most = begun * scene.world.store.rules().ack.rings as usize;
    let most = most + longer.iter().filter(back).count();
    let rung = scene.rung().await;
    assert!(
        rung.iter().all(|times| *times <= most),
        "rung too often: {longer:?} -> {rung:?}"
    );
    let words = scene.words().await;
    assert!(
        words <= words_at_most(&longer),
        "said too often that nobody comes: {longer:?} -> {words}"
    );
    (after, longer, scene.world)
}

/// That nobody comes is said once and five times more, and all of it anew after whatever makes it news again.
fn words_at_most(way: &[Step]) -> usize {
    let news = |step: &&Step| {
        matches!(
            step,
            Step::Decline(_) | Step::Lose(_) | Step::Reopen | Step::Refuse | Step::Deafen
        )
    };
    6 * (1 + way.iter().filter(news).count())
}
