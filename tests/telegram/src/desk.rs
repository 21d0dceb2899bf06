//! One bot's side of the world while a call or a person's act is carried out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
    answer::Refusal,
    config::Config,
    files::Files,
    message::Message,
    params::Params,
    queue::Line,
    state::{Bot, Chat, Human, World},
};

/// Borrowed parts of the world that belong to one bot.
pub(crate) struct Desk<'a> {
    pub bot: &'a mut Bot,
    pub people: &'a BTreeMap<i64, Human>,
    pub files: &'a mut Files,
    pub config: &'a Config,
    pub now: DateTime<Utc>,
    revision: &'a mut u64,
    touched: &'a mut BTreeSet<(i64, i64)>,
}

impl World {
    /// The desk of the bot with this token.
    pub fn desk<'a>(&'a mut self, token: &str, config: &'a Config) -> Option<Desk<'a>> {
        Some(Desk {
            bot: self.bots.get_mut(token)?,
            people: &self.people,
            files: &mut self.files,
            config,
            now: config.clock.now(),
            revision: &mut self.revision,
            touched: &mut self.touched,
        })
    }

    /// Wakes whoever waits for changes.
    pub fn bump(&mut self) {
        self.revision += 1;
    }

    /// Notes a change of the list of people.
    pub fn announce(&mut self) {
        self.revision += 1;
        self.touched.insert((0, 0));
    }
}

impl Desk<'_> {
    /// Raises the revision for a change in this chat.
    pub fn touch(&mut self, chat: i64) -> u64 {
        *self.revision += 1;
        self.touched.insert((self.bot.id, chat));
        if let Some(chat) = self.bot.chats.get_mut(&chat) {
            chat.revision = *self.revision;
        }
        *self.revision
    }

    /// Wakes whoever waits for changes.
    pub fn bump(&mut self) {
        *self.revision += 1;
    }

    pub fn chat(&mut self, id: i64) -> Result<&mut Chat, Refusal> {
        self.bot
            .chats
            .get_mut(&id)
            .ok_or_else(|| Refusal::bad("chat not found"))
    }

    /// The chat a call names, if the bot may write there.
    pub fn writable(&mut self, params: &Params) -> Result<i64, Refusal> {
        let id = self.named(params)?;
        if self.people.get(&id).is_some_and(|person| person.deleted) {
            return Err(Refusal::forbidden("user is deactivated"));
        }
        match self.bot.chats.get(&id) {
            Some(Chat {
                moved_to: Some(to), ..
            }) => Err(Refusal::upgraded(*to)),
            Some(chat) if !chat.blocked => Ok(id),
            Some(chat) if chat.basic => {
                Err(Refusal::forbidden("bot was kicked from the group chat"))
            }
            Some(_) if id < 0 => Err(Refusal::forbidden(
                "bot was kicked from the supergroup chat",
            )),
            Some(_) => Err(Refusal::forbidden("bot was blocked by the user")),
            None => Err(Refusal::forbidden(
                "bot can't initiate conversation with a user",
            )),
        }
    }

    /// The chat a call names, if the bot can know it at all.
    pub fn named(&self, params: &Params) -> Result<i64, Refusal> {
        if params.text("chat_id").is_none_or(|id| id.is_empty()) {
            return Err(Refusal::bad("chat_id is empty"));
        }
        let id = params
            .int("chat_id")
            .ok_or_else(|| Refusal::bad("chat not found"))?;
        let known = self.bot.chats.contains_key(&id) || self.people.contains_key(&id);
        if known {
            Ok(id)
        } else {
            Err(Refusal::bad("chat not found"))
        }
    }

    /// The `chat` object of a chat.
    pub fn chat_json(&self, id: i64) -> Value {
        if let Some(person) = self.people.get(&id) {
            let mut chat = person.user();
            chat["type"] = json!("private");
            for not_of_chats in ["is_bot", "language_code"] {
                chat.as_object_mut().map(|chat| chat.remove(not_of_chats));
            }
            return chat;
        }
        let chat = self.bot.chats.get(&id);
        let kind = match chat {
            Some(chat) if chat.basic => "group",
            _ => "supergroup",
        };
        let mut json =
            json!({"id": id, "type": kind, "title": chat.and_then(|chat| chat.title.clone())});
        if chat.is_some_and(|chat| chat.forum) {
            json["is_forum"] = json!(true);
        }
        json
    }

    fn next_message_id(&mut self, chat: i64) -> i64 {
        let last = match self.bot.chats.get_mut(&chat) {
            Some(group) if chat < 0 => &mut group.last_message_id,
            _ => &mut self.bot.last_message_id,
        };
        *last += 1;
        *last
    }

    /// Puts a message into a chat and returns its JSON.
    pub fn post(
        &mut self,
        chat_id: i64,
        from: Value,
        mut body: Map<String, Value>,
    ) -> Result<Value, Refusal> {
        let id = self.next_message_id(chat_id);
        let own = from["id"].as_i64() == Some(self.bot.id);
        body.insert("message_id".into(), json!(id));
        body.insert("from".into(), from);
        body.insert("chat".into(), self.chat_json(chat_id));
        body.insert("date".into(), json!(self.now.timestamp()));
        let revision = self.touch(chat_id);
        let keep = self.config.messages_per_chat;
        let chat = self.chat(chat_id)?;
        chat.unread = if own { chat.unread + 1 } else { 0 };
        chat.typing = None;
        let message = Message {
            revision,
            json: body,
        };
        let value = message.value();
        chat.messages.push_back(message);
        while chat.messages.len() > keep {
            chat.messages.pop_front();
        }
        Ok(value)
    }

    /// Changes a message in place and returns its JSON.
    pub fn change(
        &mut self,
        place: (i64, i64),
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<Value, Refusal> {
        let revision = self.touch(place.0);
        let message = self
            .chat(place.0)?
            .find_mut(place.1)
            .ok_or_else(|| Refusal::bad("message to edit not found"))?;
        edit(&mut message.json);
        message.revision = revision;
        Ok(message.value())
    }

    /// Removes a message; the person's page learns it by the revision.
    pub fn remove(&mut self, place: (i64, i64)) -> bool {
        let revision = self.touch(place.0);
        let keep = self.config.messages_per_chat;
        let Ok(chat) = self.chat(place.0) else {
            return false;
        };
        let Ok(at) = chat.messages.binary_search_by_key(&place.1, Message::id) else {
            return false;
        };
        chat.messages.remove(at);
        chat.pinned.retain(|pinned| *pinned != place.1);
        chat.gone.push_back((revision, place.1));
        while chat.gone.len() > keep {
            chat.gone.pop_front();
        }
        true
    }

    /// Queues an update for the bot; returns its id unless the bot does not want the kind.
    pub fn update(&mut self, kind: &str, body: Value, line: Line) -> Option<i64> {
        let life = match (line, kind) {
            // Nobody waits for the answer any more.
            (Line::Presses(_), _) | (_, "inline_query") => self.config.press_life,
            _ => self.config.message_life,
        };
        let expires = self.now + life;
        self.bump();
        self.bot
            .queue
            .push(kind, body, line, expires, self.config.log_entries)
    }
}
