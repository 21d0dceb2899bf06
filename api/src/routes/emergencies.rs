//! Calls for help.

use axum::{extract::State, response::Response};
use domain::{
    Error, Refusal, Tx,
    emergency::{self, EmergencyFilter, NewEmergency},
    error::Thing,
    geo::Point,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    cap::{self, Alert},
    error::{Problem, Result},
    extract::{Json, Lenient, Path, Query, window, words},
    once::{Once, kept},
    out::{
        List,
        emergencies::{ContactOut, EmergencyOut, EmergencyWord},
    },
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all, raise))
        .routes(routes!(raise_task))
        .routes(routes!(one))
        .routes(routes!(alert))
        .routes(routes!(phones))
        .routes(routes!(resolve))
        .routes(routes!(cancel))
}

/// Help that is wanted.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[schema(as = NewEmergency)]
pub(crate) struct NewEmergencyIn {
    /// Degrees, WGS 84. Without a place the caller's last position is taken, with its age, or none.
    lat: Option<f64>,
    lon: Option<f64>,
    /// Within how many metres of the place.
    accuracy_m: Option<f64>,
    #[schema(max_length = 4000)]
    text: Option<String>,
    /// Only people with this specialty are asked.
    specialty: Option<String>,
    drill: Option<bool>,
}

impl NewEmergencyIn {
    fn into_domain(self) -> Result<NewEmergency> {
        let place = match (self.lat, self.lon) {
            (Some(lat), Some(lon)) => Some(Point::new(lat, lon)?),
            (None, None) => None,
            (None, _) => return Err(Problem::malformed("lat", "is needed with lon")),
            (_, None) => return Err(Problem::malformed("lon", "is needed with lat")),
        };
        Ok(NewEmergency {
            place,
            accuracy_m: self.accuracy_m,
            text: self.text,
            specialty: self.specialty,
            drill: self.drill.unwrap_or(false),
        })
    }
}

/// Why it ends.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub(crate) struct EndIn {
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EmergencyQuery {
    /// States with commas, such as `active,answered`.
    status: Option<String>,
    drill: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Emergencies within one's scope, newest first.
#[utoipa::path(get, path = "/emergencies", tag = "emergency", operation_id = "emergencies_list", params(EmergencyQuery),
    responses((status = 200, body = List<EmergencyOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<EmergencyQuery>,
) -> Result<Json<List<EmergencyOut>>> {
    let statuses: Vec<EmergencyWord> = words("status", query.status.as_deref())?;
    let filter = EmergencyFilter {
        statuses: statuses.into_iter().map(Into::into).collect(),
        drill: query.drill,
    };
    let window = window(query.limit, query.cursor)?;
    let page = emergency::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, EmergencyOut::from)))
}

/// Calls for help: the nearest free people are asked at once. Everybody may. Fields that nobody knows are left aside.
#[utoipa::path(post, path = "/emergencies", tag = "emergency", operation_id = "emergencies_create",
    request_body = Option<NewEmergencyIn>,
    responses((status = 201, body = EmergencyOut, headers(("Location", description = "Where it is")))))]
async fn raise(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Lenient(sent): Lenient<NewEmergencyIn>,
) -> Result<Response> {
    add(&app, signed, once, sent).await
}

/// The same as `POST /emergencies`.
#[utoipa::path(post, path = "/tasks/emergency", tag = "emergency", operation_id = "tasks_emergency",
    request_body = Option<NewEmergencyIn>,
    responses((status = 201, body = EmergencyOut, headers(("Location", description = "Where it is")))))]
async fn raise_task(
    State(app): State<App>,
    signed: Signed,
    once: Once,
    Lenient(sent): Lenient<NewEmergencyIn>,
) -> Result<Response> {
    add(&app, signed, once, sent).await
}

async fn add(app: &App, signed: Signed, once: Once, sent: NewEmergencyIn) -> Result<Response> {
    let new = sent.into_domain()?;
    let made = kept!(app, once, |tx| {
        let id = emergency::raise(tx, &signed.actor, new).await?;
        let out = shown(tx, &signed, id).await?;
        Ok(Answer::created(format!("/api/v1/emergencies/{id}"), &out))
    });
    Ok(made?)
}

async fn shown(tx: &Tx, signed: &Signed, id: i64) -> domain::Result<EmergencyOut> {
    let one = emergency::find_in(tx, &signed.actor, id).await?;
    Ok(one.into())
}

/// One emergency: who was asked and why, who comes.
#[utoipa::path(get, path = "/emergencies/{id}", tag = "emergency", operation_id = "emergencies_get",
    params(("id" = i64, Path)), responses((status = 200, body = EmergencyOut)))]
async fn one(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<EmergencyOut>> {
    let one = emergency::find(&app.store, &signed.actor, id).await?;
    Ok(Json(one.into()))
}

/// An emergency as an alert of the Common Alerting Protocol 1.2: the first one, what replaces it, or what takes it back.
#[utoipa::path(get, path = "/emergencies/{id}/cap.xml", tag = "emergency", operation_id = "emergencies_cap",
    params(("id" = i64, Path)),
    responses((status = 200, body = String, content_type = "application/cap+xml")))]
async fn alert(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Alert> {
    let one = emergency::find(&app.store, &signed.actor, id).await?;
    let sender = cap::sender(app.config.public_origin());
    let alert = cap::of_emergency(&one, sender);
    Ok(alert.ok_or_else(|| Error::from(Refusal::missing(Thing::Emergency)))?)
}

/// Whom to call by phone: supervisors of the unit first. For level 2 and above who see the emergency, and for whoever has the
/// permission `broadcast`.
#[utoipa::path(get, path = "/emergencies/{id}/phones", tag = "emergency", operation_id = "emergencies_phones",
    params(("id" = i64, Path)), responses((status = 200, body = List<ContactOut>)))]
async fn phones(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Json<List<ContactOut>>> {
    let page = domain::Page {
        items: emergency::phones_for(&app.store, &signed.actor, id).await?,
        next_cursor: None,
    };
    Ok(Json(List::of(page, ContactOut::from)))
}

/// Ends it as done: the lead, or level 2 and above of the scope with a reason.
#[utoipa::path(post, path = "/emergencies/{id}/resolve", tag = "emergency", operation_id = "emergencies_resolve",
    params(("id" = i64, Path)), request_body = Option<EndIn>, responses((status = 200, body = EmergencyOut)))]
async fn resolve(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Lenient(sent): Lenient<EndIn>,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        emergency::resolve(tx, &signed.actor, id, sent.reason).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}

/// Calls it off with a reason: level 2 and above of the scope; whoever called, for ten seconds.
#[utoipa::path(post, path = "/emergencies/{id}/cancel", tag = "emergency", operation_id = "emergencies_cancel",
    params(("id" = i64, Path)), request_body = Option<EndIn>, responses((status = 200, body = EmergencyOut)))]
async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    Lenient(sent): Lenient<EndIn>,
) -> Result<Response> {
    let done = kept!(app, once, |tx| {
        Box::pin(emergency::cancel(tx, &signed.actor, id, sent.reason)).await?;
        Ok(Answer::ok(&shown(tx, &signed, id).await?))
    });
    Ok(done?)
}
