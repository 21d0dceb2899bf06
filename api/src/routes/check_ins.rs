//! Who is asked whether he is well now, alone or on a task, who is silent, and the end of it for one who works alone.

use axum::{extract::State, http::StatusCode};
use domain::check_in::{self, WatchFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::write;
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::Result,
    extract::{Json, Path, Query, window},
    out::{List, check_ins::WatchedOut},
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all))
        .routes(routes!(stop))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WatchedQuery {
    /// Those who work alone, or those of tasks.
    alone: Option<bool>,
    /// Only those who do not answer, although others know of it or because Telegram does not reach them.
    silent: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Who is asked now whether he is well, alone or on a task, the latest first: oneself, as a supervisor the agents of one's
/// units and the people of their tasks, as an admin everybody.
#[utoipa::path(get, path = "/check-ins", tag = "agents", operation_id = "check_ins_list", params(WatchedQuery),
    responses((status = 200, body = List<WatchedOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<WatchedQuery>,
) -> Result<Json<List<WatchedOut>>> {
    let window = window(query.limit, query.cursor)?;
    let filter = WatchFilter {
        alone: query.alone,
        silent: query.silent.unwrap_or_default(),
    };
    let page = check_in::watched(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, WatchedOut::from)))
}

/// Asks one who works alone no longer. Himself, or whoever plans the time of the agents of his units.
#[utoipa::path(delete, path = "/agents/{id}/check-in", tag = "agents", operation_id = "agents_check_in_stop",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn stop(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode> {
    let actor = signed.actor.clone();
    write!(app, |tx| check_in::stop_alone(tx, &actor, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}
