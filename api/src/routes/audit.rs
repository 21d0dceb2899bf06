//! The record of who did what, and the proof that nobody changed it.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::audit::{list, seal::Head, verify};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Json, Query, window},
    out::{
        List,
        audit::{AuditOut, ProofOut},
    },
};

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(all))
        .routes(routes!(proof))
}

/// Which entries are wanted; everything that is given must hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Who did it.
    user_id: Option<i64>,
    /// Such as `task.created`; with a dot at the end all of a kind: `task.`
    action: Option<String>,
    /// `task`, `agent`, `user`, `unit`, `shift`, `leave`, `catalogue` or `login`.
    subject_kind: Option<String>,
    subject_id: Option<i64>,
    /// At or after.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
    /// Rows, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The record, newest first. Needs the permission `audit`.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "audit_list", params(AuditQuery),
    responses((status = 200, body = List<AuditOut>)))]
async fn all(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<AuditQuery>,
) -> Result<Json<List<AuditOut>>> {
    let filter = list::Filter {
        user_id: query.user_id,
        action: query.action,
        subject_kind: query.subject_kind,
        subject_id: query.subject_id,
        from: query.from,
        to: query.to,
    };
    let window = window(query.limit, query.cursor)?;
    let page = list::list(&app.store, &signed.actor, filter, window).await?;
    Ok(Json(List::of(page, AuditOut::from)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProofQuery {
    /// `NUMBER:HASH` that was noted earlier: it must be part of the chain.
    head: Option<String>,
}

/// Computes the chain over the record anew. Needs the permission `audit`.
#[utoipa::path(get, path = "/audit/verify", tag = "audit", operation_id = "audit_verify", params(ProofQuery),
    responses((status = 200, body = ProofOut)))]
async fn proof(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<ProofQuery>,
) -> Result<Json<ProofOut>> {
    list::allow(&signed.actor)?;
    let head: Option<Head> = query
        .head
        .map(|head| head.parse())
        .transpose()
        .map_err(|wrong: String| Problem::malformed("head", wrong))?;
    Ok(Json(
        verify::verify(&app.store, head.as_ref()).await?.into(),
    ))
}
