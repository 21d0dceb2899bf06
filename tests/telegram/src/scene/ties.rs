//! Stopping the bot, letting it write again, asking it from another chat.

use serde_json::json;

use super::Scene;
use crate::{
    acts::{CannotAct, Done},
    perform::Outcome,
    press,
    queue::Line,
    state::InlineQuery,
};

/// Inline queries remembered per bot.
const QUERIES_KEPT: usize = 1_000;

impl Scene<'_, '_> {
    pub(crate) fn switch_block(&mut self, blocked: bool) -> Outcome {
        if self.chat != self.me.id {
            return Err(CannotAct::new("only a private chat can be blocked"));
        }
        let chat = self.desk.bot.chats.get_mut(&self.chat);
        let chat = chat.ok_or_else(|| {
            CannotAct::new(format!("{} never wrote to the bot", self.me.first_name))
        })?;
        if chat.blocked == blocked {
            return Ok(Done::default());
        }
        chat.blocked = blocked;
        self.desk.touch(self.chat);
        let bot = self.desk.bot.user();
        let kicked = json!({"status": "kicked", "user": bot, "until_date": 0});
        let member = json!({"status": "member", "user": bot});
        let (old, new) = if blocked {
            (member, kicked)
        } else {
            (kicked, member)
        };
        let update = json!({
            "chat": self.desk.chat_json(self.chat), "from": self.me.user(), "date": self.desk.now.timestamp(),
            "old_chat_member": old, "new_chat_member": new,
        });
        let update_id = self
            .desk
            .update("my_chat_member", update, Line::Chat(self.chat));
        Ok(Done {
            update_id,
            ..Done::default()
        })
    }

    pub(crate) fn asks_inline(&mut self, text: String) -> Outcome {
        let id = press::query_id();
        let body = json!({"id": id, "from": self.me.user(), "query": text, "offset": "", "chat_type": "sender"});
        let query = InlineQuery {
            person: self.me.id,
            text,
            at: self.desk.now,
            results: None,
        };
        while self.desk.bot.inline.len() >= QUERIES_KEPT {
            self.desk.bot.inline.pop_first();
        }
        self.desk.bot.inline.insert(id.clone(), query);
        let update_id = self
            .desk
            .update("inline_query", body, Line::Other(self.me.id));
        Ok(Done {
            query_id: Some(id),
            update_id,
            ..Done::default()
        })
    }
}
