//! What a person waits to see on the phone.

use std::time::Duration;

use patience::Deadline;
use thiserror::Error;

use super::Person;
use crate::{
    acts::Done,
    state::Chat,
    view::{ChatView, Seen, Toast},
};

/// Nobody saw what was waited for.
#[derive(Debug, Error)]
#[error("not seen within {waited:?}; {who} sees:\n{chat}")]
pub struct NotSeen {
    who: String,
    waited: Duration,
    chat: ChatView,
}

impl Person {
    fn revision(&self) -> u64 {
        self.bot(|bot| {
            bot.chats
                .get(&self.place.chat)
                .map(|chat: &Chat| chat.revision)
        })
        .flatten()
        .unwrap_or(0)
    }

    /// Waits until the chat fulfils a condition; returns it as it was then.
    pub async fn until(
        &self,
        mut condition: impl FnMut(&ChatView) -> bool,
        deadline: Duration,
    ) -> Result<ChatView, NotSeen> {
        let mut end = Deadline::after(deadline);
        let mut changed = self.shared.changed.subscribe();
        let mut looked = None;
        loop {
            let revision = Some(self.revision());
            if looked != revision {
                looked = revision;
                let chat = self.chat();
                if condition(&chat) {
                    return Ok(chat);
                }
            }
            if end.bound(changed.changed()).await.is_none() {
                let who = format!("person {}", self.place.person);
                return Err(patience::failed(NotSeen {
                    who,
                    waited: deadline,
                    chat: self.chat(),
                }));
            }
        }
    }

    /// Waits until a message of the bot contains this text; returns the newest such message.
    pub async fn until_text(&self, text: &str) -> Result<Seen, NotSeen> {
        let chat = self
            .until(|chat| chat.shows(text), self.shared.config.patience)
            .await?;
        Ok(chat.find(text).cloned().expect("the condition saw it"))
    }

    /// Waits until a button with this label is there.
    pub async fn until_button(&self, label: &str) -> Result<ChatView, NotSeen> {
        self.until(|chat| chat.has_button(label), self.shared.config.patience)
            .await
    }

    /// Waits until the bot has answered a button press.
    pub async fn until_answered(&self, press: &Done) -> Result<Toast, NotSeen> {
        let wanted = |toast: &&Toast| Some(&toast.query_id) == press.query_id.as_ref();
        let chat = self
            .until(
                |chat| chat.toasts.iter().any(|toast| wanted(&toast)),
                self.shared.config.patience,
            )
            .await?;
        Ok(chat
            .toasts
            .iter()
            .find(wanted)
            .cloned()
            .expect("the condition saw it"))
    }
}
