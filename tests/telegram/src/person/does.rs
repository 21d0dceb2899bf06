//! What a person does with the phone.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Person;
use crate::acts::{Act, CannotAct, Done, Item, MediaKind};

impl Person {
    /// Does anything of the list of acts.
    pub fn act(&self, act: Act) -> Result<Done, CannotAct> {
        let done = self
            .shared
            .with(|world| world.act(&self.place, act, &self.shared.config));
        done.map_err(patience::failed)
    }

    /// Sends a text.
    pub fn says(&self, text: &str) -> Result<Done, CannotAct> {
        self.act(Act::Says {
            text: text.to_owned(),
            reply_to: None,
        })
    }

    /// Answers a message with a text.
    pub fn replies(&self, message_id: i64, text: &str) -> Result<Done, CannotAct> {
        self.act(Act::Says {
            text: text.to_owned(),
            reply_to: Some(message_id),
        })
    }

    /// Changes an own text.
    pub fn edits(&self, message_id: i64, text: &str) -> Result<Done, CannotAct> {
        self.act(Act::Edits {
            message_id,
            text: text.to_owned(),
        })
    }

    /// Taps the newest button whose label contains this, inline or on the reply keyboard.
    pub fn taps(&self, label: &str) -> Result<Done, CannotAct> {
        self.act(Act::Taps {
            label: label.to_owned(),
            message_id: None,
        })
    }

    /// Taps a button of this message.
    pub fn taps_on(&self, message_id: i64, label: &str) -> Result<Done, CannotAct> {
        self.act(Act::Taps {
            label: label.to_owned(),
            message_id: Some(message_id),
        })
    }

    /// Sends callback data of its own making, as a tampered app could.
    pub fn presses_data(&self, message_id: i64, data: &str) -> Result<Done, CannotAct> {
        self.act(Act::Presses {
            message_id,
            data: data.to_owned(),
        })
    }

    fn sends(
        &self,
        kind: MediaKind,
        bytes: &[u8],
        name: Option<&str>,
        caption: &str,
    ) -> Result<Done, CannotAct> {
        self.act(Act::Sends {
            kind,
            base64: STANDARD.encode(bytes),
            name: name.map(str::to_owned),
            mime: None,
            caption: Some(caption.to_owned()),
            reply_to: None,
        })
    }

    /// Sends a picture; an empty caption is none.
    pub fn sends_photo(&self, bytes: &[u8], caption: &str) -> Result<Done, CannotAct> {
        self.sends(MediaKind::Photo, bytes, None, caption)
    }

    /// Sends a voice note.
    pub fn sends_voice(&self, bytes: &[u8]) -> Result<Done, CannotAct> {
        self.sends(MediaKind::Voice, bytes, None, "")
    }

    /// Sends a piece of music.
    pub fn sends_audio(&self, bytes: &[u8]) -> Result<Done, CannotAct> {
        self.sends(MediaKind::Audio, bytes, None, "")
    }

    /// Sends a round video.
    pub fn sends_video_note(&self, bytes: &[u8]) -> Result<Done, CannotAct> {
        self.sends(MediaKind::VideoNote, bytes, None, "")
    }

    /// Sends a film; an empty caption is none.
    pub fn sends_video(&self, bytes: &[u8], caption: &str) -> Result<Done, CannotAct> {
        self.sends(MediaKind::Video, bytes, None, caption)
    }

    /// Sends a file; an empty caption is none.
    pub fn sends_document(
        &self,
        bytes: &[u8],
        name: &str,
        caption: &str,
    ) -> Result<Done, CannotAct> {
        self.sends(MediaKind::Document, bytes, Some(name), caption)
    }

    /// Sends a GIF or a film without sound; an empty caption is none.
    pub fn sends_animation(&self, bytes: &[u8], caption: &str) -> Result<Done, CannotAct> {
        self.sends(MediaKind::Animation, bytes, None, caption)
    }

