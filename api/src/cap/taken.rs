//! What an alert from outside becomes: a draft, or an answer that says why not.

use chrono::{DateTime, Utc};
use domain::{
    broadcast::{self, Audience, NewBroadcast},
    geo::Point,
};

use super::{
    rules::{check, circle, polygon, references, time},
    tree::{self, Element},
};

/// An alert that keeps to the rules.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    /// `sender,identifier,sent`, as others refer to it.
    pub reference: String,
    pub drill: bool,
    pub wants: Wants,
}

/// What it wants of us.
#[derive(Clone, Debug)]
pub(crate) enum Wants {
    Draft {
        new: Box<NewBroadcast>,
        /// What it stands for from now on: drafts of these are not sent any more.
        replaces: Vec<String>,
    },
    /// That what came before is not sent.
    TakeBack(Vec<String>),
}

/// Why an alert is not taken, and how the message is called as far as it can be told.
#[derive(Clone, Debug)]
pub(crate) struct NotTaken {
    pub reason: String,
    pub reference: Option<String>,
    pub drill: bool,
}

/// The most corners of an area that people are looked for in.
const CORNERS: usize = 200;

/// The most earlier alerts that one may speak of.
const EARLIER: usize = 100;

/// Reads an alert strictly.
pub(crate) fn read(bytes: &[u8], now: DateTime<Utc>) -> Result<Incoming, NotTaken> {
    let unread = |reason| NotTaken {
        reason,
        reference: None,
        drill: false,
    };
    let alert = tree::read(bytes).map_err(unread)?;
    check(&alert).map_err(unread)?;
    let part = |name| alert.text_of(name).unwrap_or_default();
    let reference = format!("{},{},{}", part("sender"), part("identifier"), part("sent"));
    let drill = part("status") == "Exercise";
    let wants = wanted(&alert, now).map_err(|reason| NotTaken {
        reason,
        reference: Some(reference.clone()),
        drill,
    })?;
    Ok(Incoming {
        reference,
        drill,
        wants,
    })
}

fn wanted(alert: &Element, now: DateTime<Utc>) -> Result<Wants, String> {
    if !matches!(alert.text_of("status"), Some("Actual" | "Exercise")) {
        return Err("only the status Actual or Exercise is for people".into());
    }
    match alert.text_of("msgType") {
        Some(kind @ ("Alert" | "Update")) => Ok(Wants::Draft {
            new: Box::new(draft(alert, now)?),
            // A first alert that refers to others goes with them; an update stands for them (section 3.2.1, msgType).
            replaces: match kind {
                "Update" => earlier(alert)?,
                _ => Vec::new(),
            },
        }),
        Some("Cancel") => earlier(alert).map(Wants::TakeBack),
        _ => Err("answers to alerts are not taken".into()),
    }
}

fn earlier(alert: &Element) -> Result<Vec<String>, String> {
    let all = references(alert.text_of("references").unwrap_or_default())?;
    match all.len() <= EARLIER {
        true => Ok(all),
        false => Err(format!("alert/references names more than {EARLIER}")),
    }
}

fn draft(alert: &Element, now: DateTime<Utc>) -> Result<NewBroadcast, String> {
    let infos: Vec<&Element> = alert.all("info").collect();
    let spanish = infos.iter().find(|info| {
        let language = info.text_of("language").unwrap_or("en-US");
        language.to_ascii_lowercase().starts_with("es")
    });
    let info = spanish.or(infos.first());
    let info = info.ok_or("alert/info is missing: it says nothing")?;
    let expires_at = info
        .text_of("expires")
        .and_then(time)
        .map(|at| at.with_timezone(&Utc));
    if expires_at.is_some_and(|at| at <= now) {
        return Err("it has expired".into());
    }
    let audience = audience(info);
    if matches!(&audience, Audience::Area { points } if points.len() > CORNERS) {
        return Err(format!("an area has more than {CORNERS} corners"));
    }
    Ok(NewBroadcast {
        text: Some(broadcast::shortened(&text(info))),
        audience,
        drill: alert.text_of("status") == Some("Exercise"),
        expires_at,
        ..NewBroadcast::default()
    })
}

/// What people read: the headline, else the event; what it is about; what to do.
fn text(info: &Element) -> String {
    let head = info.text_of("headline").or(info.text_of("event"));
    let parts = [
        head,
        info.text_of("description"),
        info.text_of("instruction"),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join("\n")
}

/// The first area that is drawn; whoever confirms it may choose others.
fn audience(info: &Element) -> Audience {
    let drawn = |area: &Element| {
        let round = area.text_of("circle").and_then(circle);
        let edged = area.text_of("polygon").and_then(polygon);
        match (round, edged) {
            (Some((Point { lat, lon }, km)), _) => Some(Audience::Radius {
                lat,
                lon,
                radius_m: km * 1000.0,
            }),
            (_, Some(points)) => Some(Audience::Area { points }),
            _ => None,
        }
    };
    info.all("area").find_map(drawn).unwrap_or(Audience::All)
}
