//! Drills: planned, called off before they leave, and looked back at with their scores.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{
    Tx, broadcast,
    drill::{self, Drill, DrillFilter, NewDrill},
    error::Invalid,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::Result,
    extract::{Checked, Json, Path, Query, Ruled, window, word, words as word_list},
    once::{Once, kept},
    out::{
        List,
        drills::{DrillOut, DrillWord, SilenceWord, UnansweredOut},
    },
    wanted::{broadcasts::AudienceIn, time::ZoneIn},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, plan))
        .routes(routes!(one))
        .routes(routes!(cancel))
}

/// A drill to be planned.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewDrill)]
pub(crate) struct NewDrillIn {
    /// Code of a protocol; with a text too, the text fills its template.
    protocol: Option<String>,
    text: Option<String>,
    audience: AudienceIn,
    /// When it leaves; in the future.
    starts_at: DateTime<Utc>,
    /// IANA name; the installation's when there is none.
    #[schema(value_type = Option<String>)]
    zone: Option<ZoneIn>,
    /// How long answers are awaited, in minutes; 30 when nothing is said.
    #[schema(minimum = 5, maximum = 1440)]
    minutes: Option<u32>,
    /// What a protocol wants to have typed.
    confirm_word: Option<String>,
}

impl NewDrillIn {
    fn into_domain(self) -> NewDrill {
        NewDrill {
            protocol: self.protocol,
            text: self.text,
            audience: self.audience.into(),
            starts_at: self.starts_at,
            zone: self.zone.map(|ZoneIn(zone)| zone),
            minutes: self.minutes,
            confirm_word: self.confirm_word,
        }
    }
}

impl Ruled for NewDrillIn {
    fn broken(&self) -> Vec<Invalid> {
        drill::broken(&self.clone().into_domain())
    }
}

/// Plans a drill: a broadcast that leaves by itself, with SIMULACRO on every message. Needs the permission `broadcast`, also
/// when its time comes.
#[utoipa::path(post, path = "/drills", tag = "broadcast", operation_id = "drills_create",
    request_body = NewDrillIn,
    responses((status = 201, body = DrillOut, headers(("Location", description = "Where it is")))))]
async fn plan(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Checked(sent): Checked<NewDrillIn>,
) -> Result<Response> {
    let new = sent.into_domain();
    let made = kept!(app, once, |tx| {
        let id = drill::plan(tx, &signed.actor, new).await?;
        let out = shown(tx, &signed, id).await?;
        Ok(Answer::created(format!("/api/v1/drills/{id}"), &out))
    });
    Ok(made?)
}

async fn shown(tx: &Tx, signed: &Signed, id: i64) -> domain::Result<DrillOut> {
    Ok(drill::find_in(tx, &signed.actor, id).await?.into())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DrillQuery {
    /// States with commas, such as `planned,held`.
    status: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Drills with their scores, planned ones, those sent by hand and practised calls for help, the latest first. Needs the permission `broadcast`
/// or level 3.
#[utoipa::path(get, path = "/drills", tag = "broadcast", operation_id = "drills_list", params(DrillQuery),
    responses((status = 200, body = List<DrillOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<DrillQuery>,
) -> Result<Json<List<DrillOut>>> {
    let statuses: Vec<DrillWord> = word_list("status", query.status.as_deref())?;
    let filter = DrillFilter {
        statuses: statuses.into_iter().map(Into::into).collect(),
    };
    let window = window(query.limit, query.cursor)?;
    let page = drill::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, DrillOut::from)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UnansweredQuery {
    /// Only those: `silent` or `unreachable`.
    why: Option<String>,
    /// People, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the people of the page before.
    cursor: Option<String>,
}

/// A drill, its score and a page of those who did not answer in time, by name. Needs the permission `broadcast` or level 3.
#[utoipa::path(get, path = "/drills/{id}", tag = "broadcast", operation_id = "drills_get",
    params(("id" = i64, Path), UnansweredQuery), responses((status = 200, body = DrillOut)))]
async fn one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(query): Query<UnansweredQuery>,
) -> Result<Json<DrillOut>> {
    let why: Option<SilenceWord> = query
        .why
        .as_deref()
        .map(|one| word("why", one))
        .transpose()?;
    let window = window(query.limit, query.cursor)?;
    let found: Drill = drill::find(&app.store, &signed.actor, id).await?;
    let held = found.broadcast.as_ref().map(|held| held.id);
    let mut out = DrillOut::from(found);
    if let Some(broadcast_id) = held {
        let held = broadcast::find(&app.store, &signed.actor, broadcast_id).await?;
        let page = drill::unanswered(&app.store, &held, why.map(Into::into), window).await?;
        out.unanswered = Some(List::of(page, UnansweredOut::from));
    }
    Ok(Json(out))
}

/// Calls a drill off before it leaves. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/drills/{id}/cancel", tag = "broadcast", operation_id = "drills_cancel",
    params(("id" = i64, Path)), responses((status = 200, body = DrillOut)))]
async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        drill::cancel(tx, &signed.actor, id).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}
