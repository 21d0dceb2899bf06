//! A message as the Bot API writes it, with the few questions others ask about it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Kinds of content a message can carry besides text.
pub(crate) const MEDIA: [&str; 10] = [
    "photo",
    // Before the document that goes with it for older bots.
    "animation",
    "document",
    "video",
    "video_note",
    "voice",
    "audio",
    "venue",
    "location",
    "contact",
];

/// A stored message: its Bot API JSON and the revision of its last change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub revision: u64,
    pub json: Map<String, Value>,
}

impl Message {
    pub fn id(&self) -> i64 {
        self.json
            .get("message_id")
            .and_then(Value::as_i64)
            .unwrap_or_default()
    }

    pub fn sender(&self) -> i64 {
        self.json
            .get("from")
            .and_then(|from| from["id"].as_i64())
            .unwrap_or_default()
    }

    pub fn date(&self) -> i64 {
        self.json
            .get("date")
            .and_then(Value::as_i64)
            .unwrap_or_default()
    }

    pub fn value(&self) -> Value {
        Value::Object(self.json.clone())
    }

    /// The message as another one quotes it: without the message it answers itself.
    pub fn quoted(&self) -> Value {
        let mut json = self.json.clone();
        json.remove("reply_to_message");
        Value::Object(json)
    }

    /// What counts when Telegram asks whether an edit changes anything.
    pub fn content(&self) -> Value {
        let mut json = self.json.clone();
        for frame in ["message_id", "date", "edit_date", "from", "chat"] {
            json.remove(frame);
        }
        Value::Object(json)
    }

    pub fn media(&self) -> Option<&'static str> {
        MEDIA.into_iter().find(|kind| self.json.contains_key(*kind))
    }

    /// Labels and callback data of the inline keyboard, row by row.
    pub fn inline_buttons(&self) -> impl Iterator<Item = &Value> {
        self.json
            .get("reply_markup")
            .and_then(|markup| markup["inline_keyboard"].as_array())
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
    }
}

/// Sets a text field together with its entities, or removes both.
pub(crate) fn set_text(
    json: &mut Map<String, Value>,
    names: (&str, &str),
    text: &str,
    entities: &[Value],
) {
    json.remove(names.0);
    json.remove(names.1);
    if !text.is_empty() {
        json.insert(names.0.to_owned(), json!(text));
    }
    if !entities.is_empty() {
        json.insert(names.1.to_owned(), json!(entities));
    }
}
