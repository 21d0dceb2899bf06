//! Files, places and contacts of a person.

use serde_json::{Map, json};

use super::Scene;
use crate::{
    acts::{CannotAct, MediaKind},
    entities::{self, Formatted},
    message::set_text,
    methods,
    params::Upload,
    perform::Outcome,
};

impl Scene<'_, '_> {
    pub(crate) fn sends(
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

    pub(crate) fn shares(
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

    pub(crate) fn moves(&mut self, message_id: i64, to: Option<(f64, f64)>) -> Outcome {
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

    pub(crate) fn shares_contact(&mut self, phone: &str) -> Outcome {
        let contact =
            json!({"phone_number": phone, "first_name": self.me.first_name, "user_id": self.me.id});
        self.post(Map::from_iter([("contact".to_owned(), contact)]), None)
    }
}
