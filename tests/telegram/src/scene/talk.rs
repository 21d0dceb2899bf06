//! Texts of a person, sent and changed.

use serde_json::{Map, Value, json};

use super::Scene;
use crate::{
    acts::{CannotAct, Done},
    entities::{self, Formatted},
    message::set_text,
    perform::Outcome,
    queue::Line,
};

/// Longest text one message of a person carries, in characters.
const TEXT_LIMIT: usize = 4096;

impl Scene<'_, '_> {
    pub(crate) fn says(&mut self, text: &str, reply_to: Option<i64>) -> Outcome {
        if text.trim().is_empty() {
            return Err(CannotAct::new("Telegram's apps do not send empty texts"));
        }
        let characters: Vec<char> = text.trim().chars().collect();
        let mut done = Done::default();
        for part in characters.chunks(TEXT_LIMIT) {
            let part = Formatted {
                text: part.iter().collect(),
                entities: Vec::new(),
            };
            let part = entities::with_found(part);
            let mut body = Map::new();
            set_text(&mut body, ("text", "entities"), &part.text, &part.entities);
            done = self.post(body, reply_to)?;
        }
        Ok(done)
    }

    pub(crate) fn edits(&mut self, message_id: i64, text: &str) -> Outcome {
        let fresh = entities::with_found(Formatted {
            text: text.trim().to_owned(),
            entities: Vec::new(),
        });
        self.alter(message_id, |json| {
            set_text(json, ("text", "entities"), &fresh.text, &fresh.entities);
        })
    }

    /// Changes an own message and tells the bot.
    pub(crate) fn alter(
        &mut self,
        message_id: i64,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Outcome {
        self.enter()?;
        let own = self
            .desk
            .bot
            .chats
            .get(&self.chat)
            .and_then(|chat| chat.find(message_id));
        if own.is_none_or(|message| message.sender() != self.me.id) {
            return Err(CannotAct::new(format!(
                "{} has no message {message_id}",
                self.me.first_name
            )));
        }
        let date = self.desk.now.timestamp();
        let message = self.desk.change((self.chat, message_id), |json| {
            edit(json);
            json.insert("edit_date".into(), json!(date));
        });
        let message = message.map_err(|refusal| CannotAct::new(refusal.description))?;
        let update_id = self
            .desk
            .update("edited_message", message, Line::Chat(self.chat));
        Ok(Done {
            message_id: Some(message_id),
            update_id,
            ..Done::default()
        })
    }
}
