//! What a person shall see: plain text with entities, so that nothing needs escaping.

use std::{borrow::Cow, fmt, sync::Arc};

use domain::{broadcast::Attached, card::Subject, geo::Point, outbox::Outgoing};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use teloxide::types::{InlineKeyboardMarkup, KeyboardMarkup, MessageEntity};

use crate::menu::Menu;

/// Words a message in the recipient's language, from the state of this moment.
pub trait Render: Send + Sync + 'static {
    fn render<'a>(
        &'a self,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Rendered, domain::Error>>;
}

/// What a message has become.
#[derive(Clone, Debug)]
pub enum Rendered {
    /// It no longer says anything.
    Nothing,
    Message(Box<Screen>),
}

/// One message as Telegram shall show it.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    pub text: String,
    pub entities: Vec<MessageEntity>,
    pub keyboard: Keyboard,
    /// A file Telegram has already; the text becomes its caption.
    pub media: Option<Media>,
    /// What the message shows, when one message at a time shall show it: it is edited in place.
    pub subject: Option<Subject>,
    /// This message of before is worded anew; nothing is sent.
    pub edits: Option<i64>,
    /// A new message takes over, because edits make no sound.
    pub ring: bool,
    /// A pin that follows the text, or stands alone without one.
    pub location: Option<Pin>,
    /// The topic of a forum that it is meant for.
    pub thread: Option<i64>,
    /// The topic of its own that it has, by this number in our records.
    pub topic: Option<Topic>,
    /// What this chat is offered from now on.
    pub menu: Option<Menu>,
}

/// A place on the map.
#[derive(Clone, Copy, Debug)]
pub struct Pin {
    pub lat: f64,
    pub lon: f64,
    /// The radius of the circle around it, where one is known.
    pub accuracy_m: Option<f64>,
}

impl Pin {
    pub fn of(place: Point) -> Self {
        Self {
            lat: place.lat,
            lon: place.lon,
            accuracy_m: None,
        }
    }
}

/// A topic that is opened where there is no thread yet, closed with the last word, and opened again when that was not the last.
#[derive(Clone, Debug)]
pub struct Topic {
    pub id: i64,
    pub name: String,
    pub over: bool,
    /// Telegram was asked to open it: without a thread the general topic takes its place.
    pub asked: bool,
    /// Telegram was told to close it.
    pub shut: bool,
}

#[derive(Clone, Debug, Default)]
pub enum Keyboard {
    #[default]
    None,
    /// Buttons under the message.
    Inline(InlineKeyboardMarkup),
    /// Buttons instead of the person's keyboard.
    Reply(KeyboardMarkup),
    /// Takes such a keyboard away.
    Remove,
}

/// A file: mostly by the id that Telegram gave it.
#[derive(Clone, Debug)]
pub enum Media {
    Photo(String),
    Video(String),
    Voice(String),
    Document(String),
    Audio(String),
    /// A round video, which takes no words.
    Round(String),
    /// A GIF, or a film without sound.
    Animation(String),
    /// A picture of our own.
    Drawn(Made),
    /// A file of our own.
    Written(Made),
    /// A file that somebody put in, in the form that it should have.
    Brought(Form, Made),
}

impl Media {
    /// A file that Telegram has already.
    pub fn of(file: Attached) -> Self {
        match file {
            Attached::Photo(id) => Self::Photo(id),
            Attached::Video(id) => Self::Video(id),
            Attached::Voice(id) => Self::Voice(id),
            Attached::Document(id) => Self::Document(id),
            Attached::Audio(id) => Self::Audio(id),
            Attached::Round(id) => Self::Round(id),
            Attached::Animation(id) => Self::Animation(id),
        }
    }
}

/// In which form a file is shown; what Telegram does not take in it goes as a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Photo,
    Video,
    Voice,
    Document,
}

/// A file that Telegram has not seen yet.
#[derive(Clone)]
pub struct Made {
    pub name: String,
    pub mime: Cow<'static, str>,
    pub bytes: Arc<[u8]>,
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = hex::encode(&Sha256::digest(&self.bytes)[..8]);
        write!(f, "{} ({} bytes, {digest})", self.name, self.bytes.len())
    }
}

impl From<Screen> for Rendered {
    fn from(screen: Screen) -> Self {
        Self::Message(Box::new(screen))
    }
}

impl Screen {
    /// Whether a message can be turned into this one: only text and inline buttons can be edited in.
    pub(crate) fn fits_an_edit(&self) -> bool {
        let plain = matches!(self.keyboard, Keyboard::None | Keyboard::Inline(_));
        plain && self.media.is_none() && self.location.is_none() && !self.text.is_empty()
    }

    /// Tells whether two messages look the same.
    pub(crate) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(format!(
            "{:?}",
            (
                &self.text,
                &self.entities,
                &self.keyboard,
                &self.media,
                self.location
            )
        ));
        hex::encode(&digest.finalize()[..16])
    }
}
