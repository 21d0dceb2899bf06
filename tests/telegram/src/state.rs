//! Everything the paper Telegram remembers: bots, people, chats, files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{files::Files, message::Message, queue::Queue};

/// The whole memory; the revision rises with every visible change.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub bots: BTreeMap<String, Bot>,
    /// Token of the bot that was added first.
    pub first: String,
    pub people: BTreeMap<i64, Human>,
    pub files: Files,
    pub revision: u64,
    #[serde(skip)]
    pub touched: BTreeSet<(i64, i64)>,
}

/// A Telegram account of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Human {
    pub id: i64,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: String,
    /// What the phone page writes under the name.
    pub note: Option<String>,
    pub deleted: bool,
    /// Where the person stands: latitude, longitude.
    pub place: Option<(f64, f64)>,
}

impl Human {
    pub fn user(&self) -> Value {
        let mut user = json!({
            "id": self.id, "is_bot": false, "first_name": self.first_name,
            "language_code": self.language_code,
        });
        if let Some(last_name) = &self.last_name {
            user["last_name"] = json!(last_name);
        }
        if let Some(username) = &self.username {
            user["username"] = json!(username);
        }
        user
    }
}

/// A bot account with its chats, its queue of updates and its settings.
#[derive(Serialize, Deserialize)]
pub(crate) struct Bot {
    pub id: i64,
    pub username: String,
    pub name: String,
    pub chats: BTreeMap<i64, Chat>,
    pub queue: Queue,
    pub webhook: Option<Webhook>,
    pub commands: Vec<CommandSet>,
    pub menu_buttons: BTreeMap<i64, Value>,
    pub last_message_id: i64,
    pub presses: BTreeMap<String, Press>,
    #[serde(default)]
    pub inline: BTreeMap<String, InlineQuery>,
}

impl Bot {
    pub fn user(&self) -> Value {
        json!({"id": self.id, "is_bot": true, "first_name": self.name, "username": self.username})
    }
}

/// One published command list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CommandSet {
    pub scope: Value,
    pub language: String,
    pub commands: Vec<Value>,
}

/// Where and how updates are posted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub url: String,
    pub secret: Option<String>,
    pub max_connections: usize,
    pub last_error: Option<(i64, String)>,
}

/// A button press that waits for `answerCallbackQuery`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Press {
    pub chat: i64,
    pub person: i64,
    pub message_id: i64,
    pub at: DateTime<Utc>,
}

/// An inline query and what the bot offered for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InlineQuery {
    pub person: i64,
    pub text: String,
    pub at: DateTime<Utc>,
    pub results: Option<Vec<Value>>,
}

/// A conversation of a bot: private (id of the person) or a group (negative id).
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Chat {
    pub title: Option<String>,
    pub forum: bool,
    /// A small group, which may become a supergroup.
    #[serde(default)]
    pub basic: bool,
    /// The supergroup that it has become.
    #[serde(default)]
    pub moved_to: Option<i64>,
    pub members: BTreeSet<i64>,
    /// The person stopped the bot, or the bot was removed from the group.
    pub blocked: bool,
    pub messages: VecDeque<Message>,
    /// Removed messages: revision of the removal and id.
    pub gone: VecDeque<(u64, i64)>,
    pub last_message_id: i64,
    pub keyboard: Option<Value>,
    /// Message to which the next text of the person answers.
    pub force_reply: Option<i64>,
    pub pinned: Vec<i64>,
    pub topics: BTreeMap<i64, Topic>,
    pub toasts: VecDeque<ToastRow>,
    pub typing: Option<(String, DateTime<Utc>)>,
    pub unread: u32,
    pub revision: u64,
}

impl Chat {
    pub fn find(&self, message_id: i64) -> Option<&Message> {
        let at = self
            .messages
            .binary_search_by_key(&message_id, Message::id)
            .ok()?;
        self.messages.get(at)
    }

    pub fn find_mut(&mut self, message_id: i64) -> Option<&mut Message> {
        let at = self
            .messages
            .binary_search_by_key(&message_id, Message::id)
            .ok()?;
        self.messages.get_mut(at)
    }
}

/// A topic of a forum.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub name: String,
    pub closed: bool,
}

/// An answer to a button press, as shown to the person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ToastRow {
    pub revision: u64,
    pub query_id: String,
    pub person: i64,
    pub message_id: i64,
    pub text: Option<String>,
    pub alert: bool,
    pub url: Option<String>,
    pub at: DateTime<Utc>,
}
