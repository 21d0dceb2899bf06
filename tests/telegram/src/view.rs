//! A chat as the person sees it: plain values that tests can ask.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    message::Message,
    press::rows,
    state::{Chat, ToastRow},
};

/// A button of an inline or a reply keyboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    /// What is written on it.
    pub label: String,
    /// Callback data of an inline button.
    pub data: Option<String>,
    /// Page an inline button opens.
    pub url: Option<String>,
    /// Whether the tap shares the place.
    pub asks_location: bool,
    /// The whole button as the Bot API has it.
    pub json: Value,
}

impl Button {
    fn new(json: Map<String, Value>) -> Self {
        let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            label: text("text").unwrap_or_default(),
            data: text("callback_data"),
            url: text("url"),
            asks_location: json.get("request_location").and_then(Value::as_bool) == Some(true),
            json: Value::Object(json),
        }
    }
}

fn buttons(markup: Option<&Value>, name: &str) -> Vec<Vec<Button>> {
    rows(markup, name)
        .into_iter()
        .map(|row| row.into_iter().map(Button::new).collect())
        .collect()
}

/// A message as the person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Message id.
    pub id: i64,
    /// Telegram id of the sender.
    pub sender: i64,
    /// Whether the bot sent it.
    pub from_bot: bool,
    /// Text, or the caption of a file.
    pub text: String,
    /// Entities of the text or caption, as the Bot API has them.
    pub entities: Vec<Value>,
    /// Inline keyboard, row by row.
    pub keyboard: Vec<Vec<Button>>,
    /// Kind of content besides text: photo, animation, document, video, voice, audio, venue, location, contact.
    pub media: Option<&'static str>,
    /// Message it answers.
    pub reply_to: Option<i64>,
    /// Forum topic.
    pub thread: Option<i64>,
    /// Whether it was edited.
    pub edited: bool,
    /// When it was sent.
    pub date: DateTime<Utc>,
    /// The whole message as the Bot API has it.
    pub json: Value,
}

impl Seen {
    fn new(message: &Message, bot: i64) -> Self {
        let json = message.value();
        let captioned = json.get("text").is_none();
        let (text, entities) = if captioned {
            ("caption", "caption_entities")
        } else {
            ("text", "entities")
        };
        Self {
            id: message.id(),
            sender: message.sender(),
            from_bot: message.sender() == bot,
            text: json[text].as_str().unwrap_or_default().to_owned(),
            entities: json[entities].as_array().cloned().unwrap_or_default(),
            keyboard: buttons(json.get("reply_markup"), "inline_keyboard"),
            media: message.media(),
            reply_to: json["reply_to_message"]["message_id"].as_i64(),
            thread: json["message_thread_id"].as_i64(),
            edited: json.get("edit_date").is_some(),
            date: DateTime::from_timestamp(message.date(), 0).unwrap_or_default(),
            json,
        }
    }

    /// Whether a button's label contains this.
    pub fn has_button(&self, label: &str) -> bool {
        self.keyboard
            .iter()
            .flatten()
            .any(|button| button.label.contains(label))
    }

    /// Latitude and longitude of a place.
    pub fn place(&self) -> Option<(f64, f64)> {
        let location = self.json.get("location")?;
        location["latitude"]
            .as_f64()
            .zip(location["longitude"].as_f64())
    }

    /// File id of the file (for a photo: of its largest size).
    pub fn file_id(&self) -> Option<&str> {
        let media = self.json.get(self.media?)?;
        let file = media.as_array().map_or(Some(media), |sizes| sizes.last())?;
        file["file_id"].as_str()
    }
}

/// The answer to a button press.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Callback query it answers.
    pub query_id: String,
    /// Message whose button was pressed.
    pub message_id: i64,
    /// What is shown; `None` when the bot only ended the waiting.
    pub text: Option<String>,
    /// Shown as a window to be closed instead of a passing line.
    pub alert: bool,
    /// Page that is opened.
    pub url: Option<String>,
    /// When it was shown.
    pub at: DateTime<Utc>,
}

impl Toast {
    fn new(row: &ToastRow) -> Self {
        Self {
            query_id: row.query_id.clone(),
            message_id: row.message_id,
            text: row.text.clone(),
            alert: row.alert,
            url: row.url.clone(),
            at: row.at,
        }
    }
}

/// Everything a person sees in one chat at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatView {
    /// Messages, oldest first.
    pub messages: Vec<Seen>,
    /// The keyboard below the input, row by row.
    pub reply_keyboard: Vec<Vec<Button>>,
    /// Answers to button presses, oldest first.
    pub toasts: Vec<Toast>,
    /// What the bot is doing, such as `typing`.
    pub typing: Option<String>,
    /// Whether the person has blocked the bot.
    pub blocked: bool,
    /// Messages of the bot since the person last wrote or looked.
    pub unread: u32,
    /// Ids of pinned messages.
    pub pinned: Vec<i64>,
}

impl ChatView {
    pub(crate) fn new(chat: &Chat, bot: i64, person: i64, now: DateTime<Utc>) -> Self {
        let typing = chat.typing.as_ref().filter(|(_, until)| *until > now);
        Self {
            messages: chat
                .messages
                .iter()
                .map(|message| Seen::new(message, bot))
                .collect(),
            reply_keyboard: buttons(chat.keyboard.as_ref(), "keyboard"),
            toasts: chat
                .toasts
                .iter()
                .filter(|toast| toast.person == person)
                .map(Toast::new)
                .collect(),
            typing: typing.map(|(action, _)| action.clone()),
            blocked: chat.blocked,
            unread: chat.unread,
            pinned: chat.pinned.clone(),
        }
    }

    /// The newest message.
    pub fn last(&self) -> Option<&Seen> {
        self.messages.last()
    }

    /// The newest message of the bot.
    pub fn last_from_bot(&self) -> Option<&Seen> {
        self.messages.iter().rev().find(|message| message.from_bot)
    }

    /// A message by its id.
    pub fn message(&self, id: i64) -> Option<&Seen> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// The newest message of the bot that contains this text.
    pub fn find(&self, text: &str) -> Option<&Seen> {
        self.messages
            .iter()
            .rev()
            .find(|message| message.from_bot && message.text.contains(text))
    }

    /// Whether a message of the bot contains this text.
    pub fn shows(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Whether any inline keyboard or the reply keyboard has such a button.
    pub fn has_button(&self, label: &str) -> bool {
        let below = self
            .reply_keyboard
            .iter()
            .flatten()
            .any(|button| button.label.contains(label));
        below
            || self
                .messages
                .iter()
                .any(|message| message.has_button(label))
    }
}

impl fmt::Display for ChatView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in &self.messages {
            let side = if message.from_bot { "bot" } else { "me " };
            let media = message
                .media
                .map(|media| format!("({media}) "))
                .unwrap_or_default();
            writeln!(
                f,
                "{side} #{} {media}{}",
                message.id,
                message.text.replace('\n', "\n         ")
            )?;
            for row in &message.keyboard {
                writeln!(f, "         {}", line(row))?;
            }
        }
        for row in &self.reply_keyboard {
            writeln!(f, "keyboard {}", line(row))?;
        }
        for toast in &self.toasts {
            writeln!(
                f,
                "toast    {}",
                toast.text.as_deref().unwrap_or("(silent)")
            )?;
        }
        if self.blocked {
            writeln!(f, "(blocked)")?;
        }
        Ok(())
    }
}

fn line(row: &[Button]) -> String {
    row.iter()
        .map(|button| format!("[{}]", button.label))
        .collect::<Vec<_>>()
        .join(" ")
}
