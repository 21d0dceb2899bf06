//! What comes in about shifts, leave and exchanges.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use domain::{
    Refusal,
    calendar::Whose,
    error::{Invalid, Problem as Wrong},
    leave::{self, NewLeave},
    shift::{self, NewShift, Pattern, ShiftPatch},
    swap::NewSwap,
    zone,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::ToSchema;

use crate::{error::Result, extract::Ruled, read::NOT_KNOWN};

/// An IANA zone by its name.
#[derive(Clone, Copy)]
pub(crate) struct ZoneIn(pub Tz);

impl<'de> Deserialize<'de> for ZoneIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        zone::parse(&name)
            .map(Self)
            .map_err(|_| D::Error::custom(NOT_KNOWN))
    }
}

/// What a wall clock shows.
#[derive(Clone, Copy)]
struct ClockIn(NaiveTime);

impl<'de> Deserialize<'de> for ClockIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        ["%H:%M", "%H:%M:%S"]
            .into_iter()
            .find_map(|format| NaiveTime::parse_from_str(&text, format).ok())
            .map(Self)
            .ok_or_else(|| D::Error::custom("is no time such as 22:00"))
    }
}

/// An on-duty window to be planned.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewShift)]
pub(crate) struct NewShiftIn {
    agent_id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// IANA name; the installation's when there is none.
    #[schema(value_type = Option<String>)]
    zone: Option<ZoneIn>,
    /// The agent's first unit when there is none.
    unit_id: Option<i64>,
}

impl NewShiftIn {
    pub fn into_domain(self) -> NewShift {
        NewShift {
            agent_id: self.agent_id,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            zone: self.zone.map(|ZoneIn(zone)| zone),
            unit_id: self.unit_id,
        }
    }
}

impl Ruled for NewShiftIn {
    fn broken(&self) -> Vec<Invalid> {
        shift::broken(&self.clone().into_domain())
    }
}

/// What shall change about a shift that has not begun; what is not there stays.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = ShiftPatch)]
pub(crate) struct ShiftPatchIn {
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    #[schema(value_type = Option<String>)]
    zone: Option<ZoneIn>,
    unit_id: Option<i64>,
}

impl ShiftPatchIn {
    pub fn into_domain(self) -> ShiftPatch {
        ShiftPatch {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            zone: self.zone.map(|ZoneIn(zone)| zone),
            unit_id: self.unit_id,
        }
    }
}

/// A day of the week.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Mon,
            Day::Tuesday => Self::Tue,
            Day::Wednesday => Self::Wed,
            Day::Thursday => Self::Thu,
            Day::Friday => Self::Fri,
            Day::Saturday => Self::Sat,
            Day::Sunday => Self::Sun,
        }
    }
}

/// The same hours on some days of the week, for several people.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = ShiftPattern)]
pub(crate) struct PatternIn {
    agent_ids: Vec<i64>,
    weekdays: Vec<Day>,
    /// Wall time such as `22:00`. A time that the clocks skip comes as far behind the gap as it lay behind the gap's
    /// start; one that comes twice is the first.
    #[schema(value_type = String, example = "22:00")]
    start: ClockIn,
    /// Wall time; of the next day when it is not after the start.
    #[schema(value_type = String, example = "06:00")]
    end: ClockIn,
    /// IANA name; the installation's when there is none.
    #[schema(value_type = Option<String>)]
    zone: Option<ZoneIn>,
    from: NaiveDate,
    /// The last day on which one may begin.
    until: NaiveDate,
    /// The first unit of each agent when there is none.
    unit_id: Option<i64>,
    /// Whether days on which something stands against it are left out; else nothing is planned then.
    #[serde(default)]
    pub skip_conflicts: bool,
}

impl PatternIn {
    pub fn into_domain(self) -> Pattern {
        Pattern {
            agent_ids: self.agent_ids,
            weekdays: self.weekdays.into_iter().map(Weekday::from).collect(),
            start: self.start.0,
            end: self.end.0,
            zone: self.zone.map(|ZoneIn(zone)| zone),
            from: self.from,
            until: self.until,
            unit_id: self.unit_id,
        }
    }
}

/// Leave to be asked for.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewLeave)]
pub(crate) struct NewLeaveIn {
    agent_id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Sick days may have begun up to 30 days ago; everything else begins today at the earliest.
    #[serde(default)]
    sick: bool,
}

impl From<NewLeaveIn> for NewLeave {
    fn from(sent: NewLeaveIn) -> Self {
        Self {
            agent_id: sent.agent_id,
            starts_at: sent.starts_at,
            ends_at: sent.ends_at,
            reason: sent.reason,
            sick: sent.sick,
            certificate: None,
        }
    }
}

impl Ruled for NewLeaveIn {
    fn broken(&self) -> Vec<Invalid> {
        leave::wrong_words(&self.clone().into())
    }
}

/// Why, in the words of whoever decides.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct DecisionIn {
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// An exchange to be proposed, of a shift of one's own.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewSwap)]
pub(crate) struct NewSwapIn {
    shift_id: i64,
    to_agent_id: i64,
    /// What the other gives in return; he only takes over when there is none.
    other_shift_id: Option<i64>,
    #[schema(max_length = 500)]
    reason: Option<String>,
}

impl From<NewSwapIn> for NewSwap {
    fn from(sent: NewSwapIn) -> Self {
        Self {
            shift_id: sent.shift_id,
            to_agent_id: sent.to_agent_id,
            other_shift_id: sent.other_shift_id,
            reason: sent.reason,
        }
    }
}

/// Whose shifts a link shall show: of an agent or of a unit.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewCalendar)]
pub(crate) struct NewCalendarIn {
    agent_id: Option<i64>,
    unit_id: Option<i64>,
}

impl NewCalendarIn {
    pub fn into_domain(self) -> Result<Whose> {
        match (self.agent_id, self.unit_id) {
            (Some(id), None) => Ok(Whose::Agent(id)),
            (None, Some(id)) => Ok(Whose::Unit(id)),
            _ => Err(Refusal::invalid("agent_id", Wrong::Required).into()),
        }
    }
}
