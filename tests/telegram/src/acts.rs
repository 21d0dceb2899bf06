//! What a person can do in a chat; one list for the Rust handle and for the phone page.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Something a person does.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Act {
    /// Sends a text, perhaps as an answer to a message.
    Says {
        /// The text; longer ones are split as Telegram's apps do.
        text: String,
        /// Message it answers.
        #[serde(default)]
        reply_to: Option<i64>,
    },
    /// Changes a text sent before.
    Edits {
        /// Own message.
        message_id: i64,
        /// New text.
        text: String,
    },
    /// Taps a button by its label.
    Taps {
        /// Part of the label.
        label: String,
        /// Only on this message; without it the newest that fits, then the reply keyboard.
        #[serde(default)]
        message_id: Option<i64>,
    },
    /// Sends callback data of its own making, as a tampered app could.
    Presses {
        /// Message the press claims to belong to.
        message_id: i64,
        /// Callback data.
        data: String,
    },
    /// Sends a file.
    Sends {
        /// Kind of the message.
        kind: MediaKind,
        /// The bytes in base64.
        base64: String,
        /// File name.
        #[serde(default)]
        name: Option<String>,
        /// MIME type.
        #[serde(default)]
        mime: Option<String>,
        /// Text under the file.
        #[serde(default)]
        caption: Option<String>,
        /// Message it answers.
        #[serde(default)]
        reply_to: Option<i64>,
    },
    /// Sends several files as one album: messages with consecutive ids and the same `media_group_id`.
    SendsAlbum {
        /// Two to ten files.
        items: Vec<Item>,
    },
    /// Shares a place; with a period in seconds it is live.
    SharesLocation {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Seconds for which it can be moved.
        #[serde(default)]
        live_period: Option<u32>,
        /// The radius of uncertainty, in metres.
        #[serde(default)]
        horizontal_accuracy: Option<f64>,
    },
    /// Moves a live location.
    MovesLiveLocation {
        /// The live location's message.
        message_id: i64,
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// Ends a live location.
    StopsLiveLocation {
        /// The live location's message.
        message_id: i64,
    },
    /// Shares a place by its name.
    SharesVenue {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Name of the place.
        title: String,
        /// Street and number.
        #[serde(default)]
        address: String,
    },
    /// Shares the own phone number.
    SharesContact {
        /// Number with country code.
        phone: String,
    },
    /// Stops the bot.
    BlocksBot,
    /// Lets the bot write again.
    UnblocksBot,
    /// Takes the bot into the group.
    AddsBot,
    /// Throws the bot out of the group.
    RemovesBot,
    /// Makes a supergroup of a small group.
    UpgradesGroup {
        /// The number it has from then on.
        to: i64,
    },
    /// Opens a topic in a forum.
    OpensTopic {
        /// Its name.
        name: String,
    },
    /// Closes a topic of a forum.
    ClosesTopic {
        /// Its number.
        topic: i64,
    },
    /// Deletes the Telegram account.
    DeletesAccount,
    /// Opens a link of the kind `https://t.me/<bot>?start=<code>`.
    OpensLink {
        /// The link.
        link: String,
    },
    /// Types `@bot text` in some chat.
    AsksInline {
        /// Text after the bot's name.
        text: String,
    },
    /// Stands somewhere else from now on.
    Stands {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// Looks at the chat: nothing is unread any more.
    Reads,
}

/// One file of an album.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Item {
    /// Kind of the message.
    pub kind: MediaKind,
    /// The bytes in base64.
    pub base64: String,
    /// File name.
    #[serde(default)]
    pub name: Option<String>,
    /// MIME type.
    #[serde(default)]
    pub mime: Option<String>,
    /// Text under the file; Telegram's apps put the text of an album under its first.
    #[serde(default)]
    pub caption: Option<String>,
}

/// Kinds of files a person can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Photo,
    /// A voice note.
    Voice,
    /// A film.
    Video,
    /// Any file.
    Document,
    /// A piece of music.
    Audio,
    /// A round video.
    VideoNote,
    /// A GIF, or a film without sound.
    Animation,
}

impl MediaKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Document => "document",
            Self::Audio => "audio",
            Self::VideoNote => "video_note",
            Self::Animation => "animation",
        }
    }

    /// Whether Telegram's apps put it into albums.
    pub(crate) fn fits_an_album(self) -> bool {
        matches!(
            self,
            Self::Photo | Self::Video | Self::Document | Self::Audio
        )
    }
}

/// What came of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The message the person sent or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<i64>,
    /// The callback query or inline query the act started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_id: Option<String>,
    /// The update the bot gets; `None` when it did not ask for this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_id: Option<i64>,
    /// A web page the tapped button opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<String>,
}

/// Why a person cannot do something.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct CannotAct(pub(crate) String);

impl CannotAct {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
