//! Who acts, through which door, and the only permission table.

use std::str::FromStr;

use sea_orm::{ColumnTrait, sea_query::Expr};
use serde::{Deserialize, Serialize};

pub use ::entity::history::Channel;
use ::entity::user;

use crate::{Refusal, Result, error::Thing};

mod found;
mod hold;

/// How far a person's say reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "i16", try_from = "i16")]
pub enum Level {
    /// Oneself.
    Agent = 1,
    /// One's own units.
    Supervisor = 2,
    /// Everything.
    Admin = 3,
}

impl From<Level> for i16 {
    fn from(level: Level) -> Self {
        level as Self
    }
}

impl TryFrom<i16> for Level {
    type Error = String;

    fn try_from(level: i16) -> Result<Self, String> {
        match level {
            1 => Ok(Self::Agent),
            2 => Ok(Self::Supervisor),
            3 => Ok(Self::Admin),
            _ => Err(format!("{level} is no level: 1, 2 or 3")),
        }
    }
}

/// What may be granted beside the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    Broadcast,
    Audit,
    System,
}

impl Permission {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast",
            Self::Audit => "audit",
            Self::System => "system",
        }
    }

    /// Whether the account of the current row was granted it: what [`permissions`] reads, asked of the database.
    pub(crate) fn granted(self) -> Expr {
        user::Column::Permissions.contains(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "broadcast" => Ok(Self::Broadcast),
            "audit" => Ok(Self::Audit),
            "system" => Ok(Self::System),
            _ => Err(format!(
                "{word:?} is no permission: broadcast, audit or system"
            )),
        }
    }
}

/// Reads the words of the column; unknown ones grant nothing.
pub(crate) fn permissions(column: &str) -> Vec<Permission> {
    column
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Somebody who asks for something, or the system itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Nobody for the system.
    pub user_id: Option<i64>,
    pub name: String,
    pub level: Level,
    pub permissions: Vec<Permission>,
    /// The units he belongs to or, from level 2 on, supervises.
    pub unit_ids: Vec<i64>,
    pub agent_id: Option<i64>,
    /// The language he chose.
    pub lang: Option<String>,
    pub telegram_id: Option<i64>,
    pub channel: Channel,
}

/// What a person may want to do with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    See,
    Edit,
    Assign,
    Start,
    Pause,
    Complete,
    /// To complete in the lead's stead.
    ForceComplete,
    Cancel,
    Reopen,
    Report,
}

/// What a person may want to do with another person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonAct {
    See,
    Invite,
    Edit,
    /// To have everything that is kept about him.
    Export,
    /// To have everything that is personal about him erased.
    Erase,
}

/// Who has a stake in a task.
#[derive(Clone, Debug, Default)]
pub struct Stake {
    pub unit_id: Option<i64>,
    pub created_by: Option<i64>,
    pub lead_agent_id: Option<i64>,
    /// Everybody who is on it now.
    pub agent_ids: Vec<i64>,
    /// Everybody who was on it before and did not decline.
    pub former_agent_ids: Vec<i64>,
    /// The units of those.
    pub agent_unit_ids: Vec<i64>,
}

impl Actor {
    /// The system itself: timers and the command line.
    pub fn system(channel: Channel) -> Self {
        Self {
            user_id: None,
            name: "GAD".into(),
            level: Level::Admin,
            permissions: vec![Permission::Broadcast, Permission::Audit, Permission::System],
            unit_ids: Vec::new(),
            agent_id: None,
            lang: None,
            telegram_id: None,
            channel,
        }
    }

    /// Whether the table lets this person do this with a task.
    pub fn may(&self, act: Act, stake: &Stake) -> bool {
        let scope = self.has_scope(stake);
        let lead = self.is_lead(stake);
        let member = lead
            || self
                .agent_id
                .is_some_and(|id| stake.agent_ids.contains(&id));
        let creator = self.user_id.is_some() && self.user_id == stake.created_by;
        let former = self
            .agent_id
            .is_some_and(|id| stake.former_agent_ids.contains(&id));
        let theirs =
            self.level >= Level::Supervisor && intersect(&self.unit_ids, &stake.agent_unit_ids);
        match act {
            Act::See => scope || member || former || creator || theirs,
            Act::Edit | Act::Assign => scope || (creator && self.level >= Level::Supervisor),
            Act::Start | Act::Pause => lead || scope,
            Act::Complete => lead,
            Act::ForceComplete | Act::Reopen => scope,
            Act::Cancel => scope || creator,
            Act::Report => member || scope || creator,
        }
    }

    /// The same as [`Actor::may`], as a result.
    pub fn check(&self, act: Act, stake: &Stake) -> Result<(), Refusal> {
        if self.may(act, stake) {
            Ok(())
        } else {
            Err(Refusal::NotAllowed)
        }
    }

    /// Whether the table lets this person do this with somebody of `level` in `unit_ids`.
    pub fn may_with(
        &self,
        act: PersonAct,
        user_id: Option<i64>,
        level: Level,
        unit_ids: &[i64],
    ) -> bool {
        let himself = user_id.is_some() && user_id == self.user_id;
        let supervises = self.level == Level::Supervisor && intersect(&self.unit_ids, unit_ids);
        match act {
            PersonAct::See => self.level == Level::Admin || himself || supervises,
            PersonAct::Invite => {
                self.level == Level::Admin || (supervises && level == Level::Agent)
            }
            PersonAct::Edit => self.level == Level::Admin,
            PersonAct::Export => self.level == Level::Admin || himself,
            PersonAct::Erase => {
                self.level == Level::Admin && self.has(Permission::System) && !himself
            }
        }
    }

    /// Whether he may create tasks and see who is free.
    pub fn may_command(&self) -> bool {
        self.level >= Level::Supervisor
    }

    /// Whether he may have the figures of this unit, or of all of his own.
    ///
    /// # Errors
    /// Refused below level 2, missing when the unit is not his.
    pub fn check_unit(&self, unit_id: Option<i64>) -> Result<(), Refusal> {
        if !self.may_command() {
            return Err(Refusal::NotAllowed);
        }
        match unit_id {
            Some(id) if self.level == Level::Supervisor && !self.unit_ids.contains(&id) => {
                Err(Refusal::missing(Thing::Unit))
            }
            _ => Ok(()),
        }
    }

    pub fn has(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    fn has_scope(&self, stake: &Stake) -> bool {
        match self.level {
            Level::Admin => true,
            Level::Supervisor => stake.unit_id.is_some_and(|id| self.unit_ids.contains(&id)),
            Level::Agent => false,
        }
    }

    fn is_lead(&self, stake: &Stake) -> bool {
        self.agent_id.is_some() && self.agent_id == stake.lead_agent_id
    }
}

fn intersect(some: &[i64], others: &[i64]) -> bool {
    some.iter().any(|id| others.contains(id))
}
