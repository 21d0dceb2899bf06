//! /misdatos: what is kept about whoever asks.

use chrono::{DateTime, Utc};
use domain::{
    Refusal, Result,
    consent::{self, Consent, Purpose},
    error::Thing,
    kept::{self, Kept},
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    keyboards::{Button, Rows},
    reply::Reply,
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
    lines.push(view.say(&Sentence::MyDataConsents));
    lines.extend(kept.consents.iter().map(|one| consent_line(view, one)));
    lines.push(view.say(&Sentence::MyDataWork {
        tasks: kept.tasks.into(),
        reports: kept.reports.into(),
        shifts: kept.shifts.into(),
        leaves: kept.leaves.into(),
        unavailable: kept.unavailable.into(),
        sessions: kept.sessions.into(),
    }));
    lines.push(positions(view, &kept));
    lines.push(view.say(&Sentence::MyDataExact));
    lines.push(view.say(&on_the_map(&kept)));
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
    let decide = kept.consents.iter().map(|one| consent_button(view, one));
    let rows = Rows::default().row([save]).column(decide);
    Ok(Some(with(rows, headed(&lines))))
}

/// Who sees where he is, or that nobody does any more.
fn on_the_map(kept: &Kept) -> Sentence {
    let agrees = |one: &Consent| one.purpose != Purpose::Location || one.granted;
    match kept.consents.iter().all(agrees) {
        true => Sentence::MyDataMap,
        false => Sentence::MyDataOffMap,
    }
}

fn purpose(view: &View, purpose: Purpose) -> String {
    view.say(&match purpose {
        Purpose::Location => Sentence::ConsentLocation,
        Purpose::Media => Sentence::ConsentMedia,
    })
}

fn consent_line(view: &View, one: &Consent) -> String {
    let what = purpose(view, one.purpose).into();
    view.say(&match (one.since, one.granted) {
        (Some(at), true) => Sentence::MyDataConsentGiven {
            what,
            at: day(view, at).into(),
        },
        (Some(at), false) => Sentence::MyDataConsentWithdrawn {
            what,
            at: day(view, at).into(),
        },
        (None, _) => Sentence::MyDataConsentUnasked { what },
    })
}

/// Offers the opposite.
fn consent_button(view: &View, one: &Consent) -> (String, Button) {
    let what = purpose(view, one.purpose).into();
    let label = view.say(&match one.granted {
        true => Sentence::ButtonConsentWithdraw { what },
        false => Sentence::ButtonConsentGive { what },
    });
    let button = Button::Consent {
        purpose: one.purpose,
        granted: !one.granted,
    };
    (label, button)
}

/// Keeps what he decided and shows his data anew.
pub async fn decide(ctx: &Ctx, purpose: Purpose, granted: bool) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let missing = || Refusal::missing(Thing::User);
            let user_id = inner.actor.user_id.ok_or_else(missing)?;
            consent::set(tx, &inner.actor, user_id, &[(purpose, granted)]).await?;
            inner.say(tx, Reply::MyData).await
        })
    })
    .await
    .map(drop)
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
            mime: "application/json".into(),
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
