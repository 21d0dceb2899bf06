//! Messages to many, and the roll-call.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{
    Tx,
    broadcast::{self, AckMode, Audience, BroadcastStatus, NewBroadcast, RecipientState},
    geo::Point,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::Answer,
    app::App,
    auth::Signed,
    cap::{self, Alert},
    error::{Problem, Result},
    extract::{Json, Path, Query, window, word},
    once::{Once, kept},
    out::{List, words},
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(send))
        .routes(routes!(one))
        .routes(routes!(alert))
        .routes(routes!(cancel))
        .routes(routes!(close))
        .routes(routes!(protocols))
}

words! {
    /// Where a broadcast stands.
    BroadcastWord as BroadcastStatus = BroadcastStatus { Draft, Active, Acknowledged, Expired, Cancelled, Closed }
}

words! {
    /// What became of it with one person.
    RecipientWord as RecipientState = RecipientState { Queued, Sent, Acknowledged, OnTheWay, NeedsHelp, Declined, Unreachable }
}

/// Whom it is meant for; never whoever sends it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum AudienceIn {
    All,
    Unit {
        unit_id: i64,
    },
    Supervisors,
    /// Agents who are neither off shift nor on leave.
    OnDuty,
    /// Whoever was seen within the circle in the last half hour.
    Radius {
        lat: f64,
        lon: f64,
        radius_m: f64,
    },
    /// Whoever was seen within the area between these corners in the last half hour.
    Area {
        points: Vec<CornerIn>,
    },
    Specialty {
        specialty: String,
    },
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = Corner)]
pub(crate) struct CornerIn {
    lat: f64,
    lon: f64,
}

impl From<CornerIn> for Point {
    fn from(CornerIn { lat, lon }: CornerIn) -> Self {
        Self { lat, lon }
    }
}

impl From<AudienceIn> for Audience {
    fn from(sent: AudienceIn) -> Self {
        match sent {
            AudienceIn::All => Self::All,
            AudienceIn::Unit { unit_id } => Self::Unit { unit_id },
            AudienceIn::Supervisors => Self::Supervisors,
            AudienceIn::OnDuty => Self::OnDuty,
            AudienceIn::Radius { lat, lon, radius_m } => Self::Radius { lat, lon, radius_m },
            AudienceIn::Area { points } => Self::Area {
                points: points.into_iter().map(Into::into).collect(),
            },
            AudienceIn::Specialty { specialty } => Self::Specialty { specialty },
        }
    }
}

/// A message to many.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewBroadcast)]
pub(crate) struct NewBroadcastIn {
    /// Code of a protocol; with a text too, the text fills its template.
    protocol: Option<String>,
    text: Option<String>,
    audience: AudienceIn,
    #[serde(default)]
    drill: bool,
    /// `all` (when nothing is said), `first` or `quorum:n`.
    ack_mode: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    /// What a protocol wants to have typed.
    confirm_word: Option<String>,
    /// A place that goes with it.
    place: Option<CornerIn>,
}

fn ack_mode(text: Option<&str>) -> Result<AckMode> {
    match text.unwrap_or("all") {
        "all" => Ok(AckMode::All),
        "first" => Ok(AckMode::First),
        other => other
            .strip_prefix("quorum:")
            .and_then(|number| number.parse().ok())
            .filter(|number| (1..=1_000_000).contains(number))
            .map(AckMode::Quorum)
            .ok_or_else(|| Problem::malformed("ack_mode", "is all, first or quorum:n")),
    }
}

/// Whom it would reach.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewOut {
    recipients: usize,
    unreachable: Vec<MissedOut>,
    needs_confirm_word: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MissedOut {
    user_id: i64,
    name: String,
    /// `not_linked` or `blocked`.
    why: String,
}

/// They exclude each other and sum to the recipients, but for `escalated`, which counts beside them.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsOut {
    queued: i64,
    sent: i64,
    acknowledged: i64,
    on_the_way: i64,
    needs_help: i64,
    declined: i64,
    unreachable: i64,
    escalated: i64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RecipientOut {
    user_id: i64,
    name: String,
    state: RecipientWord,
    at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    escalated_at: Option<DateTime<Utc>>,
}

/// A broadcast and its roll-call.
#[derive(Serialize, ToSchema)]
pub(crate) struct BroadcastOut {
    id: i64,
    protocol: Option<String>,
    text: String,
    status: BroadcastWord,
    drill: bool,
    /// `all`, `first` or `quorum:n`.
    ack_mode: String,
    /// The last word of whoever closed it.
    closing: Option<String>,
    created_by: Option<i64>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    counts: CountsOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<List<RecipientOut>>,
}

impl From<broadcast::Broadcast> for BroadcastOut {
    fn from(one: broadcast::Broadcast) -> Self {
        let of = |state| one.counts.of(state);
        Self {
            counts: CountsOut {
                queued: of(RecipientState::Queued),
                sent: of(RecipientState::Sent),
                acknowledged: of(RecipientState::Acknowledged),
                on_the_way: of(RecipientState::OnTheWay),
                needs_help: of(RecipientState::NeedsHelp),
                declined: of(RecipientState::Declined),
                unreachable: of(RecipientState::Unreachable),
                escalated: one.counts.escalated,
            },
            id: one.id,
            protocol: one.protocol,
            text: one.text,
            status: one.status.into(),
            drill: one.drill,
            ack_mode: match one.ack {
                AckMode::All => "all".into(),
                AckMode::First => "first".into(),
                AckMode::Quorum(n) => format!("quorum:{n}"),
            },
            closing: one.closing,
            created_by: one.created_by,
            created_at: one.created_at,
            expires_at: one.expires_at,
            ended_at: one.ended_at,
            recipients: None,
        }
    }
}

