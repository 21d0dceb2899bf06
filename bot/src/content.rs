//! What a message carries that can become a report.

use chrono::{DateTime, Utc};
use domain::{
    broadcast::Attached,
    geo::Point,
    report::{NewFile, NewReport, ReportKind, Source},
};
use locales::Sentence;
use serde::{Deserialize, Serialize};
use teloxide::types::{FileMeta, Location, Message};

/// The largest file bots may fetch, in bytes (Bot API, `getFile`).
pub const FILE_MOST: u32 = 20 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text(String),
    Place(Spot),
    File {
        kind: ReportKind,
        file_id: String,
        name: Option<String>,
        mime: String,
        bytes: u32,
        caption: Option<String>,
        /// What Telegram calls it, where that is more exact: a file goes out again only as what it came in as.
        #[serde(default)]
        form: Form,
        /// The album it is a part of.
        #[serde(default)]
        album: Option<String>,
    },
}

/// A place, and what it is called when it was chosen by its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    #[serde(flatten)]
    pub point: Point,
    #[serde(default)]
    pub name: Option<String>,
    /// The radius of uncertainty, in metres, as far as the phone tells it.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
}

/// The place a message shares: its location, or that of the named place it carries.
pub fn place(message: &Message) -> Option<&Location> {
    message
        .location()
        .or_else(|| message.venue().map(|venue| &venue.location))
}

/// What Telegram calls a file beyond its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    #[default]
    Usual,
    /// A piece of music, which we keep as a voice.
    Audio,
    /// A round video.
    Round,
    /// A GIF, or a film without sound.
    Animation,
}

impl Content {
    /// The content of a message; nothing when it carries none that we keep.
    pub fn of(message: &Message) -> Option<Self> {
        if let Some(text) = message.text() {
            return Some(Self::Text(text.to_owned()));
        }
        if let Some(place) = place(message) {
            return Some(Self::Place(Spot {
                point: Point {
                    lat: place.latitude,
                    lon: place.longitude,
                },
                name: message.venue().map(|venue| venue.title.clone()),
                accuracy_m: place.horizontal_accuracy,
            }));
        }
        Self::file(message)
    }

    fn file(message: &Message) -> Option<Self> {
        let caption = message.caption().map(str::to_owned);
        let album = message.media_group_id().map(|group| group.0.clone());
        let file = |kind, file: &FileMeta, name: Option<String>, mime: Option<String>, or: &str| {
            Self::File {
                kind,
                file_id: file.id.0.clone(),
                name,
                mime: mime.unwrap_or_else(|| or.into()),
                bytes: file.size,
                caption: caption.clone(),
                form: Form::Usual,
                album: album.clone(),
            }
        };
        if let Some(photo) = message
            .photo()
            .and_then(|sizes| sizes.iter().max_by_key(|size| size.width))
        {
            return Some(file(
                ReportKind::Photo,
                &photo.file,
                None,
                None,
                "image/jpeg",
            ));
        }
        if let Some(video) = message.video() {
            let mime = video.mime_type.as_ref().map(ToString::to_string);
            return Some(file(
                ReportKind::Video,
                &video.file,
                video.file_name.clone(),
                mime,
                "video/mp4",
            ));
        }
        if let Some(film) = message.animation() {
            let mime = film.mime_type.as_ref().map(ToString::to_string);
            let name = film.file_name.clone();
            let film = file(ReportKind::Video, &film.file, name, mime, "video/mp4");
            return Some(film.formed(Form::Animation));
        }
        if let Some(note) = message.video_note() {
            let note = file(ReportKind::Video, &note.file, None, None, "video/mp4");
            return Some(note.formed(Form::Round));
        }
        if let Some(voice) = message.voice() {
            let mime = voice.mime_type.as_ref().map(ToString::to_string);
            return Some(file(
                ReportKind::Voice,
                &voice.file,
                None,
                mime,
                "audio/ogg",
            ));
        }
        if let Some(audio) = message.audio() {
            let mime = audio.mime_type.as_ref().map(ToString::to_string);
            let name = audio.file_name.clone();
            let audio = file(ReportKind::Voice, &audio.file, name, mime, "audio/mpeg");
            return Some(audio.formed(Form::Audio));
        }
        let document = message.document()?;
        let mime = document.mime_type.as_ref().map(ToString::to_string);
        Some(file(
            ReportKind::Document,
            &document.file,
            document.file_name.clone(),
            mime,
            "application/octet-stream",
        ))
    }

    fn formed(mut self, as_what: Form) -> Self {
        if let Self::File { form, .. } = &mut self {
            *form = as_what;
        }
        self
    }

    /// The album it is a part of.
    pub fn album(&self) -> Option<&str> {
        match self {
            Self::File { album, .. } => album.as_deref(),
            _ => None,
        }
    }

    /// As what Telegram has the file, if it is one.
    pub fn attached(&self) -> Option<Attached> {
        let Self::File {
            kind,
            file_id,
            form,
            ..
        } = self
        else {
            return None;
        };
        let file_id = file_id.clone();
        Some(match (form, kind) {
            (Form::Audio, _) => Attached::Audio(file_id),
            (Form::Round, _) => Attached::Round(file_id),
            (Form::Animation, _) => Attached::Animation(file_id),
            (_, ReportKind::Photo) => Attached::Photo(file_id),
            (_, ReportKind::Video) => Attached::Video(file_id),
            (_, ReportKind::Voice) => Attached::Voice(file_id),
            _ => Attached::Document(file_id),
        })
    }

    /// Whether its words cry for help.
    pub fn cries(&self) -> bool {
        let words = match self {
            Self::Text(words) => Some(words),
            Self::File { caption, .. } => caption.as_ref(),
            Self::Place(_) => None,
        };
        words.is_some_and(|words| locales::within(&Sentence::WordCry, words))
    }

    pub fn kind(&self) -> ReportKind {
        match self {
            Self::Text(_) => ReportKind::Text,
            Self::Place(_) => ReportKind::Place,
            Self::File { kind, .. } => *kind,
        }
    }

    /// Whether Telegram will not hand the file out.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::File { bytes, .. } if *bytes > FILE_MOST)
    }

    /// The report it makes, of what happened at that moment.
    pub fn report(self, at: DateTime<Utc>) -> NewReport {
        let report = match self {
            Self::Text(text) => NewReport::text(text),
            Self::Place(Spot { point, name, .. }) => NewReport {
                text: name,
                ..NewReport::place(point)
            },
            Self::File {
                kind,
                file_id,
                name,
                mime,
                bytes,
                caption,
                form: _,
                album: _,
            } => NewReport {
                kind,
                text: caption,
                file: Some(NewFile {
                    source: Source::Telegram(file_id),
                    name,
                    mime,
                    bytes: Some(bytes.into()),
                }),
                ..NewReport::text("")
            },
        };
        NewReport {
            at: Some(at),
            ..report
        }
    }
}
