//! Groups: the bot comes and goes, a small group becomes a supergroup, a forum has topics.

use serde_json::{Map, Value, json};

use super::Scene;
use crate::{
    acts::{CannotAct, Done},
    perform::Outcome,
    queue::Line,
    state::{Chat, Topic},
};

impl Scene<'_, '_> {
    fn group(&mut self) -> Result<&mut Chat, CannotAct> {
        let chat = self.chat;
        let group = self.desk.bot.chats.get_mut(&chat).filter(|_| chat < 0);
        group.ok_or_else(|| CannotAct::new("this is done in a group"))
    }

    /// What somebody writes stands in the topic he is in.
    pub(crate) fn put_topic(&mut self, body: &mut Map<String, Value>) {
        let Some(topic) = self.topic else { return };
        body.insert("message_thread_id".into(), json!(topic));
        body.insert("is_topic_message".into(), json!(true));
        let chat = self.desk.bot.chats.get(&self.chat);
        if let Some(first) = chat.and_then(|chat| chat.find(topic)) {
            body.insert("reply_to_message".into(), first.quoted());
        }
    }

    pub(crate) fn has_bot(&mut self, present: bool) -> Outcome {
        self.group()?.blocked = !present;
        self.desk.touch(self.chat);
        let bot = self.desk.bot.user();
        let member = json!({"status": "member", "user": bot});
        let (old, new) = match present {
            true => (json!({"status": "left", "user": bot}), member),
            false => (
                member,
                json!({"status": "kicked", "user": bot, "until_date": 0}),
            ),
        };
        let update = json!({
            "chat": self.desk.chat_json(self.chat), "from": self.me.user(), "date": self.desk.now.timestamp(),
            "old_chat_member": old, "new_chat_member": new,
        });
        Ok(Done {
            update_id: self
                .desk
                .update("my_chat_member", update, Line::Chat(self.chat)),
            ..Done::default()
        })
    }

    pub(crate) fn upgrades_group(&mut self, to: i64) -> Outcome {
        self.enter()?;
        let group = self.group()?;
        if !group.basic || group.moved_to.is_some() {
            return Err(CannotAct::new("this is a supergroup already"));
        }
        let upgraded = Chat {
            title: group.title.clone(),
            members: group.members.clone(),
            ..Chat::default()
        };
        self.desk.bot.chats.insert(to, upgraded);
        let from = self.chat;
        self.serves(from, ("migrate_to_chat_id", json!(to)))?;
        let done = self.serves(to, ("migrate_from_chat_id", json!(from)))?;
        self.group()?.moved_to = Some(to);
        Ok(done)
    }

    pub(crate) fn opens_topic(&mut self, name: &str) -> Outcome {
        self.enter()?;
        if !self.group()?.forum {
            return Err(CannotAct::new("the group is no forum"));
        }
        let notice = json!({"name": name, "icon_color": 7_322_096});
        let done = self.serves(self.chat, ("forum_topic_created", notice))?;
        let topic = Topic {
            name: name.to_owned(),
            closed: false,
        };
        let id = done.message_id.unwrap_or_default();
        self.group()?.topics.insert(id, topic);
        Ok(done)
    }

    pub(crate) fn closes_topic(&mut self, topic: i64) -> Outcome {
        self.enter()?;
        let found = self.group()?.topics.get_mut(&topic);
        found
            .ok_or_else(|| CannotAct::new("there is no such topic"))?
            .closed = true;
        self.serves(self.chat, ("forum_topic_closed", json!({})))
    }

    /// A message of Telegram's own about what somebody did, which every bot in the group gets.
    fn serves(&mut self, chat: i64, (what, value): (&str, Value)) -> Outcome {
        let body = Map::from_iter([(what.to_owned(), value)]);
        let message = self
            .desk
            .post(chat, self.me.user(), body)
            .map_err(|refusal| CannotAct::new(refusal.description))?;
        Ok(Done {
            message_id: message["message_id"].as_i64(),
            update_id: self.desk.update("message", message, Line::Chat(chat)),
            ..Done::default()
        })
    }
}
