//! What somebody agrees to, and each time he changed his mind.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{
    actor,
    consent::{self, Change, Consent, Consents, Purpose},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Path},
    once::{Once, kept},
    out::{tasks::UserRef, words},
};

words! {
    /// `location`: positions he shares are kept and shown to his supervisors. `media`: photos, films and voice messages.
    PurposeWord as ConsentPurpose = Purpose { Location, Media }
}

words! {
    /// Through which door it was said.
    ChannelWord as Channel = actor::Channel { Bot, Api, Cli, Timer }
}

pub(crate) fn router() -> Addresses {
    Addresses::default().routes(routes!(read, write_down))
}

/// How it stands, and what was said before.
#[derive(Serialize, ToSchema)]
struct ConsentsOut {
    items: Vec<ConsentOut>,
    /// Newest first, at most 200.
    history: Vec<ConsentChange>,
}

#[derive(Serialize, ToSchema)]
struct ConsentOut {
    purpose: PurposeWord,
    granted: bool,
    /// Nothing while nobody has said anything: then it is granted.
    since: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct ConsentChange {
    purpose: PurposeWord,
    granted: bool,
    at: DateTime<Utc>,
    by: Option<UserRef>,
    channel: ChannelWord,
}

impl From<Consents> for ConsentsOut {
    fn from(all: Consents) -> Self {
        Self {
            items: all.now.into_iter().map(ConsentOut::from).collect(),
            history: all.history.into_iter().map(ConsentChange::from).collect(),
        }
    }
}

impl From<Consent> for ConsentOut {
    fn from(one: Consent) -> Self {
        Self {
            purpose: one.purpose.into(),
            granted: one.granted,
            since: one.since,
        }
    }
}

impl From<Change> for ConsentChange {
    fn from(one: Change) -> Self {
        Self {
            purpose: one.purpose.into(),
            granted: one.granted,
            at: one.at,
            by: one.by.map(UserRef::from),
            channel: one.channel.into(),
        }
    }
}

/// What shall hold from now on; what is left out stays as it is.
#[derive(Clone, Deserialize, ToSchema)]
struct ConsentsIn {
    location: Option<bool>,
    media: Option<bool>,
}

impl ConsentsIn {
    fn wanted(&self) -> Vec<(Purpose, bool)> {
        let all = [
            (Purpose::Location, self.location),
            (Purpose::Media, self.media),
        ];
        all.into_iter()
            .filter_map(|(purpose, granted)| Some((purpose, granted?)))
            .collect()
    }
}

/// What somebody agrees to, and what he said before: for himself and admins.
#[utoipa::path(get, path = "/users/{id}/consents", tag = "people", operation_id = "consents_get",
    params(("id" = i64, Path)), responses((status = 200, body = ConsentsOut)))]
async fn read(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<ConsentsOut>> {
    let all = consent::of(&app.store, &signed.actor, id).await?;
    Ok(Json(all.into()))
}

/// Agrees, or takes it back. Everybody for himself; admins only take down that somebody took it back.
#[utoipa::path(put, path = "/users/{id}/consents", tag = "people", operation_id = "consents_set",
    params(("id" = i64, Path)), request_body = ConsentsIn, responses((status = 200, body = ConsentsOut)))]
async fn write_down(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<ConsentsIn>,
) -> Result<Response> {
    let wanted = sent.wanted();
    let done = kept!(app, once, |tx| {
        consent::set(tx, &signed.actor, id, &wanted).await?;
        let all = ConsentsOut::from(consent::of_in(tx, id).await?);
        Ok(Answer::ok(&all))
    });
    Ok(done?)
}
