//! An alert as XML, in the order that the schema wants.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::geo::Point;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::{Alert, Area, Earlier, Kind, receipt::Receipt};

pub(super) const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// The whole document.
pub(super) fn xml(alert: &Alert) -> String {
    let mut out = Out(Writer::new_with_indent(Vec::new(), b' ', 2));
    out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let root = BytesStart::new("alert").with_attributes([("xmlns", NAMESPACE)]);
    out.event(Event::Start(root));
    out.text("identifier", &alert.identifier);
    out.text("sender", &alert.sender);
    out.text("sent", &time(alert.sent));
    out.text("status", if alert.drill { "Exercise" } else { "Actual" });
    let (kind, earlier) = match &alert.kind {
        Kind::Alert => ("Alert", None),
        Kind::Update(earlier) => ("Update", Some(earlier)),
        Kind::Cancel(earlier) => ("Cancel", Some(earlier)),
    };
    out.text("msgType", kind);
    out.text("scope", "Restricted");
    out.text("restriction", "GAD");
    if let Some(note) = &alert.note {
        out.text("note", note);
    }
    if let Some(Earlier { identifier, sent }) = earlier {
        let reference = format!("{},{identifier},{}", alert.sender, time(*sent));
        out.text("references", &reference);
    }
    info(&mut out, alert);
    out.event(Event::End(BytesEnd::new("alert")));
    out.finish()
}

/// An answer: it needs no more than the head.
pub(super) fn receipt(one: &Receipt) -> String {
    let mut out = Out(Writer::new_with_indent(Vec::new(), b' ', 2));
    out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let root = BytesStart::new("alert").with_attributes([("xmlns", NAMESPACE)]);
    out.event(Event::Start(root));
    out.text("identifier", &one.identifier);
    out.text("sender", &one.sender);
    out.text("sent", &time(one.sent));
    out.text("status", if one.drill { "Exercise" } else { "Actual" });
    out.text("msgType", if one.taken { "Ack" } else { "Error" });
    out.text("scope", "Restricted");
    out.text("restriction", "GAD");
    out.text("note", &one.note);
    out.text("references", &one.reference);
    out.event(Event::End(BytesEnd::new("alert")));
    out.finish()
}

fn info<W: Write>(out: &mut Out<W>, alert: &Alert) {
    out.within("info", |out| {
        out.text("language", "es-AR");
        out.text("category", "Safety");
        out.text("event", &alert.event);
        let over = alert.over || matches!(alert.kind, Kind::Cancel(_));
        out.text("responseType", if over { "AllClear" } else { "Execute" });
        out.text("urgency", if over { "Past" } else { "Immediate" });
        out.text("severity", "Severe");
        out.text("certainty", "Observed");
        if let Some(expires) = alert.expires {
            out.text("expires", &time(expires));
        }
        out.text("senderName", "GAD");
        out.text("headline", &alert.headline);
        if let Some(description) = &alert.description {
            out.text("description", description);
        }
        for (name, value) in &alert.parameters {
            out.within("parameter", |out| {
                out.text("valueName", name);
                out.text("value", value);
            });
        }
        out.within("area", |out| area(out, alert));
    });
}

fn area<W: Write>(out: &mut Out<W>, alert: &Alert) {
    out.text("areaDesc", &alert.area_name);
    match &alert.area {
        Area::Circle { centre, radius_m } => {
            let circle = format!("{} {}", pair(centre), radius_m / 1000.0);
            out.text("circle", &circle);
        }
        Area::Polygon(corners) => {
            // Closed: the last pair is the first.
            let corners = corners.iter().chain(corners.first()).map(pair);
            out.text("polygon", &corners.collect::<Vec<_>>().join(" "));
        }
        Area::Named => {}
    }
}

fn pair(point: &Point) -> String {
    format!("{:.6},{:.6}", point.lat, point.lon)
}

/// With an offset in digits: the schema knows no `Z`.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
        .replace("+00:00", "-00:00")
}

/// Writes into memory, which does not fail.
struct Out<W: Write>(Writer<W>);

impl<W: Write> Out<W> {
    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("memory takes it");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.event(Event::Start(BytesStart::new(name)));
        // What XML 1.0 cannot hold, not even escaped.
        let clean: String = text.chars().filter(|c| is_xml(*c)).collect();
        self.event(Event::Text(BytesText::new(&clean)));
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn within(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.event(Event::Start(BytesStart::new(name)));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }
}

pub(super) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

impl Out<Vec<u8>> {
    fn finish(self) -> String {
        String::from_utf8(self.0.into_inner()).expect("it was written from text")
    }
}
