//! Broadcasts as they are sent.

use chrono::{DateTime, Utc};
use domain::broadcast::{
    self, AckMode, Audience, BroadcastStatus, File, FileState, Note, Post, PostState, Recipient,
    RecipientState, Wave,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{List, evidence::EvidenceKind, tasks::Place, words};

words! {
    /// Where a broadcast stands.
    BroadcastWord as BroadcastStatus = BroadcastStatus { Draft, Active, Acknowledged, Expired, Cancelled, Closed }
}

words! {
    /// What became of it with one person.
    RecipientWord as RecipientState = RecipientState { Queued, Sent, Acknowledged, OnTheWay, NeedsHelp, Declined, Unreachable }
}

/// Whom it is meant for, as it was chosen.
#[derive(Serialize, ToSchema)]
#[schema(as = AudienceOut)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum AudienceOut {
    All,
    Unit { unit_id: i64 },
    Supervisors,
    OnDuty,
    Radius { lat: f64, lon: f64, radius_m: f64 },
    Area { points: Vec<CornerOut> },
    Specialty { specialty: String },
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CornerOut {
    pub lat: f64,
    pub lon: f64,
}

impl From<Audience> for AudienceOut {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::All => Self::All,
            Audience::Unit { unit_id } => Self::Unit { unit_id },
            Audience::Supervisors => Self::Supervisors,
            Audience::OnDuty => Self::OnDuty,
            Audience::Radius { lat, lon, radius_m } => Self::Radius { lat, lon, radius_m },
            Audience::Area { points } => Self::Area {
                points: points
                    .into_iter()
                    .map(|one| CornerOut {
                        lat: one.lat,
                        lon: one.lon,
                    })
                    .collect(),
            },
            Audience::Specialty { specialty } => Self::Specialty { specialty },
        }
    }
}

/// Whom it would reach.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewOut {
    pub recipients: usize,
    pub unreachable: Vec<MissedOut>,
    /// The groups of units that hear it first.
    pub groups: Vec<WaveOut>,
    pub needs_confirm_word: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MissedOut {
    pub user_id: i64,
    pub name: String,
    /// `not_linked` or `blocked`.
    pub why: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WaveOut {
    pub id: i64,
    pub unit_id: i64,
    pub title: String,
    /// Why Telegram did not take the last one there: this one may not arrive either.
    pub trouble: Option<String>,
}

impl From<Wave> for WaveOut {
    fn from(one: Wave) -> Self {
        Self {
            id: one.id,
            unit_id: one.unit_id,
            title: one.title,
            trouble: one.trouble,
        }
    }
}

/// They exclude each other and sum to the recipients, but for `escalated`: those of `queued`, `sent` and `unreachable` about whom
/// somebody who answers for them was told; and `anew`: those of `sent` who are asked once more, because what they had answered expired.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsOut {
    pub queued: i64,
    pub sent: i64,
    pub acknowledged: i64,
    pub on_the_way: i64,
    pub needs_help: i64,
    pub declined: i64,
    pub unreachable: i64,
    pub escalated: i64,
    pub anew: i64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RecipientOut {
    pub user_id: i64,
    pub name: String,
    pub state: RecipientWord,
    pub at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    /// When somebody who answers for him was told; it stays when he answers later.
    pub escalated_at: Option<DateTime<Utc>>,
    /// As long as he neither has it nor comes; only for level 2 and above and whoever has the permission `broadcast`.
    pub phone: Option<String>,
    /// Under the same conditions as `phone`.
    pub telegram_username: Option<String>,
    /// What was written beside the answers, or without one, oldest first.
    #[schema(required = false)]
    pub notes: Vec<BroadcastNoteOut>,
}

/// What somebody wrote about a broadcast.
#[derive(Serialize, ToSchema)]
#[schema(as = BroadcastNote)]
pub(crate) struct BroadcastNoteOut {
    pub at: DateTime<Utc>,
    pub text: String,
}

impl From<Note> for BroadcastNoteOut {
    fn from(note: Note) -> Self {
        Self {
            at: note.at,
            text: note.text,
        }
    }
}

/// A broadcast and its roll-call.
#[derive(Serialize, ToSchema)]
pub(crate) struct BroadcastOut {
    pub id: i64,
    pub protocol: Option<String>,
    pub text: String,
    pub status: BroadcastWord,
    pub drill: bool,
    /// `all`, `first` or `quorum:n`.
    pub ack_mode: String,
    /// The last word of whoever closed it.
    pub closing: Option<String>,
    pub created_by: Option<i64>,
    pub created_by_name: Option<String>,
    /// Sender, identifier and time of the alert from outside it was made of.
    pub source: Option<String>,
    /// Who else agreed that it leaves, where somebody had to.
    pub approved_by: Option<i64>,
    pub approved_by_name: Option<String>,
    pub audience: AudienceOut,
    pub place: Option<Place>,
    /// The file from the board that goes with it; the bytes are at `/attachments/{id}`.
    pub file: Option<BroadcastFileOut>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub counts: CountsOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<List<RecipientOut>>,
    /// The groups it went to first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<PostOut>>,
}

words! {
    /// What became of it in a group; `dropped`: it was over before it could leave.
    PostWord as PostState = PostState { Queued, Sent, Failed, Dropped }
}

words! {
    /// How far the file of a broadcast is with Telegram: `taken`, it goes to whoever gets the broadcast; `failed`, nobody gets it.
    BroadcastFileWord as BroadcastFileState = FileState { Waiting, Taken, Failed }
}

/// The file that goes with a broadcast.
#[derive(Serialize, ToSchema)]
#[schema(as = BroadcastFile)]
pub(crate) struct BroadcastFileOut {
    pub id: i64,
    pub kind: EvidenceKind,
    pub content_type: String,
    pub size: Option<i64>,
    pub name: Option<String>,
    pub state: BroadcastFileWord,
}

impl From<File> for BroadcastFileOut {
    fn from(file: File) -> Self {
        Self {
            id: file.attachment_id,
            kind: EvidenceKind::of(&file.mime),
            content_type: file.mime,
            size: file.bytes,
            name: file.name,
            state: file.state.into(),
        }
    }
}

/// A broadcast in a group of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct PostOut {
    pub unit_id: i64,
    pub title: String,
    pub state: PostWord,
    pub at: DateTime<Utc>,
    /// Why Telegram did not take it.
    pub error: Option<String>,
}

