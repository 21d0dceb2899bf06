//! What comes in about broadcasts: whom they are for, what they say, and what is decided about them.

use chrono::{DateTime, Utc};
use domain::{
    broadcast::{self, AckMode, Audience, Confirmation, NewBroadcast},
    error::Invalid,
    geo::Point,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::ToSchema;

use crate::{error::Result, extract::Ruled};

/// Whom it is meant for; never whoever sends it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub(crate) enum AudienceIn {
    All {},
    Unit {
        unit_id: i64,
    },
    Supervisors {},
    /// Agents who are neither off shift nor on leave.
    OnDuty {},
    /// Whoever was seen within the circle in the last half hour.
    Radius {
        lat: f64,
        lon: f64,
        radius_m: f64,
    },
    /// Whoever was seen within the area between these corners in the last half hour.
    Area {
        points: Vec<CornerIn>,
    },
    Specialty {
        specialty: String,
    },
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Corner)]
pub(crate) struct CornerIn {
    lat: f64,
    lon: f64,
}

impl From<CornerIn> for Point {
    fn from(CornerIn { lat, lon }: CornerIn) -> Self {
        Self { lat, lon }
    }
}

impl From<AudienceIn> for Audience {
    fn from(sent: AudienceIn) -> Self {
        match sent {
            AudienceIn::All {} => Self::All,
            AudienceIn::Unit { unit_id } => Self::Unit { unit_id },
            AudienceIn::Supervisors {} => Self::Supervisors,
            AudienceIn::OnDuty {} => Self::OnDuty,
            AudienceIn::Radius { lat, lon, radius_m } => Self::Radius { lat, lon, radius_m },
            AudienceIn::Area { points } => Self::Area {
                points: points.into_iter().map(Into::into).collect(),
            },
            AudienceIn::Specialty { specialty } => Self::Specialty { specialty },
        }
    }
}

/// A message to many.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewBroadcast)]
pub(crate) struct NewBroadcastIn {
    /// Code of a protocol; with a text too, the text fills its template.
    pub protocol: Option<String>,
    text: Option<String>,
    pub audience: AudienceIn,
    #[serde(default)]
    pub drill: bool,
    /// `all` (when nothing is said), `first` or `quorum:n`, n at most as many as it reaches.
    #[schema(value_type = Option<String>)]
    ack_mode: Option<AckIn>,
    expires_at: Option<DateTime<Utc>>,
    /// What a protocol wants to have typed.
    confirm_word: Option<String>,
    /// A place that goes with it.
    place: Option<CornerIn>,
}

impl NewBroadcastIn {
    pub fn into_domain(self) -> NewBroadcast {
        NewBroadcast {
            protocol: self.protocol,
            text: self.text,
            audience: self.audience.into(),
            drill: self.drill,
            ack: self.ack_mode.map(|AckIn(mode)| mode).unwrap_or_default(),
            expires_at: self.expires_at,
            confirm_word: self.confirm_word,
            place: self.place.map(Point::from),
            ..NewBroadcast::default()
        }
    }
}

impl Ruled for NewBroadcastIn {
    fn broken(&self) -> Vec<Invalid> {
        broadcast::broken(&self.clone().into_domain())
    }
}

/// Whose answers are awaited, in one word.
#[derive(Clone, Copy)]
struct AckIn(AckMode);

impl<'de> Deserialize<'de> for AckIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        ack_mode(&word)
            .map(Self)
            .ok_or_else(|| D::Error::custom("is all, first or quorum:n"))
    }
}

fn ack_mode(word: &str) -> Option<AckMode> {
    match word {
        "all" => Some(AckMode::All),
        "first" => Some(AckMode::First),
        other => other
            .strip_prefix("quorum:")
            .and_then(|number| number.parse().ok())
            .filter(|number| (1..=1_000_000).contains(number))
            .map(AckMode::Quorum),
    }
}

/// What is decided about a draft from outside; what is left out stays as it came.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[schema(as = Confirmation)]
pub(crate) struct ConfirmationIn {
    text: Option<String>,
    audience: Option<AudienceIn>,
    /// `all`, `first` or `quorum:n`, n at most as many as it reaches.
    #[schema(value_type = Option<String>)]
    ack_mode: Option<AckIn>,
}

impl ConfirmationIn {
    pub fn into_domain(self) -> Confirmation {
        Confirmation {
            text: self.text,
            audience: self.audience.map(Into::into),
            ack: self.ack_mode.map(|AckIn(mode)| mode),
        }
    }
}

#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = Closing)]
pub(crate) struct ClosingIn {
    /// The last word, which stands in the message of everybody.
    pub text: Option<String>,
}
