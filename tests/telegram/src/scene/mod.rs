//! One person at work in one chat: entering it, writing into it, being heard by the bot.

mod groups;
mod share;
mod talk;
mod ties;

use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::{
    acts::{Act, CannotAct, Done},
    desk::Desk,
    params::Upload,
    perform::Outcome,
    press,
    queue::Line,
    state::{Chat, Human},
};

/// One person at work in one chat.
pub(crate) struct Scene<'a, 'w> {
    pub desk: &'a mut Desk<'w>,
    pub me: &'a Human,
    pub chat: i64,
    /// The topic of a forum.
    pub topic: Option<i64>,
}

impl Scene<'_, '_> {
    pub(crate) fn act(&mut self, act: Act) -> Outcome {
        match act {
            Act::Says { text, reply_to } => self.says(&text, reply_to),
            Act::Edits { message_id, text } => self.edits(message_id, &text),
            Act::Taps { label, message_id } => press::taps(self, &label, message_id),
            Act::Presses { message_id, data } => press::press(self, message_id, &data),
            Act::Sends {
                kind,
                base64,
                name,
                mime,
                caption,
                reply_to,
            } => {
                let upload = uploaded(&base64, name, mime)?;
                self.sends(kind, &upload, caption.as_deref(), reply_to)
            }
            Act::SendsAlbum { items } => self.sends_album(items),
            Act::SharesLocation {
                latitude,
                longitude,
                live_period,
                horizontal_accuracy,
            } => self.shares((latitude, longitude), live_period, horizontal_accuracy),
            Act::MovesLiveLocation {
                message_id,
                latitude,
                longitude,
            } => self.moves(message_id, Some((latitude, longitude))),
            Act::StopsLiveLocation { message_id } => self.moves(message_id, None),
            Act::SharesVenue {
                latitude,
                longitude,
                title,
                address,
            } => self.shares_venue((latitude, longitude), &title, &address),
            Act::SharesContact { phone } => self.shares_contact(&phone),
            Act::BlocksBot => self.switch_block(true),
            Act::UnblocksBot => self.switch_block(false),
            Act::AddsBot => self.has_bot(true),
            Act::RemovesBot => self.has_bot(false),
            Act::UpgradesGroup { to } => self.upgrades_group(to),
            Act::OpensTopic { name } => self.opens_topic(&name),
            Act::ClosesTopic { topic } => self.closes_topic(topic),
            Act::AsksInline { text } => self.asks_inline(text),
            Act::Reads => self.reads(),
            Act::DeletesAccount | Act::Stands { .. } | Act::OpensLink { .. } => {
                Err(CannotAct::new("this is not done in a chat"))
            }
        }
    }

    pub(crate) fn blocked(&self) -> bool {
        self.desk
            .bot
            .chats
            .get(&self.chat)
            .is_some_and(|chat| chat.blocked)
    }

    /// Opens the private chat when it is not there yet; groups must exist.
    pub(crate) fn enter(&mut self) -> Result<(), CannotAct> {
        if self.blocked() {
            return Err(CannotAct::new(format!(
                "{} has blocked the bot",
                self.me.first_name
            )));
        }
        if self.chat == self.me.id {
            self.desk.bot.chats.entry(self.chat).or_default();
            return Ok(());
        }
        let inside = self
            .desk
            .bot
            .chats
            .get(&self.chat)
            .is_some_and(|chat| chat.members.contains(&self.me.id));
        if inside {
            Ok(())
        } else {
            Err(CannotAct::new(format!(
                "{} is not in that group",
                self.me.first_name
            )))
        }
    }

    /// Puts a message of the person into the chat and tells the bot.
    pub(crate) fn post(&mut self, mut body: Map<String, Value>, reply_to: Option<i64>) -> Outcome {
        self.enter()?;
        self.put_topic(&mut body);
        let chat = self.desk.bot.chats.get_mut(&self.chat);
        let (forced, reply) = chat.map_or((None, None), |chat| answered(chat, reply_to));
        if let Some(reply) = reply {
            body.insert("reply_to_message".into(), reply);
        } else if reply_to.is_some() && forced.is_none() {
            return Err(CannotAct::new("the message to answer is not there"));
        }
        let message = self
            .desk
            .post(self.chat, self.me.user(), body)
            .map_err(|refusal| CannotAct::new(refusal.description))?;
        let message_id = message["message_id"].as_i64();
        let update_id = self
            .heard(&message)
            .then(|| self.desk.update("message", message, Line::Chat(self.chat)));
        Ok(Done {
            message_id,
            update_id: update_id.flatten(),
            ..Done::default()
        })
    }

    /// In groups a bot with privacy mode only hears commands, answers to it and its name.
    pub(crate) fn heard(&self, message: &Value) -> bool {
        let text = message["text"]
            .as_str()
            .or_else(|| message["caption"].as_str())
            .unwrap_or_default();
        self.chat > 0
            || text.starts_with('/')
            || text.contains(&format!("@{}", self.desk.bot.username))
            || message["reply_to_message"]["from"]["id"].as_i64() == Some(self.desk.bot.id)
    }

    pub(crate) fn reads(&mut self) -> Outcome {
        if let Some(chat) = self
            .desk
            .bot
            .chats
            .get_mut(&self.chat)
            .filter(|chat| chat.unread > 0)
        {
            chat.unread = 0;
            self.desk.touch(self.chat);
        }
        Ok(Done::default())
    }
}

/// A file as the app sends it.
fn uploaded(base64: &str, name: Option<String>, mime: Option<String>) -> Result<Upload, CannotAct> {
    let bytes = STANDARD
        .decode(base64)
        .map_err(|_| CannotAct::new("the file is not good base64"))?;
    Ok(Upload {
        name,
        mime,
        bytes: Bytes::from(bytes),
    })
}

/// Takes a forced reply if nothing else is answered, and quotes the answered message.
fn answered(chat: &mut Chat, reply_to: Option<i64>) -> (Option<i64>, Option<Value>) {
    let forced = chat.force_reply.take();
    let reply = reply_to
        .or(forced)
        .and_then(|id| chat.find(id))
        .map(crate::message::Message::quoted);
    (forced, reply)
}