/// Whom a broadcast would reach. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts/preview", tag = "broadcast", operation_id = "broadcasts_preview",
    request_body = NewBroadcastIn, responses((status = 200, body = PreviewOut)))]
async fn preview(
    State(app): State<App>,
    signed: Signed,
    Json(sent): Json<NewBroadcastIn>,
) -> Result<Json<PreviewOut>> {
    let audience = sent.audience.into();
    let seen = broadcast::preview(
        &app.store,
        &signed.actor,
        &audience,
        sent.protocol.as_deref(),
    )
    .await?;
    Ok(Json(PreviewOut {
        recipients: seen.recipients,
        unreachable: seen
            .unreachable
            .into_iter()
            .map(|one| MissedOut {
                user_id: one.user_id,
                name: one.name,
                why: one.why.into(),
            })
            .collect(),
        needs_confirm_word: seen.confirm_word,
    }))
}

/// Sends a broadcast. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts", tag = "broadcast", operation_id = "broadcasts_create",
    request_body = NewBroadcastIn,
    responses((status = 201, body = BroadcastOut, headers(("Location", description = "Where it is")))))]
async fn send(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Json(sent): Json<NewBroadcastIn>,
) -> Result<Response> {
    let new = NewBroadcast {
        ack: ack_mode(sent.ack_mode.as_deref())?,
        protocol: sent.protocol,
        text: sent.text,
        audience: sent.audience.into(),
        drill: sent.drill,
        expires_at: sent.expires_at,
        confirm_word: sent.confirm_word,
        place: match sent.place {
            Some(place) => Some(Point::new(place.lat, place.lon)?),
            None => None,
        },
        media: None,
    };
    let made = kept!(app, once, |tx| {
        let id = broadcast::send(tx, &signed.actor, new).await?;
        let out = shown(tx, &signed, id).await?;
        Ok(Answer::created(format!("/api/v1/broadcasts/{id}"), &out))
    });
    Ok(made?)
}

async fn shown(tx: &Tx, signed: &Signed, id: i64) -> domain::Result<BroadcastOut> {
    Ok(broadcast::find_in(tx, &signed.actor, id).await?.into())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RecipientQuery {
    /// Only those in this state.
    state: Option<String>,
    /// Recipients, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the recipients of the page before.
    cursor: Option<String>,
}

/// A broadcast, its counts and a page of its people.
#[utoipa::path(get, path = "/broadcasts/{id}", tag = "broadcast", operation_id = "broadcasts_get",
    params(("id" = i64, Path), RecipientQuery), responses((status = 200, body = BroadcastOut)))]
async fn one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(query): Query<RecipientQuery>,
) -> Result<Json<BroadcastOut>> {
    let state: Option<RecipientWord> = query
        .state
        .as_deref()
        .map(|one| word("state", one))
        .transpose()?;
    let window = window(query.limit, query.cursor)?;
    let found = broadcast::find(&app.store, &signed.actor, id).await?;
    let state = state.map(Into::into);
    let page = broadcast::recipients(&app.store, &signed.actor, id, state, window).await?;
    let mut out = BroadcastOut::from(found);
    out.recipients = Some(List::of(page, |one| RecipientOut {
        user_id: one.user_id,
        name: one.name,
        state: one.state.into(),
        at: one.at,
        sent_at: one.sent_at,
        answered_at: one.answered_at,
        escalated_at: one.escalated_at,
    }));
    Ok(Json(out))
}

/// A broadcast as an alert of the Common Alerting Protocol 1.2: the first one, what replaces it, or what takes it back.
#[utoipa::path(get, path = "/broadcasts/{id}/cap.xml", tag = "broadcast", operation_id = "broadcasts_cap",
    params(("id" = i64, Path)),
    responses((status = 200, body = String, content_type = "application/cap+xml")))]
async fn alert(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Alert> {
    let one = broadcast::find(&app.store, &signed.actor, id).await?;
    let sender = cap::sender(app.config.public_origin());
    Ok(cap::of_broadcast(&one, sender))
}

/// Stops what has not left. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts/{id}/cancel", tag = "broadcast", operation_id = "broadcasts_cancel",
    params(("id" = i64, Path)), responses((status = 200, body = BroadcastOut)))]
async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        broadcast::cancel(tx, &signed.actor, id).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}

#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = Closing)]
pub(crate) struct ClosingIn {
    /// The last word, which stands in the message of everybody.
    text: Option<String>,
}

/// Ends a broadcast with a last word and asks for reports. Needs the permission `broadcast`.
#[utoipa::path(post, path = "/broadcasts/{id}/close", tag = "broadcast", operation_id = "broadcasts_close",
    params(("id" = i64, Path)), request_body = ClosingIn, responses((status = 200, body = BroadcastOut)))]
async fn close(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Json(sent): Json<ClosingIn>,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        broadcast::close(tx, &signed.actor, id, sent.text.as_deref()).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}

/// A prepared broadcast.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtocolOut {
    code: String,
    label: String,
    template: String,
    confirm_word: Option<String>,
}

/// The prepared broadcasts.
#[utoipa::path(get, path = "/protocols", tag = "catalogue", operation_id = "protocols_list",
    responses((status = 200, body = List<ProtocolOut>)))]
async fn protocols(_: Signed) -> Result<Json<List<ProtocolOut>>> {
    let page = domain::Page {
        items: broadcast::protocols(),
        next_cursor: None,
    };
    Ok(Json(List::of(page, |one| ProtocolOut {
        code: one.code,
        label: one.label,
        template: one.template,
        confirm_word: one.confirm_word,
    })))
}
