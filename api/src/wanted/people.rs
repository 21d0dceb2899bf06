//! What may be asked of accounts, agents, units and kinds.

use chrono::{DateTime, Utc};
use domain::{
    actor::Level,
    agent::{AgentPatch, NewAgent},
    error::Invalid,
    kind::{self, KindPatch, NewKind},
    unit::Key,
    user::{self, NewUser, UserPatch},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tasks::given;
use crate::{
    error::Result,
    extract::Ruled,
    out::{LevelNumber, PermissionWord, TaskPriority},
};

/// A unit by number or by name.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "must be a number or a name")]
pub(crate) enum UnitKey {
    Id(i64),
    Name(String),
}

impl From<UnitKey> for Key {
    fn from(key: UnitKey) -> Self {
        match key {
            UnitKey::Id(id) => Self::Id(id),
            UnitKey::Name(name) => Self::Known(name),
        }
    }
}

fn keys(units: Vec<UnitKey>) -> Vec<Key> {
    units.into_iter().map(Key::from).collect()
}

/// An account to be made; at level 1 the agent is made too.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewUser)]
pub(crate) struct NewUserIn {
    /// 3 to 64 of `a-z 0-9 . _ -`.
    #[serde(default)]
    #[schema(required)]
    username: String,
    #[serde(default)]
    #[schema(required)]
    name: String,
    level: LevelNumber,
    /// Those that are there.
    #[serde(default)]
    units: Vec<UnitKey>,
    /// Units that are founded with it, by name.
    #[serde(default)]
    new_units: Vec<String>,
    /// Only at level 1.
    badge: Option<String>,
    #[serde(default)]
    permissions: Vec<PermissionWord>,
    email: Option<String>,
    phone: Option<String>,
    /// 12 to 128 characters; nobody needs one who only uses Telegram.
    #[schema(min_length = 12, max_length = 128)]
    password: Option<String>,
    lang: Option<String>,
}

impl NewUserIn {
    pub fn into_domain(self) -> Result<NewUser> {
        Ok(NewUser {
            level: Level::try_from(self.level)?,
            username: self.username,
            name: self.name,
            units: keys(self.units)
                .into_iter()
                .chain(self.new_units.into_iter().map(Key::Name))
                .collect(),
            badge: self.badge,
            permissions: self.permissions.into_iter().map(Into::into).collect(),
            email: self.email,
            phone: self.phone,
            password: self.password,
            lang: self.lang,
        })
    }
}

impl Ruled for NewUserIn {
    fn broken(&self) -> Vec<Invalid> {
        let new = self.clone().into_domain();
        new.map(|new| user::broken(&new)).unwrap_or_default()
    }
}

/// What shall change; what is not there stays, an empty text empties.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = UserPatch)]
pub(crate) struct UserPatchIn {
    name: Option<String>,
    level: Option<LevelNumber>,
    units: Option<Vec<UnitKey>>,
    /// Units that are founded with it, by name, beside `units` or those of before.
    #[serde(default)]
    new_units: Vec<String>,
    /// Only of whoever is an agent.
    badge: Option<String>,
    permissions: Option<Vec<PermissionWord>>,
    email: Option<String>,
    phone: Option<String>,
    /// Ends every session of the account.
    #[schema(min_length = 12, max_length = 128)]
    password: Option<String>,
    lang: Option<String>,
    /// False ends every session and every open link.
    active: Option<bool>,
}

impl UserPatchIn {
    pub fn into_domain(self, version: Option<i32>) -> Result<UserPatch> {
        Ok(UserPatch {
            level: self.level.map(Level::try_from).transpose()?,
            name: self.name,
            units: self.units.map(keys),
            new_units: self.new_units,
            badge: self.badge,
            permissions: self
                .permissions
                .map(|words| words.into_iter().map(Into::into).collect()),
            email: self.email,
            phone: self.phone,
            password: self.password,
            lang: self.lang,
            active: self.active,
            version,
        })
    }
}

impl Ruled for UserPatchIn {
    fn broken(&self) -> Vec<Invalid> {
        let patch = self.clone().into_domain(None);
        patch
            .map(|patch| user::broken_patch(&patch))
            .unwrap_or_default()
    }
}

/// An agent to be added, usually made with an account instead.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewAgent)]
pub(crate) struct NewAgentIn {
    #[serde(default)]
    #[schema(required)]
    name: String,
    badge: Option<String>,
    rank: Option<String>,
    specialty: Option<String>,
    #[serde(default)]
    unit_ids: Vec<i64>,
    user_id: Option<i64>,
}

impl From<NewAgentIn> for NewAgent {
    fn from(sent: NewAgentIn) -> Self {
        Self {
            name: sent.name,
            badge: sent.badge,
            rank: sent.rank,
            specialty: sent.specialty,
            unit_ids: sent.unit_ids,
            user_id: sent.user_id,
        }
    }
}

/// What shall change; what is not there stays, `null` empties.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = AgentPatch)]
pub(crate) struct AgentPatchIn {
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    badge: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    rank: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    specialty: Option<Option<String>>,
    unit_ids: Option<Vec<i64>>,
    active: Option<bool>,
}

impl AgentPatchIn {
    pub fn into_domain(self, if_version: Option<i32>) -> AgentPatch {
        AgentPatch {
            name: self.name,
            badge: self.badge,
            rank: self.rank,
            specialty: self.specialty,
            unit_ids: self.unit_ids,
            active: self.active,
            if_version,
        }
    }
}

/// Sets or lifts "unavailable".
#[derive(Clone, Deserialize, ToSchema)]
pub(crate) struct AvailabilityIn {
    pub unavailable: bool,
    pub reason: Option<String>,
    pub until: Option<DateTime<Utc>>,
}

/// A team by its name.
#[derive(Clone, Deserialize, ToSchema)]
pub(crate) struct UnitIn {
    #[serde(default)]
    #[schema(required)]
    pub name: String,
}

/// A kind of task to be added.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewTaskKind)]
pub(crate) struct NewKindIn {
    /// Never changes: `a-z 0-9 _`.
    #[serde(default)]
    #[schema(required)]
    code: String,
    #[serde(default)]
    #[schema(required)]
    label: String,
    #[serde(default)]
    emoji: String,
    /// Never changes: 2 to 5 capitals.
    #[serde(default)]
    #[schema(required)]
    prefix: String,
    default_priority: Option<TaskPriority>,
    default_minutes: Option<i32>,
    crew: Option<i32>,
    #[serde(default)]
    needs_place: bool,
    #[serde(default)]
    needs_evidence: bool,
    #[serde(default)]
    checklist: Vec<String>,
    sort: Option<i32>,
}

impl From<NewKindIn> for NewKind {
    fn from(sent: NewKindIn) -> Self {
        Self {
            code: sent.code,
            label: sent.label,
            emoji: sent.emoji,
            prefix: sent.prefix,
            priority: sent.default_priority.unwrap_or(TaskPriority::Medium).into(),
            duration_min: sent.default_minutes.unwrap_or(120),
            crew: sent.crew.unwrap_or(1),
            needs_place: sent.needs_place,
            needs_evidence: sent.needs_evidence,
            checklist: sent.checklist,
            sort: sent.sort.unwrap_or(1000),
        }
    }
}

impl Ruled for NewKindIn {
    fn broken(&self) -> Vec<Invalid> {
        kind::broken(&self.clone().into())
    }
}

/// What shall change of a kind; what is not there stays.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = TaskKindPatch)]
pub(crate) struct KindPatchIn {
    label: Option<String>,
    emoji: Option<String>,
    default_priority: Option<TaskPriority>,
    default_minutes: Option<i32>,
    crew: Option<i32>,
    needs_place: Option<bool>,
    needs_evidence: Option<bool>,
    checklist: Option<Vec<String>>,
    active: Option<bool>,
    sort: Option<i32>,
}

impl From<KindPatchIn> for KindPatch {
    fn from(sent: KindPatchIn) -> Self {
        Self {
            label: sent.label,
            emoji: sent.emoji,
            priority: sent.default_priority.map(Into::into),
            duration_min: sent.default_minutes,
            crew: sent.crew,
            needs_place: sent.needs_place,
            needs_evidence: sent.needs_evidence,
            checklist: sent.checklist,
            active: sent.active,
            sort: sent.sort,
        }
    }
}
