//! How everything stands, as far as the rows say.

use super::*;

/// How one of them stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    pub(super) state: Option<OfferState>,
    pub(super) told: bool,
    /// Telegram has a message of it for him.
    pub(super) reached: bool,
    /// A message waits.
    pub(super) queued: bool,
    /// Telegram does not reach him.
    pub(super) deaf: bool,
}

/// When the search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Search {
    Never,
    Now,
    Later,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) status: EmergencyStatus,
    pub(super) ring: i32,
    pub(super) escalated: bool,
    /// It is said that somebody in command has heard of it.
    pub(super) known: bool,
    pub(super) word: Word,
    /// Telegram has taken a word.
    pub(super) heard: bool,
    /// Telegram does not reach whoever commands.
    pub(super) deaf: bool,
    pub(super) search: Search,
    /// People on the task.
    pub(super) held: usize,
    pub(super) people: Vec<Person>,
}

impl Seen {
    pub(super) fn count(&self, state: OfferState) -> usize {
        let of = self.people.iter().filter(|one| one.state == Some(state));
        of.count()
    }

    /// How many of those who come Telegram reaches.
    pub(super) fn reached(&self) -> usize {
        let comes = |one: &&Person| one.state == Some(OfferState::Taken) && !one.deaf;
        self.people.iter().filter(comes).count()
    }

    /// It was tried, and is tried again with the next ring: the board is left.
    pub(super) fn nobody_hears(&self) -> bool {
        (self.deaf || self.word == Word::Lost) && self.search != Search::Never
    }

    /// People are alike: who is first does not matter.
    pub(super) fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        sorted.people.sort_unstable();
        sorted
    }
}

impl Scene {
    pub(super) async fn look(&self) -> Seen {
        let (world, id) = (&self.world, self.cast.id);
        let row = world.call_row(id).await;
        let offers = world.all::<emergency_offer::Entity>().await;
        let messages = world.all::<outbox::Entity>().await;
        let users = world.all::<user::Entity>().await;
        let rung = Notice::Emergency {
            emergency_id: id,
            ring: true,
        };
        let rings = |row: &outbox::Model, chat: i64, status: OutboxStatus| {
            row.chat_id == chat
                && row.status == status
                && serde_json::from_value(row.notice.clone()).ok().as_ref() == Some(&rung)
        };
        let person = |(actor, chat): (&Actor, i64)| {
            let offer = offers
                .iter()
                .find(|one| Some(one.agent_id) == actor.agent_id);
            Person {
                state: offer.map(|one| one.state),
                told: offer.is_some_and(|one| one.sent_at.is_some()),
                reached: messages
                    .iter()
                    .any(|row| rings(row, chat, OutboxStatus::Sent)),
                queued: messages
                    .iter()
                    .any(|row| rings(row, chat, OutboxStatus::Queued)),
                deaf: users
                    .iter()
                    .any(|one| one.telegram_id == Some(chat) && one.unreachable_at.is_some()),
            }
        };
        let people = self.cast.people.iter().zip(CHATS).map(person);
        let words = messages.iter().filter(|row| is_word(row));
        let words: Vec<OutboxStatus> = words.map(|row| row.status).collect();
        Seen {
            status: row.status,
            ring: row.ring.min(ALIKE),
            escalated: row.escalated_at.is_some(),
            known: row.told_at.is_some(),
            word: Word::of(&words),
            heard: words.contains(&OutboxStatus::Sent),
            deaf: self.is_deaf().await,
            search: self.search().await,
            held: self.held(row.task_id).await,
            people: people.collect(),
        }
    }

    /// How often each of them was rung, or will be.
    pub(super) async fn rung(&self) -> Vec<usize> {
        let rung = Notice::Emergency {
            emergency_id: self.cast.id,
            ring: true,
        };
        let messages = self.world.all::<outbox::Entity>().await;
        let heard = [
            OutboxStatus::Queued,
            OutboxStatus::Sending,
            OutboxStatus::Sent,
        ];
        let rings = |chat: i64| {
            let of = messages.iter().filter(|row| {
                row.chat_id == chat
                    && heard.contains(&row.status)
                    && serde_json::from_value(row.notice.clone()).ok().as_ref() == Some(&rung)
            });
            of.count()
        };
        CHATS.into_iter().map(rings).collect()
    }

    /// How often whoever commands was told that nobody comes, or will be.
    pub(super) async fn words(&self) -> usize {
        let messages = self.world.all::<outbox::Entity>().await;
        messages.iter().filter(|row| is_word(row)).count()
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

    async fn is_deaf(&self) -> bool {
        let users = self.world.all::<user::Entity>().await;
        let boss = users.iter().find(|one| one.telegram_id == Some(BOSS));
        boss.expect("an account").unreachable_at.is_some()
    }
}

fn is_word(row: &outbox::Model) -> bool {
    row.chat_id == BOSS
        && matches!(
            serde_json::from_value(row.notice.clone()),
            Ok(Notice::EmergencyEscalated { .. })
        )
}
