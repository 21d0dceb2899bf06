//! What an emergency or a broadcast says at this moment: the first alert, what replaces it, or what takes it back.

use chrono::{DateTime, Utc};
use domain::{
    broadcast::{self, Audience, Broadcast, BroadcastStatus, RecipientState},
    emergency::{Emergency, EmergencyStatus},
};

use super::{Alert, Area, Earlier, Kind};

/// How far around its place an emergency reaches, in metres.
const EMERGENCY_M: f64 = 500.0;

/// A later alert is named by its moment, so that equal states are one alert.
fn later(first: &Earlier, at: DateTime<Utc>) -> String {
    format!("{}-{}", first.identifier, at.timestamp_millis())
}

pub(crate) fn of_broadcast(one: &Broadcast, sender: String) -> Alert {
    let first = Earlier {
        identifier: format!("gad-broadcast-{}", one.id),
        sent: one.created_at,
    };
    let changed = one.ended_at.or(one.counts.changed_at);
    let changed = changed.filter(|at| *at > one.created_at);
    let kind = match (one.status, changed) {
        (BroadcastStatus::Cancelled, _) => Kind::Cancel(first.clone()),
        (_, Some(_)) => Kind::Update(first.clone()),
        (_, None) => Kind::Alert,
    };
    let (identifier, sent) = match (&kind, changed) {
        (Kind::Alert, _) => (first.identifier, first.sent),
        (_, at) => {
            let at = at.unwrap_or(one.created_at);
            (later(&first, at), at)
        }
    };
    let protocol = one.protocol.as_deref().and_then(broadcast::protocol);
    Alert {
        identifier,
        sender,
        sent,
        drill: one.drill,
        kind,
        event: protocol.map_or_else(|| "Broadcast".into(), |protocol| protocol.label),
        headline: one.text.chars().take(160).collect(),
        description: Some(one.text.clone()),
        expires: Some(one.expires_at),
        parameters: numbers(one),
        area: area(&one.audience),
        area_name: audience_name(&one.audience).into(),
    }
}

fn numbers(one: &Broadcast) -> Vec<(&'static str, String)> {
    let of = |state| one.counts.of(state).to_string();
    vec![
        ("gad:queued", of(RecipientState::Queued)),
        ("gad:sent", of(RecipientState::Sent)),
        ("gad:acknowledged", of(RecipientState::Acknowledged)),
        ("gad:on_the_way", of(RecipientState::OnTheWay)),
        ("gad:needs_help", of(RecipientState::NeedsHelp)),
        ("gad:declined", of(RecipientState::Declined)),
        ("gad:unreachable", of(RecipientState::Unreachable)),
        ("gad:escalated", one.counts.escalated.to_string()),
    ]
}

fn area(audience: &Audience) -> Area {
    match audience {
        Audience::Radius { lat, lon, radius_m } => Area::Circle {
            centre: domain::geo::Point {
                lat: *lat,
                lon: *lon,
            },
            radius_m: *radius_m,
        },
        Audience::Area { points } => Area::Polygon(points.clone()),
        _ => Area::Named,
    }
}

/// The words of the interface, not of a language.
fn audience_name(audience: &Audience) -> &'static str {
    match audience {
        Audience::All => "all",
        Audience::Unit { .. } => "unit",
        Audience::Supervisors => "supervisors",
        Audience::OnDuty => "on_duty",
        Audience::Radius { .. } => "radius",
        Audience::Area { .. } => "area",
        Audience::Specialty { .. } => "specialty",
    }
}

/// Nothing while it waits for a place: nobody was told yet.
pub(crate) fn of_emergency(one: &Emergency, sender: String) -> Option<Alert> {
    let code = one.code.clone()?;
    let first = Earlier {
        identifier: format!("gad-{code}"),
        sent: one.raised_at?,
    };
    let answered = one.takers().map(|taker| taker.at).max();
    let changed = one.ended_at.or(answered).filter(|at| *at > first.sent);
    let kind = match (one.status, changed) {
        (EmergencyStatus::Cancelled, _) => Kind::Cancel(first.clone()),
        (_, Some(_)) => Kind::Update(first.clone()),
        (_, None) => Kind::Alert,
    };
    let (identifier, sent) = match (&kind, changed) {
        (Kind::Alert, _) => (first.identifier, first.sent),
        (_, at) => {
            let at = at.unwrap_or(first.sent);
            (later(&first, at), at)
        }
    };
    Some(Alert {
        identifier,
        sender,
        sent,
        drill: one.drill,
        kind,
        event: "Emergency".into(),
        headline: code,
        description: one.text.clone(),
        expires: None,
        parameters: vec![
            ("gad:needed", one.crew.to_string()),
            ("gad:coming", one.takers().count().to_string()),
        ],
        area: match one.place {
            Some(centre) => Area::Circle {
                centre,
                radius_m: EMERGENCY_M,
            },
            None => Area::Named,
        },
        area_name: match one.place {
            Some(_) => "place".into(),
            None => "unknown".into(),
        },
    })
}
