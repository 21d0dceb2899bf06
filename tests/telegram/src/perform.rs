//! Carrying out what a person does: messages into the chat, updates to the bot.

use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    acts::{Act, CannotAct, Done, MediaKind},
    desk::Desk,
    entities::{self, Formatted},
    message::set_text,
    methods,
    params::Upload,
    press,
    queue::Line,
    state::{Chat, Human, InlineQuery, World},
};

/// Longest text one message of a person carries, in characters.
const TEXT_LIMIT: usize = 4096;
/// Inline queries remembered per bot.
const QUERIES_KEPT: usize = 1_000;

/// Result of an act.
pub(crate) type Outcome = Result<Done, CannotAct>;

/// A person in a chat with a bot.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub token: String,
    pub person: i64,
    pub chat: i64,
}

impl World {
    /// Lets the person at `place` do something.
    pub fn act(&mut self, place: &Place, act: Act, config: &crate::config::Config) -> Outcome {
        let me = self.people.get(&place.person).cloned();
        let me =
            me.ok_or_else(|| CannotAct::new(format!("there is no person {}", place.person)))?;
        if me.deleted {
            return Err(CannotAct::new(format!(
                "{} has deleted the account",
                me.first_name
            )));
        }
        match act {
            Act::DeletesAccount => self.delete_account(place.person),
            Act::Stands {
                latitude,
                longitude,
            } => self.stand(place.person, (latitude, longitude)),
            Act::OpensLink { link } => self.open_link(place, &me, &link, config),
            act => {
                let mut desk = self
                    .desk(&place.token, config)
                    .ok_or_else(|| CannotAct::new("there is no such bot"))?;
                Scene {
                    desk: &mut desk,
                    me: &me,
                    chat: place.chat,
                }
                .act(act)
            }
        }
    }

    fn delete_account(&mut self, person: i64) -> Outcome {
        if let Some(person) = self.people.get_mut(&person) {
            person.deleted = true;
        }
        self.announce();
        Ok(Done::default())
    }

    fn stand(&mut self, person: i64, place: (f64, f64)) -> Outcome {
        if let Some(person) = self.people.get_mut(&person) {
            person.place = Some(place);
        }
        self.announce();
        Ok(Done::default())
    }

    fn open_link(
        &mut self,
        place: &Place,
        me: &Human,
        link: &str,
        config: &crate::config::Config,
    ) -> Outcome {
        let (username, code) =
            start_link(link).ok_or_else(|| CannotAct::new(format!("not a bot's link: {link}")))?;
        let found = self
            .bots
            .iter()
            .find(|(_, bot)| bot.username.eq_ignore_ascii_case(username));
        let token = found.map(|(token, _)| token.clone());
        let token = token.ok_or_else(|| CannotAct::new(format!("there is no bot @{username}")))?;
        let mut desk = self
            .desk(&token, config)
            .ok_or_else(|| CannotAct::new("there is no such bot"))?;
        let mut scene = Scene {
            desk: &mut desk,
            me,
            chat: place.person,
        };
        if scene.blocked() {
            scene.switch_block(false)?;
        }
        let text = code.map_or_else(|| "/start".to_owned(), |code| format!("/start {code}"));
        scene.says(&text, None)
    }
}

/// Username and start code of a bot's link.
fn start_link(link: &str) -> Option<(&str, Option<&str>)> {
    let rest = link.trim();
    let rest = rest
        .strip_prefix("https://")
        .or_else(|| rest.strip_prefix("http://"))
        .unwrap_or(rest);
    let rest = rest
        .strip_prefix("t.me/")
        .or_else(|| rest.strip_prefix("telegram.me/"))?;
    let (username, query) = rest.split_once('?').unwrap_or((rest, ""));
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("start="))
        .filter(|code| !code.is_empty());
    (!username.is_empty()).then_some((username.trim_end_matches('/'), code))
}

/// One person at work in one chat.
pub(crate) struct Scene<'a, 'w> {
    pub desk: &'a mut Desk<'w>,
    pub me: &'a Human,
    pub chat: i64,
}