    /// Sends several pictures as one album, with the caption under the first; empty it is none. What comes back is
    /// about the last.
    pub fn sends_album(&self, pictures: &[&[u8]], caption: &str) -> Result<Done, CannotAct> {
        let item = |(number, bytes): (usize, &&[u8])| Item {
            kind: MediaKind::Photo,
            base64: STANDARD.encode(bytes),
            name: None,
            mime: None,
            caption: (number == 0).then(|| caption.to_owned()),
        };
        self.act(Act::SendsAlbum {
            items: pictures.iter().enumerate().map(item).collect(),
        })
    }

    /// Shares a place by its name.
    pub fn shares_venue(
        &self,
        latitude: f64,
        longitude: f64,
        title: &str,
    ) -> Result<Done, CannotAct> {
        self.act(Act::SharesVenue {
            latitude,
            longitude,
            title: title.to_owned(),
            address: "Calle 1 100".to_owned(),
        })
    }

    /// Shares a place.
    pub fn shares_location(&self, latitude: f64, longitude: f64) -> Result<Done, CannotAct> {
        self.act(Act::SharesLocation {
            latitude,
            longitude,
            live_period: None,
            horizontal_accuracy: None,
        })
    }

    /// Shares a place that the phone knows to so many metres.
    pub fn shares_location_within(
        &self,
        latitude: f64,
        longitude: f64,
        metres: f64,
    ) -> Result<Done, CannotAct> {
        self.act(Act::SharesLocation {
            latitude,
            longitude,
            live_period: None,
            horizontal_accuracy: Some(metres),
        })
    }

    /// Shares the place for `period` seconds.
    pub fn shares_live_location(
        &self,
        latitude: f64,
        longitude: f64,
        period: u32,
    ) -> Result<Done, CannotAct> {
        self.act(Act::SharesLocation {
            latitude,
            longitude,
            live_period: Some(period),
            horizontal_accuracy: None,
        })
    }

    /// Moves a live location; the bot gets an edited message.
    pub fn moves_live_location(
        &self,
        message_id: i64,
        latitude: f64,
        longitude: f64,
    ) -> Result<Done, CannotAct> {
        self.act(Act::MovesLiveLocation {
            message_id,
            latitude,
            longitude,
        })
    }

    /// Ends a live location; the bot gets an edited message.
    pub fn stops_live_location(&self, message_id: i64) -> Result<Done, CannotAct> {
        self.act(Act::StopsLiveLocation { message_id })
    }

    /// Stops the bot; it then gets 403.
    pub fn blocks_bot(&self) -> Result<Done, CannotAct> {
        self.act(Act::BlocksBot)
    }

    /// Lets the bot write again.
    pub fn unblocks_bot(&self) -> Result<Done, CannotAct> {
        self.act(Act::UnblocksBot)
    }

    /// Takes the bot into this group.
    pub fn adds_bot(&self) -> Result<Done, CannotAct> {
        self.act(Act::AddsBot)
    }

    /// Throws the bot out of this group; it then gets 403.
    pub fn removes_bot(&self) -> Result<Done, CannotAct> {
        self.act(Act::RemovesBot)
    }

    /// Makes a supergroup with this number of this group; the old number then gets 400.
    pub fn upgrades_group(&self, to: i64) -> Result<Done, CannotAct> {
        self.act(Act::UpgradesGroup { to })
    }

    /// Opens a topic in this forum; its number is the message's.
    pub fn opens_topic(&self, name: &str) -> Result<Done, CannotAct> {
        self.act(Act::OpensTopic {
            name: name.to_owned(),
        })
    }

    /// Closes a topic of this forum: the bot may write there no more.
    pub fn closes_topic(&self, topic: i64) -> Result<Done, CannotAct> {
        self.act(Act::ClosesTopic { topic })
    }

    /// Deletes the Telegram account; the bot then gets 403.
    pub fn deletes_account(&self) -> Result<Done, CannotAct> {
        self.act(Act::DeletesAccount)
    }

    /// Opens `https://t.me/<bot>?start=<code>`: sends `/start <code>`.
    pub fn opens_link(&self, link: &str) -> Result<Done, CannotAct> {
        self.act(Act::OpensLink {
            link: link.to_owned(),
        })
    }

    /// Types `@bot text`; the answer is read with [`Person::inline_results`].
    pub fn asks_inline(&self, text: &str) -> Result<Done, CannotAct> {
        self.act(Act::AsksInline {
            text: text.to_owned(),
        })
    }
}
