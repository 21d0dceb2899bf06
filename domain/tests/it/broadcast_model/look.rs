//! How everything stands, as far as the rows say.

use domain::actor::Channel;
use entity::{broadcast_recipient, outbox as messages, timer, user};

use super::*;

/// How one person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    state: RecipientState,
    pub(super) sent: bool,
    /// Telegram has a message of it for him, or he has answered it otherwise; that stays so when what he said lapses.
    pub(super) told: bool,
    pub(super) escalated: bool,
    /// A message waits.
    pub(super) queued: bool,
}

impl Person {
    pub(super) fn answered(&self) -> bool {
        matches!(
            self.state,
            RecipientState::Acknowledged
                | RecipientState::OnTheWay
                | RecipientState::NeedsHelp
                | RecipientState::Declined
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Commander {
    pub(super) word: Word,
    /// Telegram does not reach him.
    pub(super) deaf: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) status: BroadcastStatus,
    round: i32,
    /// Something will still ask, or tell those who are responsible.
    pub(super) waits: bool,
    /// Telegram has taken a word about somebody.
    pub(super) heard: bool,
    pub(super) people: Vec<Person>,
    pub(super) command: Vec<Commander>,
}

impl Seen {
    /// People are alike: who is first does not matter.
    pub(super) fn sorted(mut self) -> Self {
        self.people.sort();
        self
    }

    /// A word is on its way.
    pub(super) fn will_be_heard(&self) -> bool {
        self.command.iter().any(|one| one.word == Word::Waits)
    }

    /// It was tried with everybody whom Telegram reaches: the board is left.
    pub(super) fn nobody_hears(&self) -> bool {
        let lost = |one: &Commander| one.deaf || one.word == Word::Lost;
        self.command.iter().all(lost)
    }
}

/// From here on rounds are alike: whom to call was said.
const ALIKE: i32 = 5;

impl Model {
    pub(super) async fn look(&self, id: i64) -> Seen {
        let system = Actor::system(Channel::Cli);
        let one = broadcast::find(&self.world.store, &system, id)
            .await
            .expect("there");
        let rows = self.world.all::<broadcast_recipient::Entity>().await;
        let outbox = self.world.all::<messages::Entity>().await;
        let users = self.world.all::<user::Entity>().await;
        let person = |chat: i64| {
            let his = account(&users, chat).id;
            let mine =
                |row: &&broadcast_recipient::Model| (row.broadcast_id, row.user_id) == (id, his);
            person(rows.iter().find(mine).expect("asked"), &outbox, chat)
        };
        let people = CHATS.map(person).to_vec();
        let timers = self.timers().await;
        let rounds = timers.iter().any(|kind| kind == "broadcast_round");
        Seen {
            status: one.status,
            round: i32::from(rounds) + 2 * self.round(id).await.min(ALIKE),
            waits: !timers.is_empty(),
            heard: outbox.iter().any(|row| {
                is_word(row) && row.status == OutboxStatus::Sent && COMMAND.contains(&row.chat_id)
            }),
            people,
            command: COMMAND
                .iter()
                .map(|chat| commander(*chat, &outbox, &users))
                .collect(),
        }
    }

    /// The kinds of what still waits for it.
    async fn timers(&self) -> Vec<String> {
        let timers = self.world.all::<timer::Entity>().await.into_iter();
        let waits = timers.filter(|row| row.status == timer::TimerStatus::Waiting);
        let ends = |kind: &String| ["broadcast_round", "broadcast_end"].contains(&kind.as_str());
        waits.map(|row| row.kind).filter(ends).collect()
    }

    async fn round(&self, id: i64) -> i32 {
        let row = entity::broadcast::Entity::find_by_id(id)
            .one(self.world.store.writer())
            .await;
        row.expect("the database answers").expect("there").round
    }
}

fn person(row: &broadcast_recipient::Model, outbox: &[messages::Model], chat: i64) -> Person {
    let his = |status: OutboxStatus, sound: bool| {
        outbox.iter().any(|message| {
            let asks = match serde_json::from_value(message.notice.clone()) {
                Ok(Notice::Broadcast { ring, .. }) => ring || !sound,
                _ => false,
            };
            asks && message.chat_id == chat && message.status == status
        })
    };
    Person {
        state: row.state,
        sent: row.sent_at.is_some(),
        told: his(OutboxStatus::Sent, false) || row.answered_at.is_some(),
        escalated: row.escalated_at.is_some(),
        queued: his(OutboxStatus::Queued, true),
    }
}

fn is_word(row: &messages::Model) -> bool {
    matches!(
        serde_json::from_value(row.notice.clone()),
        Ok(Notice::BroadcastSilent { .. })
    )
}

fn commander(chat: i64, outbox: &[messages::Model], users: &[user::Model]) -> Commander {
    let words = outbox
        .iter()
        .filter(|row| row.chat_id == chat && is_word(row));
    let states: Vec<OutboxStatus> = words.map(|row| row.status).collect();
    Commander {
        word: Word::of(&states),
        deaf: account(users, chat).unreachable_at.is_some(),
    }
}

fn account(users: &[user::Model], chat: i64) -> &user::Model {
    let his = users.iter().find(|one| one.telegram_id == Some(chat));
    his.expect("an account")
}
