//! Files, places and contacts of a person.

use serde_json::{Map, Value, json};

use super::{Scene, uploaded};
use crate::{
    acts::{CannotAct, Done, Item, MediaKind},
    entities::{self, Formatted},
    message::set_text,
    methods,
    params::Upload,
    perform::Outcome,
    press,
};

/// The fewest and the most files of an album.
const ALBUM: std::ops::RangeInclusive<usize> = 2..=10;

impl Scene<'_, '_> {
    pub(crate) fn sends(
        &mut self,
        kind: MediaKind,
        file: &Upload,
        caption: Option<&str>,
        reply_to: Option<i64>,
    ) -> Outcome {
        self.enter()?;
        let body = self.body(kind, file, caption);
        self.post(body, reply_to)
    }

    /// Sends several files at once, which the bot hears of one by one; what comes back is about the last.
    pub(crate) fn sends_album(&mut self, items: Vec<Item>) -> Outcome {
        if !ALBUM.contains(&items.len()) {
            return Err(CannotAct::new("an album has two to ten files"));
        }
        if !items.iter().all(|item| item.kind.fits_an_album()) {
            return Err(CannotAct::new(
                "albums are of photos, videos, documents or music",
            ));
        }
        self.enter()?;
        let group = press::query_id();
        let mut done = Done::default();
        for item in items {
            let file = uploaded(&item.base64, item.name, item.mime)?;
            let mut body = self.body(item.kind, &file, item.caption.as_deref());
            body.insert("media_group_id".into(), json!(group));
            done = self.post(body, None)?;
        }
        Ok(done)
    }

    /// What a message with this file carries.
    fn body(
        &mut self,
        kind: MediaKind,
        file: &Upload,
        caption: Option<&str>,
    ) -> Map<String, Value> {
        let media = methods::keep(
            self.desk.files,
            self.desk.config,
            kind.name(),
            file,
            &Map::new(),
        );
        let mut body = Map::from_iter([(kind.name().to_owned(), media)]);
        // For bots that do not know animations.
        if let (MediaKind::Animation, Some(same)) = (kind, body.get("animation").cloned()) {
            body.insert("document".into(), same);
        }
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
        body
    }

    pub(crate) fn shares(
        &mut self,
        (latitude, longitude): (f64, f64),
        live_period: Option<u32>,
        horizontal_accuracy: Option<f64>,
    ) -> Outcome {
        let mut location = json!({"latitude": latitude, "longitude": longitude});
        if let Some(period) = live_period {
            location["live_period"] = json!(period);
        }
        if let Some(metres) = horizontal_accuracy {
            location["horizontal_accuracy"] = json!(metres);
        }
        self.post(Map::from_iter([("location".to_owned(), location)]), None)
    }

    /// A named place; its location stands beside it for bots that do not know venues.
    pub(crate) fn shares_venue(
        &mut self,
        (latitude, longitude): (f64, f64),
        title: &str,
        address: &str,
    ) -> Outcome {
        let location = json!({"latitude": latitude, "longitude": longitude});
        let venue = json!({"location": location, "title": title, "address": address});
        let body = [
            ("venue".to_owned(), venue),
            ("location".to_owned(), location),
        ];
        self.post(Map::from_iter(body), None)
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
