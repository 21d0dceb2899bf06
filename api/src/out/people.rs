//! Accounts, units, kinds and sessions as they are sent.

use chrono::{DateTime, Utc};
use domain::{group::Listed, kind::Kind, session::Session, unit::Unit, user::User};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LevelNumber, PermissionWord, TaskPriority, UnitRef};

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserOut {
    pub id: i64,
    pub username: String,
    pub name: String,
    pub level: LevelNumber,
    pub units: Vec<UnitRef>,
    pub agent_id: Option<i64>,
    pub badge: Option<String>,
    pub permissions: Vec<PermissionWord>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// `es`, `en` or `pt`, when the person chose one.
    pub lang: Option<String>,
    /// False for people who only use Telegram.
    pub has_password: bool,
    /// Whether a Telegram account is tied to it.
    pub linked: bool,
    pub telegram_username: Option<String>,
    /// When Telegram said that the account cannot be reached.
    pub unreachable_at: Option<DateTime<Utc>>,
    pub active: bool,
    /// For `If-Match`.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    /// When what was personal about him was erased; there is no way back.
    pub erased_at: Option<DateTime<Utc>>,
}

impl From<User> for UserOut {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            name: user.name,
            level: user.level.into(),
            units: user.units.into_iter().map(UnitRef::from).collect(),
            agent_id: user.agent_id,
            badge: user.badge,
            permissions: user
                .permissions
                .into_iter()
                .map(PermissionWord::from)
                .collect(),
            email: user.email,
            phone: user.phone,
            lang: user.lang,
            has_password: user.has_password,
            linked: user.telegram_id.is_some(),
            telegram_username: user.telegram_username,
            unreachable_at: user.unreachable_at,
            active: user.active,
            version: user.version,
            created_at: user.created_at,
            erased_at: user.erased_at,
        }
    }
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeOut {
    pub id: i64,
    pub username: String,
    pub name: String,
    pub level: LevelNumber,
    pub permissions: Vec<PermissionWord>,
    pub units: Vec<UnitRef>,
    pub agent_id: Option<i64>,
    pub lang: Option<String>,
    /// IANA name of the installation's zone.
    pub zone: String,
    pub live: LogPlace,
}

/// Where the log of events stood before this was answered: what is read from now on, and all that a socket tells to whoever
/// subscribes `since` there, leave nothing out.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogPlace {
    pub epoch: String,
    pub seq: i64,
}

/// A one-time link that ties the account to a Telegram user.
#[derive(Serialize, ToSchema)]
pub(crate) struct InviteOut {
    /// Absent while the name of the bot is not known.
    pub url: Option<String>,
    pub code: String,
    pub expires_at: DateTime<Utc>,
}

/// A signed-in browser or program.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionOut {
    pub id: String,
    /// Whether this request came with it.
    pub current: bool,
    pub address: Option<String>,
    pub agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl SessionOut {
    pub fn of(session: Session, current: &str) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            address: session.address,
            agent: session.agent,
            created_at: session.created_at,
            used_at: session.used_at,
            expires_at: session.expires_at,
        }
    }
}

/// A team.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitOut {
    pub id: i64,
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// The Telegram groups and topics that get its broadcasts.
    pub groups: Vec<GroupOut>,
}

impl UnitOut {
    pub fn of(unit: Unit, groups: Vec<Listed>) -> Self {
        Self {
            id: unit.id,
            name: unit.name,
            created_at: unit.created_at,
            groups: groups.into_iter().map(GroupOut::from).collect(),
        }
    }
}

/// A Telegram group, or a topic of a forum, of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupOut {
    pub id: i64,
    pub title: String,
    /// Whether it is one topic of a forum.
    pub topic: bool,
    /// Whether emergencies open topics there.
    pub forum: bool,
    pub registered_at: DateTime<Utc>,
    pub registered_by: Option<RegistrarOut>,
    /// When a broadcast for it was last settled.
    pub posted_at: Option<DateTime<Utc>>,
    /// Why Telegram did not take that one.
    pub trouble: Option<String>,
    /// The bot may not open topics there: the right to manage topics is missing.
    pub topics_refused: bool,
}

/// Who registered a group.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegistrarOut {
    pub user_id: i64,
    pub name: String,
    /// False once he no longer decides about the unit: nobody has taken the group over.
    pub answers: bool,
}

impl From<Listed> for GroupOut {
    fn from(Listed { group, by }: Listed) -> Self {
        Self {
            id: group.id,
            title: group.title,
            topic: group.thread_id.is_some(),
            forum: group.forum,
            registered_at: group.registered_at,
            registered_by: by.map(|by| RegistrarOut {
                user_id: by.user_id,
                name: by.name,
                answers: by.answers,
            }),
            posted_at: group.posted_at,
            trouble: group.trouble,
            topics_refused: group.topics_refused,
        }
    }
}

/// A row of the catalogue.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskKindOut {
    pub id: i64,
    pub code: String,
    pub label: String,
    pub emoji: String,
    /// Begins the codes of its tasks.
    pub prefix: String,
    pub default_priority: TaskPriority,
    pub default_minutes: i32,
    /// How many people it usually takes.
    pub crew: i32,
    pub needs_place: bool,
    pub needs_evidence: bool,
    pub checklist: Vec<String>,
    pub active: bool,
    pub sort: i32,
}

impl From<Kind> for TaskKindOut {
    fn from(kind: Kind) -> Self {
        Self {
            id: kind.id,
            code: kind.code,
            label: kind.label,
            emoji: kind.emoji,
            prefix: kind.prefix,
            default_priority: kind.priority.into(),
            default_minutes: kind.duration_min,
            crew: kind.crew,
            needs_place: kind.needs_place,
            needs_evidence: kind.needs_evidence,
            checklist: kind.checklist,
            active: kind.active,
            sort: kind.sort,
        }
    }
}
