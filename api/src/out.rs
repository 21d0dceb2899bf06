//! What goes out: our own shapes of what the domain knows.

use chrono::{DateTime, Utc};
use domain::{
    Page,
    actor::{Level, Permission},
    availability::Availability,
    task::{AssignmentState, Priority, Status},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) mod agents;
pub(crate) mod audit;
pub(crate) mod broadcasts;
pub(crate) mod check_ins;
pub(crate) mod drills;
pub(crate) mod emergencies;
pub(crate) mod evidence;
pub(crate) mod people;
pub(crate) mod tasks;
pub(crate) mod time;

/// Some rows of a list, and where the next ones start.
#[derive(Serialize, ToSchema)]
pub(crate) struct List<T: ToSchema> {
    pub items: Vec<T>,
    /// Absent on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl<T: ToSchema> List<T> {
    /// A page in the shape that goes out.
    pub fn of<U>(page: Page<U>, f: impl FnMut(U) -> T) -> Self {
        let page = page.map(f);
        Self {
            items: page.items,
            next_cursor: page.next_cursor,
        }
    }

    /// A list that has only one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
        }
    }
}

/// Declares the words of the wire for an enumeration of the domain, both ways.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident as $wire:ident = $theirs:ty { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $wire)]
        pub(crate) enum $name {
            $($variant),+
        }

        impl From<$theirs> for $name {
            fn from(word: $theirs) -> Self {
                match word {
                    $(<$theirs>::$variant => Self::$variant),+
                }
            }
        }

        impl From<$name> for $theirs {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$variant => Self::$variant),+
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a task stands in its life.
    TaskStatus as TaskStatus = Status { Scheduled, InProgress, Paused, Completed, Cancelled }
}

words! {
    /// How pressing a task is.
    TaskPriority as Priority = Priority { Low, Medium, High, Urgent, Critical }
}

words! {
    /// How far one agent is with one task.
    AssignmentWord as AssignmentState = AssignmentState { Offered, Acknowledged, Declined, EnRoute, OnSite, Released }
}

words! {
    /// Whether an agent can be sent, and if not, why.
    AvailabilityWord as Availability = Availability { OnLeave, OnTask, Unavailable, OffShift, Available }
}

words! {
    /// What may be granted beside the level.
    PermissionWord as Permission = Permission { Broadcast, Audit, System }
}

/// 1 agent, 2 supervisor of own units, 3 admin.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u8")]
#[schema(as = Level, minimum = 1, maximum = 3)]
pub(crate) struct LevelNumber(pub u8);

impl From<Level> for LevelNumber {
    fn from(level: Level) -> Self {
        Self(level as u8)
    }
}

impl TryFrom<u8> for LevelNumber {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1..=3 => Ok(Self(number)),
            _ => Err("must be 1, 2 or 3"),
        }
    }
}

impl TryFrom<LevelNumber> for Level {
    type Error = crate::error::Problem;

    fn try_from(LevelNumber(number): LevelNumber) -> Result<Self, Self::Error> {
        Self::try_from(i16::from(number))
            .map_err(|message| crate::error::Problem::malformed("level", message))
    }
}

/// A unit by its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitRef {
    pub id: i64,
    pub name: String,
}

impl From<domain::task::UnitRef> for UnitRef {
    fn from(unit: domain::task::UnitRef) -> Self {
        Self {
            id: unit.id,
            name: unit.name,
        }
    }
}

/// Whole seconds since then, never negative.
pub(crate) fn age_s(now: DateTime<Utc>, at: DateTime<Utc>) -> i64 {
    (now - at).num_seconds().max(0)
}