impl Scene<'_, '_> {
    fn act(&mut self, act: Act) -> Outcome {
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
                let bytes = STANDARD
                    .decode(base64)
                    .map_err(|_| CannotAct::new("the file is not good base64"))?;
                let upload = Upload {
                    name,
                    mime,
                    bytes: Bytes::from(bytes),
                };
                self.sends(kind, &upload, caption.as_deref(), reply_to)
            }
            Act::SharesLocation {
                latitude,
                longitude,
                live_period,
            } => self.shares((latitude, longitude), live_period),
            Act::MovesLiveLocation {
                message_id,
                latitude,
                longitude,
            } => self.moves(message_id, Some((latitude, longitude))),
            Act::StopsLiveLocation { message_id } => self.moves(message_id, None),
            Act::SharesContact { phone } => self.shares_contact(&phone),
            Act::BlocksBot => self.switch_block(true),
            Act::UnblocksBot => self.switch_block(false),
            Act::AsksInline { text } => self.asks_inline(text),
            Act::Reads => self.reads(),
            Act::DeletesAccount | Act::Stands { .. } | Act::OpensLink { .. } => {
                Err(CannotAct::new("this is not done in a chat"))
            }
        }
    }

    fn blocked(&self) -> bool {
        self.desk
            .bot
            .chats
            .get(&self.chat)
            .is_some_and(|chat| chat.blocked)
    }

    /// Opens the private chat when it is not there yet; groups must exist.
    pub fn enter(&mut self) -> Result<(), CannotAct> {
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
    pub fn post(&mut self, mut body: Map<String, Value>, reply_to: Option<i64>) -> Outcome {
        self.enter()?;
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
    fn heard(&self, message: &Value) -> bool {
        let text = message["text"]
            .as_str()
            .or_else(|| message["caption"].as_str())
            .unwrap_or_default();
        self.chat > 0
            || text.starts_with('/')
            || text.contains(&format!("@{}", self.desk.bot.username))
            || message["reply_to_message"]["from"]["id"].as_i64() == Some(self.desk.bot.id)
    }

    pub fn says(&mut self, text: &str, reply_to: Option<i64>) -> Outcome {
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

    fn edits(&mut self, message_id: i64, text: &str) -> Outcome {
        let fresh = entities::with_found(Formatted {
            text: text.trim().to_owned(),
            entities: Vec::new(),
        });
        self.alter(message_id, |json| {
            set_text(json, ("text", "entities"), &fresh.text, &fresh.entities);
        })
    }

    /// Changes an own message and tells the bot.
    fn alter(&mut self, message_id: i64, edit: impl FnOnce(&mut Map<String, Value>)) -> Outcome {
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

    pub fn sends(
        &mut self,
        kind: MediaKind,
        file: &Upload,
        caption: Option<&str>,
        reply_to: Option<i64>,
    ) -> Outcome {
        self.enter()?;
        let media = methods::keep(
            self.desk.files,
            self.desk.config,
            kind.name(),
            file,
            &Map::new(),
        );
        let mut body = Map::from_iter([(kind.name().to_owned(), media)]);
        if let Some(caption) = caption.map(str::trim).filter(|caption| !caption.is_empty()) {
            let found = entities::with_found(Formatted {
                text: caption.to_owned(),
                entities: Vec::new(),
            });
            set_text(
                &mut body,
                ("caption", "caption_entities"),
                &found.text,
                &found.entities,
            );
        }
        self.post(body, reply_to)
    }

    pub fn shares(
        &mut self,
        (latitude, longitude): (f64, f64),
        live_period: Option<u32>,
    ) -> Outcome {
        let mut location = json!({"latitude": latitude, "longitude": longitude});
        if let Some(period) = live_period {
            location["live_period"] = json!(period);
        }
        self.post(Map::from_iter([("location".to_owned(), location)]), None)
    }

    fn moves(&mut self, message_id: i64, to: Option<(f64, f64)>) -> Outcome {
        let message = self
            .desk
            .bot
            .chats
            .get(&self.chat)
            .and_then(|chat| chat.find(message_id));
        let live = message.and_then(|message| {
            let period = message.json.get("location")?["live_period"].as_i64()?;
            (message.date() + period > self.desk.now.timestamp()).then_some(())
        });
        live.ok_or_else(|| {
            CannotAct::new(format!("message {message_id} is no running live location"))
        })?;
        self.alter(message_id, |json| {
            let Some(location) = json.get_mut("location") else {
                return;
            };
            match to {
                Some((latitude, longitude)) => {
                    location["latitude"] = json!(latitude);
                    location["longitude"] = json!(longitude);
                }
                None => {
                    location
                        .as_object_mut()
                        .map(|location| location.remove("live_period"));
                }
            }
        })
    }

    pub fn shares_contact(&mut self, phone: &str) -> Outcome {
        let contact =
            json!({"phone_number": phone, "first_name": self.me.first_name, "user_id": self.me.id});
        self.post(Map::from_iter([("contact".to_owned(), contact)]), None)
    }

    fn switch_block(&mut self, blocked: bool) -> Outcome {
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

    fn asks_inline(&mut self, text: String) -> Outcome {
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

    fn reads(&mut self) -> Outcome {
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

/// Takes a forced reply if nothing else is answered, and quotes the answered message.
fn answered(chat: &mut Chat, reply_to: Option<i64>) -> (Option<i64>, Option<Value>) {
    let forced = chat.force_reply.take();
    let reply = reply_to
        .or(forced)
        .and_then(|id| chat.find(id))
        .map(crate::message::Message::quoted);
    (forced, reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_bots_are_understood() {
        assert_eq!(
            start_link("https://t.me/gad_bot?start=a-B_1"),
            Some(("gad_bot", Some("a-B_1")))
        );
        assert_eq!(start_link("t.me/gad_bot"), Some(("gad_bot", None)));
        assert_eq!(start_link("https://example.com/gad_bot?start=a"), None);
    }
}
