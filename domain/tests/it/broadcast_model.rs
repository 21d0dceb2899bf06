//! Everything that can happen to a broadcast with two people, in every order, on the real functions: nobody is ever
//! neither told, nor escalated, nor freed by whoever called it off, and nobody who answered is escalated.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Level, Permission},
    broadcast::{self, BroadcastStatus, NewBroadcast, RecipientState, Reply},
    lease::{self, Fence},
    outbox::{self, Notice, OutboxStatus, Outcome, Outgoing, Settled},
    reach,
};
use entity::{broadcast_recipient, outbox as messages, timer};
use sea_orm::EntityTrait;

use crate::support::World;

/// What can happen. A crash between sending and recording is the same as never having sent: it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Deliver(usize),
    /// Telegram refuses this message for good.
    Fail(usize),
    /// The account is gone.
    Lose(usize),
    /// The account is back.
    Regain(usize),
    Answer(usize),
    /// The time to answer is over: asked again, or escalated.
    Round,
    Expire,
    Cancel,
    /// Whatever was being done is undone.
    Crash,
}

const STEPS: [Step; 14] = [
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
    Step::Round,
    Step::Expire,
    Step::Cancel,
    Step::Crash,
];

/// How one person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    state: RecipientState,
    sent: bool,
    escalated: bool,
    /// A message waits.
    queued: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    status: BroadcastStatus,
    round: i32,
    /// Something will still ask, or tell those who are responsible.
    waits: bool,
    people: Vec<Person>,
}

impl Seen {
    /// People are alike: who is first does not matter.
    fn sorted(mut self) -> Self {
        self.people.sort();
        self
    }
}

struct Model {
    world: World,
    dora: Actor,
    people: Vec<Actor>,
    fence: Fence,
}

impl Model {
    async fn new() -> Self {
        let world = World::sqlite().await;
        let mut dora = world.person("Dora", Level::Supervisor, 900).await;
        dora.permissions.push(Permission::Broadcast);
        let people = vec![
            world.person("Ana", Level::Agent, 1).await,
            world.person("Bob", Level::Agent, 2).await,
        ];
        let span = Duration::from_secs(1_000_000_000);
        let fence = lease::take(&world.store, "sender".into(), "us".into(), span)
            .await
            .expect("leases")
            .expect("it is ours");
        Self {
            world,
            dora,
            people,
            fence,
        }
    }

    async fn begin(&self) -> i64 {
        let dora = self.dora.clone();
        let new = NewBroadcast {
            text: Some("Prueba".into()),
            ..NewBroadcast::default()
        };
        self.world
            .store
            .write(move |tx| Box::pin(async move { broadcast::send(tx, &dora, new).await }))
            .await
            .expect("sent")
    }

    async fn look(&self, id: i64) -> Seen {
        let system = Actor::system(domain::actor::Channel::Cli);
        let one = broadcast::find(&self.world.store, &system, id)
            .await
            .expect("there");
        let rows = self.world.all::<broadcast_recipient::Entity>().await;
        let waiting = self.world.all::<messages::Entity>().await;
        let timers = self.world.all::<timer::Entity>().await;
        let asks = |row: &messages::Model, chat: i64| {
            row.chat_id == chat
                && row.status == OutboxStatus::Queued
                && matches!(
                    serde_json::from_value(row.notice.clone()),
                    Ok(Notice::Broadcast { ring: true, .. })
                )
        };
        let person = |(i, row): (usize, &broadcast_recipient::Model)| Person {
            state: row.state,
            sent: row.sent_at.is_some(),
            escalated: row.escalated_at.is_some(),
            queued: waiting.iter().any(|message| asks(message, i as i64 + 1)),
        };
        let mine = rows.iter().filter(|row| row.broadcast_id == id);
        let waits = |row: &&timer::Model| {
            row.status == timer::TimerStatus::Waiting
                && ["broadcast_round", "broadcast_end"].contains(&row.kind.as_str())
        };
        let rounds = timers
            .iter()
            .filter(waits)
            .any(|row| row.kind == "broadcast_round");
        Seen {
            status: one.status,
            round: i32::from(rounds) + 2 * self.round(id).await,
            waits: timers.iter().any(|row| waits(&row)),
            people: mine.enumerate().map(person).collect(),
        }
    }

    async fn round(&self, id: i64) -> i32 {
        let row = entity::broadcast::Entity::find_by_id(id)
            .one(self.world.store.writer())
            .await;
        row.expect("the database answers").expect("there").round
    }

