//! What a person sees on the phone.

use serde_json::Value;

use super::Person;
use crate::{
    state::Bot,
    view::{Button, ChatView, Seen, Toast},
};

impl Person {
    /// What the bot offered for an inline query, once it has answered.
    pub fn inline_results(&self, query_id: &str) -> Option<Vec<Value>> {
        self.bot(|bot| bot.inline.get(query_id)?.results.clone())
            .flatten()
    }

    pub(super) fn bot<R>(&self, look: impl FnOnce(&Bot) -> R) -> Option<R> {
        self.shared
            .with(|world| world.bots.get(&self.place.token).map(look))
    }

    /// The chat as the person sees it now.
    pub fn chat(&self) -> ChatView {
        let now = self.shared.config.clock.now();
        let view = |bot: &Bot| {
            let chat = bot.chats.get(&self.place.chat);
            chat.map(|chat| ChatView::new(chat, bot.id, self.place.person, now))
        };
        self.bot(view).flatten().unwrap_or_default()
    }

    /// Messages of the chat, oldest first.
    pub fn messages(&self) -> Vec<Seen> {
        self.chat().messages
    }

    /// The newest message of the chat.
    pub fn last_message(&self) -> Option<Seen> {
        self.chat().messages.pop()
    }

    /// The keyboard below the input, row by row.
    pub fn reply_keyboard(&self) -> Vec<Vec<Button>> {
        self.chat().reply_keyboard
    }

    /// Answers to button presses, oldest first.
    pub fn toasts(&self) -> Vec<Toast> {
        self.chat().toasts
    }

    /// The commands Telegram would suggest to this person here.
    pub fn commands(&self) -> Vec<Value> {
        self.shared.with(|world| {
            let language = world
                .people
                .get(&self.place.person)
                .map(|person| person.language_code.clone());
            let bot = world.bots.get(&self.place.token);
            bot.map(|bot| crate::menu::suggested(bot, self.place.chat, language.as_deref()))
                .unwrap_or_default()
        })
    }

    /// The button beside the text field.
    pub fn menu_button(&self) -> Value {
        self.bot(|bot| crate::menu::button(bot, self.place.chat))
            .unwrap_or_default()
    }

    /// Bytes of a file in the chat.
    pub fn file(&self, file_id: &str) -> Option<Vec<u8>> {
        self.shared
            .with(|world| world.files.get(file_id).map(|file| file.bytes.to_vec()))
    }
}
