//! People from a file, and their invitations on a sheet to print.

use std::collections::HashSet;

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    enrolment,
    shift::BYTES_MOST,
    user::{self, NewUser, PeopleImport, User},
    zone,
};
use papers::invites::{self, Invitation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::write;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::{Problem, Result, wrong},
    extract::{Json, Query},
    lang,
    once::{Once, kept},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(import))
        .layer(DefaultBodyLimit::max(BYTES_MOST))
        .routes(routes!(sheet))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeopleImportQuery {
    /// Without it nothing is stored: a preview.
    #[serde(default)]
    confirm: bool,
}

/// What a file makes, or would make.
#[derive(Serialize, ToSchema)]
struct PeopleImportOut {
    /// Lines that were read.
    rows: usize,
    errors: Vec<PersonError>,
    people: Vec<PersonLine>,
    /// Units that nobody has founded yet and the file founds: look for misspelt ones.
    new_units: Vec<String>,
    /// Whether the accounts are there now.
    stored: bool,
}

#[derive(Serialize, ToSchema)]
struct PersonError {
    /// Counts the names of the columns as the first.
    line: u64,
    field: String,
    code: String,
}

#[derive(Serialize, ToSchema)]
struct PersonLine {
    /// Nothing in a preview.
    id: Option<i64>,
    username: String,
    name: String,
    level: i16,
}

/// Makes accounts from a file of comma or semicolon separated values, after a preview; all of them or none. Columns, in
/// any order: `name`, and optionally `username`, `level`, `badge`, `units` (several with `|` between), `email`, `phone`.
/// At most 500 people and 512 KiB. Level 3.
#[utoipa::path(post, path = "/users/import", tag = "people", operation_id = "users_import", params(PeopleImportQuery),
    request_body(content = String, content_type = "text/csv"), responses((status = 200, body = PeopleImportOut)))]
async fn import(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<PeopleImportQuery>,
    once: Once,
    file: Bytes,
) -> Result<Response> {
    if !query.confirm {
        let import = user::preview_import(&app.store, &signed.actor, &file).await?;
        return Ok(Json(PeopleImportOut::preview(import)).into_response());
    }
    let done = kept!(app, once, |tx| {
        let made = user::import(tx, &signed.actor, &file).await?;
        Ok(Answer::ok(&PeopleImportOut::stored(
            made.people,
            made.units,
        )))
    });
    Ok(done?)
}

impl PeopleImportOut {
    fn preview(import: PeopleImport) -> Self {
        let errors = import.errors.into_iter().map(|error| PersonError {
            line: error.line,
            field: error.field,
            code: wrong::code(error.problem).into(),
        });
        let line = |(_, new): (u64, NewUser)| PersonLine {
            id: None,
            username: new.username,
            name: new.name,
            level: new.level.into(),
        };
        Self {
            rows: import.rows,
            errors: errors.collect(),
            people: import.people.into_iter().map(line).collect(),
            new_units: import.new_units,
            stored: false,
        }
    }

    fn stored(made: Vec<User>, new_units: Vec<String>) -> Self {
        let line = |user: User| PersonLine {
            id: Some(user.id),
            username: user.username,
            name: user.name,
            level: user.level.into(),
        };
        Self {
            rows: made.len(),
            errors: Vec::new(),
            people: made.into_iter().map(line).collect(),
            new_units,
            stored: true,
        }
    }
}

/// The most invitations on a sheet.
const SHEET_MOST: usize = 200;

/// Who shall be invited.
#[derive(Deserialize, ToSchema)]
struct InvitesIn {
    #[schema(min_items = 1, max_items = 200)]
    user_ids: Vec<i64>,
}

/// One-time links for some people on a sheet to print and cut; older links of theirs stop working. Admins, and
/// supervisors for agents of their units.
#[utoipa::path(post, path = "/users/invites.pdf", tag = "people", operation_id = "users_invites", request_body = InvitesIn,
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
async fn sheet(
    State(app): State<App>,
    signed: Signed,
    headers: axum::http::HeaderMap,
    Json(mut sent): Json<InvitesIn>,
) -> Result<Response> {
    // A second link would make the first one useless.
    let mut seen = HashSet::new();
    sent.user_ids.retain(|id| seen.insert(*id));
    if sent.user_ids.is_empty() || sent.user_ids.len() > SHEET_MOST {
        return Err(Problem::malformed("user_ids", "are between 1 and 200"));
    }
    let lang =
        lang::of_actor(&signed.actor).map_or_else(|| lang::of_headers(&headers), |one| one.0);
    let zone = app.store.rules().zone;
    let mut people = Vec::new();
    for id in &sent.user_ids {
        people.push(user::find(&app.store, &signed.actor, *id).await?);
    }
    let Some(bot) = app.config.bot_username.get().cloned() else {
        return Err(Problem::away());
    };
    let ids = sent.user_ids;
    let links = write!(app, |tx| {
        let mut links = Vec::new();
        for id in ids {
            links.push(enrolment::invite(tx, &signed.actor, id).await?);
        }
        Ok(links)
    })?;
    let invitations: Vec<Invitation> = people
        .into_iter()
        .zip(links)
        .map(|(user, link)| Invitation {
            name: user.name,
            who: user.username,
            url: format!("https://t.me/{bot}?start={}", link.code),
            until: zone::to_local(link.expires_at, zone)
                .format("%d/%m/%Y %H:%M")
                .to_string(),
        })
        .collect();
    let made = tokio::task::spawn_blocking(move || invites::sheet(&invitations, lang)).await;
    let bytes = made
        .map_err(|_| Problem::away())?
        .map_err(|_| Problem::away())?;
    let head = [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"invites.pdf\"",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((head, bytes).into_response())
}
