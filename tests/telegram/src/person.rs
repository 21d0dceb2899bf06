//! A person with a phone: acts, looks and waits.

use std::sync::Arc;
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use patience::Deadline;
use serde_json::Value;
use thiserror::Error;

use crate::{
    acts::{Act, CannotAct, Done, Item, MediaKind},
    perform::Place,
    shared::Shared,
    state::{Bot, Chat, Human},
    view::{Button, ChatView, Seen, Toast},
};

/// A person in a chat with a bot; cheap to clone.
#[derive(Clone)]
pub struct Person {
    pub(crate) shared: Arc<Shared>,
    pub(crate) place: Place,
}

/// Nobody saw what was waited for.
#[derive(Debug, Error)]
#[error("not seen within {waited:?}; {who} sees:\n{chat}")]
pub struct NotSeen {
    who: String,
    waited: Duration,
    chat: ChatView,
}

impl Person {
    /// Telegram id.
    pub fn id(&self) -> i64 {
        self.place.person
    }

    /// The same person in a group.
    #[must_use]
    pub fn in_group(&self, chat: i64) -> Self {
        let place = Place {
            chat,
            topic: None,
            ..self.place.clone()
        };
        Self {
            shared: Arc::clone(&self.shared),
            place,
        }
    }

    /// The same person in a topic of this forum.
    #[must_use]
    pub fn in_topic(&self, topic: i64) -> Self {
        let place = Place {
            topic: Some(topic),
            ..self.place.clone()
        };
        Self {
            shared: Arc::clone(&self.shared),
            place,
        }
    }

    /// The same person in the private chat with another bot.
    #[must_use]
    pub fn with_bot(&self, token: &str) -> Self {
        let place = Place {
            token: token.to_owned(),
            chat: self.place.person,
            person: self.place.person,
            topic: None,
        };
        Self {
            shared: Arc::clone(&self.shared),
            place,
        }
    }

    /// Opens the private chat without a word, as whoever wrote to the bot long ago.
    pub fn knows_the_bot(&self) {
        self.shared.with(|world| {
            if let Some(bot) = world.bots.get_mut(&self.place.token) {
                bot.chats.entry(self.place.person).or_default();
            }
            world.announce();
        });
    }

    fn describe(&self, change: impl FnOnce(&mut Human)) {
        self.shared.with(|world| {
            if let Some(person) = world.people.get_mut(&self.place.person) {
                change(person);
            }
            world.announce();
        });
    }

    /// Gives the person a username.
    #[must_use]
    pub fn named(self, username: &str) -> Self {
        self.describe(|person| person.username = Some(username.to_owned()));
        self
    }

    /// What the phone page writes under the name, such as the rank.
    #[must_use]
    pub fn noted(self, note: &str) -> Self {
        self.describe(|person| person.note = Some(note.to_owned()));
        self
    }

    /// Where the person stands; what a "share location" button sends.
    #[must_use]
    pub fn standing_at(self, latitude: f64, longitude: f64) -> Self {
        self.describe(|person| person.place = Some((latitude, longitude)));
        self
    }

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

    /// What the bot offered for an inline query, once it has answered.
    pub fn inline_results(&self, query_id: &str) -> Option<Vec<Value>> {
        self.bot(|bot| bot.inline.get(query_id)?.results.clone())
            .flatten()
    }

    fn bot<R>(&self, look: impl FnOnce(&Bot) -> R) -> Option<R> {
        self.shared
            .with(|world| world.bots.get(&self.place.token).map(look))
    }

    /// The chat as the person sees it now.
    pub fn chat(&self) -> ChatView {
        let now = self.shared.config.clock.now();
        let view = |bot: &Bot| {
            let chat = bot.chats.get(&self.place.chat);
            chat.map(|chat| ChatView::new(chat, bot.id, self.place.person, now))
        };
        self.bot(view).flatten().unwrap_or_default()
    }

    /// Messages of the chat, oldest first.
    pub fn messages(&self) -> Vec<Seen> {
        self.chat().messages
    }

    /// The newest message of the chat.
    pub fn last_message(&self) -> Option<Seen> {
        self.chat().messages.pop()
    }

    /// The keyboard below the input, row by row.
    pub fn reply_keyboard(&self) -> Vec<Vec<Button>> {
        self.chat().reply_keyboard
    }

    /// Answers to button presses, oldest first.
    pub fn toasts(&self) -> Vec<Toast> {
        self.chat().toasts
    }

    /// The commands Telegram would suggest to this person here.
    pub fn commands(&self) -> Vec<Value> {
        self.shared.with(|world| {
            let language = world
                .people
                .get(&self.place.person)
                .map(|person| person.language_code.clone());
            let bot = world.bots.get(&self.place.token);
            bot.map(|bot| crate::menu::suggested(bot, self.place.chat, language.as_deref()))
                .unwrap_or_default()
        })
    }

    /// The button beside the text field.
    pub fn menu_button(&self) -> Value {
        self.bot(|bot| crate::menu::button(bot, self.place.chat))
            .unwrap_or_default()
    }

    /// Bytes of a file in the chat.
    pub fn file(&self, file_id: &str) -> Option<Vec<u8>> {
        self.shared
            .with(|world| world.files.get(file_id).map(|file| file.bytes.to_vec()))
    }

    fn revision(&self) -> u64 {
        self.bot(|bot| {
            bot.chats
                .get(&self.place.chat)
                .map(|chat: &Chat| chat.revision)
        })
        .flatten()
        .unwrap_or(0)
    }

    /// Waits until the chat fulfils a condition; returns it as it was then.
    pub async fn until(
        &self,
        mut condition: impl FnMut(&ChatView) -> bool,
        deadline: Duration,
    ) -> Result<ChatView, NotSeen> {
        let mut end = Deadline::after(deadline);
        let mut changed = self.shared.changed.subscribe();
        let mut looked = None;
        loop {
            let revision = Some(self.revision());
            if looked != revision {
                looked = revision;
                let chat = self.chat();
                if condition(&chat) {
                    return Ok(chat);
                }
            }
            if end.bound(changed.changed()).await.is_none() {
                let who = format!("person {}", self.place.person);
                return Err(patience::failed(NotSeen {
                    who,
                    waited: deadline,
                    chat: self.chat(),
                }));
            }
        }
    }

    /// Waits until a message of the bot contains this text; returns the newest such message.
    pub async fn until_text(&self, text: &str) -> Result<Seen, NotSeen> {
        let chat = self
            .until(|chat| chat.shows(text), self.shared.config.patience)
            .await?;
        Ok(chat.find(text).cloned().expect("the condition saw it"))
    }

    /// Waits until a button with this label is there.
    pub async fn until_button(&self, label: &str) -> Result<ChatView, NotSeen> {
        self.until(|chat| chat.has_button(label), self.shared.config.patience)
            .await
    }

    /// Waits until the bot has answered a button press.
    pub async fn until_answered(&self, press: &Done) -> Result<Toast, NotSeen> {
        let wanted = |toast: &&Toast| Some(&toast.query_id) == press.query_id.as_ref();
        let chat = self
            .until(
                |chat| chat.toasts.iter().any(|toast| wanted(&toast)),
                self.shared.config.patience,
            )
            .await?;
        Ok(chat
            .toasts
            .iter()
            .find(wanted)
            .cloned()
            .expect("the condition saw it"))
    }
}
