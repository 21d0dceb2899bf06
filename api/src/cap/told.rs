//! What an emergency or a broadcast says at this moment: the first alert, what replaces it, or what takes it back.

use chrono::{DateTime, Utc};
use domain::{
    broadcast::{self, Audience, Broadcast, BroadcastStatus, Recipient, RecipientState},
    emergency::{self, Emergency, EmergencyStatus, OfferState},
};
use sha2::{Digest, Sha256};

use super::{Alert, Area, Earlier, Kind, Receipt, write};

/// How far around its place an emergency reaches, in metres.
const EMERGENCY_M: f64 = 500.0;

/// A later alert is named by its moment and by what it says, so that equal states are one alert and others never are.
fn named(mut alert: Alert, first: &Earlier, changed: Option<DateTime<Utc>>) -> Alert {
    let at = changed.unwrap_or(first.sent);
    alert.sent = at;
    if alert.kind != Kind::Alert {
        let digest = Sha256::digest(write::xml(&alert));
        let mark = hex::encode(&digest[..4]);
        alert.identifier = format!("{}-{}-{mark}", first.identifier, at.timestamp_millis());
    }
    alert
}

/// What CAP wants to know of an exercise.
fn exercise(drill: bool, what: &str) -> Option<String> {
    drill.then(|| format!("SIMULACRO: exercise of {what}, nothing has happened"))
}

pub(crate) fn of_broadcast(one: &Broadcast, sender: String) -> Alert {
    let first = Earlier {
        identifier: format!("gad-broadcast-{}", one.id),
        sent: one.created_at,
    };
    let changed = one.ended_at.max(one.counts.changed_at);
    let changed = changed.filter(|at| *at > one.created_at);
    let over = !broadcast::is_open(one.status);
    let kind = match (one.status, changed) {
        (BroadcastStatus::Cancelled, _) => Kind::Cancel(first.clone()),
        (_, None) if !over => Kind::Alert,
        _ => Kind::Update(first.clone()),
    };
    let protocol = one.protocol.as_deref().and_then(broadcast::protocol);
    let expires = one
        .ended_at
        .map_or(one.expires_at, |at| at.min(one.expires_at));
    let alert = Alert {
        identifier: first.identifier.clone(),
        sender,
        sent: first.sent,
        drill: one.drill,
        note: exercise(one.drill, &first.identifier),
        kind,
        over,
        event: protocol.map_or_else(|| "Broadcast".into(), |protocol| protocol.label),
        headline: one.text.chars().take(160).collect(),
        description: Some(match &one.closing {
            Some(last) => format!("{}\n{last}", one.text),
            None => one.text.clone(),
        }),
        expires: Some(expires),
        parameters: numbers(one),
        area: area(&one.audience),
        area_name: audience_name(&one.audience).into(),
    };
    named(alert, &first, changed)
}

/// What one of its people answered, or that it did not reach him; nothing while neither is known.
pub(crate) fn answer_of(one: &Broadcast, his: &Recipient, sender: String) -> Option<Receipt> {
    let taken = match his.state {
        RecipientState::Queued | RecipientState::Sent => return None,
        RecipientState::Unreachable => false,
        _ => true,
    };
    let first = format!(
        "{sender},gad-broadcast-{},{}",
        one.id,
        write::time(one.created_at)
    );
    Some(Receipt {
        identifier: format!(
            "gad-broadcast-{}-user-{}-{}",
            one.id,
            his.user_id,
            his.at.timestamp_millis()
        ),
        sender,
        sent: his.at,
        drill: one.drill,
        taken,
        note: format!("user {}: {}", his.user_id, state_word(his.state)),
        reference: match &one.source {
            Some(source) => format!("{source} {first}"),
            None => first,
        },
    })
}

/// The words of the interface, not of a language.
fn state_word(state: RecipientState) -> &'static str {
    match state {
        RecipientState::Queued => "queued",
        RecipientState::Sent => "sent",
        RecipientState::Acknowledged => "acknowledged",
        RecipientState::OnTheWay => "on_the_way",
        RecipientState::NeedsHelp => "needs_help",
        RecipientState::Declined => "declined",
        RecipientState::Unreachable => "unreachable",
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
    let thought_of = one
        .offers
        .iter()
        .filter(|offer| offer.state != OfferState::Passed);
    let moments = [one.ended_at, one.escalated_at, one.place_at];
    let changed = thought_of
        .map(|offer| offer.at)
        .chain(moments.into_iter().flatten())
        .max()
        .filter(|at| *at > first.sent);
    let over = !emergency::is_open(one.status);
    let kind = match (one.status, changed) {
        (EmergencyStatus::Cancelled, _) => Kind::Cancel(first.clone()),
        (_, None) if !over => Kind::Alert,
        _ => Kind::Update(first.clone()),
    };
    let alert = Alert {
        identifier: first.identifier.clone(),
        sender,
        sent: first.sent,
        drill: one.drill,
        note: exercise(one.drill, &code),
        kind,
        over,
        event: "Emergency".into(),
        headline: code,
        description: one.text.clone(),
        expires: one.ended_at,
        parameters: vec![
            ("gad:needed", one.crew.to_string()),
            ("gad:coming", one.going().to_string()),
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
    };
    Some(named(alert, &first, changed))
}
