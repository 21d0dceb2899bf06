//! A sender in the place of the bot's, for one message at a time, and what became of the words that must reach somebody.

use std::time::Duration;

use domain::{
    Result, Store,
    lease::{self, Fence},
    outbox::{self, OutboxStatus, Outcome, Outgoing, Settled},
};

/// Telegram refuses it for good.
pub fn refused() -> Outcome {
    Outcome::Failed {
        error: "400".to_owned(),
    }
}

/// A process that sends to these chats: whoever sent before it is dead.
pub struct Sender<'a> {
    store: &'a Store,
    chats: &'a [i64],
    fence: Fence,
}

impl<'a> Sender<'a> {
    pub async fn begin(store: &'a Store, chats: &'a [i64]) -> Self {
        let span = Duration::from_secs(1_000_000_000);
        let fence = lease::take(store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("leases").expect("it is ours");
        Self {
            store,
            chats,
            fence,
        }
    }

    /// The next message of this chat alone.
    pub async fn next_of(&self, chat: i64) -> Vec<Outgoing> {
        let others = self.chats.iter().copied();
        let busy: Vec<i64> = others.filter(|other| *other != chat).collect();
        let taken = outbox::claim(self.store, self.fence.clone(), 10, busy).await;
        let taken = taken.expect("messages");
        assert!(taken.iter().all(|message| message.chat_id == chat));
        taken
    }

    pub async fn settle(&self, message: Outgoing, outcome: Outcome) -> Result<()> {
        let settled = Settled {
            message,
            outcome,
            shown: None,
        };
        outbox::settle_all(self.store, self.fence.clone(), vec![settled]).await
    }

    /// Dies with the next message of this chat under way: it goes out again, and whoever died has no more to say.
    pub async fn die(self, chat: i64) {
        let taken = self.next_of(chat).await;
        let next = Self::begin(self.store, self.chats).await;
        let legacy = outbox::take_over(self.store, next.fence).await;
        let chats: Vec<i64> = taken.iter().map(|message| message.chat_id).collect();
        assert_eq!(legacy.expect("taken over").under_way, chats);
        for message in taken {
            let sent = Outcome::Sent { message_id: None };
            let late = self.settle(message, sent).await;
            late.expect_err("another sends by now");
        }
    }
}

/// What became of the last word for one of those in command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    None,
    Waits,
    Heard,
    Lost,
}

impl Word {
    /// By what became of all of them, the last last.
    pub fn of(words: &[OutboxStatus]) -> Self {
        match words.last() {
            _ if words.contains(&OutboxStatus::Queued) => Self::Waits,
            Some(OutboxStatus::Sent) => Self::Heard,
            Some(OutboxStatus::Failed | OutboxStatus::Unreachable) => Self::Lost,
            _ => Self::None,
        }
    }
}
