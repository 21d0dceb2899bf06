//! Files that prove something, wherever they belong.

use domain::{
    attachment::{Attachment, FetchState},
    task::timeline,
};
use serde::Serialize;
use utoipa::ToSchema;

/// How a piece of evidence is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EvidenceKind {
    Photo,
    Video,
    Voice,
    Document,
}

impl EvidenceKind {
    /// From the media type.
    pub fn of(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") => Self::Photo,
            Some("video") => Self::Video,
            Some("audio") => Self::Voice,
            _ => Self::Document,
        }
    }
}

/// Evidence; the bytes are at `/attachments/{id}`.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttachmentOut {
    pub id: i64,
    pub kind: EvidenceKind,
    pub content_type: String,
    pub size: Option<i64>,
    pub name: Option<String>,
    /// False while it is still being brought from Telegram.
    pub stored: bool,
}

impl From<timeline::Attachment> for AttachmentOut {
    fn from(file: timeline::Attachment) -> Self {
        Self {
            id: file.id,
            kind: EvidenceKind::of(&file.mime),
            content_type: file.mime,
            size: file.bytes,
            name: file.name,
            stored: file.stored,
        }
    }
}

impl From<Attachment> for AttachmentOut {
    fn from(file: Attachment) -> Self {
        Self {
            id: file.id,
            kind: EvidenceKind::of(&file.mime),
            content_type: file.mime,
            size: file.bytes,
            name: file.name,
            stored: file.state == FetchState::Stored,
        }
    }
}

/// All the files of something.
pub(super) fn files(attachments: Vec<Attachment>) -> Vec<AttachmentOut> {
    attachments.into_iter().map(AttachmentOut::from).collect()
}