impl From<Post> for PostOut {
    fn from(post: Post) -> Self {
        Self {
            unit_id: post.unit_id,
            title: post.title,
            state: post.state.into(),
            at: post.at,
            error: post.error,
        }
    }
}

impl From<broadcast::Broadcast> for BroadcastOut {
    fn from(one: broadcast::Broadcast) -> Self {
        let of = |state| one.counts.of(state);
        Self {
            counts: CountsOut {
                queued: of(RecipientState::Queued),
                sent: of(RecipientState::Sent),
                acknowledged: of(RecipientState::Acknowledged),
                on_the_way: of(RecipientState::OnTheWay),
                needs_help: of(RecipientState::NeedsHelp),
                declined: of(RecipientState::Declined),
                unreachable: of(RecipientState::Unreachable),
                escalated: one.counts.escalated,
                anew: one.counts.anew,
            },
            id: one.id,
            protocol: one.protocol,
            text: one.text,
            status: one.status.into(),
            drill: one.drill,
            ack_mode: match one.ack {
                AckMode::All => "all".into(),
                AckMode::First => "first".into(),
                AckMode::Quorum(n) => format!("quorum:{n}"),
            },
            closing: one.closing,
            created_by: one.created_by,
            created_by_name: one.created_by_name,
            source: one.source,
            approved_by: one.approved_by,
            approved_by_name: one.approved_by_name,
            audience: one.audience.into(),
            place: one.place.map(Place::at),
            file: one.file.map(Into::into),
            created_at: one.created_at,
            expires_at: one.expires_at,
            ended_at: one.ended_at,
            recipients: None,
            groups: None,
        }
    }
}

impl From<Recipient> for RecipientOut {
    fn from(one: Recipient) -> Self {
        Self {
            user_id: one.user_id,
            name: one.name,
            state: one.state.into(),
            at: one.at,
            sent_at: one.sent_at,
            answered_at: one.answered_at,
            escalated_at: one.escalated_at,
            phone: one.phone,
            telegram_username: one.telegram_username,
            notes: one.notes.into_iter().map(BroadcastNoteOut::from).collect(),
        }
    }
}
