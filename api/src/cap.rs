//! Emergencies and broadcasts as alerts of the Common Alerting Protocol 1.2 (OASIS, CAP-v1.2-os). Names of people are
//! never in them, only numbers.

mod receipt;
mod rules;
mod taken;
mod told;
mod tree;
mod write;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::geo::Point;

pub(crate) use receipt::Receipt;
pub(crate) use taken::{Incoming, NotTaken, Wants, read};
pub(crate) use told::{answer_of, of_broadcast, of_emergency};
pub(crate) use tree::MOST;

/// What the alert is to those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Alert,
    /// Replaces what it refers to.
    Update(Earlier),
    /// Takes back what it refers to.
    Cancel(Earlier),
}

/// An alert that was told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Earlier {
    pub identifier: String,
    pub sent: DateTime<Utc>,
}

/// Where it applies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Area {
    /// Radius in metres.
    Circle { centre: Point, radius_m: f64 },
    /// The corners, without the first one again.
    Polygon(Vec<Point>),
    /// Known by its name only.
    Named,
}

/// One alert.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alert {
    pub identifier: String,
    /// No blanks, commas, `<` or `&`.
    pub sender: String,
    pub sent: DateTime<Utc>,
    pub drill: bool,
    /// What kind of exercise it is; CAP wants to know.
    pub note: Option<String>,
    pub kind: Kind,
    /// Nothing is to be done any more, though it was not taken back.
    pub over: bool,
    pub event: String,
    pub headline: String,
    pub description: Option<String>,
    pub expires: Option<DateTime<Utc>>,
    /// Names and numbers.
    pub parameters: Vec<(&'static str, String)>,
    pub area: Area,
    pub area_name: String,
}

/// Who the alerts of this installation are from.
pub(crate) fn sender(origin: Option<&str>) -> String {
    let host = origin
        .and_then(|origin| origin.split("://").nth(1))
        .map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    let clean: String = host
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    match clean.is_empty() {
        true => "gad@localhost".into(),
        false => format!("gad@{clean}"),
    }
}

impl IntoResponse for Alert {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/cap+xml; charset=utf-8")];
        (kind, write::xml(&self)).into_response()
    }
}
