//! A person with a phone: who he is, and in which chat.

use std::sync::Arc;

use crate::{perform::Place, shared::Shared, state::Human};

mod does;
mod sees;
mod waits;

pub use waits::NotSeen;

/// A person in a chat with a bot; cheap to clone.
#[derive(Clone)]
pub struct Person {
    pub(crate) shared: Arc<Shared>,
    pub(crate) place: Place,
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
}
