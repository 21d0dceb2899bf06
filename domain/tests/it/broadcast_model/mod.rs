//! Everything that can happen to a broadcast with two people and two who can hear of them, in every order, on the real functions:
//! nobody is ever neither told, nor named to somebody, nor freed by whoever called it off; and nobody is said to be who is not.

mod does;
mod look;

use std::collections::BTreeSet;

use domain::{
    Actor,
    actor::{Level, Permission},
    broadcast::{self, AckMode, Audience, BroadcastStatus, NewBroadcast, RecipientState, Reply},
    outbox::{Notice, OutboxStatus, Outcome, Outgoing},
    reach,
};
use sea_orm::EntityTrait;

use crate::support::{Sender, Word, World, refused};
use look::Seen;

/// What can happen. A crash between sending and recording is the same as never having sent: it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Deliver(usize),
    /// Telegram refuses this message for good.
    Fail(usize),
    /// The sender dies with this message under way, and the next one sends it.
    Die(usize),
    /// The account is gone.
    Lose(usize),
    /// The account is back.
    Regain(usize),
    Answer(usize),
    /// He says that he is on his way.
    Come(usize),
    /// Telegram takes the word for one of those in command.
    Hear(usize),
    /// It refuses that for good.
    Refuse(usize),
    /// He is gone, with the word that was for him.
    Deafen(usize),
    /// The time to answer is over: asked again, or escalated.
    Round,
    /// The time to get under way is over.
    Held,
    Expire,
    Close,
    Cancel,
    /// Whatever was being done is undone.
    Crash,
}

/// Those who are asked, and those in command: who sent it and an admin who answers for everybody.
const CHATS: [i64; 2] = [1, 2];
const COMMAND: [i64; 2] = [900, 70];

const STEPS: [Step; 25] = [
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
    Step::Answer(0),
    Step::Answer(1),
    Step::Come(0),
    Step::Come(1),
    Step::Hear(0),
    Step::Hear(1),
    Step::Refuse(0),
    Step::Refuse(1),
    Step::Deafen(0),
    Step::Deafen(1),
    Step::Round,
    Step::Held,
    Step::Expire,
    Step::Close,
    Step::Cancel,
];

/// Few enough to be followed to the last state.
const FEW: [Step; 16] = [
    Step::Deliver(0),
    Step::Deliver(1),
    Step::Fail(0),
    Step::Fail(1),
    Step::Lose(0),
    Step::Lose(1),
    Step::Regain(0),
    Step::Regain(1),
    Step::Answer(0),
    Step::Answer(1),
    Step::Hear(0),
    Step::Refuse(0),
    Step::Refuse(1),
    Step::Round,
    Step::Expire,
    Step::Cancel,
];

/// Both were asked in vain, and the word about them waits.
const SILENCE: [Step; 5] = [
    Step::Deliver(0),
    Step::Deliver(1),
    Step::Round,
    Step::Round,
    Step::Round,
];

impl Step {
    /// Whether it does anything that no other step does. People are alike: of two who stand alike the first does.
    fn is_worth_trying(self, seen: &Seen) -> bool {
        let alike = seen.people[0] == seen.people[1];
        match self {
            Self::Die(i) if !seen.people[i].queued => false,
            Self::Deliver(1)
            | Self::Fail(1)
            | Self::Die(1)
            | Self::Lose(1)
            | Self::Regain(1)
            | Self::Answer(1)
            | Self::Come(1) => !alike,
            Self::Hear(i) | Self::Refuse(i) => seen.command[i].word == Word::Waits,
            Self::Deafen(i) => !seen.command[i].deaf,
            Self::Held => seen.status == BroadcastStatus::Acknowledged,
            _ => true,
        }
    }
}

struct Model {
    world: World,
    dora: Actor,
    people: Vec<Actor>,
}

impl Model {
    async fn new() -> Self {
        let world = World::sqlite().await;
        let mut dora = world.person("Dora", Level::Supervisor, COMMAND[0]).await;
        dora.permissions.push(Permission::Broadcast);
        let south = world.unit("Sur").await;
        world
            .member("Jefa", Level::Admin, Some(COMMAND[1]), south)
            .await;
        let people = vec![
            world.person("Ana", Level::Agent, CHATS[0]).await,
            world.person("Bob", Level::Agent, CHATS[1]).await,
        ];
        Self {
            world,
            dora,
            people,
        }
    }

