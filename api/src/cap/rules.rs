//! What the schema of CAP 1.2 (OASIS CAP-v1.2-os, section 3.4) says about the elements of an alert: which, in what order, how
//! often, with what in them.

use chrono::{DateTime, FixedOffset};
use domain::geo::Point;

use super::tree::Element;

/// What is wrong, with the path of the element.
pub(super) type Wrong = String;

/// How often an element stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    Maybe,
    Any,
    Some,
}

/// What is in an element.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    /// No blanks, commas, `<` or `&`.
    Token,
    Word(&'static [&'static str]),
    Time,
    Language,
    Uri,
    Number,
    Polygon,
    Circle,
    Elements(&'static [Rule]),
}

type Rule = (&'static str, Times, Holds);

use Holds::{Circle, Elements, Language, Number, Polygon, Text, Time, Token, Uri, Word};
use Times::{Any, Maybe, Once};

const ALERT: &[Rule] = &[
    ("identifier", Once, Token),
    ("sender", Once, Token),
    ("sent", Once, Time),
    (
        "status",
        Once,
        Word(&["Actual", "Exercise", "System", "Test", "Draft"]),
    ),
    (
        "msgType",
        Once,
        Word(&["Alert", "Update", "Cancel", "Ack", "Error"]),
    ),
    ("source", Maybe, Text),
    ("scope", Once, Word(&["Public", "Restricted", "Private"])),
    ("restriction", Maybe, Text),
    ("addresses", Maybe, Text),
    ("code", Any, Text),
    ("note", Maybe, Text),
    ("references", Maybe, Text),
    ("incidents", Maybe, Text),
    ("info", Any, Elements(INFO)),
];

const CATEGORIES: &[&str] = &[
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
];

const RESPONSES: &[&str] = &[
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
];

const INFO: &[Rule] = &[
    ("language", Maybe, Language),
    ("category", Times::Some, Word(CATEGORIES)),
    ("event", Once, Text),
    ("responseType", Any, Word(RESPONSES)),
    (
        "urgency",
        Once,
        Word(&["Immediate", "Expected", "Future", "Past", "Unknown"]),
    ),
    (
        "severity",
        Once,
        Word(&["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
    ),
    (
        "certainty",
        Once,
        Word(&["Observed", "Likely", "Possible", "Unlikely", "Unknown"]),
    ),
    ("audience", Maybe, Text),
    ("eventCode", Any, Elements(PAIR)),
    ("effective", Maybe, Time),
    ("onset", Maybe, Time),
    ("expires", Maybe, Time),
    ("senderName", Maybe, Text),
    ("headline", Maybe, Text),
    ("description", Maybe, Text),
    ("instruction", Maybe, Text),
    ("web", Maybe, Uri),
    ("contact", Maybe, Text),
    ("parameter", Any, Elements(PAIR)),
    ("resource", Any, Elements(RESOURCE)),
    ("area", Any, Elements(AREA)),
];

const PAIR: &[Rule] = &[("valueName", Once, Text), ("value", Once, Text)];

const RESOURCE: &[Rule] = &[
    ("resourceDesc", Once, Text),
    ("mimeType", Once, Text),
    ("size", Maybe, Number),
    ("uri", Maybe, Uri),
    ("derefUri", Maybe, Text),
    ("digest", Maybe, Text),
];

const AREA: &[Rule] = &[
    ("areaDesc", Once, Text),
    ("polygon", Any, Polygon),
    ("circle", Any, Circle),
    ("geocode", Any, Elements(PAIR)),
    ("altitude", Maybe, Number),
    ("ceiling", Maybe, Number),
];

/// Checks an alert against all of it.
pub(super) fn check(alert: &Element) -> Result<(), Wrong> {
    elements("alert", alert, ALERT)?;
    together(alert)
}

fn elements(path: &str, element: &Element, rules: &[Rule]) -> Result<(), Wrong> {
    if !element.text.is_empty() {
        return Err(format!("{path} has text beside its elements"));
    }
    let mut children = element.children.iter().peekable();
    for (name, times, holds) in rules {
        let mut count = 0;
        while let Some(child) = children.next_if(|child| child.name == *name) {
            count += 1;
            content(&format!("{path}/{name}"), child, *holds)?;
        }
        let fits = match times {
            Once => count == 1,
            Maybe => count <= 1,
            Any => true,
            Times::Some => count >= 1,
        };
        if !fits {
            let how = if count == 0 {
                "is missing"
            } else {
                "stands more than once"
            };
            return Err(format!("{path}/{name} {how}, or is not in its place"));
        }
    }
    match children.next() {
        Some(child) => Err(format!(
            "{path}/{} is not known, or is not in its place",
            child.name
        )),
        None => Ok(()),
    }
}

fn content(path: &str, element: &Element, holds: Holds) -> Result<(), Wrong> {
    if let Elements(rules) = holds {
        return elements(path, element, rules);
    }
    if !element.children.is_empty() {
        return Err(format!("{path} has elements in it"));
    }
    let text = element.text.as_str();
    if text.is_empty() {
        return Err(format!("{path} is empty"));
    }
    let fits = match holds {
        Text | Elements(_) => true,
        Token => token(text),
        Word(words) => words.contains(&text),
        Time => time(text).is_some(),
        Language => text.len() <= 40 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
        Uri => !text.contains(char::is_whitespace),
        Number => text.parse::<f64>().is_ok_and(f64::is_finite),
        Polygon => polygon(text).is_some(),
        Circle => circle(text).is_some(),
    };
    match fits {
        true => Ok(()),
        false => {
            let shown: String = text.chars().take(60).collect();
            Err(format!("{path} cannot be {shown:?}"))
        }
    }
}

/// What depends on something else.
fn together(alert: &Element) -> Result<(), Wrong> {
    let has = |name| alert.text_of(name).is_some();
    let is = |name, word| alert.text_of(name) == Some(word);
    if is("scope", "Restricted") != has("restriction") {
        return Err("alert/restriction stands exactly with the scope Restricted".into());
    }
    if is("scope", "Private") && !has("addresses") {
        return Err("alert/addresses is missing for the scope Private".into());
    }
    if !is("msgType", "Alert") && !has("references") {
        return Err("alert/references is missing: it is no first alert".into());
    }
    if let Some(earlier) = alert.text_of("references") {
        references(earlier)?;
    }
    for area in alert.all("info").flat_map(|info| info.all("area")) {
        if area.text_of("ceiling").is_some() && area.text_of("altitude").is_none() {
            return Err("alert/info/area/ceiling stands only with altitude".into());
        }
    }
    Ok(())
}

/// `sender,identifier,sent`, apart by blanks; each once.
pub(super) fn references(text: &str) -> Result<Vec<String>, Wrong> {
    let mut all: Vec<String> = Vec::new();
    for one in text.split_whitespace() {
        let parts: Vec<&str> = one.split(',').collect();
        let fits = matches!(parts[..], [sender, identifier, sent]
            if token(sender) && token(identifier) && time(sent).is_some());
        if !fits {
            return Err("alert/references is not sender,identifier,sent".into());
        }
        if !all.iter().any(|known| known == one) {
            all.push(one.to_owned());
        }
    }
    Ok(all)
}

/// No blanks, commas, `<` or `&`.
fn token(text: &str) -> bool {
    !text.is_empty() && !text.contains([',', '<', '&']) && !text.contains(char::is_whitespace)
}

/// `2002-05-24T16:49:00-07:00`: with an offset in digits, never `Z`, and no fractions.
pub(super) fn time(text: &str) -> Option<DateTime<FixedOffset>> {
    let shape = text.len() == 25
        && text.bytes().enumerate().all(|(i, c)| match i {
            4 | 7 => c == b'-',
            10 => c == b'T',
            13 | 16 | 22 => c == b':',
            19 => c == b'-' || c == b'+',
            _ => c.is_ascii_digit(),
        });
    let at = shape.then(|| DateTime::parse_from_rfc3339(text).ok())??;
    // What no calendar of ours reaches is no date of an alert.
    (1970..=9999)
        .contains(&chrono::Datelike::year(&at))
        .then_some(at)
}

fn pair(text: &str) -> Option<Point> {
    let (lat, lon) = text.split_once(',')?;
    Point::new(number(lat)?, number(lon)?).ok()
}

fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'+'));
    text.parse()
        .ok()
        .filter(|number: &f64| plain && number.is_finite())
}

/// The corners without the first one again: at least four pairs, the last the first.
pub(super) fn polygon(text: &str) -> Option<Vec<Point>> {
    let mut points = text
        .split_whitespace()
        .map(pair)
        .collect::<Option<Vec<_>>>()?;
    let closed = points.len() >= 4 && points.first() == points.last();
    points.pop();
    closed.then_some(points)
}

/// No circle on the earth is larger.
const HALF_THE_EARTH_KM: f64 = 20_040.0;

/// The middle, and the radius in kilometres.
pub(super) fn circle(text: &str) -> Option<(Point, f64)> {
    let (centre, radius) = text.trim().split_once(char::is_whitespace)?;
    let radius = number(radius.trim())?;
    Some((pair(centre)?, radius)).filter(|_| (0.0..=HALF_THE_EARTH_KM).contains(&radius))
}
