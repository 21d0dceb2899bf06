//! /misdatos: what is kept about whoever asks.

use chrono::{DateTime, Utc};
use domain::{
    Result,
    kept::{self, Kept},
};
use locales::Sentence;

use crate::{
    keyboards::{Button, Rows},
    screen::{Made, Media, Screen},
    view::{View, headed, plain, with},
};

/// What is kept, until when, and who looked at it.
pub async fn kept(view: &View) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let kept = kept::mine(&view.store, reader).await?;
    let mut lines = vec![view.say(&Sentence::MyDataHead {
        name: kept.name.clone().into(),
        username: kept.username.clone().into(),
        units: kept.units.join(", ").into(),
    })];
    lines.extend(contact(view, &kept));
    if let Some(at) = kept.consented_at {
        let at = day(view, at).into();
        lines.push(view.say(&Sentence::MyDataConsent { at }));
    }
    lines.push(view.say(&Sentence::MyDataWork {
        tasks: kept.tasks.into(),
        reports: kept.reports.into(),
        shifts: kept.shifts.into(),
        leaves: kept.leaves.into(),
        sessions: kept.sessions.into(),
    }));
    lines.push(positions(view, &kept));
    lines.push(view.say(&Sentence::MyDataExact));
    lines.push(view.say(&match kept.seen.is_empty() {
        true => Sentence::MyDataUnseen,
        false => Sentence::MyDataSeen,
    }));
    lines.extend(kept.seen.iter().map(|(name, at)| {
        view.say(&Sentence::MyDataSeenBy {
            name: name.clone().into(),
            at: day(view, *at).into(),
        })
    }));
    let save = (view.say(&Sentence::ButtonMyFile), Button::MyFile);
    Ok(Some(with(Rows::default().row([save]), headed(&lines))))
}

/// The same as a file, row by row.
pub async fn file(view: &View) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let bytes = kept::file(&view.store, reader).await?;
    Ok(Some(Screen {
        media: Some(Media::Written(Made {
            name: "my-data.json".into(),
            mime: "application/json",
            bytes: bytes.into(),
        })),
        ..plain(view.say(&Sentence::MyDataFile))
    }))
}

fn contact(view: &View, kept: &Kept) -> Option<String> {
    let words = [
        (kept.email, Sentence::MyDataEmail),
        (kept.phone, Sentence::MyDataPhone),
    ];
    let kept: Vec<String> = words
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, word)| view.say(word))
        .collect();
    let what = kept.join(", ");
    (!what.is_empty()).then(|| view.say(&Sentence::MyDataContact { what: what.into() }))
}

fn positions(view: &View, kept: &Kept) -> String {
    let of = &kept.positions;
    view.say(&match of.oldest.zip(of.newest) {
        Some((oldest, newest)) => Sentence::MyDataPositions {
            count: of.count.into(),
            oldest: day(view, oldest).into(),
            newest: day(view, newest).into(),
        },
        None => Sentence::MyDataNowhere,
    })
}

fn day(view: &View, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&view.zone);
    local.format("%d/%m/%Y %H:%M").to_string()
}