    async fn begin(&self, ack: AckMode) -> i64 {
        let dora = self.dora.clone();
        let unit_id = self.world.unit_id;
        let new = NewBroadcast {
            text: Some("Prueba".into()),
            audience: Audience::Unit { unit_id },
            ack,
            ..NewBroadcast::default()
        };
        self.world
            .store
            .write(move |tx| Box::pin(async move { broadcast::send(tx, &dora, new).await }))
            .await
            .expect("sent")
    }
}

/// Nobody is without anybody who knows of him: as far as the rows say, not only the flags.
fn holds(before: &Seen, after: &Seen, ack: AckMode, way: &[Step]) {
    for (was, is) in before.people.iter().zip(&after.people) {
        let late = is.escalated && !was.escalated;
        assert!(
            !(late && was.answered()),
            "escalated after an answer: {way:?}"
        );
        assert!(
            is.told || !is.sent,
            "said to be told, and Telegram has nothing: {way:?} -> {after:?}"
        );
        assert!(
            after.heard || !is.escalated,
            "said to be escalated, and nobody heard of it: {way:?} -> {after:?}"
        );
        let freed = after.status == BroadcastStatus::Cancelled;
        let told = is.told || is.answered();
        let named = is.escalated || after.will_be_heard() || after.nobody_hears();
        let open = broadcast::is_open(after.status);
        assert!(
            freed || told || named || open && after.waits,
            "neither told, nor escalated, nor freed: {way:?} -> {after:?}"
        );
        // Of the others enough have answered.
        let wanted = ack == AckMode::All && after.status == BroadcastStatus::Expired;
        assert!(
            !wanted || is.answered() || named,
            "silent to the end, and nobody knows: {way:?} -> {after:?}"
        );
    }
}

#[tokio::test]
async fn in_every_order_everybody_is_told_or_escalated_or_freed() {
    let states = every_order(AckMode::All, &[], &STEPS, 3).await;
    assert!(states > 30, "only {states} states were found");
}

#[tokio::test]
async fn in_every_order_the_word_about_the_silent_is_heard_or_lost_to_all() {
    let states = every_order(AckMode::All, &SILENCE, &STEPS, 2).await;
    assert!(states > 10, "only {states} states were found");
}

#[tokio::test]
async fn in_every_order_the_first_answer_is_enough_for_as_long_as_it_holds() {
    let states = every_order(AckMode::First, &[Step::Answer(0)], &STEPS, 1).await;
    assert!(states > 5, "only {states} states were found");
}

#[tokio::test]
async fn in_every_order_a_quorum_is_enough_for_as_long_as_it_holds() {
    let both = [Step::Answer(0), Step::Answer(1)];
    let states = every_order(AckMode::Quorum(2), &both, &STEPS, 1).await;
    assert!(states > 5, "only {states} states were found");
}

#[tokio::test]
#[ignore = "takes minutes; `make torture` runs it"]
async fn in_every_longer_order_too() {
    let states = every_order(AckMode::All, &[], &FEW, usize::MAX).await;
    assert!(states > 100, "only {states} states were found");
    for ack in [AckMode::All, AckMode::First, AckMode::Quorum(2)] {
        for begun in [&SILENCE[..0], &SILENCE[..]] {
            let states = every_order(ack, begun, &STEPS, 4).await;
            assert!(states > 50, "only {states} states were found");
        }
    }
}

/// Tries each of these steps from every state that so many of them lead to from there; how many states there are.
async fn every_order(ack: AckMode, begun: &[Step], steps: &[Step], deep: usize) -> usize {
    let mut model = Model::new().await;
    let id = model.begin(ack).await;
    for step in begun {
        model.does(id, *step).await;
    }
    let first = model.look(id).await;
    let mut known = BTreeSet::from([first.clone().sorted()]);
    let mut reached = vec![(model.world.freeze().await, first, begun.to_vec())];
    for _ in 0..deep {
        let mut next = Vec::new();
        for (frozen, before, way) in &reached {
            let worth = |step: &Step| step.is_worth_trying(before);
            for step in steps.iter().copied().filter(worth).chain([Step::Crash]) {
                model.world = frozen.thaw().await;
                model.does(id, step).await;
                let after = model.look(id).await;
                let longer = [&way[..], &[step]].concat();
                if step == Step::Crash {
                    assert_eq!(*before, after, "half a change stayed: {longer:?}");
                }
                holds(before, &after, ack, &longer);
                if known.insert(after.clone().sorted()) {
                    next.push((model.world.freeze().await, after, longer));
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