    async fn does(&self, id: i64, step: Step) {
        let store = &self.world.store;
        match step {
            Step::Deliver(i) => self.settle(i, None).await,
            Step::Fail(i) => {
                let error = "400".to_owned();
                self.settle(i, Some(Outcome::Failed { error })).await;
            }
            Step::Lose(i) | Step::Regain(i) => {
                let (chat, lost) = (i as i64 + 1, matches!(step, Step::Lose(_)));
                let work = store.write(move |tx| {
                    Box::pin(async move {
                        match lost {
                            true => reach::lost(tx, chat).await,
                            false => reach::regained(tx, chat).await,
                        }
                    })
                });
                work.await.expect("recorded");
            }
            Step::Answer(i) => {
                let actor = self.people[i].clone();
                let work = store.write(move |tx| {
                    Box::pin(async move {
                        broadcast::answer(tx, &actor, id, Reply::Acknowledged, None).await
                    })
                });
                work.await.expect("answered");
            }
            Step::Round => {
                self.world.wait(TimeDelta::seconds(61));
                self.world.run_timers().await;
            }
            Step::Expire => {
                // Only the end: the rounds that would have come before are other ways.
                timer::Entity::delete_many()
                    .filter_kind("broadcast_round")
                    .exec(store.writer())
                    .await
                    .expect("no round");
                self.world.wait(TimeDelta::hours(12));
                self.world.run_timers().await;
            }
            Step::Cancel => {
                let dora = self.dora.clone();
                let work = store.write(move |tx| {
                    Box::pin(async move { broadcast::cancel(tx, &dora, id).await })
                });
                // Refused once it is over.
                drop(work.await);
            }
            Step::Crash => {
                let actor = self.people[0].clone();
                let work = store.write(move |tx| {
                    Box::pin(async move {
                        broadcast::answer(tx, &actor, id, Reply::Declined, None).await?;
                        Err::<(), _>(domain::Error::Away("the process ended".into()))
                    })
                });
                work.await.expect_err("it ended");
            }
        }
    }

    /// Brings the next message of a chat to its end, as the sender does: worded at this moment.
    async fn settle(&self, i: usize, outcome: Option<Outcome>) {
        let store = &self.world.store;
        let (mine, other) = (i as i64 + 1, 2 - i as i64);
        let taken = outbox::claim(store, self.fence.clone(), 10, vec![other, 900]).await;
        for message in taken.expect("messages") {
            assert_eq!(message.chat_id, mine);
            let outcome = match &outcome {
                Some(outcome) => outcome.clone(),
                None => self.worded(i, &message).await,
            };
            let settled = Settled {
                message,
                outcome,
                shown: None,
            };
            outbox::settle_all(store, self.fence.clone(), vec![settled])
                .await
                .expect("settled");
        }
    }

    /// What the bot makes of it: nothing to say once it is over or answered.
    async fn worded(&self, i: usize, message: &Outgoing) -> Outcome {
        let Notice::Broadcast { broadcast_id, ring } = message.notice else {
            return Outcome::Dropped;
        };
        let user_id = self.people[i].user_id.expect("an account");
        let mine = broadcast::mine(&self.world.store, user_id, broadcast_id).await;
        let (one, state) = mine.expect("readable").expect("his");
        let open = broadcast::is_open(one.status);
        let silent = matches!(
            state,
            RecipientState::Queued | RecipientState::Sent | RecipientState::Unreachable
        );
        let nothing = !open && (ring || state == RecipientState::Queued) || ring && !silent;
        match nothing {
            true => Outcome::Dropped,
            false => Outcome::Sent { message_id: None },
        }
    }
}

/// Removing the timers of one kind.
trait OfKind {
    fn filter_kind(self, kind: &str) -> Self;
}

impl OfKind for sea_orm::DeleteMany<timer::Entity> {
    fn filter_kind(self, kind: &str) -> Self {
        use sea_orm::{ColumnTrait, QueryFilter};
        self.filter(timer::Column::Kind.eq(kind))
    }
}

fn answered(person: &Person) -> bool {
    matches!(
        person.state,
        RecipientState::Acknowledged
            | RecipientState::OnTheWay
            | RecipientState::NeedsHelp
            | RecipientState::Declined
    )
}

fn holds(before: &Seen, after: &Seen, way: &[Step]) {
    for (was, is) in before.people.iter().zip(&after.people) {
        let late = is.escalated && !was.escalated;
        assert!(
            !(late && answered(was)),
            "escalated after an answer: {way:?}"
        );
        let freed = after.status == BroadcastStatus::Cancelled;
        let heard = is.sent || answered(is);
        let open = broadcast::is_open(after.status);
        assert!(
            freed || heard || is.escalated || open && after.waits,
            "neither told, nor escalated, nor freed: {way:?} -> {after:?}"
        );
        let silent_at_the_end = after.status == BroadcastStatus::Expired && !answered(is);
        assert!(
            !silent_at_the_end || is.escalated,
            "silent to the end, and nobody knows: {way:?} -> {after:?}"
        );
    }
}

#[tokio::test]
async fn in_every_order_everybody_is_told_or_escalated_or_freed() {
    let states = every_order(3).await;
    assert!(states > 30, "only {states} states were found");
}

#[tokio::test]
#[ignore = "takes minutes; `make torture` runs it"]
async fn in_every_longer_order_too() {
    let states = every_order(usize::MAX).await;
    assert!(states > 100, "only {states} states were found");
}

/// Tries every step from every state that so many steps lead to; how many states there are.
async fn every_order(deep: usize) -> usize {
    let mut model = Model::new().await;
    let id = model.begin().await;
    let first = model.look(id).await;
    let mut known = BTreeSet::from([first.clone().sorted()]);
    let mut reached = vec![(model.world.freeze().await, first, Vec::<Step>::new())];
    for _ in 0..deep {
        let mut next = Vec::new();
        for (frozen, before, way) in &reached {
            for step in STEPS {
                model.world = frozen.thaw().await;
                model.does(id, step).await;
                let after = model.look(id).await;
                let longer = [&way[..], &[step]].concat();
                if step == Step::Crash {
                    assert_eq!(*before, after, "half a change stayed: {longer:?}");
                }
                holds(before, &after, &longer);
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
